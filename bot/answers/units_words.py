"""The texts of the answers to /county and /outstanding.

They never speculate on what the ballots left might change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.history_words import CertifiedCount, none_before, updates_in
from bot.count.change import Change
from bot.count.margin import Margin, margin_of
from bot.count.reading import Reading, Unit
from bot.count.recount_line import deciding
from bot.count.statement import Statement
from bot.desk.desk_file import Source
from bot.outcomes.certification_words import certified_phrase, unit_word
from bot.tally.changes_words import votes_by_candidate
from bot.tally.reported_batches_words import BatchOnRecord, on_record_line
from bot.tally.standing_words import ballots_phrase, change_to, standing_phrase
from bot.wording.card import Block, Card, Line, lines
from bot.wording.context import ContestContext, may_be_named, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import credit_line, credit_of_two, results_status_words
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.lines import lead_of
from bot.wording.names import count_name, listed, unit_list, unit_name
from bot.wording.numbers import commas, counted, more_votes, signed, spelled, votes
from bot.wording.question import Question

_MOST_WORDS = 4

MOST_CLAIMS = 25

_MOST_CANDIDATES = 6

_MOST_UNITS = 6

_MOST_NAMED = 5

_MOST_LEFT_HERE = 5


@dataclass(frozen=True, slots=True)
class UnitUpdate:
    """A unit's latest update, according to one source."""

    source: Source
    votes: int
    as_of: datetime
    split: Mapping[str, int] | None = None
    """The votes by candidate, or None if unknown."""
    corrected: Corrected | None = None
    """The correction of the post about this update, or None."""

    @property
    def note(self) -> str:
        """A mark that the post about the update was corrected, to follow a sentence, or "" if it was not."""
        return f" {self.corrected.mark()}" if self.corrected else ""


@dataclass(frozen=True, slots=True)
class BallotsLeft:
    """A claim about ballots left: the newest for its source, units and ballot type."""

    said: Statement
    source: Source
    since: "CountedSince | None" = None
    """The votes that the leading source has counted since, or None if it has nothing newer or was not asked for."""


@dataclass(frozen=True, slots=True)
class CountedSince:
    """The votes that were counted since a claim about ballots left.

    Nobody knows whether they came from these ballots.
    """

    votes: int | None
    """The number of votes, or None if unknown."""
    there: bool
    """True if the claim and these votes are about certain units; False if about the whole contest."""
    complete: bool = False
    """True if all precincts of these units have reported since."""

    @property
    def any(self) -> bool:
        """True if votes have come in since the claim, or may have.

        False only if the number is known to be zero and the units are not complete.
        """
        return self.votes != 0 or self.complete


@dataclass(frozen=True, slots=True)
class CountyFacts:
    """The facts about one reporting unit, for the answer to /county."""

    name: str
    source: Source
    """The source of the figures, or the leading source if there are none."""
    unit: Unit | None
    reading: Reading | None
    added: UnitUpdate | None
    uploaded_at: datetime | None
    """When the unit last sent figures to the source, or None if unknown."""
    checked_at: datetime | None
    left: tuple[BallotsLeft, ...]
    certified: CertifiedCount | None
    """How many of the contest's units have certified."""
    asked_sources: tuple[Source, ...] = ()
    by_name: tuple["NamedWord", ...] = ()
    """Statements about the unit's own certification, newest first."""
    reported: tuple[BatchOnRecord, ...] = ()
    """Batches from the unit that the leading source's count may not include, newest first."""
    named: tuple[tuple[str, datetime | None, Corrected], ...] = ()
    """Corrections whose text names the unit, newest first, as (source id, time of the corrected update, correction).

    The time is None if the corrected post was about no update.
    """
    since: "ReportedSince | None" = None
    """What the unit has reported since a time, or None if not asked for or no source has its figures."""


@dataclass(frozen=True, slots=True)
class ReportedSince:
    """The votes that a unit has reported since a time, according to one source."""

    source: Source
    since: datetime
    new: int
    updates: int
    as_of: datetime
    margin: Margin
    """The margin of the whole contest."""
    split: Mapping[str, int] | None = None
    """The votes by candidate, or None if unknown."""
    checked_at: datetime | None = None
    first_at: datetime | None = None
    """The time of the source's first reading, if that is after `since`, else None."""


