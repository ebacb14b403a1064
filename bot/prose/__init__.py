"""Prose: reads what a reporter's text claims about the followed contest.

Begin with `reader.py`: `claims(text, desk)` and `understood(text, desk)` are the public functions. They use no clock,
network, database or model, so the same text and desk file always give the same claims. The steps:

    sentences → tokens, numbers → stream (words classed) → refusals → sure claims, or proposals → claims

Each word or phrase of a sentence becomes one letter that stands for its class. A pattern is a regular expression over
these letters. A claim is sure only if the patterns (`patterns.py`) account for every word of its sentence, its line
and what follows in its paragraph. One unknown word makes the claim likely instead of sure, however good the pattern.

Likely claims are offered for a person to select (`proposals.py`): each number near a candidate, a county or a word
such as "lead" or "ballots". Some sentences are read together (`passages.py`). A sentence with words such as "if",
"poll" or "in 2016" claims nothing about the count. Nothing is offered from such a sentence, and the card gives the
reason (`refusals.py`). Calls, and counties certified by name (`clauses.py`), are read only as whole clauses, from the
first word to the last, and are offered to staff only.

The words are in `data/prose.toml`. No word is added to make a single text pass. The blind sets in `tests/prose/blind/`
were graded the first time they were run. From then on a set is a regression test, and a new blind set is written by
somebody who has not seen the reader.
"""
