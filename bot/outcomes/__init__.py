"""Certifications and calls, as storage and as text.

Begin with `certification.py` and `calls.py`. The bot itself calls and certifies nothing: everything has a source and a time.
Staff enter them as fields of a statement (`units_certified`, `results_certified`, `call`), which is previewed, confirmed,
undone and retracted like other statements. The forms are in `bot/entries/`.
"""