@dataclass(frozen=True, slots=True)
class NamedWord:
    """A source's statement about one county's certification."""

    source: Source
    own: bool
    """True if the statement is the county's own, and `source` passed it on."""
    taken_back: bool
    as_of: datetime
    waits: bool = False
    """True if staff entered the statement and it is not posted yet."""


@dataclass(frozen=True, slots=True)
class OutstandingFacts:
    """The claims about ballots left, and the leading source's count."""

    source: Source
    reading: Reading | None
    """The leading source's reading."""
    change: Change | None
    left: tuple[BallotsLeft, ...]
    """The claims, newest first."""


@dataclass(frozen=True, slots=True)
class BallotsLeftTotal:
    """A number of ballots left in the whole contest, from one claim or from a sum of claims about places."""

    ballots: int
    words: str
    """The source and time of the number, to follow "left,"."""
    as_of: datetime
    """The time of the oldest claim behind the number."""
    sources: tuple[str, ...]
    """The ids of the sources of all claims behind the number."""
    by: str = ""
    """The source without the time, or empty for a sum."""
    places: str = ""
    """The number of places, to follow "left", or empty for the whole contest."""
    about: bool = False
    in_part: bool = False
    """True if there may be more ballots elsewhere."""
    since: CountedSince | None = None
    """The votes counted since then, or None."""


def county_answer(facts: CountyFacts, question: Question) -> Card:
    """Return a card with a unit's count, its latest update, its certification, and how recent the figures are."""
    reading, unit, added = facts.reading, facts.unit, facts.added
    context = question.context(reading.names if reading else None)
    as_of, by = question.at or question.now, None
    if facts.since is not None:
        as_of, by = facts.since.as_of, facts.since.source
        head = Line(reported_since(context, facts.name, facts.since, question.at, facts.uploaded_at), (by.id,))
    elif unit is not None and reading is not None:
        sentence, as_of, by = unit_standing(context, facts.name, unit), reading.as_of, facts.source
        head = Line(question.then(sentence), (by.id,))
    elif added is not None:
        sentence, as_of, by = unit_added(context, facts.name, added), added.as_of, added.source
        head = Line(question.then(sentence), (by.id,), _posts(added.corrected))
    else:
        others = facts.asked_sources[:_MOST_NAMED]
        sentence = no_unit_figures(context, facts.name, listed([source_name(source) for source in others]))
        head = Line(question.then(sentence), tuple(source.id for source in others))
    below = [
        Line(text, (facts.source.id,)) for text in ([*unit_votes(context, unit), ""] if unit and unit.votes else [])
    ]
    if facts.since is not None:
        stands = [unit_standing(context, facts.name, unit)] if unit else []
        updates = [updates_in(facts.since.updates)] if facts.since.updates > 1 else []
        below = [*(Line(question.then(text), (facts.source.id,)) for text in stands), *below]
        below += [Line(text, (facts.since.source.id,)) for text in updates]
    if added is not None and (unit is not None or facts.since is not None):
        of = tuple(dict.fromkeys((facts.source.id, added.source.id)))
        below.append(Line(added_last(context, added, facts.source), of, _posts(added.corrected)))
    if unit is not None and (reported := unit_reported(unit)):
        below.append(Line(reported, (facts.source.id,)))
    below += [_left_here(context, one) for one in facts.left[:_MOST_LEFT_HERE]]
    below += [on_record_line(context, one) for one in facts.reported[:_MOST_LEFT_HERE]]
    certified, corrected = _certified(facts, question)
    said = (added.corrected if added else None, corrected, *(one.corrected for one in facts.reported))
    below += [
        Line(one.mark(f"{context.when(at)} update" if at else ""), (source,), one.posts)
        for source, at, one in facts.named
        if one not in said
    ]
    below.append(certified)
    if facts.uploaded_at is not None:
        sent = stopped(f"Sent to {source_name(facts.source)} {context.when(facts.uploaded_at)}")
        below.append(Line(sent, (facts.source.id,)))
    checked = stopped(f"Checked {context.when(facts.checked_at)}") if facts.checked_at and question.at is None else ""
    status = results_status_words(reading, facts.source) if reading and unit else ""
    credit = credit_line(question.setting, by, as_of, question.now)
    block = Block(tuple(below), footer=" ".join(filter(None, (status, checked))))
    return question.with_share_button(Card((head,), credit, (block,)))


