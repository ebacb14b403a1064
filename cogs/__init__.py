"""Slash commands, buttons and forms, one file for each group of commands.

Each command checks permissions, parses its options, calls one package in `bot/` and replies with the card that is
returned. Cogs have no SQL, no arithmetic and no timers. Begin with `callers.py` (who asks, the reply) and
`options.py`. A command that may take longer than Discord's three seconds defers its reply in its own method.
"""
