"""What each subcommand does; `bot/__main__.py` only says what they are called."""