def _posts(corrected: Corrected | None) -> tuple[int, ...]:
    return corrected.posts if corrected else ()


def _left_here(context: ContestContext, left: BallotsLeft) -> Line:
    """Return a line for one claim about ballots left, for the answer about one unit.

    The line names the place, unless the claim is about this unit alone.
    """
    alone = left.said.outstanding is not None and len(left.said.outstanding.units) == 1
    return _claim(context, left, placed=not alone)


def _claim(context: ContestContext, left: BallotsLeft, *, placed: bool = True) -> Line:
    text = left_line(context, left.said, left.source, placed=placed) + since_note(left)
    return Line(text, (left.source.id,))


def _certified(facts: CountyFacts, question: Question) -> tuple[Line, Corrected | None]:
    """Return a line on a unit's certification, and the correction that the line mentions or None."""
    context, certified, desk = question.context(), facts.certified, question.setting.desk
    every_source = all(may_be_named(one, question.setting) for one in desk.sources) and not question.setting.public
    if facts.by_name:
        return _reported_about(context, facts.by_name[:_MOST_WORDS]), None
    nobody = Line(not_certified_by_name(context.contest.unit, "", every_source=every_source))
    if certified is None:
        return nobody, None
    line = Line("", (certified.source.id,))
    if certified.waits:
        line = replace(line, readers="newsroom", otherwise=nobody)
    count, says = certified.count, f"{source_name(certified.source)} says, as of {context.when(certified.as_of)}"
    if count.of == count.done:
        have = stopped(f"Certified: all {commas(count.done)} {context.contest.units} have, {says}")
        return replace(line, text=have), None
    in_all = stopped(f"In all, {certified_phrase(context, count)}, {says}")
    if certified.corrected:
        in_all = f"{in_all} {certified.corrected.mark()}"
    unknown = not_certified_by_name(context.contest.unit, in_all, every_source=every_source)
    return replace(line, text=unknown, posts=_posts(certified.corrected)), certified.corrected


def _reported_about(context: ContestContext, named: Sequence[NamedWord]) -> Line:
    """Return a line with the sources' statements about a unit's certification.

    Entries that are not posted yet are for the newsroom only.
    """
    words = (unit_word(context, one.source, own=one.own, taken_back=one.taken_back, as_of=one.as_of) for one in named)
    line = Line(" ".join(words), tuple(dict.fromkeys(one.source.id for one in named)))
    posted = [one for one in named if not one.waits]
    if len(posted) == len(named):
        return line
    return replace(line, readers="newsroom", otherwise=_reported_about(context, posted) if posted else None)


def outstanding_answer(facts: OutstandingFacts, question: Question) -> Card:
    """Return the answer to /outstanding, with the sources that it is based on."""
    return question.with_share_button(outstanding_card(facts, question))


def outstanding_card(facts: OutstandingFacts, question: Question) -> Card:
    """Return a card with the claims about ballots left.

    If a number for the whole contest is known, one sentence has this number and the margin.
    """
    reading, left = facts.reading, facts.left
    context = question.context(reading.names if reading else None)
    claims = [_claim(context, one) for one in left[:MOST_CLAIMS]]
    if (rest := len(left) - MOST_CLAIMS) > 0:
        claims += lines(f"and {spelled(rest, 'older figure')} for ballots left.")
    clause, where = _count_shows(context, facts)
    known = [
        Line(
            left_beside(context, clause, where, basis, past=question.at is not None), (facts.source.id, *basis.sources)
        )
        for basis in _bases(context, left)
    ]
    expected = _expected(context, facts)
    newest = left[0].said.as_of if left else reading.as_of if reading else question.at or question.now
    by = left[0].source if left else facts.source
    if not left:
        head = (Line(nothing_left_known(context, question.at, public=question.setting.public)), *expected)
        below: tuple[Line, ...] = ()
    elif known:
        # The credit also names the source of the latest claim.
        head = (Line(question.then(known[0].text), (*known[0].sources, by.id)),)
        below = (*claims, *expected, *known[1:])
    else:
        head = (Line(question.then(_of_kinds(len(left))), (by.id,)),)
        below = (*claims, *expected, *_count_line(context, facts))
    credit = credit_line(question.setting, by, newest, question.now)
    if known and reading:
        ballots = f"ballots: {credit}"
        credit = f"count: {credit_of_two(question.setting, facts.source, reading.as_of, question.now, ballots)}"
    return Card(head, credit, (Block(below),) if below else ())


