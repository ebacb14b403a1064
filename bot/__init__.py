"""Tallydesk: the count desk of a newsroom, inside Discord."""

__version__ = "0.1.0"
