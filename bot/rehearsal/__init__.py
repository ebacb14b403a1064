"""Rehearsals: recorded days and drills played through the real bot on a local stand-in for Discord.

Begin with `player.py`, which feeds a day through the bot's front doors and moves the news clock. `stage.py` is what it
plays on, and `rehearsable_days.py` lists the days. `real_server.py` plays a day without the stand-in, in a test channel
of a real server.
"""
