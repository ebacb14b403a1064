"""Counties that certify by name, and results that are certified as a whole; each with who says so."""

from collections.abc import Sequence
from datetime import datetime

from bot.count.certification import CertificationCount, ResultsCertified, UnitsCertified
from bot.counties import called
from bot.deskfile import Contest, Source
from bot.wording.escape import escape
from bot.wording.names import unit_list
from bot.wording.numbers import commas
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.standing_sentences import ahead_by
from bot.wording.telling import Telling, source_name

MOST_NAMED = 8
_MOST_REASON = 300


def units_named(contest: Contest, units: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return counties, given by FIPS code, as a sentence has them: "Cobb, Floyd and 7 other counties"."""
    return unit_list(contest, sorted(called(contest.state or "", fips) for fips in units), most)


def units_phrase(telling: Telling, said: UnitsCertified) -> str:
    """Return what an entry says of counties: "certified, by their own word: Cobb and Floyd counties"."""
    if not said.units:
        return "no county by name yet"
    one = len(said.units) == 1
    by = f", by {'its' if one else 'their'} own word" if said.own else ", as listed"
    verb = "certification taken back" if said.taken_back else "certified"
    why = f" ({escape(said.reason, _MOST_REASON)})" if said.reason else ""
    return f"{verb}{by}: {units_named(telling.contest, said.units, 20)}{why}"


def unit_word(telling: Telling, source: Source, *, own: bool, taken_back: bool, as_of: datetime) -> str:
    """Return what is said of one county by name: "Certified: listed by the Secretary of State, 8:05 a.m."."""
    by = f"by its own word, {source_name(source)} says" if own else f"listed by {source_name(source)}"
    back = (
        f"by its own word no longer, {source_name(source)} says"
        if own
        else f"no longer listed by {source_name(source)}"
    )
    return stopped(f"Certified: {back if taken_back else by}, {telling.when(as_of)}")


def newly_listed(telling: Telling, source: Source, units: Sequence[str]) -> str:
    """Return whom a source lists that it did not before; nothing where there is nobody."""
    if not units:
        return ""
    return stopped(f"Newly listed by {source_name(source)}: {units_named(telling.contest, units)}")


def units_taken_back(
    telling: Telling,
    source: Source,
    said: UnitsCertified,
    count: CertificationCount | None,
    before: CertificationCount | None,
) -> str:
    """Return that counties are certified no more, by whose word, why, and how many that leaves (None: unknown)."""
    names, one = units_named(telling.contest, said.units), len(said.units) == 1
    theirs = f"{'its' if one else 'their'} certification"
    who = f"{names} {'takes' if one else 'take'} back {theirs}"
    lead = (
        f"**{capitalised(who)},** {source_name(source)} says"
        if said.own
        else f"**{capitalised(names)} {'is' if one else 'are'} no longer listed as certified** by {source_name(source)}"
    )
    why = f" {stopped(capitalised(escape(said.reason, _MOST_REASON)))}" if said.reason else ""
    left = ""
    if count is not None and before is not None:
        of = f" of {commas(count.of)}" if count.of is not None else ""
        left = f" Certified so far: {commas(count.done)}{of}, down from {commas(before.done)}."
    return f"{stopped(lead)}{why}{left}"


def results_certified(telling: Telling, source: Source, standing: tuple[str, int] | None) -> str:
    """Return that a contest's results are certified; `standing` is who is ahead in them and by how much, if said."""
    ahead = f", with {ahead_by(telling, *standing)}" if standing else ""
    return stopped(f"**The results in {telling.place} are certified,** {source_name(source)} says{ahead}")


def results_taken_back(
    telling: Telling, source: Source, said: ResultsCertified, before: tuple[datetime, int | None] | None
) -> str:
    """Return that a source takes back that the results are certified.

    Args:
        telling: the contest.
        source: who says so.
        said: with its reason.
        before: as of when it had said that they are, and the number of the post that told it (None: not posted).

    """
    what = "what it had said"
    if before is not None:
        at, number = before
        what += f" at {telling.when(at)}" + (f" (#{number})" if number is not None else "")
    why = f" {stopped(capitalised(escape(said.reason, _MOST_REASON)))}" if said.reason else ""
    first = f"**The results in {telling.place} are not certified yet:** {source_name(source)} takes back {what}"
    return f"{stopped(first)}{why}"


def results_phrase(telling: Telling, source: Source, taken_back: bool, as_of: datetime) -> str:
    """Return whether the results are certified by a source's word, in a line of a list."""
    if taken_back:
        return stopped(f"Results not certified: {source_name(source)} took back at {telling.when(as_of)} that they are")
    return stopped(f"Results certified, {source_name(source)} says, as of {telling.when(as_of)}")


def listed_too_few(source: Source, named: int, done: int) -> str:
    """Return that a count without names is below the names that the same source has listed."""
    return f"{capitalised(source_name(source))} has listed {commas(named)} by name, more than the {commas(done)} of its count."


def count_stands(source: Source, done: int) -> str:
    """Return that names do not add to a count without names."""
    return (
        f"{capitalised(possessive(source_name(source)))} count stays at {commas(done)}: which of them it had counted "
        "already, it has not said."
    )
