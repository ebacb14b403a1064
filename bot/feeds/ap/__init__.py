"""Reads the AP Elections API, which sends all races once, and afterwards only changes.

AP's statements about outcomes are stored in `Reading.says` and posted as AP's calls. They are used for nothing else.
Read `reader.py` first (the format), then `feed.py` (requests and merging of changes). `reports.py` is for `tallydesk
new`.
"""
