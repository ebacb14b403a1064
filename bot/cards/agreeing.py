"""The line of a post's card that names who else says the same: "Also: our reporter, 8:25 a.m."."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.cards.colours import SLATE
from bot.cards.facts import Setting
from bot.cards.limits import DESCRIPTION, joined, size
from bot.wording.punctuation import stopped
from bot.wording.telling import source_name
from bot.wording.times import when

MOST_NAMED = 4
"""Sources that a card names; of more it says how many."""


def also_said(agreeing: Sequence[tuple[str, datetime]], setting: Setting, now: datetime) -> str:
    """Return who says it too, of (source's id, as of when): "Also: our reporter, 8:25 a.m."; empty for nobody known."""
    known = [(source, at) for key, at in agreeing if (source := setting.desk.source(key))]
    if not known:
        return ""
    named = [f"{source_name(source)}, {when(at, now, setting.desk.zone)}" for source, at in known[:MOST_NAMED]]
    more = f"; and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return stopped(f"Also: {'; '.join(named)}{more}")


def with_also(embeds: Sequence[Mapping[str, Any]], line: str) -> tuple[dict[str, Any], ...]:
    """Return a post's card with a line below all it says; without the line (empty), as it was."""
    if not line:
        return tuple(dict(embed) for embed in embeds)
    if not embeds:
        return ({"description": line, "color": SLATE},)
    first, *rest = embeds
    said = str(first.get("description") or "")
    above = joined(said.split("\n"), DESCRIPTION - size(line) - 2)
    return ({**first, "description": f"{above}\n\n{line}" if above else line}, *map(dict, rest))
