"""The modules of the cogs, run once a process instead of once a bot."""

import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from discord.ext.commands.bot import BotBase

from bot.client import COGS


class KeptCogs(MetaPathFinder, Loader):
    """Finds each cog's module as it was first loaded.

    discord.py runs a cog's module anew for each bot that loads it, and forgets it when the bot closes, so that it can
    be changed while a bot runs. Ours is not, and of the hundreds of bots of the tests each would take a third longer.
    """

    def __init__(self) -> None:
        self._kept = {name: import_module(name) for name in COGS}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the names are whole ones
        target: ModuleType | None = None,  # noqa: ARG002 - nothing is reloaded
    ) -> ModuleSpec | None:
        kept = self._kept.get(fullname)
        return None if kept is None else ModuleSpec(fullname, self, origin=kept.__file__)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._kept[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: it was run when it was first loaded."""


@cache
def keep() -> None:
    """Let every bot of this process have the same modules."""
    sys.meta_path.insert(0, KeptCogs())
    BotBase._call_module_finalizers = _left_loaded  # type: ignore[assignment]  # discord.py's own method


async def _left_loaded(self: BotBase, _: ModuleType, key: str) -> None:
    """Do what a bot that closes does with a cog, but for what is below its module: it looks for that among all modules."""
    self._BotBase__extensions.pop(key, None)  # type: ignore[attr-defined]  # a private name
    sys.modules.pop(key, None)  # or the next bot finds the file, and runs it anew
