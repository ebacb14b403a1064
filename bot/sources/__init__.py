"""The feeds: bytes in, readings out; each vendor's words stay in its own file. Pure: no network, no clock."""
