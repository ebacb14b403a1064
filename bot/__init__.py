"""Tallydesk: the count desk of a newsroom, inside Discord."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("tallydesk")
except PackageNotFoundError:  # run from a folder without being installed
    __version__ = "0"
