"""Every post stays within Discord's limits and reveals nothing internal, and hostile text from feeds has no effect."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.count.certification import CertificationCount
from bot.count.change import CandidateVanishedError, Change, compare
from bot.count.judgement import Hold, HoldReason
from bot.count.reading import Reading
from bot.count.relation import PostedMargin, Relation
from bot.count.staleness import Silence
from bot.desk.desk_file import Contest, Desk, Source
from bot.events.event import Event
from bot.outcomes.certification_words import CertifiedFacts, certified_post
from bot.schedule.rundown_words import OvernightFacts, RundownContest, RundownFacts, rundown_post
from bot.tally.changes_words import ChangeFacts, change_post
from bot.tally.holds_words import held_post, newer_words, wait_words
from bot.tally.other_sources_words import RelationFacts, relation_post
from bot.tally.silences_words import (
    LeadingFigures,
    SilenceFacts,
    StaleFacts,
    silence_over_post,
    silence_post,
    stale_post,
)
from bot.tally.standing_words import MarginFacts, margin_answer
from bot.wording.card import Card, Picture
from bot.wording.context import Setting, SettledBy
from bot.wording.entered_before import EnteredBefore
from bot.wording.limits import ALL_EMBEDS, CONTENT, DESCRIPTION, EMBEDS, FIELD_VALUE, FOOTER, embed_size, joined, size
from bot.wording.message import embeds_of, pages, render, without_picture
from tests.conftest import share
from tests.voice import verdicts

NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
NASTY = [
    "*b*",
    "@everyone",
    "<@1>",
    "[x](https://e.vil)",
    "||s||",
    "`c`",
    "~~d~~",
    "# h",
    "> q",
    "- l",
    "1. n",
    "_u_",
    "Z" * 90,
]

few = settings(share(0.3), suppress_health_check=[HealthCheck.too_slow])
label = st.lists(st.sampled_from([*NASTY, "Biden", "Floyd", "\U0001f5f3", "ÅÄ"]), min_size=1, max_size=4).map(
    lambda words: " ".join(words)[:300].strip()
)
key = st.sampled_from([*(f"c{number}" for number in range(12)), *NASTY])
count = st.one_of(st.integers(0, 30), st.integers(0, 10_000_000_000))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    votes = draw(st.dictionaries(key, count, min_size=1, max_size=12))
    more: dict[str, Any] = {"source": "t", "contest": "x", "as_of": NOW - timedelta(minutes=draw(st.integers(0, 9999)))}
    if draw(st.booleans()):
        more["total"] = min(sum(votes.values()) + draw(st.integers(0, 99)), 10_000_000_000)
        assume(more["total"] >= sum(votes.values()))
    if draw(st.booleans()):
        done = draw(st.integers(0, 50))
        more["reporting"] = {"precincts": [done, done + draw(st.integers(0, 2))], "units": [0, draw(st.integers(0, 2))]}
    more["unit_batch"] = draw(st.none() | st.dictionaries(label, st.integers(-50, 500), max_size=9))
    more["names"] = {each: draw(label) for each in votes}
    more["parties"] = {each: draw(label) for each in votes}
    more["status"] = draw(st.sampled_from([None, "certified", "unofficial-partial", "correction", "recount"]))
    more["count"] = draw(st.sampled_from(["election", "election", "recount", "audit-2"]))
    more["expected_total"] = draw(st.none() | count)
    return Reading.model_validate(more | {"votes": votes})


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    rule = draw(st.sampled_from(["plurality", "majority-runoff", "top-n", "measure", "ranked"]))
    contest = {
        "id": "x",
        "name": draw(label),
        "where": draw(st.none() | label),
        "state": draw(st.sampled_from([None, "GA"])),
        "rule": rule,
        "leads": "t",
        "seats": draw(st.integers(1, 4)),
        "unit": draw(st.sampled_from(["county", "precinct"])),
        "candidates": [{"id": f"c{number}", "name": draw(label), "last": draw(label)} for number in range(3)],
    }
    source = {"id": "t", "name": draw(label), "short": draw(st.none() | label), "credit": draw(st.none() | label)}
    return Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [contest], "sources": [source]})


@st.composite
def changes(draw: st.DrawFn) -> tuple[Reading | None, Reading, Change]:
    after = draw(readings())
    if draw(st.integers(0, 4)) == 0:
        change = compare(None, after)
        assert change is not None
        return None, after, change
    votes = {each: max(0, number - draw(st.integers(-20, 500))) for each, number in after.votes.items()}
    before = after.model_copy(
        update={"votes": votes, "total": None, "as_of": after.as_of - timedelta(minutes=5), "status": None}
    )
    try:
        change = compare(before, after)
    except CandidateVanishedError:  # pragma: no cover - the candidates are the same
        change = None
    assume(change is not None)
    assert change is not None
    return before, after, change


def texts_of(embeds: tuple[Any, ...]) -> list[str]:
    texts = []
    for embed in embeds:
        texts.append(embed.get("description", ""))
        texts += [part for field in embed.get("fields", ()) for part in (field["name"], field["value"])]
    return texts


def check(content: str, embeds: tuple[Any, ...]) -> None:
    assert size(content) <= CONTENT
    assert len(embeds) <= EMBEDS
    assert sum(embed_size(embed) for embed in embeds) <= ALL_EMBEDS
    for embed in embeds:
        assert size(embed.get("description", "")) <= DESCRIPTION
        assert size(embed.get("footer", {}).get("text", "")) <= FOOTER
        assert len(embed.get("fields", ())) <= 25
        assert all(0 < size(field["value"]) <= FIELD_VALUE and field["name"] for field in embed.get("fields", ()))
    footers = [embed["footer"]["text"] for embed in embeds if "footer" in embed]
    for text in (content, *texts_of(embeds)):
        assert not acts(text), text
    for text in (content, *texts_of(embeds), *footers):
        assert not verdicts(text), text
        assert ".." not in text.replace("…", " "), text


def acts(text: str) -> list[str]:
    """Return the parts of a post that Discord would act on, except the bot's own bold text and small last line."""
    body = re.sub(r"\n-# (?=[^\n]*$)", "\n", text)
    found = re.findall(r"@everyone|@here|<@[!&]?\d", body)
    body = re.sub(r"\\[^0-9A-Za-z\s]", "x", body)
    lines = [
        line for line in body.split("\n") if re.match(r"#{1,3} |-# |>|[-+*] |\d+[.)] ", line) or line.count("**") % 2
    ]
    return found + lines + re.findall(r"[_~|`\[\]<\\]|://|(?<!\*)\*(?!\*)", body)


