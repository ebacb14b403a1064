"""Prose: what a sentence of a reporter's claims of the followed contest.

Begin with `reader.py`: `claims(text, desk)` and `understood(text, desk)` are the whole of it. Pure: no clock, network,
database or model; the same text and desk file give the same claims.
"""
