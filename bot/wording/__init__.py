"""The functions that all sentences and cards share: names, numbers, times, escaping, cards. Nothing here does I/O.

Begin with `context.py` and `card.py`. `viewer.py` decides what each reader sees. Sentences about one topic are in that
topic's `*_words.py`. Text from outside is escaped and cut to length. No sentence calls a contest or predicts anything.
"""
