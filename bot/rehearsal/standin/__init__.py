"""A stand-in for Discord on loopback: the part of its API and gateway that the bot uses, spoken over real sockets.

Begin with `server.py`. It refuses what Discord refuses, with Discord's codes; a route that nobody uses is not there and
answers 501. `faults.py` makes it fail as Discord does.
"""
