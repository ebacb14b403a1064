"""Slash commands: parse the options, check who asks, call one service, reply with its card."""
