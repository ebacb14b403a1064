"""What other sources and people said: confirmed, contradicted, certified, silent."""

from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.relation import Relation
from bot.deskfile import Contest, Source
from bot.schedule.event import Event
from bot.wording.confirmed_sentences import Had, as_had
from bot.wording.numbers import commas, votes
from bot.wording.places import state_name, where
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.standing_sentences import ahead_by
from bot.wording.telling import Telling, source_name
from bot.wording.times import clock, day, day_is_enough, length


def related(
    telling: Telling,
    relation: Relation,
    said: tuple[Source, str, int, int | None, datetime],
    posted: tuple[Source, str, int, datetime | None],
    *,
    about: bool = False,
    number: int | None = None,
) -> str:
    """Return what another source's margin says of the margin posted; of two that differ never which is right.

    Args:
        telling: the contest.
        relation: confirms or contradicts.
        said: the other source, who leads by it, by how much, of how many votes (None: unsaid), and when.
        posted: the leading source, who leads by it, by how much, and as of when (None: unknown).
        about: the other margin was not said exactly.
        number: the post that has the leading source's margin.

    """
    source, leader, margin, total, at = said
    post = f" (#{number})" if number is not None else ""
    tally = f", with {votes(total)} in the tally" if total is not None else ""
    if relation is Relation.CONFIRMS:
        figure = f"about {commas(margin)}" if about else commas(margin) if margin else "a tie"
        ahead = f"{telling.who(leader)} is ahead in {telling.place} by that margin"
        ahead = ahead if margin else f"the count is tied in {telling.place}"
        verb = "also has" if about else "now confirms"
        return f"**{capitalised(source_name(source))} {verb} {figure}:** {ahead}{tally}{post}."
    leading, posted_leader, posted_margin, posted_at = posted
    other = (
        f"{source_name(source)} has {ahead_by(telling, leader, margin, about=about)}{tally}, as of {telling.when(at)}"
    )
    since = f", as of {telling.when(posted_at)}" if posted_at else ""
    ours = f"{source_name(leading)} has {ahead_by(telling, posted_leader, posted_margin)}{since}{post}"
    return stopped(f"**Two margins in {telling.place}:** {other}; {ours}")


def certified(
    telling: Telling, count: CertificationCount, before: CertificationCount, deadline: Event | None = None
) -> str:
    """Return how many units have certified, how many had, and until when the rest have."""
    units = _units(telling.contest, count)
    if count.of is not None and count.done == count.of > 0:
        return f"**All {commas(count.of)} {units} have certified{_contest_too(telling)},** {_before(count, before)}."
    done = f"{commas(count.done)} of {commas(count.of)}" if count.of is not None else commas(count.done)
    revised = "revised to " if count.done < before.done else ""
    sentence = f"**Certified so far{_contest_too(telling)}: {revised}{done} {units},** {_before(count, before)}."
    return f"{sentence}{_rest(telling, deadline)}"


def certified_as_had(
    telling: Telling, source: Source, had: Had, count: CertificationCount, deadline: Event | None = None
) -> str:
    """Return that a source has as many certified units as the desk had entered, and until when the rest have."""
    of = f" of {commas(count.of)}" if count.of is not None else ""
    done = f"{commas(count.done)}{of} {_units(telling.contest, count)} have certified{_contest_too(telling)}"
    sentence = stopped(f"**Now confirmed by {source_name(source)}: {done},** {as_had(telling, had)}")
    return f"{sentence}{_rest(telling, deadline) if count.done != count.of else ''}"


def certified_phrase(telling: Telling, count: CertificationCount) -> str:
    """Return "92 of 159 counties certified", for a list."""
    if count.of is not None and count.done == count.of > 0:
        return f"all {commas(count.of)} {telling.contest.units} certified"
    done = f"{commas(count.done)} of {commas(count.of)}" if count.of is not None else commas(count.done)
    return f"{done} {telling.contest.unit if count.done == 1 and count.of is None else telling.contest.units} certified"


def stale(telling: Telling, source: Source, last_updated: datetime, seen: datetime, *, about: bool) -> str:
    """Return since when a source has been silent: "The Secretary of State's site was last updated about …"."""
    what = "figures were" if source.person else "site was"
    then = f"{'about ' if about else ''}{telling.when(last_updated)}"
    ago = f", {length(seen - last_updated)} ago" if seen > last_updated else ""
    return f"**{capitalised(possessive(source_name(source)))} {what} last updated {then}{ago}.**"


def has_meanwhile(
    telling: Telling,
    leading: Source,
    standing: tuple[str, int] | None,
    changed_at: datetime | None,
    checked_at: datetime | None,
) -> str:
    """Return what the leading source has: "The Times has Biden ahead by 14,101; votes last changed at 7:35 a.m., …".

    Nothing where no margin is known (`standing` is who leads, and by how much).
    """
    if standing is None:
        return ""
    has = f"{capitalised(source_name(leading))} has {ahead_by(telling, *standing)}"
    changed = f"votes last changed at {telling.when(changed_at)}" if changed_at else ""
    checked = f"last checked {telling.when(checked_at)}" if checked_at else ""
    times = ", ".join(part for part in (changed, checked) if part)
    return stopped(f"{has}{f'; {times}' if times else ''}")


def _units(contest: Contest, count: CertificationCount) -> str:
    state = state_name(contest)
    of = count.of if count.of is not None else count.done
    noun = contest.unit if of == 1 else contest.units
    return f"{state.removeprefix('the ')} {noun}" if state else noun


def _contest_too(telling: Telling) -> str:
    """Say the contest only where no state says where the units are."""
    return "" if telling.contest.state else f" in {where(telling.contest, telling.style)}"


def _before(count: CertificationCount, before: CertificationCount) -> str:
    if count.done == before.done:
        return f"of {commas(before.of)} before" if before.of is not None else "as many as before"
    return f"{'from' if count.done < before.done else 'up from'} {commas(before.done)}"


def _rest(telling: Telling, deadline: Event | None) -> str:
    if deadline is None or deadline.status in ("called_off", "over"):
        return ""
    moment, zone = deadline.starts_at, telling.zone
    today = day(moment, telling.now, zone) == "today"
    until = clock(moment, zone) if today and not day_is_enough(moment, zone) else day(moment, telling.now, zone)
    if moment < telling.now:
        return stopped(f" The date set for the rest was {until}")
    expected = "are expected to have" if deadline.status == "expected" else "have"
    return stopped(f" The rest {expected} until {until}")
