"""The command line: a file for each subcommand, without its arguments, which `bot/__main__.py` declares.

Start with `terminal.py`: results go to standard output, and each failure is one line on standard error. Every subcommand's
function returns the exit status.
"""
