"""Tallydesk: the count desk of a newsroom, inside Discord."""

import sys

__version__ = "0.1.0"

# structlog brings rich and pygments along for a log in colours, which ours is not: 4 MiB that a bot does not need.
if "structlog" not in sys.modules and "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog.dev  # noqa: F401

    del sys.modules["rich"]