@few
@given(desks(), changes(), st.integers(1, 5), st.booleans(), st.booleans())
def test_every_change_makes_a_post_within_bounds(
    desk: Desk, told: tuple[Reading | None, Reading, Change], steps: int, roll_up: bool, rehearsal: bool
) -> None:
    before, after, change = told
    facts = ChangeFacts(
        desk.contests[0],
        desk.sources[0],
        "roll_up" if roll_up else change.kind,
        change,
        before,
        after,
        NOW,
        NOW,
        steps,
        held_for=timedelta(seconds=90),
    )
    draft = change_post(facts, Setting(desk, rehearsal=rehearsal))
    check(render(draft, 10**11).content, render(draft).embeds)
    assert draft.credit.endswith(" · rehearsal") == rehearsal


@few
@given(desks(), changes(), st.integers(0, 12), st.lists(label, max_size=40))
def test_every_morning_list_and_answer_is_within_bounds(
    desk: Desk, told: tuple[Reading | None, Reading, Change], contests: int, titles: list[str]
) -> None:
    before, after, change = told
    contest, source, setting = desk.contests[0], desk.sources[0], Setting(desk)
    standing = MarginFacts(contest, source, NOW, after, change, changed_at=NOW, checked_at=NOW, held="fall")
    night = OvernightFacts(NOW, 3, change, NOW, NOW if before else None, change)
    wall = datetime(2020, 11, 11, 10)  # noqa: DTZ001 - a wall time has no zone
    events = [Event(kind="other", title=title, wall=wall, zone="America/Chicago", place=title) for title in titles]
    parts = [RundownContest(standing, night)] * contests
    draft = rundown_post(RundownFacts(NOW, parts, events, events), setting)
    check(render(draft, 10**11).content, render(draft).embeds)
    for page in map(render, pages(margin_answer(standing, setting))):
        check(page.content, page.embeds)
    silent = stale_draft(contest, source, after, change, setting)
    check(render(silent, 1).content, render(silent).embeds)


