"""A stand-in for Discord on loopback: the part of its API and gateway that the bot uses, over real sockets.

Start with `server.py`. It refuses what Discord refuses, with Discord's codes; a route that the bot doesn't use answers
501. `faults.py` makes it fail as Discord does.
"""
