"""One reporting unit: where it stands, what it added last, and how fresh that is."""

from collections.abc import Mapping
from datetime import datetime

from bot.count.margin import margin_of
from bot.count.reading import Unit
from bot.deskfile import Source
from bot.wording.names import unit_name
from bot.wording.numbers import commas, counted, signed, votes
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling, source_name


def unit_standing(telling: Telling, name: str, unit: Unit, source: Source) -> str:
    """Return who leads in a unit: "**Floyd County: Trump leads by 16,989,** with 41,234 counted, by the Times' count."."""
    where, by = capitalised(unit_name(telling.contest, name)), f"by {possessive(source_name(source))} count"
    total = unit.counted
    counted_there = f"with {commas(total)} counted, " if total is not None else ""
    if not unit.votes and total is None:
        return stopped(f"**{where}: no figures,** {by}")
    if not unit.votes:
        return stopped(f"**{where}: {votes(total or 0)} counted,** {by}; the source does not say for whom")
    margin = margin_of(unit.votes)
    if not any(unit.votes.values()):
        return stopped(f"**{where}: no votes are in yet,** {by}")
    if margin.votes is None:
        return stopped(f"**{where}: {votes(total or 0)} counted,** {by}")
    if not margin.votes:
        return stopped(f"**{where}: the count is tied,** {counted_there}{by}")
    return stopped(f"**{where}: {telling.who(margin.leader)} leads by {votes(margin.votes)},** {counted_there}{by}")


def no_unit_figures(telling: Telling, name: str, sources: str) -> str:
    """Return that no source gives figures of a unit."""
    where = capitalised(unit_name(telling.contest, name))
    return stopped(f"**{where}: unknown.** No source gives its figures{f'; asked: {sources}' if sources else ''}")


def added_last(telling: Telling, batch: int, as_of: datetime, source: Source) -> str:
    """Return what the unit added last."""
    what = f"{counted(batch, 'vote')}" if batch >= 0 else f"a change of {signed(batch)} votes"
    return stopped(f"Added last: {what}, as of {telling.when(as_of)}, by {source_name(source)}")


def unit_reported(unit: Unit) -> str:
    """Return how many of its precincts have reported; nothing where the source does not say."""
    if unit.reported is None or not unit.reported[1]:
        return ""
    done, of = unit.reported
    return f"{commas(done)} of {counted(of, 'precinct')} {'has' if of == 1 else 'have'} reported."


def unit_votes(telling: Telling, unit: Unit, names: int = 6) -> list[str]:
    """Return a line a candidate, most votes first."""
    held: Mapping[str, int] = unit.votes or {}
    order = sorted(held, key=lambda key: (-held[key], key))
    return [f"**{telling.who(key)}** {commas(held[key])}" for key in order[:names]]


def not_certified_by_name(done: str) -> str:
    """Return that it is not known whether this unit has certified; `done` is what is known of all."""
    known = f" {done}" if done else ""
    return f"Certified: unknown; nobody has said it of this one by name.{known}"
