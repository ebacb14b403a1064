"""Everything that staff enter: statements, drafts and their review, corrections, certification and calls.

Begin with `drafts.py` (from a text or form to a draft), then `review.py` (decisions on a draft) and `statements.py` (the
posts). An entry consists of pieces, each with the words it was read from, a source and a time (`bot/count/entry.py`).
A button's key holds all that its handler needs. Each decision happens once, in one transaction with its audit row.
"""
