"""Rehearsals: recorded days played through the real bot on a local stand-in for Discord."""
