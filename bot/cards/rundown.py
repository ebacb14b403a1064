"""The morning list: where each contest stands, what is certified, the day ahead, the deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.cards.answer import change_to
from bot.cards.call import status_field
from bot.cards.colours import colour_of
from bot.cards.credit import credit_line, footer
from bot.cards.draft import Answer, Button, Draft, Embed
from bot.cards.facts import RundownContest, RundownFacts, Setting
from bot.cards.limits import ALL_EMBEDS, EMBEDS, embed_size, joined
from bot.cards.post import telling
from bot.count.change import Change
from bot.count.reading import Reading
from bot.wording.escape import plain
from bot.wording.numbers import counted, votes
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.rule_sentences import recount_sentence, rule_line
from bot.wording.rundown_sentences import (
    NOTHING_TODAY,
    deadline_line,
    event_line,
    official_tally,
    overnight,
    quiet_line,
    since_evening,
)
from bot.wording.standing_sentences import changed_and_checked, held_note, nothing_in, standing_phrase
from bot.wording.statement_sentences import certified_phrase
from bot.wording.telling import Telling, source_name
from bot.wording.times import date_line, when

COPY = "rundown:copy"
"""The key of the button under the list."""

_COPY = 1900
_MOST_IN_HEADLINE = 2
_EVENTS_SIZE = 900
_NOTE_SIZE = 100
"""Characters kept for saying that some contests are left out."""
_DESCRIPTION = 1800
"""Characters of one contest's standing, at most: more than any has, less than would crowd out the day ahead."""


def rundown_post(facts: RundownFacts, setting: Setting) -> Draft:
    """Return the morning list of one channel. The headline alone tells where things stand."""
    return Draft(
        kind="rundown",
        headline=_headline(facts, setting),
        credit=credit_line(setting, None, facts.now, facts.now),
        embeds=_embeds(facts, setting) if facts.contests or facts.today or facts.deadlines else (),
        buttons=() if setting.public else (Button("Live-blog copy", COPY),),
    )


def copy_answer(content: str, embeds: Sequence[Embed]) -> Answer:
    """Return a list that was posted as plain text to copy: no markdown, numbers or small print."""
    lines = [plain(content)]
    for embed in embeds:
        lines += [plain(line) for line in str(embed.get("description", "")).split("\n")]
        for one in embed.get("fields", ()):
            lines += [f"{one['name']}:", *(plain(line) for line in str(one["value"]).split("\n"))]
    text = joined([line for line in lines if line], _COPY, "(and {} more lines)")
    return Answer(f"```\n{text.replace('`', '')}\n```")


def _headline(facts: RundownFacts, setting: Setting) -> str:
    told = [_Told.of(one, setting) for one in facts.contests]
    phrases = [one.standing_phrase() for one in told[:_MOST_IN_HEADLINE]]
    if (more := len(told) - _MOST_IN_HEADLINE) > 0:
        phrases.append(f"{_more_contests(more, setting)} below")
    elif len(told) == 1 and (certified := told[0].facts.certified):
        phrases.append(certified_phrase(told[0].telling, certified))
    if any(one.facts.standing.held for one in told):
        phrases.append("newer figures are held")
    if not phrases:
        number = len(facts.today)
        phrases = [f"{counted(number, 'event')} on the schedule today" if number else NOTHING_TODAY[:-1].lower()]
    return f"**{date_line(facts.now, setting.desk.zone)}:** {'; '.join(phrases)}."


def _embeds(facts: RundownFacts, setting: Setting) -> tuple[Embed, ...]:
    """Return a card a contest, as many as Discord takes, and the day ahead below them."""
    quiet = _quiet_line(facts, setting)
    ahead = _day_ahead(facts, setting)
    alone = len(facts.contests) == 1
    cards = [
        _contest_card(_Told.of(one, setting), setting, alone=alone, night=not _unchanged(facts))
        for one in facts.contests
    ]
    if alone:
        (card,) = cards
        description = "\n".join(line for line in (card["description"], quiet) if line)
        return ({**card, "description": description, "fields": [*card["fields"], *ahead]},)
    day: dict[str, Any] = {"color": colour_of("rundown"), "fields": ahead} | ({"description": quiet} if quiet else {})
    room = ALL_EMBEDS - embed_size(day) - _NOTE_SIZE
    shown: list[Embed] = []
    for card in cards[: EMBEDS - 1]:
        room -= embed_size(card)
        if room < 0:
            break
        shown.append(card)
    if left := len(cards) - len(shown):
        more = _field("Also followed", f"{_more_contests(left, setting)}; /margin tells where they stand.")
        day["fields"] = [more, *ahead]
    return (*shown, day)


def _unchanged(facts: RundownFacts) -> bool:
    """Return True if no contest has changed since the evening, as somebody has seen who asked its source since.

    Only on a day with nothing on the schedule: then it is said once for all, with that.
    """
    return not facts.today and all(
        one.overnight.changes == 0
        and not one.standing.held
        and one.standing.checked_at is not None
        and one.standing.checked_at >= one.overnight.since
        for one in facts.contests
    )


