"""The kit that all sentences and cards share: names, numbers, times, escape, cards. Pure.

Begin with `context.py` and `card.py`; `viewer.py` says what is hidden from whom. No topic's own sentence is here: those are in
the topics' `*_words.py`. Text from outside is escaped and bounded; no sentence calls a contest or says what will be.
"""
