"""Libraries loaded without what they bring along for others, which a bot that runs for a year would keep in memory."""

import sys
from importlib import import_module


def load_without(library: str, part: str, instead: object = None) -> None:
    """Load a library without a part that only others need, in whose place `instead` is while it is loaded.

    Nothing is done where either is loaded already.
    """
    if library in sys.modules or part in sys.modules:
        return
    sys.modules[part] = instead  # type: ignore[assignment]  # None is how Python marks what can't be imported
    try:
        import_module(library)
    finally:
        del sys.modules[part]