def stale_draft(contest: Contest, source: Source, after: Reading, change: Change, setting: Setting) -> Card:
    return stale_post(
        StaleFacts(contest, source, NOW - timedelta(days=3), True, source, NOW, NOW, source, after, change, NOW, NOW),
        setting,
    )


@few
@given(desks(), changes(), count, st.booleans(), st.booleans())
def test_what_the_desk_had_first_is_told_within_bounds(
    desk: Desk, told: tuple[Reading | None, Reading, Change], total: int, by_margin: bool, about: bool
) -> None:
    before, after, change = told
    contest, source, setting = desk.contests[0], desk.sources[0], Setting(desk)
    margin = (change.leader, change.margin or 0) if by_margin else None
    desk_figure = EnteredBefore(
        source, NOW - timedelta(days=1), margin, None if by_margin else total, about and by_margin, 10**11
    )
    facts = ChangeFacts(contest, source, change.kind, change, before, after, NOW, NOW, confirms=desk_figure)
    draft = change_post(facts, setting)
    check(render(draft, 10**11).content, render(draft).embeds)
    beside = RelationFacts(
        contest,
        source,
        source,
        Relation.CONTRADICTS,
        change.leader,
        change.margin or 0,
        total,
        PostedMargin(None, change.leader, 5, NOW),
        NOW,
        NOW,
        desk_figure=desk_figure,
    )
    check(render(relation_post(beside, setting), 10**11).content, ())
    units = CertificationCount(min(total, 159), 159)
    check(
        render(
            certified_post(CertifiedFacts(contest, source, units, None, NOW, NOW, desk_figure=desk_figure), setting), 1
        ).content,
        (),
    )


@few
@given(desks(), changes(), st.sampled_from(HoldReason), st.sampled_from(get_args(SettledBy)), st.booleans())
def test_every_hold_is_told_within_bounds(
    desk: Desk, told: tuple[Reading | None, Reading, Change], reason: HoldReason, settled: SettledBy, overdue: bool
) -> None:
    contest, source, setting, accepted = desk.contests[0], desk.sources[0], Setting(desk), told[0] or told[1]
    hold = Hold(told[1], reason, NOW, NOW)
    draft = held_post(
        contest, source, hold, setting, NOW, instead_of=accepted, settled=settled, overdue=overdue, asks="1:2:3"
    )
    newer = draft.with_note("newer", newer_words(contest, hold, accepted, setting))
    for card in (draft, newer, newer.with_note("waits", wait_words("x" * 32, NOW, setting, NOW))):
        check(render(card, 10**11).content.replace("`/held`", ""), ())


@few
@given(desks(), changes(), st.sampled_from(Silence), st.booleans(), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_every_silence_and_its_end_is_told_within_bounds(
    desk: Desk, told: tuple[Reading | None, Reading, Change], kind: Silence, leads: bool, lasted: timedelta
) -> None:
    contest, source, setting = desk.contests[0], desk.sources[0], Setting(desk)
    meanwhile = None if leads else LeadingFigures(source, told[2].leader, told[2].margin or 0, NOW, NOW)
    silent = SilenceFacts([contest], source, kind, NOW - lasted, NOW, leads, NOW, meanwhile)
    check(render(silence_post(silent, setting), 10**11).content, ())
    check(render(silence_over_post(contest, source, kind, NOW - lasted, NOW, setting, NOW), 10**11).content, ())


@few
@given(st.lists(label, max_size=40))
def test_a_chart_in_words_is_within_bounds(words: list[str]) -> None:
    check("", embeds_of(without_picture(Card(()), Picture(b"", " ".join(words)[:1024]))))


def test_lines_that_do_not_fit_are_counted() -> None:
    assert joined(["aaaa"] * 5, 20, "and {} more") == "aaaa\naaaa\nand 3 more"
    assert joined(["aaaa", "bbbb"], 9) == "aaaa\nbbbb"
    assert joined([], 9) == ""
