"""Prose: reads what a reporter's text claims about the followed contest.

Begin with `reader.py`: `understood(text, desk)` is the public function. It uses no clock, network, database or model, so
the same text and desk file always give the same claims. The steps:

    sentences → tokens, numbers → items (words classed) → refusals, or offers → claims

A claim is an offer for a person to tick: a number near a candidate, a county or a word such as "lead" or "ballots", with
the fields that can be read (`offers.py`). A sentence with words such as "if", "poll" or "in 2016" claims nothing about the
count. Nothing is offered from it, and the card gives the reason (`refusals.py`). Calls, and counties certified by name
(`clauses.py`), are read only as whole clauses, from the first word to the last, and are offered to staff only.

The words are in `data/prose.toml`. No word is added to make a single text pass. `tests/prose/test_corpus.py` measures the
reader on two halves of a corpus, one of which nobody looks at who works on it.
"""
