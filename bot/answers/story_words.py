"""Copy for print: a headline, and at most three sentences that need no rewriting.

Sentences are in the past tense, with time and day, since copy is read later. The newest fact leads: the count, how
many counties have certified, whether the results are certified, or a call. Each candidate is introduced once, by title
or party.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.answers.history_words import CertifiedCount
from bot.count.change import Change
from bot.count.fall import fall_between
from bot.count.margin import margin_of
from bot.count.post_threshold import MinimumChange
from bot.count.reading import Reading
from bot.count.rules import outlook
from bot.desk.desk_file import Source
from bot.outcomes.calls_words import CallFacts, called_for
from bot.outcomes.certification_words import ResultsFacts, have_certified
from bot.wording.context import ContestContext, source_name
from bot.wording.escape import capitalised, escape, possessive, stopped, without_markdown
from bot.wording.limits import size
from bot.wording.lines import leaders_share, margin_in_range, required_share
from bot.wording.margin import MOST_NAMED, top_candidates
from bot.wording.names import full_name, listed, state_name, unit_list
from bot.wording.numbers import commas, counted, spelled
from bot.wording.question import Question
from bot.wording.times import dated, when
from bot.wording.votes_table import by_size, total_lags

HEADLINE = 65
"""The longest headline, in characters."""

_SENTENCES = 3
"""The most sentences after the headline."""

_NEWS = timedelta(hours=12)
"""For how long certification or a call may lead the copy, and a lead change is mentioned."""

_RECENT = timedelta(minutes=45)

_DECIMALS = 1
"""A share in copy is told apart from the share that is required, but has no more decimals than that takes."""

_MOST_NAME = 50

_ARTICLES = re.compile(r"\b(?:an?|the) ")

_PARTIES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("d", "dem", "democrat", "democratic"), ("Democrat", "Democratic")),
    **dict.fromkeys(("r", "rep", "gop", "republican"), ("Republican", "Republican")),
    **dict.fromkeys(("l", "lib", "libertarian"), ("Libertarian", "Libertarian")),
    **dict.fromkeys(("g", "grn", "green"), ("Green Party candidate", "Green Party")),
    **dict.fromkeys(("i", "ind", "independent"), ("independent", "independent")),
}
"""By party, the word before a name and the word before a title.

