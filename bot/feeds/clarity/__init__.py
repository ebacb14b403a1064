"""Reads Clarity's results sites (SOE Software, now Scytl): summary, detail and settings.

Read `summary.py` first, then `feed.py`, which requests a site. A `detail.xml` may have 20 MB. So it is read contest by
contest, and all numbers of a contest are checked at once (`table.py`).
"""
