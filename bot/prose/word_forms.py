"""What is typed of certification by name and of calls, in a command or a form; read strictly."""

import re

from bot.count.call import Call, CallSays, Verb
from bot.count.certification import UnitsCertified
from bot.count.entry import MOST_TEXT, MOST_UNMATCHED
from bot.desk.counties import counties_of
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.prose.county_list import counties_in
from bot.wording.typed_names import candidate_named

BY_NAME = ("county", "parish", "borough")
"""What is known by name is what the county table has."""

SAYS: dict[str, CallSays] = {
    "called": "called", "too close to call": "too_close", "too early to call": "too_early", "runoff": "runoff",
    "withdrawn": "none",
}  # fmt: skip
"""What a form of a call takes → what it means."""


VERBS: dict[str, Verb] = {
    "called": "called", "projected": "projected", "declared": "declared", "apparent winner": "apparent_winner",
}  # fmt: skip


def typed_units(contest: Contest, typed: str) -> tuple[UnitsCertified | None, tuple[str, ...]]:
    """Return the counties that were named, and what is no county for certain.

    Raises:
        BadInputError: the contest's units are not known by name, or the list is of something else.

    """
    if contest.unit not in BY_NAME:
        raise BadInputError(
            f"{contest.name}: only counties are known by name, not {contest.units}; enter a count such as 9 of 12"
        )
    if contest.state is None:
        raise BadInputError(
            f"{contest.name}: the desk file does not say of which state its {contest.units} are, so they are not known by "
            "name; enter a count such as 9 of 12"
        )
    found = counties_in(typed[:MOST_TEXT], contest.state)
    if len(found.unmatched) > MOST_UNMATCHED:
        first = ", ".join(found.unmatched[:3])
        raise BadInputError(
            f"{len(found.unmatched)} names of that are no {contest.units} of {contest.state}: {first[:200]} …"
        )
    if not found.units and not found.unmatched:
        return None, ()
    every = len(counties_of(contest.state))
    return UnitsCertified(units=found.units, of=every), found.unmatched


def call_of(contest: Contest, source: Source, says: CallSays, candidates: str, verb: Verb | None = None) -> Call:
    """Return what a caller says, by the names that were typed, with commas between.

    Raises:
        BadInputError: a candidate is missing, is not of that contest, or is one too many.

    """
    typed = [name for name in candidates.split(",") if name.strip()]
    named = tuple(dict.fromkeys(candidate_named(name.strip(), contest).id for name in typed))
    if says in ("called", "runoff") and not named:
        raise BadInputError(f"{contest.name}: for whom {source.name} called it is missing; choose a candidate")
    if says not in ("called", "runoff") and named:
        raise BadInputError(f"{contest.name}: a word that it is not called names no candidate")
    if says == "called" and len(named) > contest.seats:
        raise BadInputError(f"{contest.name}: has {contest.seats} to be called, not {len(named)}")
    return Call(says=says, candidates=named, verb=verb or source.calls or "called")


def typed_call(contest: Contest, source: Source, says: str, candidates: str, verb: str) -> Call:
    """Return what a caller says, as it was typed into the form; see `call_of`.

    Raises:
        BadInputError: also where what is said, or how, is none of the words for it.

    """
    said = SAYS.get(_plain(says))
    how = VERBS.get(_plain(verb)) if verb.strip() else None
    if said is None:
        raise BadInputError(f"what is said: {says.strip()[:60]} can't be read; say {', '.join(SAYS)}")
    if verb.strip() and how is None:
        raise BadInputError(f"how it was put: {verb.strip()[:60]} can't be read; say {', '.join(VERBS)}")
    return call_of(contest, source, said, candidates, how)


def _plain(typed: str) -> str:
    return re.sub(r"[\s_]+", " ", typed).strip().casefold()
