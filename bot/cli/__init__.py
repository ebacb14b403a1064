"""The command line, a file a subcommand; `bot/__main__.py` only says what they are called.

Each failure is one line on standard error (`terminal.py`).
"""
