"""Writes docs/feeds-by-state.md from `data/feeds.toml`: who publishes results in each state."""

from pathlib import Path

from bot.cli.new import duration_label
from bot.desk.known_feeds import KnownCounties, KnownFeed, known_counties, known_feeds
from bot.wording.states import STATES

PAGE = Path(__file__).parent.parent.parent / "docs" / "feeds-by-state.md"

_TOP = """# Which feed for my state

Where each state publishes results on an election night. `tallydesk new --state GA` prints one row. It is from public documents and
recorded files of October 2026: **check your state again in the week before, on the machine that will run.**

For about a third of the vote no state's feed is open to a program. Then somebody saves the file, runners type a
[table](sheets.md), or you use the AP. `make pictures ARGS=--text` makes this page from [`data/feeds.toml`](../data/feeds.toml).
"""
_PROOF = {"file": "a recorded file was read", "document": "according to a document", "unknown": "nobody has looked yet"}


def page() -> str:
    return "\n\n".join([_TOP.rstrip(), *(_section(known) for known in known_feeds().values())]) + "\n"


def _section(known: KnownFeed) -> str:
    how = f"`{known.format}`" if known.format else f"none of ours ({known.kind})"
    preset = f", preset `{known.preset}`" if known.preset else ""
    lines = [
        f"- **Format**: {how}{preset}; {_PROOF[known.verified]}",
        f"- **Where**: {_code(known.address)}",
        f"- **Give**: `tallydesk new '{known.give}'`" if known.give else "",
        f"- **Ask at most every**: {duration_label(known.every)}" if known.every else "",
        f"- **Updates on the night**: {known.night}" if known.night else "",
        f"- **Note**: {known.obstacle}" if known.obstacle else "",
        f"- **Instead**: {known.instead}" if known.instead else "",
        f"- **From**: {'; '.join(known.sources)}",
    ]
    name = STATES[known.state].removeprefix("the ")
    head = f"## {name}\n\n{known.publisher[0].upper()}{known.publisher[1:]}.\n\n"
    counties = [_county(one) for one in known_counties(known.state)]
    below = ["", "Counties that publish for themselves:", "", *counties] if counties else []
    return head + "\n".join([*(line for line in lines if line), *below])


def _county(one: KnownCounties) -> str:
    how = f"`{one.format}`" if one.format else f"none of ours ({one.kind})"
    more = "".join(f"; {said}" for said in (one.night, one.obstacle) if said)
    where = f"{', '.join(one.counties)}**: {how}; {_PROOF[one.verified]}; {_code(one.address)}{more}"
    return f"- **{where}. From {'; '.join(one.sources)}"


def _code(address: str) -> str:
    """Return a web address with Markdown characters escaped."""
    return address.replace("{", r"\{").replace("*", r"\*").replace("<", "&lt;")
