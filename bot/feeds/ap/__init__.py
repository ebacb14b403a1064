"""Reads the AP Elections API, which sends all races once and then only what has changed.

What AP says about outcomes is kept in `Reading.says`, posted as AP's call, and used for nothing else. Read `reader.py` first
(the format), then `feed.py` (requests and merging of changes). `reports.py` is for `tallydesk new`.
"""
