"""Libraries loaded without what they bring along for others, which a bot that runs for a year would keep in memory."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace


def load_without(library: str, parts: Mapping[str, SimpleNamespace | None]) -> None:
    """Load a library without parts that only others need, in whose place these things are while it is loaded.

    A library that is loaded already stays as it is, and so does a part.
    """
    if library in sys.modules:
        return
    instead = {part: thing for part, thing in parts.items() if part not in sys.modules}
    sys.modules.update(instead)  # type: ignore[arg-type]  # None is how Python marks what can't be imported
    try:
        import_module(library)
    finally:
        for part in instead:
            del sys.modules[part]
