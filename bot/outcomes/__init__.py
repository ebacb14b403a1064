"""Certifications and calls: their storage and their texts.

Begin with `certification.py` and `calls.py`. The bot itself calls and certifies nothing: everything has a source and a time.
Staff enter certifications and calls as fields of a statement (`units_certified`, `results_certified`, `call`), which is
previewed, confirmed, undone and retracted like other statements. The forms are in `bot/entries/`.
"""
