"""Slash commands, a file a command group: parse the options, check who asks, call one room, reply with its card.

No SQL, no arithmetic, no timers. Begin with `callers.py` (who asks, the reply) and `options.py`. A command that may take
longer than Discord's three seconds defers its reply in its own method.
"""
