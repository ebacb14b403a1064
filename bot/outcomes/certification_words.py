"""Texts about certification: posts about counts, counties and results, and the list of who has certified.

Each sentence names its source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.count.certification import CertificationCount, ResultsCertified, UnitsCertified
from bot.desk.counties import county_name
from bot.desk.desk_file import Contest, Source
from bot.events.event import Event
from bot.wording.card import Card, Line, Readers, Variant
from bot.wording.context import ContestContext, Setting, contest_context, may_be_named, source_name
from bot.wording.credit import NOT_POSTED, credit_line
from bot.wording.entered_before import EnteredBefore, entered_before_phrase, without_unnameable_source
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.margin import ahead_by
from bot.wording.names import state_name, unit_list, where
from bot.wording.numbers import begins, commas, spelled
from bot.wording.question import Question
from bot.wording.times import day, day_is_enough, when

_MOST_SOURCES = 5

MOST_NAMED = 8

_MOST_REASON = 300

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class CertifiedFacts:
    """The facts for a post about a source's new count of certified units."""

    contest: Contest
    source: Source
    count: CertificationCount
    before: CertificationCount | None
    """The source's different earlier count that was posted in the channel. None if that is uncertain, or if the new count
    confirms the desk's figure `desk_figure`.
    """
    as_of: datetime
    now: datetime
    deadline: Event | None = None
    """The deadline for the other units."""
    desk_figure: EnteredBefore | None = None
    """The desk's earlier figure that this count confirms, or None."""
    units: tuple[str, ...] = ()
    """FIPS codes of the counties that the source lists now and did not list before."""
    named: int | None = None
    """How many counties the source has listed by name, if more than the count."""
    entered: bool = False
    """True if staff entered the count; False if the source itself sent it."""


@dataclass(frozen=True, slots=True)
class ResultsFacts:
    """A source's latest statement that a contest's results are certified, or no longer are."""

    source: Source
    taken_back: bool
    as_of: datetime
    waits: bool = False
    """True if the statement was entered and its post is not sent yet."""


@dataclass(frozen=True, slots=True)
class ListedCounties:
    """One source's list of certified counties, for an answer."""

    source: Source
    as_of: datetime
    """The time of the source's last report about them."""
    count: CertificationCount | None
    """The source's last count, or the number of counties it named. None if there is none, or if its post was
    corrected.
    """
    counted_at: datetime | None = None
    """The time of that count; None if there is none."""
    units: frozenset[str] = frozenset()
    """FIPS codes of the counties that the source lists."""
    waits: bool = False
    """True if a part of the list was entered by staff and is not posted yet."""

    @property
    def whole(self) -> bool:
        """True if the source's names add up to its count, so that the remaining counties are known."""
        return self.count is not None and len(self.units) == self.count.done


@dataclass(frozen=True, slots=True)
class OwnAnnouncement:
    """A county's own announcement that it has certified, or that its certification is withdrawn."""

    taken_back: bool
    source: Source
    """The source that reported the announcement to the desk."""
    as_of: datetime
    waits: bool = False
    """True if staff entered the announcement, and its post is not sent yet."""


@dataclass(frozen=True, slots=True)
class CertifyingFacts:
    """The facts for an answer about who has certified: sources' lists, counties' own announcements, deadlines."""

    asked: Question
    every: tuple[str, ...]
    """FIPS codes of all the state's counties; empty if they are not known."""
    listed: tuple[ListedCounties, ...]
    """Each source's list, the most recent first."""
    own: Mapping[str, OwnAnnouncement] = field(default_factory=dict)
    """Counties' own announcements, by FIPS code."""
    deadlines: tuple[Event, ...] = ()
    """Certification deadlines for counties: the last one past, and those ahead, in order."""

    @property
    def contest(self) -> Contest:
        """The contest that the question is about."""
        return self.asked.contest

    @property
    def moment(self) -> datetime:
        """The time that the question is about."""
        return self.asked.at or self.asked.now

    @property
    def past(self) -> list[Event]:
        """The certification deadlines that are past."""
        return [event for event in self.deadlines if event.starts_at < self.moment]

    @property
    def due(self) -> Event | None:
        """The deadline for the counties that have not certified: the last one past, or else the next one.

        None without a deadline.
        """
        ahead = (event for event in self.deadlines if event.starts_at >= self.moment)
        return self.past[-1] if self.past else next(ahead, None)

    @property
    def sources(self) -> list[ListedCounties]:
        """The lists of sources that may be named to the reader, up to a limit."""
        return [one for one in self.listed if may_be_named(one.source, self.asked.setting)][:_MOST_SOURCES]


