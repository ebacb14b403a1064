"""Who may use which command and button: the one table, from which docs/editor.md has its own.

`python -m tests.cogs.permissions` writes it there. A new command needs one line here; its options are filled in by their
names, from `tests/cogs/test_permissions.py`.
"""

from pathlib import Path
from typing import Literal

Level = Literal["anyone", "desk", "manager"]
"""`desk`: the desk's role, and who may manage the server. `manager`: these alone."""

COMMANDS: dict[str, Level] = {
    "Read as tally": "desk",
    "call add": "desk",
    "call list": "anyone",
    "call repeat": "desk",
    "call retract": "desk",
    "certify add": "desk",
    "certify back": "desk",
    "certify list": "anyone",
    "certify state": "desk",
    "desk audit": "desk",
    "desk channel": "desk",
    "desk confirm": "desk",
    "desk correct": "desk",
    "desk export": "desk",
    "desk forget": "manager",
    "desk hold": "desk",
    "desk import": "desk",
    "desk pause": "desk",
    "desk public": "desk",
    "desk resume": "desk",
    "desk role": "manager",
    "desk setup": "desk",
    "desk status": "desk",
    "export": "desk",
    "follow": "desk",
    "following": "anyone",
    "since": "anyone",
    "history": "anyone",
    "chart": "anyone",
    "county": "anyone",
    "outstanding": "anyone",
    "certified": "anyone",
    "recount": "anyone",
    "sources": "anyone",
    "standing": "anyone",
    "why": "anyone",
    "draft": "anyone",
    "margin": "anyone",
    "next": "anyone",
    "remindme": "anyone",
    "schedule today": "anyone",
    "schedule week": "anyone",
    "schedule history": "anyone",
    "schedule export": "anyone",
    "schedule add": "desk",
    "schedule edit": "desk",
    "schedule move": "desk",
    "schedule cancel": "desk",
    "schedule import": "desk",
    "schedule mirror": "desk",
    "source lead": "desk",
    "source mute": "desk",
    "source unmute": "desk",
    "tally mine": "desk",
    "tally photo": "desk",
    "tally read": "desk",
    "tally report": "desk",
    "tally retract": "desk",
    "unfollow": "desk",
}

BUTTONS: dict[str, tuple[str, Level]] = {
    "publish:1": ("**Publish** and **Drop** under a question", "desk"),
    "drop:1": ("**Publish** and **Drop** under a question", "desk"),
    "doubtful:there:1": ("**It is there**, **It is not**, **Drop it**", "desk"),
    **{
        f"replace:1:{press}": ("the buttons under a correction or a retraction", "desk")
        for press in ("post", "discard", "confirm", "reject", "undo")
    },
    "twoperson:keep": ("**Keep it**, **End it now**, of confirmation by a second person", "desk"),
    "twoperson:end": ("**Keep it**, **End it now**, of confirmation by a second person", "desk"),
    "hold:post:1:1:0a1b2c3d4e5f6789": ("**Post**, **Wait**, **Drop** under what is held", "desk"),
    "hold:sure:1:1:0a1b2c3d4e5f6789": ("**Post 10,096**, once Post has asked", "desk"),
    "hold:undo:1:1:0a1b2c3d4e5f6789": ("**Undo** of what was posted or dropped", "desk"),
    "hold:confirm:1:1:0a1b2c3d4e5f6789": ("**Confirm**, **Reject** of a second person, for what is held", "desk"),
    "hold:reject:1:1:0a1b2c3d4e5f6789": ("**Confirm**, **Reject** of a second person, for what is held", "desk"),
    "hold:wait:1:1:0a1b2c3d4e5f6789": ("**Post**, **Wait**, **Drop** under what is held", "desk"),
    "hold:drop:1:1:0a1b2c3d4e5f6789": ("**Post**, **Wait**, **Drop** under what is held", "desk"),
    "entry:1:enter": ("the buttons and lists under an entry", "desk"),
    "entry:1:confirm": ("the buttons and lists under an entry", "desk"),
    "setup:thread:1:on": ("the buttons and lists of `/desk setup`", "desk"),
    "setup:go:start": ("the buttons and lists of `/desk setup`", "desk"),
    "setup:norole": ("the desk's role in `/desk setup`", "manager"),
    "setup:test:1": ("the buttons and lists of `/desk setup`", "desk"),
    "rundown:copy": ("the copy button under the morning list", "anyone"),
    "import:save:1": ("**Save** and **Drop** under a calendar file", "desk"),
    "event:started:1:202011110700": ("the buttons under a reminder", "desk"),
    "plan:save:1": ("the buttons under a planned entry", "desk"),
    "follow:night:1:on": ("the buttons and lists under `/following`", "desk"),
    "following:page:1": ("the pages of `/following`", "anyone"),
    "share:open:none": ("**Share in this channel** under an answer", "desk"),
    "history:0a1b2c3d:n:0:0": ("the pages of `/history`", "anyone"),
    "settings:1:apply": ("**Apply** and **Drop** under a settings file", "desk"),
    "audit:before:9": ("the pages of `/desk audit`", "desk"),
    "forget:ask": ("the presses of `/desk forget`", "manager"),
    "forget:sure:1": ("the presses of `/desk forget`", "manager"),
}
"""A key of each kind, what the docs call it, and who may press it."""

LISTS: dict[str, str] = {
    "follow:kinds:1": "follow:night:1:on",
    "entry:1:keep": "entry:1:enter",
    "setup:role": "setup:norole",
    "setup:kind": "setup:go:start",
    "setup:mention:1:0:0a1b2c3d4e5f": "setup:go:start",
}
"""A key of each kind of list, and the button for whose line of the table it goes."""

PAGE = Path(__file__).parent.parent.parent / "docs" / "editor.md"
BEGIN, END = "<!-- who may: made by python -m tests.cogs.permissions -->", "<!-- who may: end -->"

_HEAD = (
    "| command or button | owner, and who may manage the server | desk's role | reporter | guest | member of another server |",
    "|---|---|---|---|---|---|",
)


def table() -> str:
    """Return the table as the docs have it."""
    lines = list(_HEAD)
    for command, level in sorted(COMMANDS.items(), key=lambda item: item[0].casefold()):
        lines.append(_line(f"`/{command}`" if command[0].islower() else f"**{command}**", level))
    for name, level in dict.fromkeys(BUTTONS.values()):
        lines.append(_line(name, level))
    return "\n".join(lines)


def _line(name: str, level: Level) -> str:
    anyone = "yes" if level == "anyone" else "no"
    cells = ("yes", "no" if level == "manager" else "yes", anyone, anyone, "in their own server")
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
