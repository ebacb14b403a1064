"""A stand-in for Discord on loopback; `server.py` is where to begin reading."""
