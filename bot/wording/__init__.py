"""The kit that all sentences and cards share: names, numbers, times, escape, a post's draft. Pure.

Begin with `context.py` and `draft.py`. No topic's own sentence is here: those are in the topics' `*_words.py`. Text
from outside is escaped and bounded; no sentence calls a contest or says what will be.
"""
