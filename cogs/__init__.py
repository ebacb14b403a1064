"""Slash commands, buttons and forms, one file for each group of commands.

Each checks permissions, parses its options, calls one room in `bot/` and replies with the card that it returns. No SQL,
no arithmetic, no timers. Begin with `callers.py` (who asks, the reply) and `options.py`. A command that may take longer
than Discord's three seconds defers its reply in its own method.
"""