def units_back_post(
    contest: Contest,
    source: Source,
    said: UnitsCertified,
    count: CertificationCount | None,
    before: CertificationCount | None,
    as_of: datetime,
    setting: Setting,
    now: datetime,
) -> Card:
    """Return the post about counties whose certification is withdrawn.

    `count` is the number of counties that are still certified, and `before` the number before; None if unknown.
    """
    context = contest_context(contest, setting, now)
    sentence = units_taken_back(context, source, said, count, before)
    return Card(
        (Line(sentence, (source.id,)),), credit_line(setting, source, as_of, now), kind="certified", quiet=False
    )


def results_post(
    contest: Contest,
    source: Source,
    said: ResultsCertified,
    standing: tuple[str, int] | None,
    before: tuple[datetime, int | None] | None,
    as_of: datetime,
    setting: Setting,
    now: datetime,
) -> Card:
    """Return the post saying that results are certified, or no longer are.

    `before`: the time at which the source last said the opposite, and the number of the post about it.
    """
    context = contest_context(contest, setting, now)
    since, number = before or (None, None)
    if said.taken_back:
        sentence = results_taken_back(context, source, said, since)
    else:
        sentence = results_certified(context, source, standing, since)
    credit = credit_line(setting, source, as_of, now, withdraws=number if said.taken_back else None)
    return Card((Line(sentence, (source.id,)),), credit, kind="certified", quiet=False)


def certifying_lines(facts: CertifyingFacts, law: str = "") -> list[Line]:
    """Return lines with the certified counties by source, and the counties that are due or late.

    Further lines show where counties' own announcements differ from a source's list. `law` names the law that sets the
    deadline; the name is added to the first line with the deadline.
    """
    setting, context = facts.asked.setting, facts.asked.context()
    lines = []
    for one in facts.sources:
        by_source = _listed(context, facts, one)
        if left := _missing_units(context, facts, one):
            by_source.append(f"{_due(context, facts, law)} {left}")
            law = ""
        readers: Readers = "newsroom" if one.waits else "public"
        lines += [Line(line, (one.source.id,), readers=readers) for line in by_source]
    return lines + _announcement_lines(context, facts, facts.sources, setting)


def has_date(facts: CertifyingFacts, event: Event) -> bool:
    """Return True if `certifying_lines` lists counties as due by an event's date."""
    context, due = facts.asked.context(), facts.due
    if due is None or event.certifies != "units":
        return False
    return _moment(context, due) == _moment(context, event) and any(
        _missing_units(context, facts, one) for one in facts.sources
    )


def _listed(context: ContestContext, facts: CertifyingFacts, one: ListedCounties) -> list[str]:
    """Return the lines about the counties that one source lists."""
    lines = []
    alone, public = len(facts.sources) == 1, facts.asked.setting.public
    if one.units:
        lines.append(_named_by(context, facts, one, alone=alone))
    elif one.count is not None and one.count.done and not one.source.person and not public:
        lines.append("It gives no names." if alone else f"No names from {source_name(one.source)}.")
    if one.count is not None and len(one.units) > one.count.done:
        lines.append(listed_too_few(one.source, len(one.units), one.count.done))
    return lines


def _missing_units(context: ContestContext, facts: CertifyingFacts, one: ListedCounties) -> str:
    """Return which counties are missing from one source's list, or how many.

    Empty if none is missing, or the source gives no usable list.
    """
    if one.source.person and any(not other.source.person for other in facts.listed):
        return ""  # who is due is said by whoever keeps a list
    if _lists_at_most_half(facts, one):
        return ""
    unlisted = frozenset(facts.every) - one.units
    if one.whole and facts.every and unlisted:
        what = f"{spelled(len(unlisted), facts.contest.unit, facts.contest.units)} not on {possessive(source_name(one.source))} list"
        return f"{what}, as of {context.when(one.as_of)}: {_names(facts, unlisted)}."
    if one.count is None or one.count.of is None or one.count.done >= one.count.of:
        return ""
    left = one.count.of - one.count.done
    by = (
        f", according to {possessive(source_name(one.source))} count, as of {context.when(one.counted_at or one.as_of)}"
    )
    most = ""
    if len(facts.sources) == 1 and not facts.past:
        # The sentence above has whose count it is; who may be late is said with it.
        by, most = "", "at most " if _is_newer(one) else ""
    have = "has" if left == 1 else "have"
    return stopped(f"{most}{spelled(left, facts.contest.unit, facts.contest.units)} {have} yet to certify{by}")


