"""Certification and calls: by whom, of what, until when; stored and worded.

Begin with `certification.py` and `calls.py`. The bot calls nothing and certifies nothing: each word has its source and time. What
staff enter are fields of a statement (`units_certified`, `results_certified`, `call`), so that it is previewed,
confirmed, undone and retracted as everything else they enter; the forms are in `bot/entries/`.
"""
