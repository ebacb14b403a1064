"""What staff enter: statements, drafts and their review, corrections; certification and calls as they are entered.

Begin with `drafts.py` (from a text or form to a draft), then `review.py` (what becomes of it) and `statements.py` (what
follows). An entry is pieces, each with its words, a source and a time (`bot/count/entry.py`). Every button's key says
all, and every decision is taken once, in one transaction with its audit row.
"""
