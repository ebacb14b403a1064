"""The kit that all sentences and cards share: names, numbers, times, escape, a post's draft. No topic's own sentence. Pure.

Begin with `context.py` and `draft.py`.
"""
