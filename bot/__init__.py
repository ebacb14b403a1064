"""Tallydesk: the count desk of a newsroom, inside Discord."""
