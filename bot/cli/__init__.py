"""The command line: a file for each subcommand. `bot/__main__.py` declares the subcommands' arguments.

Start with `terminal.py`: results go to standard output, and each failure is one line on standard error. Every
subcommand's function returns the exit status.
"""
