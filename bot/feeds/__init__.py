"""Feeds: bytes to readings, a folder or a file a format; fetching, polling, pushes.

Begin with `reader.py`, then `formats.py`; `fetch.py` and `polling.py` ask.
"""
