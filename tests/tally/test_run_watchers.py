"""The list of watchers is complete."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import bot.tally
from bot.tally.run_watchers import WATCHERS
from bot.tally.watchers import Watcher


def under(kind: type) -> Iterator[type[Any]]:
    """Yield the subclasses of `kind`, at any depth, that have a name."""
    subclasses: list[type[Any]] = kind.__subclasses__()
    for one in subclasses:
        yield from under(one)
        if hasattr(one, "name"):
            yield one


def test_every_watcher_is_registered_under_a_name_of_its_own() -> None:
    for module in pkgutil.iter_modules(bot.tally.__path__, "bot.tally."):
        import_module(module.name)
    assert {type(one) for one in WATCHERS} == set(under(Watcher))
    names = [one.name for one in WATCHERS]
    assert len(set(names)) == len(names)
