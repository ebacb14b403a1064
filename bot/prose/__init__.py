"""Prose: what a sentence of a reporter's claims of the followed contest.

Begin with `reader.py`: `claims(text, desk)` and `understood(text, desk)` are the whole of it. Pure: no clock, network,
database or model; the same text and desk file give the same claims. One way through it:

    sentences → tokens, numbers → stream (words classed) → refusals → surely, or proposals → claims

A sentence becomes a string of one letter a word class, and a pattern is a regular expression over these letters. A claim is
sure only where the patterns (`patterns.py`) account for every word of its sentence, its line and what follows in its paragraph;
one unknown word makes it likely, however good the pattern. What is likely is offered for a person to tick (`proposals.py`): each number that stands near a candidate, a
county or a word of the trade. Where a sentence says itself that it is no claim, "if", "poll", "in 2016", nothing of it is
offered, and the card says why (`refusals.py`). Calls and counties certified by name (`clauses.py`) are whole clauses, read from
the first word to the last; they are offered to staff only.

The words are in `data/prose.toml`. None is added for a single text: the blind sets in `tests/prose/blind/` were graded at their
first look, each is a guard once it was looked at, and a new one by somebody who has not seen the reader takes its place.
"""