def _count_shows(context: ContestContext, facts: OutstandingFacts) -> tuple[str, str]:
    """Return a clause with the deciding margin, or else with the number of votes counted.

    Also returns the place, such as " in Georgia", to follow the clause.
    """
    reading, where = facts.reading, f" in {context.place}"
    if reading is None:
        return f"no count is in yet for {context.place}", ""
    if not any(reading.votes.values()):
        return "no votes are in yet", where
    change = change_to(reading, facts.change)
    decides = deciding(context.contest.contest_rule, reading, change.leader) if change.margin is not None else None
    if decides is not None:
        return lead_of(context, decides), where
    return f"{votes(reading.counted)} {'is' if reading.counted == 1 else 'are'} counted", where


def _count_line(context: ContestContext, facts: OutstandingFacts) -> tuple[Line, ...]:
    """Return a line with the margin or the votes counted, the source and the time."""
    reading, source = facts.reading, facts.source
    if reading is None:
        return ()
    phrase = standing_phrase(context, change_to(reading, facts.change), reading)
    text = f"The {count_name(context.count)}: {phrase}, by {source_name(source)}, as of {context.when(reading.as_of)}"
    return (Line(stopped(text), (source.id,)),)


def _of_kinds(left: int) -> str:
    number = capitalised(spelled(left, "figure for ballots left is", "figures for ballots left are"))
    return f"**{number} known,** {'' if left == 1 else 'each '}for one kind of ballot."


def _expected(context: ContestContext, facts: OutstandingFacts) -> tuple[Line, ...]:
    """Return a line with how many votes the leading source expects in all.

    Returns an empty tuple if no more votes are expected than are counted.
    """
    reading = facts.reading
    if reading is None or reading.expected_total is None or reading.expected_total <= reading.counted:
        return ()
    more = reading.expected_total - reading.counted
    text = expected_line(context, facts.source, reading.expected_total, more, reading.as_of)
    return (Line(text, (facts.source.id,)),)


def _bases(context: ContestContext, left: Sequence[BallotsLeft]) -> list[BallotsLeftTotal]:
    """Return the numbers of ballots left in the whole contest.

    These are the claims about the whole contest, and the sum of the claims about places.
    """
    whole = [
        BallotsLeftTotal(
            one.said.outstanding.ballots,
            f"by {source_name(one.source)} at {context.when(one.said.as_of)}",
            one.said.as_of,
            (one.source.id,),
            by=f"by {source_name(one.source)}",
            about="outstanding" in one.said.approximate,
            since=one.since,
        )
        for one in left
        if one.said.outstanding and not one.said.outstanding.units and one.said.outstanding.type is None
    ]
    parts = _without_overlap(left)
    if not parts or (whole and len(parts) == 1):  # a claim about one place says less than one about the whole
        return whole
    return [*whole, _sum(context, parts)]


def _without_overlap(left: Sequence[BallotsLeft]) -> list[BallotsLeft]:
    """Return the newest claims about places, without claims that could count the same ballots twice."""
    taken: dict[str, set[str | None]] = {}
    parts = []
    for one in left:
        said = one.said.outstanding
        if said is None or not said.units:
            continue
        kinds = [taken.get(unit.casefold(), set()) for unit in said.units]
        if any(None in of_unit or said.type in of_unit or (said.type is None and of_unit) for of_unit in kinds):
            continue
        for unit in said.units:
            taken.setdefault(unit.casefold(), set()).add(said.type)
        parts.append(one)
    return parts