def _is_newer(one: ListedCounties) -> bool:
    """Return True if a source named counties after its last count. It is then unknown if the count includes them."""
    return bool(one.units) and one.counted_at is not None and one.as_of > one.counted_at


def _lists_at_most_half(facts: CertifyingFacts, one: ListedCounties) -> bool:
    """Return True if a source named at most half of the counties and gave no count.

    Other counties may have certified, too.
    """
    return one.count is not None and one.count.named and 2 * len(one.units) <= len(facts.every)


def _named_by(context: ContestContext, facts: CertifyingFacts, one: ListedCounties, *, alone: bool) -> str:
    """Return the line with the counties that a source names, their time, and whether its count may include them.

    `alone`: no other source is listed, so the sentence above already names this source.
    """
    by, names = "" if alone else f" by {source_name(one.source)}", _names(facts, one.units)
    by += f", as of {context.when(one.as_of)}"
    rest = one.count.done - len(one.units) if one.count is not None else 0
    if rest > 0 or _lists_at_most_half(facts, one):
        may = f", which the {commas(one.count.done)} may include" if one.count and rest > 0 and _is_newer(one) else ""
        return f"Named so far{by}: {names}{may}."
    return f"Listed{by} ({commas(len(one.units))}): {names}."


def _due(context: ContestContext, facts: CertifyingFacts, law: str) -> str:
    """Return the bold beginning of the line about counties that are due: the deadline, and the law's name."""
    event = facts.due
    if event is None:
        return "**Still due, with no date in the schedule:**"
    deadline = "The deadline is expected to be" if event.status == "expected" else "The deadline is"
    when_due = f"{'Past the date set,' if facts.past else deadline} {_moment(context, event)}"
    sure = "" if event.verified else " (unverified)"
    return f"**{when_due}{sure}** ({law}):" if law else f"**{when_due}{sure}:**"


def _announcement_lines(
    context: ContestContext, facts: CertifyingFacts, sources: Sequence[ListedCounties], setting: Setting
) -> list[Line]:
    """Return lines about counties' own announcements, and where those differ from a source's list."""
    own = {fips: word for fips, word in facts.own.items() if may_be_named(word.source, setting)}
    certified = frozenset(fips for fips, word in own.items() if not word.taken_back)
    back = frozenset(own) - certified
    lines = []
    theirs = f"the {facts.contest.units}"
    for what, units in ((f"Certified, as announced by {theirs}", certified), (f"Withdrawn by {theirs}", back)):
        by_source: dict[str, list[str]] = {}
        for fips in sorted(units):
            by_source.setdefault(own[fips].source.id, []).append(fips)
        lines += [_announced(context, facts, what, named) for named in by_source.values()]
    for one in sources:
        if not one.units or setting.public:  # the source may list more than the public may know
            continue
        of = f"{possessive(source_name(one.source))} list as of {context.when(one.as_of)}"
        for what, units in (
            (f"Announced by {theirs}, not on", certified - one.units),
            (f"Withdrawn by {theirs}, still on", back & one.units),
        ):
            if units:
                basis_sources = dict.fromkeys([one.source.id, *(own[fips].source.id for fips in sorted(units))])
                waits = one.waits or any(own[fips].waits for fips in units)
                readers: Readers = "newsroom" if waits else "public"
                lines.append(Line(f"{what} {of}: {_names(facts, units)}.", tuple(basis_sources), readers=readers))
    return lines