For example "Democrat Jon Ossoff" and "Democratic Sen. Jon Ossoff".
"""

_PAST = {
    "leads": "led",
    "takes": "took",
    "narrows": "narrowed",
    "grows": "grew",
    "certifies": "certified",
    "certify": "certified",
    "calls": "called",
    "projects": "projected",
    "declares": "declared",
    "names": "named",
    "says": "said",
    "withdraws": "withdrew",
}

_FIGURES: dict[str | None, str] = {
    "unofficial-complete": "unofficial but complete figures",
    "certified": "certified results",
    "correction": "unofficial, corrected figures",
    "recount": "unofficial figures of a recount",
    "pre-election": "figures from before the election",
}
"""The noun for figures, by results status. With a status that is not listed, they are "unofficial figures"."""

News = Literal["count", "certified", "results", "call"]
"""The fact with which copy begins."""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """The facts for a piece of news copy.

    Facts are excluded if they are for the newsroom only, come from a muted source, were corrected, or are not posted
    yet.
    """

    question: Question
    source: Source
    """The leading source."""
    reading: Reading
    change: Change
    """The change with which `reading` came in."""
    before: Reading | None
    """The reading before the last batch. If None, copy does not report what that batch changed."""
    certified: CertifiedCount | None = None
    results: ResultsFacts | None = None
    calls: tuple[CallFacts, ...] = ()
    """The last call of each caller, or its withdrawal, newest first."""
    took_lead: datetime | None = None
    """When the leader took the lead, if that was within half a day; else None."""

    @property
    def call(self) -> CallFacts | None:
        """The newest call or withdrawal, with which the copy may begin."""
        return self.calls[0] if self.calls else None

    @property
    def other_calls(self) -> tuple[CallFacts, ...]:
        """The calls that stand, newest first, without one with which the copy begins."""
        leads = self.call if self.newest == "call" else None
        return tuple(one for one in self.calls if one.call.is_call and one is not leads)

    @property
    def told(self) -> ContestContext:
        """The context with which sentences about the contest are written."""
        return self.question.context(self.reading.names)

    @property
    def moment(self) -> datetime:
        """The time asked about, or else the present time."""
        return self.question.at or self.question.now

    @property
    def has_news(self) -> bool:
        """True if the last batch can be reported.

        The reading before it must be known, and the change must be large enough for a post.
        """
        change = self.change
        if self.before is None or change.kind in ("first", "progress"):
            return False
        if change.kind == "lead_change" or change.lead_changed or change.margin_before is None:
            return True
        fall = fall_between(self.before, self.reading)
        moved = max(abs(change.margin_change or 0), fall.votes if fall else 0)
        return moved >= MinimumChange().of(change.margin_before)

    @property
    def is_revision(self) -> bool:
        """True if the last batch is a revision large enough for a post."""
        return self.has_news and self.change.kind == "revision"

    @property
    def is_recent(self) -> bool:
        """True if the last batch can be reported as news: it is recent, and the question is about now."""
        return self.has_news and self.question.at is None and self.question.now - self.reading.as_of <= _RECENT

    @property
    def takes_lead(self) -> bool:
        """True if the last batch changed the lead or broke a tie. The first votes of a count don't."""
        before = self.before is not None and any(self.before.votes.values())
        return before and self.change.lead_changed and bool(self.change.margin)

    @property
    def newest(self) -> News:
        """The kind of the newest fact: the count, a certification, certified results or a call.

        Facts other than the count are ignored once they are older than half a day.
        """
        found: dict[News, datetime] = {}
        if self.certified is not None and _is_new_count(self.certified):
            found["certified"] = self.certified.as_of
        if self.results is not None:
            found["results"] = self.results.as_of
        if self.call is not None and (self.call.withdrawn or self.call.call).is_call:
            found["call"] = self.call.as_of
        recent = {news: at for news, at in found.items() if self.moment - at <= _NEWS}
        if not recent:
            return "count"
        news = max(recent, key=lambda one: recent[one])
        return "count" if self.has_news and self.reading.as_of >= recent[news] else news


def _is_new_count(certified: CertifiedCount) -> bool:
    return certified.before is None or certified.before.done != certified.count.done


class PrintNames:
    """The names of candidates and sources as print has them: in full at first, and later short."""

    def __init__(self, context: ContestContext, parties: Mapping[str, str] | None) -> None:
        """Create the names, of which none has been introduced yet.

        `parties` are the parties in the reading, for candidates without a party in the desk file.
        """
        self.context = context
        self._parties = parties or {}
        self._introduced: set[str] = set()
        self.sources = dict[str, Source]()
        """The sources that were named, by id, in the order of the text."""
        self._named_parties: set[str] = set()

    def who(self, key: str) -> str:
        """Return a candidate's name, the first time with title or party."""
        contest = self.context.contest
        if key in self._introduced or contest.rule == "measure":
            return self.context.who(key)
        self._introduced.add(key)
        known = contest.candidate(key)
        party = ((known.party if known else None) or self._parties.get(key) or "").casefold().removesuffix(" party")
        noun, adjective = _PARTIES.get(party, ("", ""))
        title = known.title if known and known.title else ""
        if title:
            before = f"{adjective} {title}"
        else:
            before = f"fellow {noun}" if noun and noun in self._named_parties else noun
            self._named_parties.add(noun)
        printed = escape(known.printed, _MOST_NAME) if known and known.printed else ""
        name = printed or full_name(contest, key, self.context.names)
        return f"{escape(before.strip(), 60)} {name}".strip()

    def all_of(self, keys: Sequence[str]) -> str:
        """Return a list of at most three candidates' names."""
        rest = len(keys) - MOST_NAMED
        return listed([self.who(key) for key in keys[:MOST_NAMED]], spelled(rest, "other") if rest > 0 else "")

    def source(self, source: Source) -> str:
        """Return a source's name, the first time in full."""
        if source.id in self.sources:
            return source_name(source)
        self.sources[source.id] = source
        return escape(source.printed or "", _MOST_NAME) or source_name(source)


