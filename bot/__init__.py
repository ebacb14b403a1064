"""Tallydesk: the count desk of a newsroom, inside Discord."""

import os

__version__ = "0.1.0"

# pydantic would look for plugins in the metadata of all that is installed, at every start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
