"""Rehearsals: recorded days and drills, played through the real bot on a local stand-in for Discord.

Start with `player.py`, which plays a day's steps and moves the news clock, then `stage.py`, the simulated newsroom.
`rehearsable_days.py` lists the days, and `real_server.py` plays one in a test channel of a real server.
"""
