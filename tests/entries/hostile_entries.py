"""Entries with arbitrary and hostile contents, and a desk file with hostile names."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.count.call import Call
from bot.count.certification import ResultsCertified, UnitsCertified
from bot.count.entry import Entry, Piece
from bot.count.statement import Outstanding
from bot.desk.desk_file import Desk
from bot.entries.drafts_words import EntryConsequences, EntryPostPreview
from bot.wording.card import Card
from bot.wording.limits import CONTENT, size
from bot.wording.message import pages, render
from tests.conftest import small_desk

NOW = datetime(2020, 11, 11, 13, 25, tzinfo=UTC)
NASTY = "@everyone <@&1> **b** [x](https://e.vil) `c` ||s|| \u202e"

words = st.sampled_from([NASTY, "Biden still out in front by 14,101", "", "Z" * 300, "#\n> q\n" * 20])
pieces = st.builds(
    Piece,
    words=words.map(lambda text: text[:300]),
    kept=st.booleans(),
    source=st.sampled_from([None, None, "ap", "gone"]),
    leader=st.sampled_from([None, "biden", "evil"]),
    margin=st.none() | st.integers(0, 10_000_000_000),
    margin_change=st.none() | st.integers(-10_000_000, 10_000_000),
    total=st.none() | st.integers(0, 10_000_000_000),
    certified=st.none() | st.just((96, 159)),
    outstanding=st.none()
    | st.builds(
        Outstanding,
        ballots=st.integers(0, 10**9),
        units=st.lists(words.filter(str.isprintable).map(str.strip).filter(bool), max_size=9).map(tuple),
    ),
    no_change=st.booleans(),
    units_certified=st.none()
    | st.builds(
        UnitsCertified,
        units=st.lists(st.sampled_from(["13067", "13115", "99999"]), max_size=3).map(tuple),
        own=st.booleans(),
        taken_back=st.booleans(),
        reason=st.none() | st.just("@everyone <@&1> why"),
    ),
    results_certified=st.none() | st.builds(ResultsCertified, taken_back=st.booleans()),
    call=st.none() | st.just(Call(says="called", candidates=("biden", "evil"))) | st.just(Call(says="none")),
)
entries = st.builds(
    Entry,
    contest=st.just("ga"),
    source=st.sampled_from([None, "times", "reporter"]),
    as_of=st.just(NOW),
    pieces=st.lists(pieces, max_size=25).map(tuple),
    text=words,
    leftovers=st.lists(words, max_size=20).map(tuple),
    unmatched=st.lists(words.map(lambda text: text[:300]), max_size=25).map(tuple),
    strangers=st.lists(words.map(lambda text: text[:300]), max_size=25).map(tuple),
    link=st.none() | st.just("https://discord.com/channels/1/2/3"),
    reason=st.none() | words,
)
posts = st.builds(
    EntryPostPreview,
    headline=st.sampled_from(["**The AP has Biden ahead in Georgia by 400,** …", "x" * 1900]),
    channels=st.lists(st.integers(1, 2**63), min_size=1, max_size=60).map(tuple),
    number=st.none() | st.integers(1, 10**9),
)
consequences = st.builds(
    EntryConsequences,
    posts=st.lists(posts, max_size=6).map(tuple),
    notes=st.sampled_from([(), ("x" * 300,)]),
    known=st.lists(st.tuples(st.none() | st.integers(1, 99), st.just(NOW)), max_size=3).map(tuple),
)


def hostile_desk() -> Desk:
    desk = small_desk()
    name = NASTY.removesuffix(" \u202e")
    contest = desk.contests[0].model_copy(update={"name": name, "where": name})
    sources = [source.model_copy(update={"name": name, "short": name}) for source in desk.sources]
    return Desk(desk=desk.desk, contests=[contest, desk.contests[1]], sources=sources)


def check(content: str) -> None:
    assert all(0 < size(page.content) <= CONTENT for page in map(render, pages(Card.of(content))))
    assert "@everyone" not in content
    assert "<@&1>" not in content
    assert "](https://e.vil)" not in content.replace("\\]", "")
    assert "\u202e" not in content