def _sum(context: ContestContext, parts: list[BallotsLeft]) -> BallotsLeftTotal:
    ballots = sum(one.said.outstanding.ballots for one in parts if one.said.outstanding)
    units = {unit for one in parts if one.said.outstanding for unit in one.said.outstanding.units}
    oldest = min(one.said.as_of for one in parts)
    noun = context.contest.unit if len(units) == 1 else context.contest.units
    text = f"according to {'a report at' if len(parts) == 1 else 'reports since'} {context.when(oldest)}"
    places = f"in {spelled(len(units), noun, noun)}"
    words = f"{places}, {text}; there may be more elsewhere"
    sources = tuple(dict.fromkeys(one.source.id for one in parts))
    about = any("outstanding" in one.said.approximate for one in parts)
    moved = [one.since for one in parts if one.since is not None]
    new = [one.votes for one in moved if one.votes is not None]
    since = CountedSince(sum(new) if len(new) == len(moved) else None, there=True) if moved else None
    return BallotsLeftTotal(ballots, words, oldest, sources, places=places, about=about, in_part=True, since=since)


def unit_standing(context: ContestContext, name: str, unit: Unit) -> str:
    """Return who leads in a unit: "**Floyd County: Trump leads by 16,989 votes,** with 41,234 counted.".

    If the figures are from a recount, the text notes that.
    """
    where, total = capitalised(unit_name(context.contest, name)), unit.counted
    count = "" if context.count == "election" else f" in the {count_name(context.count)}"
    if not unit.votes and total is None:
        return f"**{where}: no figures{count}.**"
    if not unit.votes:
        return f"**{where}: {votes(total or 0)} counted{count};** the source does not say for whom."
    margin = margin_of(unit.votes)
    if not any(unit.votes.values()):
        return f"**{where}: no votes are in yet{count}.**"
    if margin.votes is None:
        return f"**{where}: {votes(total or 0)} counted{count}.**"
    stands = f"{context.who(margin.leader)} leads by {votes(margin.votes)}" if margin.votes else "the count is tied"
    if total is None:
        return f"**{where}: {stands}{count}.**"
    return f"**{where}: {stands},** with {commas(total)} counted{count}."


def reported_since(
    context: ContestContext, name: str, said: ReportedSince, at: datetime | None, sent_at: datetime | None
) -> str:
    """Return a sentence on the votes that a unit has reported since a time.

    For example "**Cobb County has reported 1,843 more votes since 8:05 p.m.,** a net gain of 1,380 votes for Biden
    (…).".

    Args:
        context: the contest.
        name: the unit.
        said: the votes that the unit has reported.
        at: the time asked about, or None for now.
        sent_at: when the unit last sent its source figures, or None if unknown.
    """
    where, start = capitalised(unit_name(context.contest, name)), context.when(said.since)
    has, is_ = ("has ", "is") if at is None else ("", "was")
    time = f"since {start}" if at is None else f"between {start} and {context.when(at)}"
    if said.new > 0:
        reported, net = f"{where} {has}reported {more_votes(said.new)} {time}", _net_gain(context, said)
        sentence = stopped(f"**{reported},** {net}") if net else f"**{stopped(reported)}**"
    elif said.new < 0:
        fell = stopped(f"{possessive(where)} total {is_} down {votes(-said.new)} {time}")
        sentence = f"**{fell}**"
    else:
        silent = sent_at is not None and sent_at <= said.since
        nothing = "sent nothing" if silent else f"reported no {'net change' if said.updates else 'new votes'}"
        checked = f", last checked at {context.when(said.checked_at)}" if said.checked_at and at is None else ""
        by = f"by {possessive(source_name(said.source))} count{checked}"
        sentence = stopped(f"**{where} {has}{nothing} {time},** {by}")
    if said.first_at is None or said.first_at <= said.since:
        return sentence
    return f"{sentence} {none_before(context, said.first_at)}"


