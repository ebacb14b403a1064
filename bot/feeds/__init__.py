"""Feeds: bytes to readings, a folder or a file a format; fetching, polling, pushes.

Others hold `Feeds` (`feeds.py`). Begin with `reader.py`, then `formats.py`; `fetch.py` and `polling.py` ask.
"""
