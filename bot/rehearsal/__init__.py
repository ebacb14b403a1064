"""Rehearsals: recorded days and drills, played through the real bot on a local simulation of Discord.

Start with `player.py`, which plays a day's steps and moves the simulated clock, then read `stage.py`, the simulated
newsroom. `rehearsable_days.py` lists the days, and `real_server.py` plays a day in a test channel of a real server.
"""