class Sentences:
    """The sentences of one piece of news copy, without their periods.

    A method returns "" if its fact is unknown or should not be mentioned. The first sentence that names a candidate
    introduces them, so call the methods in the order of the copy.
    """

    def __init__(self, facts: CopyFacts) -> None:
        """Create the sentences from `facts`."""
        self._facts = facts
        self._told = facts.told
        self.names = PrintNames(facts.told, facts.reading.parties)

    def news(self) -> str:
        """Return a sentence on the newest fact if that is a certification, certified results or a call, else ""."""
        facts = self._facts
        match facts.newest:
            case "certified" if facts.certified:
                return self._certified_now(facts.certified)
            case "results" if facts.results:
                return self._results(facts.results)
            case "call" if facts.call:
                return self._called(facts.call)
        return ""

    def stood(self) -> str:
        """Return where the count stood and as of when.

        The sentence also has the earlier margin, or the time at which the lead was taken.
        """
        facts = self._facts
        at = f" as of {self._at(facts.reading.as_of)}"
        if facts.is_revision and facts.before is not None:
            return f"{self._revised(facts.before)}{at}, and {self._stood()}{self._from()}"
        if took := self._took_the_lead():
            return f"{took},{at}"
        stop = "," if required_share(self._told, facts.reading) else ""
        return f"{self._stood()}{stop}{at}{self._after_taking() or self._from()}"

    def attribution(self) -> str:
        """Return the attribution that follows `stood`: "according to unofficial figures from the Times"."""
        figures = _FIGURES.get(self._facts.reading.status, "unofficial figures")
        if self._facts.is_revision:
            return f"by its {figures}"
        return f"according to {figures} from {self.names.source(self._facts.source)}"

    def margin(self) -> str:
        """Return the margin as a share, and whether it was within the recount range."""
        facts = self._facts
        contest = facts.question.contest
        line = facts.question.setting.recount_line(contest)
        found = margin_in_range(facts.change, facts.reading, line, contest.contest_rule)
        if contest.contest_rule.seats > 1 and not (found and found.side and found.exact):
            cut = outlook(contest.contest_rule, facts.reading.votes, facts.reading.counted).cut
            return f"The last of them was {counted(cut, 'vote')} ahead of the next candidate" if cut else ""
        if found is None or not facts.change.margin:
            return ""
        return (
            f"The margin{found.place}, {found.text}, was {found.side}" if found.side else f"The margin was {found.text}"
        )

    def latest(self) -> str:
        """Return which counties the latest votes came from and whom they were for."""
        facts, names = self._facts, self.names
        change = facts.change
        new, units = change.new_votes or 0, change.units or {}
        gains = {key: votes for key, votes in (change.batch or {}).items() if votes}
        explained = all(votes > 0 for votes in gains.values()) and sum(gains.values()) <= new
        if facts.before is None or new <= 0 or not gains or not explained or total_lags(change):
            return ""
        known = units and sum(units.values()) == new and all(votes > 0 for votes in units.values())
        where = unit_list(self._told.contest, by_size(units), MOST_NAMED) if known else ""
        order = sorted(gains, key=lambda key: (-gains[key], key))[:MOST_NAMED]
        last = "The latest vote" if new == 1 else f"The latest {counted(new, 'vote')}"
        if len(gains) == 1 and gains[order[0]] == new:
            whom = f"for {names.who(order[0])}"
            if where:
                return f"{last}, {'' if new == 1 else 'all '}{whom}, came from {where}"
            return f"{last} {'was' if new == 1 else 'all were'} {whom}"
        first, *others = [f"{commas(gains[key])} {{}}for {names.who(key)}" for key in order]
        were = "was " if gains[order[0]] == 1 else "were "
        split = listed([first.format(were), *(other.format("") for other in others)])
        return f"{last} came from {where}; {split}" if where else f"Of the latest {counted(new, 'vote')}, {split}"

    def certified(self) -> str:
        """Return how many counties had certified, unless the copy begins with that."""
        facts = self._facts
        if facts.certified is None or facts.newest == "certified":
            return ""
        return self._certified_now(facts.certified)

    def other_call(self) -> str:
        """Return the newest call that stands, unless the copy begins with it."""
        return next((self._called(one) for one in self._facts.other_calls), "")

    def _at(self, moment: datetime) -> str:
        return dated(moment, self._told.now, self._told.zone)

    def _certified_now(self, certified: CertifiedCount) -> str:
        done = have_certified(self._told, certified.count, past=True)
        before, moved = certified.before, ""
        if before is not None and before.done != certified.count.done and self._facts.newest == "certified":
            moved = f", {'up' if before.done < certified.count.done else 'down'} from {commas(before.done)} earlier"
        at = self._at(certified.as_of)
        return f"{done} as of {at}{moved}, {self.names.source(certified.source)} said"

    def _results(self, results: ResultsFacts) -> str:
        at, name = self._at(results.as_of), self.names.source(results.source)
        if results.taken_back:
            return (
                f"{name}, as of {at}, withdrew its announcement that the results in {self._told.place} were certified"
            )
        return f"The results in {self._told.place} were certified as of {at}, {name} said"

    def _called(self, facts: CallFacts) -> str:
        call, name = facts.withdrawn or facts.call, self.names.source(facts.source)
        at = f"{' at' if call.since == 'at' else ', as of'} {self._at(facts.as_of)}"
        whom = self.names.all_of(call.candidates)
        if facts.withdrawn is not None:
            return f"{name} withdrew its call of {self._told.place} for {whom}{at}"
        if call.says == "runoff":
            return f"{name} said{at.removeprefix(',')} that {whom} would go to a runoff in {self._told.place}"
        return f"{called_for(self._told, name, call, whom)}{at}"

    def _stood(self) -> str:
        """Return where the count stood, in the terms of the contest's rule (a lead, a share, or several places).

        For example "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia".
        """
        context, names, reading, change = self._told, self.names, self._facts.reading, self._facts.change
        place = f"in {context.place}"
        if not any(reading.votes.values()):
            whose = "no candidate's votes" if reading.counted else "no votes"
            return f"{whose} had been reported {place}"
        if change.margin is None:
            return f"{names.who(change.leader)}, the only candidate listed, had {counted(reading.votes[change.leader], 'vote')} {place}"
        if share := required_share(context, reading, "was", _DECIMALS):
            return share.sentence
        rule = context.contest.contest_rule
        if rule.seats > 1 and (places := self._places()):
            return places
        if not change.margin:
            most = max(reading.votes.values())
            tied = sorted(key for key, votes in reading.votes.items() if votes == most)
            return f"{names.all_of(tied)} were tied at {counted(most, 'vote')} each {place}"
        leader = names.who(change.leader)
        behind = f" {names.who(change.runner_up)}" if change.runner_up else ""
        by = counted(change.margin, "first-choice vote" if rule.name == "ranked" else "vote")
        if has := leaders_share(context, reading, _DECIMALS):
            return f"{leader} had {has.share} of the vote {place}, {has.stands}, and led{behind} by {by}"
        return f"{leader} led{behind} by {by} {place}"

    def _places(self) -> str:
        """Return who was ahead in a contest that fills several places."""
        context, names, reading = self._told, self.names, self._facts.reading
        rule = context.contest.contest_rule
        stands = outlook(rule, reading.votes, reading.counted)
        if stands.cut is None:
            return ""
        many, ahead = spelled(rule.seats, "place"), names.all_of(stands.ahead)
        if stands.cut:
            return f"{ahead} led for {many} in {context.place}"
        if not ahead:
            return f"candidates were tied for {many} in {context.place}"
        return f"{ahead} led in {context.place}, and candidates were tied for the last of {many}"

    def _took_the_lead(self) -> str:
        """Return who took the lead from whom in the last batch.

        Returns "" if the lead did not change, or if a share or several places decide the contest.
        """
        facts, change = self._facts, self._facts.change
        if not (facts.before and facts.takes_lead) or self._goes_by_share:
            return ""
        leader = self.names.who(change.leader)
        earlier = margin_of(facts.before.votes)
        whose = f" from {self.names.who(earlier.leader)}" if earlier.votes else ""
        return f"{leader} took the lead{whose} in {self._told.place}, by {counted(change.margin or 0, 'vote')}"

    @property
    def _goes_by_share(self) -> bool:
        context, reading = self._told, self._facts.reading
        rule = context.contest.contest_rule
        return rule.seats > 1 or rule.name == "majority-runoff" or required_share(context, reading) is not None

    def _after_taking(self) -> str:
        facts = self._facts
        if facts.took_lead is None or not facts.change.margin or self._goes_by_share:
            return ""
        if facts.took_lead >= facts.reading.as_of:
            return ""
        return f", after taking the lead at {when(facts.took_lead, facts.reading.as_of, self._told.zone)}"

    def _from(self) -> str:
        """Return a clause with the margin before the last batch, such as ", down from 14,149 at 7:24 p.m. Tuesday"."""
        facts, change = self._facts, self._facts.change
        earlier = change.margin_before
        if not facts.has_news or facts.before is None or not earlier or earlier < 0 or not change.margin_change:
            return ""
        if not change.margin or self._goes_by_share:
            return ""
        way = "down" if change.margin < earlier else "up"
        return f", {way} from {commas(earlier)} at {when(facts.before.as_of, facts.reading.as_of, self._told.zone)}"

    def _revised(self, before: Reading) -> str:
        """Return a clause stating where the source lowered its count, and by how many votes if that is known."""
        fall = fall_between(before, self._facts.reading)
        where = (
            unit_list(self._told.contest, by_size(fall.units), MOST_NAMED) if fall and fall.units else self._told.place
        )
        name = self.names.source(self._facts.source)
        if fall is None or not fall.votes:
            return f"{name} revised its count in {where}"
        return f"{name} lowered its count in {where} by {counted(fall.votes, 'vote')}"


