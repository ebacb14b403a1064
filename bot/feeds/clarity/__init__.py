"""Clarity's results sites (SOE Software, now Scytl): summary, detail, settings.

Begin with `summary.py`.
"""
