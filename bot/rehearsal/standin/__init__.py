"""A simulated Discord on the loopback interface: the part of its API and gateway that the bot uses, over real sockets.

Start with `server.py`. The simulation refuses the same requests as Discord, with Discord's error codes. A route that
the bot does not use responds with status 501. `faults.py` makes the simulation fail in the same ways as Discord.
"""
