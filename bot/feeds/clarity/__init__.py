"""Clarity's results sites (SOE Software, now Scytl): summary, detail, settings.

Begin with `summary.py`; `feed.py` asks a site. A `detail.xml` has 20 MB: `../xml_file.py` hands out one contest at a time,
`table.py` checks all numbers of a contest at once.
"""