def _quiet_line(facts: RundownFacts, setting: Setting) -> str:
    """Return the line for a day with nothing on the schedule; nothing for any other."""
    if facts.today:
        return ""
    evening = max((one.overnight.since for one in facts.contests), default=None)
    since = when(evening, facts.now, setting.desk.zone) if evening is not None and _unchanged(facts) else None
    return quiet_line(since, deadlines=bool(facts.deadlines))


def _contest_card(told: "_Told", setting: Setting, *, alone: bool, night: bool) -> dict[str, Any]:
    standing = told.facts.standing
    fields = []
    if certified := told.certified():
        fields.append(_field("Certified", certified))
    if tally := official_tally(told.telling, told.facts.official, told.facts.official_updated):
        by = told.facts.official_source
        fields.append(_field("Official tally", f"{capitalised(source_name(by))}: {tally}" if by else tally))
    posted = replace(standing, calls=tuple(one for one in standing.calls if one.posted))
    fields += [
        _field(one["name"], one["value"]) for one in status_field(told.telling, posted.calls, posted.results, setting)
    ]
    heading = "Where it stands" if alone else told.telling.head
    lines = [f"**{heading}**", *told.where_it_stands(setting, night=night)]
    card: dict[str, Any] = {"description": joined(lines, _DESCRIPTION), "color": colour_of("rundown"), "fields": fields}
    if standing.reading:
        card["footer"] = {"text": footer(told.telling, standing.source, standing.reading, (None, None))}
    return card


@dataclass(frozen=True, slots=True)
class _Told:
    """One contest's part, with what its sentences need."""

    facts: RundownContest
    telling: Telling

    @classmethod
    def of(cls, facts: RundownContest, setting: Setting) -> Self:
        standing = facts.standing
        if (reading := standing.reading) is None:
            return cls(facts, telling(standing.contest, setting, standing.now))
        return cls(facts, telling(standing.contest, setting, standing.now, reading.names, reading.count))

    def standing_phrase(self) -> str:
        standing = self.facts.standing
        if standing.reading is None:
            return f"no count is in yet for {self.telling.place}"
        return standing_phrase(self.telling, change_to(standing.reading, standing.change), standing.reading)

    def where_it_stands(self, setting: Setting, *, night: bool) -> list[str]:
        """Return it line by line; `night`: with what changed since the evening, or did not."""
        standing, reading = self.facts.standing, self.facts.standing.reading
        times = changed_and_checked(self.telling, standing.changed_at, standing.checked_at)
        held = held_note(standing.held) if standing.held else ""
        if reading is None:
            lines = [nothing_in(self.telling, standing.source, None).replace("**", ""), _stop(times), held]
            return [line for line in lines if line]
        change = change_to(reading, standing.change)
        lines = [
            self._standing(change, reading),
            _stop(times),
            held,
            *(self._overnight(change) if night else ()),
            recount_sentence(change, reading, setting.recount_line(standing.contest), standing.contest.contest_rule),
            rule_line(self.telling, reading),
        ]
        return [line for line in lines if line]

    def _standing(self, change: Change, reading: Reading) -> str:
        leads = capitalised(standing_phrase(self.telling, change, reading, placed=False))
        by = f"by {possessive(source_name(self.facts.standing.source))} count"
        return f"{leads}, {by} of {votes(reading.counted)}."

    def certified(self) -> str:
        if self.facts.certified is None:
            return ""
        count = certified_phrase(self.telling, self.facts.certified).removesuffix(" certified")
        by = f"by {source_name(self.facts.certified_by)}" if self.facts.certified_by else ""
        at = f"as of {self.telling.when(self.facts.certified_at)}" if self.facts.certified_at else ""
        said = " ".join(part for part in (by, at) if part)
        return stopped(f"{capitalised(count)}{f', {said}' if said else ''}")

    def _overnight(self, change: Change) -> list[str]:
        night = self.facts.overnight
        if self.facts.standing.held:
            return []  # what is held may be what happened overnight
        return [
            overnight(self.telling, change, night.earlier, (night.earlier_from, night.earlier_until)),
            since_evening(self.telling, night.changes, night.at_evening, night.since),
        ]


def _day_ahead(facts: RundownFacts, setting: Setting) -> list[dict[str, Any]]:
    zone = setting.desk.zone
    today = joined([event_line(event, zone) for event in facts.today], _EVENTS_SIZE, "and {} more")
    deadlines = [deadline_line(event, facts.now, zone) for event in facts.deadlines]
    fields = [_field("Today", today)] if today else []
    if deadlines:
        fields.append(_field("Deadlines", joined(deadlines, _EVENTS_SIZE, "and {} more")))
    return fields


def _field(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value, "inline": False}


def _more_contests(number: int, setting: Setting) -> str:
    return counted(number, f"more {setting.desk.desk.style.contest}")


def _stop(clause: str) -> str:
    return stopped(capitalised(clause)) if clause else ""
