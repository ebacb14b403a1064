"""Clarity's results sites (SOE Software, now Scytl): summary, detail, settings.

Begin with `summary.py`; `feed.py` asks a site. A `detail.xml` has 20 MB: `xml.py` takes the blocks of votes out of the
text and lets lxml parse the rest, where that is exact, else a pull parser reads all; `cells.py` sees that the blocks
are cells and nothing else; `table.py` checks all numbers of a contest at once. Tests compare the quick way with the
careful one.
"""
