"""Alive or not: health, incidents, heartbeat, metrics; a restored copy.

Begin with `vitals.py`.
"""
