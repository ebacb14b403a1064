"""Rehearsals: recorded days and drills played through the real bot on a local stand-in for Discord.

Begin with `player.py`, which feeds a day through the bot's front doors and moves the news clock; `stage.py` is what it
plays on, and `rehearsable_days.py` says which days there are. On a real server (`real_server.py`) the same player works without the
stand-in, in a channel that says that it is for tests (`real_server.py`).
"""