def _net_gain(context: ContestContext, said: ReportedSince) -> str:
    """Return the net gain from the votes in `said` between the contest's top two candidates.

    For example "a net gain of 1,380 votes for Biden (Biden 1,602, Trump 222)".
    """
    split, margin = said.split, said.margin
    if split is None or min(split.values()) < 0:
        return ""
    if gained := [key for key, moved in split.items() if moved == said.new]:
        return f"{'all ' if said.new > 1 else ''}for {context.who(gained[0])}"
    whom = votes_by_candidate(context, split, said.new)
    if margin.runner_up is None:
        return whom.strip()
    net = split.get(margin.leader, 0) - split.get(margin.runner_up, 0)
    if not net:
        return f"no net gain for {context.who(margin.leader)} or {context.who(margin.runner_up)}{whom}"
    return f"a net gain of {votes(abs(net))} for {context.who(margin.leader if net > 0 else margin.runner_up)}{whom}"


def unit_added(context: ContestContext, name: str, added: UnitUpdate) -> str:
    """Return a unit's latest update, without a total: "**DeKalb County added 10 votes at 8:46 a.m.** (Biden 10)."."""
    where, source = capitalised(unit_name(context.contest, name)), source_name(added.source)
    did = f"added {votes(added.votes)}" if added.votes >= 0 else f"is down by {votes(-added.votes)}"
    whom = votes_by_candidate(context, added.split or {}) if added.votes >= 0 else ""
    total = f"Its total is unknown: no {context.contest.unit} totals from {source}"
    text = f"{where} {did} at {context.when(added.as_of)}"
    return f"{f'**{text}**{whom}.' if whom else f'**{stopped(text)}**'}{added.note} {stopped(total)}"


def no_unit_figures(context: ContestContext, name: str, sources: str) -> str:
    """Return a sentence stating that no source has figures for a unit."""
    where = capitalised(unit_name(context.contest, name))
    nobody = stopped(f"No {context.contest.unit} totals{f' from {sources}' if sources else ''}")
    return f"**{where}: no figures.** {nobody} `/margin` has the whole count."


def added_last(context: ContestContext, added: UnitUpdate, source: Source) -> str:
    """Return a unit's latest update: "Latest update: 74 votes (Trump 61, Biden 13), as of 7:35 a.m.".

    The source is named unless it is `source`.
    """
    batch, split = added.votes, added.split or {}
    what = f"{counted(batch, 'vote')}" if batch >= 0 else f"a change of {signed(batch)} votes"
    whom = votes_by_candidate(context, split) if all(votes >= 0 for votes in split.values()) else ""
    by = f", by {source_name(added.source)}" if added.source.id != source.id else ""
    return stopped(f"Latest update: {what}{whom}, as of {context.when(added.as_of)}{by}") + added.note


def unit_reported(unit: Unit) -> str:
    """Return a sentence on how many of a unit's precincts have reported, or "" if that is unknown."""
    if unit.reported is None or not unit.reported[1]:
        return ""
    done, of = unit.reported
    return f"{commas(done)} of {counted(of, 'precinct')} {'has' if of == 1 else 'have'} reported."


def unit_votes(context: ContestContext, unit: Unit) -> list[str]:
    """Return a line for each candidate with their votes in a unit, the most votes first."""
    votes_of: Mapping[str, int] = unit.votes or {}
    order = sorted(votes_of, key=lambda key: (-votes_of[key], key))
    return [f"**{context.who(key)}** {commas(votes_of[key])}" for key in order[:_MOST_CANDIDATES]]


def not_certified_by_name(unit: str, done: str, *, every_source: bool) -> str:
    """Return a sentence stating that nobody knows whether a unit has certified.

    `unit` is the noun, such as "county". `done` is a sentence about all units to follow, or empty. `every_source`:
    True if the reader may see the figures of every source.
    """
    known = f" {done}" if done else ""
    source = "no source" if every_source else "no source published here"
    return f"Certification unknown: {source} names this {unit}.{known}"


def left_line(context: ContestContext, statement: Statement, source: Source, *, placed: bool = True) -> str:
    """Return a line with one claim: "**Clayton County:** about 4,355 absentee ballots left (our reporter, 9:40 p.m.)".

    Without `placed`, the line does not name the county: "about 4,355 absentee …".
    """
    left = statement.outstanding
    assert left is not None  # noqa: S101 - the caller takes only statements that say it
    where = capitalised(unit_list(context.contest, left.units, _MOST_UNITS)) if left.units else context.head
    heading = f"**{where}:** " if placed else ""
    ballots = ballots_phrase(left, about="outstanding" in statement.approximate)
    entered = ", entered by staff" if statement.entered_by is not None and not source.person else ""
    return f"{heading}{ballots} left ({source_name(source)}, {context.when(statement.as_of)}{entered})"


