"""The command line, a file a subcommand; `bot/__main__.py` only says what they are called."""
