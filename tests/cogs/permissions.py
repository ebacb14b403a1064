"""Writes docs/roles.md: who may use which command, button, list and form, according to the permission checks in the
code.

Tests press each button with an example of its custom id. For a new button or list, add an example to `KEYS` or
`LISTS`.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from discord import app_commands

from bot.client import Bot
from bot.follows.levels import Level
from cogs.buttons import Pressable
from cogs.guards import level_of

Leaf = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu

KEYS = (
    "page:1:1",
    "publish:1",
    "restored:show:1",
    "drop:1",
    "doubtful:there:1",
    "hold:post:1:1:0a1b2c3d4e5f6789",
    "hold:sure:1:1:0a1b2c3d4e5f6789",
    "hold:undo:1:1:0a1b2c3d4e5f6789",
    "hold:withdraw:1:1:0a1b2c3d4e5f6789",
    "hold:withdrawn:1:1:0a1b2c3d4e5f6789",
    "hold:again:1:1:0a1b2c3d4e5f6789",
    "hold:confirm:1:1:0a1b2c3d4e5f6789",
    "hold:reject:1:1:0a1b2c3d4e5f6789",
    "hold:wait:1:1:0a1b2c3d4e5f6789",
    "hold:drop:1:1:0a1b2c3d4e5f6789",
    "replace:1:post",
    "replace:1:undo",
    "twoperson:keep",
    "letgo:ask",
    "source:unmute:0a1b2c3d",
    "entries:picture:1",
    "entries:retract:1",
    "schedule:week",
    "remindme:stop:1",
    "help:all",
    "setup:mirror:off",
    "letgo:resume:1",
    "letgo:unmute:0a1b2c3d4e5f6789:1",
    "letgo:public:1:1",
    "entry:1:enter0",
    "entry:1:back",
    "entry:1:confirm0",
    "entry:1:undo",
    "entry:1:public",
    "setup:thread:1:on",
    "setup:go:start",
    "setup:test:1",
    "rundown:copy",
    "import:save:99",
    "event:started:1:202011110700",
    "event:undo:1",
    "plan:save:1",
    "follow:night:1:on",
    "following:page:1",
    "share:open:none:1:0",
    "history:0a1b2c3d:n:0:0",
    "known:0a1b2c3d:now",
    "call:withdrew:0a1b2c3d:0a1b2c3d",
    "settings:1:apply",
    "audit:before:9",
    "forget:ask",
    "forget:sure:1",
)
"""An example of a custom id for each kind of button."""

ASKED_ANYWHERE = (
    "margin",
    "certified",
    "recount",
    "draft",
    "since",
    "history",
    "chart",
    "county",
    "outstanding",
    "sources",
)
"""Commands about published figures. People who installed the bot for themselves may use them anywhere."""

LISTS = {
    "which:margin?": ["ga"],
    "why": ["1"],
    "follow:kinds:1": ["margin"],
    "entry:1:keep": ["0"],
    "setup:role:desk": ["2"],
    "setup:kind": ["rally"],
    "setup:calls": ["ap"],
    "entries:choose": ["1"],
    "setup:mention:1:0:0a1b2c3d4e5f": ["2"],
}
"""An example of a custom id for each kind of list, with the values to choose."""

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"

_HEAD = """# Who may use what

The roles: [editor.md](editor.md#who-may-do-what). A member of another server uses the same commands there, and sees and changes
nothing of yours. Made by `make pictures ARGS=--text` from the guards of the commands, buttons and lists.
"""

_WHO = {
    Level.REPORTER: "reporters' role",
    Level.DESK: "desk's role",
    Level.MANAGER: "managers' role",
    Level.OWNER: "may manage the server",
}


def items(bot: Bot) -> dict[str, type[Pressable]]:
    """Return the bot's buttons and lists: pattern of the custom id → class."""
    found = bot._connection._view_store._dynamic_items
    return {pattern.pattern: kind for pattern, kind in found.items() if issubclass(kind, Pressable)}


def guarded(commands: Mapping[str, Leaf], bot: Bot) -> dict[str, Level]:
    """Return the level that each command, button and list requires: name in the docs → level. Commands come first,
    sorted.
    """
    levels = {_titled(name): level_of(commands[name]) for name in sorted(commands, key=str.casefold)}
    return levels | {kind.called: kind.level for kind in items(bot).values()}


def page(levels: Mapping[str, Level]) -> str:
    """Return the text of docs/roles.md."""
    return "\n".join([_HEAD, *_table(levels)]) + "\n"


def _titled(command: str) -> str:
    return f"`/{command}`" if command[0].islower() else f"**{command}**"


def _table(levels: Mapping[str, Level]) -> Iterable[str]:
    yield f"| command or button | {' | '.join(reversed(_WHO.values()))} | any member |"
    yield f"|---|{'---|' * (len(_WHO) + 1)}"
    for name, needed in levels.items():
        cells = ["yes" if level >= needed else "no" for level in sorted(Level, reverse=True)]
        yield f"| {name} | {' | '.join(cells)} |"