def expected_line(context: ContestContext, source: Source, expected: int, left: int, as_of: datetime) -> str:
    """Return a line with how many votes a source expects in all, and how many of them are left."""
    return stopped(
        f"{capitalised(source_name(source))} expects {votes(expected)} in all, an estimate: {commas(left)} more than "
        f"are counted, as of {context.when(as_of)}"
    )


def nothing_left_known(context: ContestContext, at: datetime | None, *, public: bool) -> str:
    """Return a sentence stating that the number of ballots left is unknown.

    `public`: True if the sentence must not reveal whether staff made entries.
    """
    then = f" by {context.when(at)}" if at else ""
    unknown = f"Unknown: {unknown_start(at, public=public)} how many ballots are left in {context.place}{then}"
    return f"**{stopped(unknown)}**"


def unknown_start(at: datetime | None, *, public: bool) -> str:
    """Return the start of a sentence stating that a fact is unknown, such as "no source has said".

    `public`: True if the sentence must not reveal whether staff made entries.
    """
    if public:
        return f"nothing published here {'said' if at else 'says'}"
    return f"no source {'had' if at else 'has'} said"


def left_beside(context: ContestContext, clause: str, where: str, basis: BallotsLeftTotal, *, past: bool) -> str:
    """Return a sentence with the margin and the ballots left.

    For example "**Biden leads by 100 votes, with 300 ballots left,** by our reporter at 9:40 p.m.". If votes have come
    in since the claim, some may be from these ballots. A separate sentence then has the number of ballots, and begins
    with the time of the claim.

    Args:
        context: the contest.
        clause: the count, such as "Biden leads by 100 votes".
        where: the place, such as " in Georgia", to follow the clause unless the ballots' place comes first.
        basis: the ballots left.
        past: True if the sentence begins with the time asked about.
    """
    ballots = f"{'about ' if basis.about else ''}{counted(basis.ballots, 'ballot')}"
    known = "reported left" if basis.in_part else "left"
    since = basis.since
    if since is None or not since.any:
        counted_and_left = f"{capitalised(clause + where)}, with {ballots} {known}"
        if basis.in_part:
            they_are = "It is" if basis.ballots == 1 else "They are"
            return stopped(f"**{counted_and_left}.** {they_are} {basis.words}")
        return stopped(f"**{counted_and_left},** {basis.words}")
    were = "was" if basis.ballots == 1 else "were"
    places = basis.places or f"in {context.place}"
    if since.votes is None:
        came = "how many votes have come in since is unknown"
    else:
        came = _come_in(since.votes, there=since.there)
    stands = capitalised(clause + where if basis.in_part else clause)
    if not basis.in_part:
        end = f",** {basis.by}; {came}"
    elif since.votes is None:  # in a sentence of its own: with the time asked about it would have over 30 words
        end = f".** {capitalised(came)}, and there may be ballots elsewhere"
    else:
        end = f";** {came}, and there may be ballots elsewhere"
    number, at = f"{ballots} {were} {known} {places}", context.when(basis.as_of)
    return stopped(f"**{f'{number} at {at}' if past else f'As of {at}, {number}'}{end}. {stands}")


def _come_in(new: int, *, there: bool) -> str:
    return f"{counted(new, 'vote')} {'has' if new == 1 else 'have'} come in {'from there ' if there else ''}since"


def since_note(left: BallotsLeft) -> str:
    """Return a note on the votes counted since a claim, such as "; 74 votes have come in from there since".

    Returns "" if none are known to have been counted.
    """
    since = left.since
    if since is None:
        return ""
    came = _come_in(since.votes, there=since.there) if since.votes else ""
    many = len(left.said.outstanding.units) if left.said.outstanding else 1
    done = f"all {'their' if many > 1 else 'its'} precincts have reported" if since.complete else ""
    if came and done:
        return f"; {came}, and {done}"
    return f"; {came or f'{done} since'}" if came or done else ""
