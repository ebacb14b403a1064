"""What staff enter: statements, drafts and their review, corrections; certification and calls as they are entered.

Begin with `entries.py`.
"""