def _announced(context: ContestContext, facts: CertifyingFacts, what: str, units: Sequence[str]) -> Line:
    """Return the line about the announcements of `units` that one source reported. `what` is what they announced.

    Announcements that are not posted yet are shown to the newsroom only.
    """
    words = [facts.own[fips] for fips in units]
    source, newest = words[0].source, max(one.as_of for one in words)
    text = f"{what}, {source_name(source)} says, as of {context.when(newest)}: {_names(facts, frozenset(units))}."
    posted = [fips for fips in units if not facts.own[fips].waits]
    if len(posted) == len(units):
        return Line(text, (source.id,))
    otherwise = _announced(context, facts, what, posted) if posted else None
    return Line(text, (source.id,), readers="newsroom", otherwise=otherwise)


def _names(facts: CertifyingFacts, units: frozenset[str]) -> str:
    return units_named(facts.contest, sorted(units), len(units))


def _moment(context: ContestContext, event: Event) -> str:
    return when(event.starts_at, context.now, context.zone)


def units_named(contest: Contest, units: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return counties, given by FIPS code, as a list for a sentence: "Cobb, Floyd and 7 other counties"."""
    return unit_list(contest, sorted(county_name(contest.state or "", fips) for fips in units), most)


def units_phrase(context: ContestContext, said: UnitsCertified, *, brief: bool = False) -> str:
    """Return an entry about counties as a phrase: "Cobb and Floyd counties certified, by their own announcement".

    `brief` shortens the list to its length in a post, and omits the reason.
    """
    if not said.units:
        return "no county by name yet"
    one = len(said.units) == 1
    by = f", by {'its' if one else 'their'} own announcement" if said.own else ""
    names = units_named(context.contest, said.units, MOST_NAMED if brief else 20)
    what = f"certification of {names} withdrawn" if said.taken_back else f"{names} certified"
    return f"{what}{by}{f' ({escape(said.reason, _MOST_REASON)})' if said.reason and not brief else ''}"


def unit_word(context: ContestContext, source: Source, *, own: bool, taken_back: bool, as_of: datetime) -> str:
    """Return a source's report on one county: "Certified, the Secretary of State says, 8:05 a.m."."""
    name = source_name(source)
    if own:
        verb = "Certification withdrawn by the" if taken_back else "Certified, as announced by the"
        text = f"{verb} {context.contest.unit}, {name} says"
    else:
        text = f"No longer listed as certified by {name}" if taken_back else f"Certified, {name} says"
    return stopped(f"{text}, {context.when(as_of)}")


def newly_listed(context: ContestContext, source: Source, units: Sequence[str]) -> str:
    """Return the line with the counties that a source had not listed before. Empty if there are none."""
    if not units:
        return ""
    return stopped(f"Newly listed by {source_name(source)}: {units_named(context.contest, units)}")


def units_taken_back(
    context: ContestContext,
    source: Source,
    said: UnitsCertified,
    count: CertificationCount | None,
    before: CertificationCount | None,
) -> str:
    """Return the headline about counties that are no longer certified: the source, the reason, and the new count.

    `count` is how many are still certified, and `before` how many were; None if unknown.
    """
    names, one = units_named(context.contest, said.units), len(said.units) == 1
    theirs = f"{'its' if one else 'their'} certification"
    who = f"{names} withdrew {theirs}"
    lead = (
        f"**{capitalised(who)},** {source_name(source)} says"
        if said.own
        else f"**{capitalised(names)} {'is' if one else 'are'} no longer listed as certified** by {source_name(source)}"
    )
    why = f" {stopped(capitalised(escape(said.reason, _MOST_REASON)))}" if said.reason else ""
    left = ""
    if count is not None:
        of = f" of {commas(count.of)}" if count.of is not None else ""
        fell = f", down from {commas(before.done)}" if before is not None and before.done > count.done else ""
        so_far = "Named as certified so far" if count.named else "Certified so far"
        left = f" {so_far}: {commas(count.done)}{of}{fell}."
    return f"{stopped(lead)}{why}{left}"


def results_certified(
    context: ContestContext, source: Source, standing: tuple[str, int] | None, withdrawn: datetime | None = None
) -> str:
    """Return the headline that a contest's results are certified.

    `standing` is (leader, margin), None if not reported; `withdrawn` is when the source took an earlier announcement back.
    """
    ahead = f", with {ahead_by(context, *standing)}" if standing else ""
    earlier = f" {stopped(f'An earlier announcement was withdrawn at {context.when(withdrawn)}')}" if withdrawn else ""
    return f"{stopped(f'**The results in {context.place} are certified,** {source_name(source)} says{ahead}')}{earlier}"


def results_taken_back(context: ContestContext, source: Source, said: ResultsCertified, since: datetime | None) -> str:
    """Return the headline saying that a source has withdrawn the certification of the results.

    Args:
        context: the contest.
        source: the source.
        said: the withdrawal, with its reason.
        since: when the source had reported the certification; None if unknown.
    """
    made = f", made at {context.when(since)}," if since is not None else ""
    why = f" {stopped(capitalised(escape(said.reason, _MOST_REASON)))}" if said.reason else ""
    what = f"has withdrawn the announcement{made} that the results in {context.place} were certified"
    # Not that they are not certified now, since the post stands there when they are later.
    return f"**{capitalised(source_name(source))} {what}.**{why}"


def results_line(context: ContestContext, facts: ResultsFacts) -> Line:
    """Return the line of a list about a source's statement on certified results."""
    name, at = source_name(facts.source), context.when(facts.as_of)
    if facts.taken_back:
        text = stopped(f"Results not certified: {name} withdrew its announcement at {at}")
    else:
        text = stopped(f"Results certified, {name} says, as of {at}")
    by = (facts.source.id,)
    return Line(f"{text} {NOT_POSTED}", by, readers="newsroom") if facts.waits else Line(text, by)


def listed_too_few(source: Source, named: int, done: int) -> str:
    """Return the line saying that a source's count is lower than the number of counties it has listed."""
    return f"{capitalised(source_name(source))} has listed {commas(named)} by name, more than the {commas(done)} in its count."


def count_stands(source: Source, done: int, named: int) -> str:
    """Return the note saying that a source's count does not grow by the counties that the source just named.

    `done` is the count, and `named` is how many counties were named.
    """
    these = "it" if named == 1 else "these"
    return f"{capitalised(possessive(source_name(source)))} count stays at {commas(done)}, which may include {these}."


def certified_post(facts: CertifiedFacts, setting: Setting) -> Card:
    """Return the post about a new count of certified units."""
    context = contest_context(facts.contest, setting, facts.now)
    beside = [newly_listed(context, facts.source, facts.units)]
    beside += [listed_too_few(facts.source, facts.named, facts.count.done)] if facts.named is not None else []

    def head(sentence: str, posts: tuple[int, ...] = ()) -> tuple[Line, ...]:
        return (Line(" ".join(part for part in (sentence, *beside) if part), (facts.source.id,), posts),)

    by_staff = facts.desk_figure is not None and facts.entered
    card = Card((), credit_line(setting, facts.source, facts.as_of, facts.now, entered=by_staff), kind="certified")
    if (desk_figure := facts.desk_figure) is not None:
        named = () if desk_figure.number is None else (desk_figure.number,)
        sentence = certified_as_entered(
            context,
            facts.source,
            without_unnameable_source(desk_figure, setting),
            facts.count,
            facts.deadline,
            entered=facts.entered,
        )
        return replace(card, head=head(sentence, named))
    before, variants = facts.before, tuple[Variant, ...]()
    if before is not None and before.done < facts.count.done:
        alone = head(certified(context, facts.source, facts.count, None, facts.deadline))
        variants = (Variant(without_before(before.done), alone),)
    return replace(
        card, head=head(certified(context, facts.source, facts.count, before, facts.deadline)), variants=variants
    )


def certified(
    context: ContestContext,
    source: Source,
    count: CertificationCount,
    before: CertificationCount | None,
    deadline: Event | None = None,
) -> str:
    """Return the headline with a new count of certified units, the count before, and the deadline for the other units.

    `before` is None if the earlier count is unknown.
    """
    revised = "Revised: " if before is not None and count.done < before.done else ""
    done, says = f"**{revised}{have_certified(context, count)},**", f"{source_name(source)} says"
    if count.done == count.of:
        return stopped(f"{done} {says}")
    moved = f" {_before(count, before)}," if before is not None else ""
    return f"{stopped(f'{done}{moved} {says}')}{_rest(context, deadline)}"


def have_certified(context: ContestContext, count: CertificationCount, *, past: bool = False) -> str:
    """Return "Ninety-six of Georgia's 159 counties have certified their results". With `past`, "had certified".

    From 100 on: "In Georgia, 111 of 159 counties have certified their results".
    """
    contest, state = context.contest, state_name(context.contest)
    many = count.done >= _HUNDRED and count.done != count.of
    if many:
        whose = f"In {state or where(contest, context.style)}, {certified_units(context, count)}"
    elif count.of == count.done == 1:
        whose = f"{capitalised(possessive(state)) if state else 'The'} only {contest.unit}"
    elif count.of is not None and count.done == count.of > 0:
        states = f"{state.removeprefix('the ')} " if state else ""
        whose = f"All {spelled(count.of, f'{states}{contest.unit}', f'{states}{contest.units}')}"
    elif count.of is not None:
        states = f"{possessive(state)} " if state else ""
        whose = f"{begins(count.done)} of {states}{spelled(count.of, contest.unit, contest.units)}"
    else:
        whose = f"{begins(count.done)} {_units(contest, count)}"
    one = count.done <= 1
    have = "had" if past else "has" if one else "have"
    too = "" if many else _contest_too(context)
    if count.named:
        return f"{whose} {have} been named as certified{too}"
    return f"{whose} {have} certified {'its' if one else 'their'} results{too}"


def without_before(before: int) -> str:
    """Return the key of the card variant without the words "up from `before`".

    The variant is used if the earlier count turns out not to have been posted.
    """
    return f"never {before}"


def certified_as_entered(
    context: ContestContext,
    source: Source,
    desk_figure: EnteredBefore,
    count: CertificationCount,
    deadline: Event | None = None,
    *,
    entered: bool = False,
) -> str:
    """Return the headline about a source that now has the count that the desk had entered.

    The headline ends with the deadline for the other units. `entered`: staff entered this count, too, so the source
    itself confirms nothing.
    """
    of = f" of {commas(count.of)}" if count.of is not None else ""
    done = f"{commas(count.done)}{of} {_units(context.contest, count)} have certified{_contest_too(context)}"
    if entered:
        sentence = stopped(
            f"**{capitalised(source_name(source))} also says that {done},** {entered_before_phrase(context, desk_figure)}"
        )
    else:
        sentence = stopped(
            f"**Now confirmed by {source_name(source)}: {done},** {entered_before_phrase(context, desk_figure)}"
        )
    return f"{sentence}{_rest(context, deadline) if count.done != count.of else ''}"


def certified_phrase(context: ContestContext, count: CertificationCount, verb: str = "certified") -> str:
    """Return "92 of 159 counties certified", for a list. For a sentence, pass "had certified" as `verb`."""
    return f"{certified_units(context, count)} {'named as certified' if count.named else verb}"


def certified_units(context: ContestContext, count: CertificationCount) -> str:
    """Return "92 of 159 counties", or "all 159 counties"."""
    if count.of is not None and count.done == count.of > 0:
        return f"all {commas(count.of)} {context.contest.units}"
    done = f"{commas(count.done)} of {commas(count.of)}" if count.of is not None else commas(count.done)
    return f"{done} {context.contest.unit if count.done == 1 and count.of is None else context.contest.units}"


def _units(contest: Contest, count: CertificationCount) -> str:
    state = state_name(contest)
    of = count.of if count.of is not None else count.done
    noun = contest.unit if of == 1 else contest.units
    return f"{state.removeprefix('the ')} {noun}" if state else noun


def _contest_too(context: ContestContext) -> str:
    """Return the contest's name if the text has no state, else ""."""
    return "" if context.contest.state else f" in {where(context.contest, context.style)}"


def _before(count: CertificationCount, before: CertificationCount) -> str:
    if count.done == before.done:
        return f"{commas(before.done)} of {commas(before.of)} before" if before.of is not None else "as many as before"
    return f"{'down' if count.done < before.done else 'up'} from {commas(before.done)}"


def _rest(context: ContestContext, deadline: Event | None) -> str:
    if deadline is None or deadline.status in ("canceled", "over"):
        return ""
    moment, zone = deadline.starts_at, context.zone
    until = (day if day_is_enough(moment, zone) else when)(moment, context.now, zone)
    if moment < context.now:
        return stopped(f" The deadline was {until}")
    return stopped(f" The deadline is {'expected to be ' if deadline.status == 'expected' else ''}{until}")