def story(facts: CopyFacts) -> tuple[str, tuple[Source, ...]]:
    """Return a headline and at most three sentences, in markdown, and the sources that these name.

    First comes the news, then where the count stood, then what is known besides.

    A sentence is only made if there is room for it, since it is the first one with a name that introduces it.
    """
    written = Sentences(facts)
    sentences = list[str]()
    for sentence in (
        written.news,
        lambda: f"{written.stood()}, {written.attribution()}",
        written.margin,
        written.other_call,
        written.latest,
        written.certified,
    ):
        if len(sentences) < _SENTENCES and (said := sentence()):
            sentences.append(stopped(capitalised(said)))
    return f"{headline(facts)}\n\n{' '.join(sentences)}", tuple(written.names.sources.values())


def headline(facts: CopyFacts) -> str:
    """Return the fullest headline that has at most `HEADLINE` characters, or the last if none has.

    Headlines go without articles ("the", "a").
    """
    choices = [capitalised(_ARTICLES.sub("", one)) for one in _headlines(facts)]
    return next((one for one in choices if size(without_markdown(one)) <= HEADLINE), choices[-1])


def _headlines(facts: CopyFacts) -> Iterator[str]:
    context = facts.told
    place = f" in {context.place}"
    match facts.newest:
        case "certified" if facts.certified:
            count, state = facts.certified.count, state_name(context.contest)
            if count.done == count.of and count.done > 1:
                whose = f"{state} {context.contest.units}" if state else context.contest.units
                yield f"all {commas(count.done)} {whose} {_verb(facts, 'certify')} results"
                return
            verb = _verb(facts, "certifies" if 1 in (count.done, count.of) else "certify")
            units = counted(count.of or count.done, context.contest.unit, context.contest.units)
            of = f"{commas(count.done)} of " if count.of is not None else ""
            yield f"{of}{f'{possessive(state)} ' if state else ''}{units} {verb} results"
        case "results" if facts.results:
            name = source_name(facts.results.source)
            if facts.results.taken_back:
                yield f"results{place} not certified, {name} now {_verb(facts, 'says')}"
            else:
                yield f"results{place} certified, {name} {_verb(facts, 'says')}"
        case "call" if facts.call:
            yield _call_headline(facts, facts.call)
        case _:
            yield from _count_headlines(facts)


