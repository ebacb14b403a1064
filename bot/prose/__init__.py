"""Prose: what a sentence of a reporter's claims of the followed contest.

Begin with `reader.py`: `claims(text, desk)` and `understood(text, desk)` are the whole of it. Pure: no clock, network,
database or model; the same text and desk file give the same claims. One way through it:

    sentences → tokens, numbers → stream (words classed) → search (patterns) → objections → settling → claims

A sentence becomes a string of one letter a word class, and a pattern is a regular expression over these letters, so a
match has no gap: a word that is in no class breaks it. The words are in `data/prose.toml`. A number that two
patterns read differently is no claim, and neither are two leaders on one line. Calls and counties certified by name
(`clauses.py`) are whole clauses, read beside that, from the first word to the last; they are offered to staff only.

Beside the claims stand proposals (`proposals.py`): numbers that may be claims, for a person to tick. So a pattern is worth its
line where many sentences are put that way. To teach it one, add sentences to `tests/prose/sentences/` with their claims first;
then a word or a pattern. A trap that looks like them belongs beside them.
"""
