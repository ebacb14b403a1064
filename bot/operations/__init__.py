"""Alive or not: health, incidents, heartbeat, metrics; a restored copy.

Others hold `Operations` (`operations.py`). Begin with `vitals.py`.
"""