def _call_headline(facts: CopyFacts, said: CallFacts) -> str:
    context, name, call = facts.told, source_name(said.source), said.withdrawn or said.call
    whom = _named(context, call.candidates)
    winner = "winners" if len(call.candidates) > 1 else "winner"
    if said.withdrawn is not None:
        return f"{name} {_verb(facts, 'withdraws')} call of {context.place} for {whom}"
    if call.says == "runoff":
        go = "go" if len(call.candidates) > 1 else "goes"
        return f"{whom} {go} to runoff in {context.place}, {name} {_verb(facts, 'says')}"
    return {
        "called": f"{name} {_verb(facts, 'calls')} {context.place} for {whom}",
        "projected": f"{name} {_verb(facts, 'projects')} {whom} as the {winner} in {context.place}",
        "declared": f"{name} {_verb(facts, 'declares')} {whom} the {winner} in {context.place}",
        "apparent_winner": f"{name} {_verb(facts, 'names')} {whom} the apparent {winner} in {context.place}",
    }[call.verb]


def _count_headlines(facts: CopyFacts) -> Iterator[str]:
    context, reading, change = facts.told, facts.reading, facts.change
    place, rule = f" in {context.place}", context.contest.contest_rule
    if not any(reading.votes.values()):
        yield f"no votes reported{place}"
        return
    leader = context.who(change.leader)
    if change.margin is None:
        yield f"{leader}, only candidate listed, at {counted(reading.votes[change.leader], 'vote')}{place}"
        yield f"{leader} at {counted(reading.votes[change.leader], 'vote')}{place}"
        return
    if share := required_share(context, reading, "" if facts.question.at is None else "was", _DECIMALS):
        yield share.sentence
        yield share.head
        return
    if rule.seats > 1 and (stands := outlook(rule, reading.votes, reading.counted)).cut is not None:
        many, ahead = spelled(rule.seats, "place"), _named(context, stands.ahead)
        if stands.cut:
            yield f"{ahead} ahead for {many}{place}"
            yield f"{spelled(len(stands.ahead), 'candidate')} ahead for {many}{place}"
        else:
            yield f"{ahead} ahead{place}, last of {many} tied" if ahead else f"candidates tied for {many}{place}"
        return
    if not change.margin:
        yield f"{top_candidates(context, reading.votes)} tied at {counted(max(reading.votes.values()), 'vote')}{place}"
        yield f"count tied{place}"
        return
    race = min(escape(context.contest.name, _MOST_NAME), context.head, key=size)
    by = f"by {counted(change.margin, 'first-choice vote' if rule.name == 'ranked' else 'vote')}"
    if has := leaders_share(context, reading, _DECIMALS):
        yield f"{leader} at {has.share}{place}, {has.stands}"
        yield f"{leader} {f'at {has.share}' if has.reached else has.stands}{place}"
    elif facts.is_revision:
        yield f"{context.lead_of(change.leader)}{place} at {counted(change.margin, 'vote')} after revised count"
        yield f"{race}: {context.lead_of(change.leader)} at {counted(change.margin, 'vote')} after revision"
        return
    elif facts.took_lead is not None or facts.takes_lead:
        yield f"{leader} {_verb(facts, 'takes')} lead{place} {by}"
        yield f"{race}: {leader} {_verb(facts, 'takes')} lead {by}"
        return
    elif facts.is_recent and change.margin_change and (change.margin_before or 0) > 0:
        way = "grows" if change.margin_change > 0 else "narrows"
        yield f"{context.lead_of(change.leader)}{place} {way} to {counted(change.margin, 'vote')}"
        yield f"{context.lead_of(change.leader)}{place} {way}"
    if change.runner_up is not None:
        yield f"{leader} {_verb(facts, 'leads')} {context.who(change.runner_up)} {by}{place}"
    yield f"{leader} {_verb(facts, 'leads')} {by}{place}"
    yield f"{leader} {_verb(facts, 'leads')}{place}"
    yield f"{race}: {leader} {_verb(facts, 'leads')} {by}"


def _named(context: ContestContext, keys: Sequence[str]) -> str:
    """Return a list of at most three candidates' last names."""
    rest = len(keys) - MOST_NAMED
    return listed([context.who(key) for key in keys[:MOST_NAMED]], spelled(rest, "other") if rest > 0 else "")


def _verb(facts: CopyFacts, present: str) -> str:
    return present if facts.question.at is None else _PAST[present]
