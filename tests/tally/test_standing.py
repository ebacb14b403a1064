"""The current standing of a count, and earlier ones."""

from datetime import timedelta

from bot.count.statement import Statement
from bot.tally.standing import Standings
from bot.wording.context import Setting
from tests.conftest import OTHER_SERVER, SERVER, START, WHO, Newsroom, delivery, reading, small_desk


def query(newsroom: Newsroom) -> Standings:
    return Standings(newsroom.queries, Setting(small_desk()), newsroom.clock)


async def say(newsroom: Newsroom, server: int = SERVER, minute: float = 0, **fields: object) -> None:
    statement = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), **fields}
    await newsroom.desk_store.join(server)
    await newsroom.statements.take_in(Statement.model_validate(statement), server, WHO)


async def test_nothing_in_is_unknown_and_not_zero(newsroom: Newsroom) -> None:
    facts = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert (facts.reading, facts.change, facts.checked_at, facts.others) == (None, None, None, ())


async def test_the_times_of_the_last_change_and_the_last_look_are_told_apart(newsroom: Newsroom) -> None:
    """The time of the last change is unknown for votes that were already in the first reading."""
    await newsroom.take(reading(100, 100, 4))
    first = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert (first.changed_at, first.checked_at) == (None, START + timedelta(minutes=4))
    await newsroom.take(reading(110, 100, 5), reading(110, 100, 10, status="unofficial-partial"))
    await newsroom.repeat(15)
    facts = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert facts.reading is not None
    assert (facts.reading.as_of, facts.changed_at, facts.checked_at) == tuple(
        START + timedelta(minutes=minute) for minute in (10, 5, 15)
    )


async def test_figures_that_a_source_had_before_staff_looked_say_when_it_was_last_updated(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100, 5))
    newsroom.at(20)
    contest, asking, told = newsroom.following.contest("ga"), query(newsroom), []
    for minute, said in ((6, {"total": 190}), (7, {"last_updated": START}), (8, {"total": 195})):
        await say(newsroom, minute=minute, **said)
        told += [other.updated for other in (await asking.margin(contest, SERVER, reader="newsroom")).others]
    assert told == [None, START, None]


async def test_an_earlier_time_is_answered_with_what_was_known_by_the_sources_own_time(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100, 5), reading(110, 130, 10))
    contest, asking = newsroom.following.contest("ga"), query(newsroom)
    for minute, margin in ((4.99, None), (5, 10), (9.99, 10), (10, 20)):
        facts = await asking.margin(contest, SERVER, START + timedelta(minutes=minute), reader="newsroom")
        assert (facts.change and facts.change.margin) == margin


async def test_the_newest_word_of_each_other_source_stands_beside_it(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100, 5), reading(130, 100, 6, source="ga-sos", total=231))
    await say(newsroom, minute=4, leader="trump", margin=1)
    await say(newsroom, minute=5, source="reporter", leader="biden", margin=11)
    await say(newsroom, minute=6, source="reporter", no_change=True)
    newsroom.at(10)
    contest, asking = newsroom.following.contest("ga"), query(newsroom)
    facts = await asking.margin(contest, SERVER, reader="newsroom")
    assert [(other.source.id, other.leader, other.margin, other.total) for other in facts.others] == [
        ("ga-sos", "biden", 30, 231),
        ("reporter", "biden", 11, None),
    ]
    await say(newsroom, minute=9, leader="biden", margin=31)
    (other, _) = (await asking.margin(contest, SERVER, reader="newsroom")).others
    assert (other.margin, other.total) == (31, None)
    earlier = await asking.margin(contest, SERVER, START + timedelta(minutes=5.5), reader="newsroom")
    assert [(other.source.id, other.margin) for other in earlier.others] == [("reporter", 11), ("ga-sos", 1)]
    assert [other.source.id for other in (await asking.margin(contest, OTHER_SERVER, reader="newsroom")).others] == [
        "ga-sos"
    ]


async def test_a_figure_said_as_about_is_never_shown_as_exact(newsroom: Newsroom) -> None:
    await say(newsroom, leader="biden", margin=30, total=231, approximate=["total"])
    await say(newsroom, source="reporter", total=200, approximate=["total"])
    await say(newsroom, source="ap", leader="biden", margin=20, approximate=["margin"])
    facts = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert sorted((other.margin, other.total, other.approximate) for other in facts.others) == [
        (20, None, True),
        (30, None, False),
    ]


async def test_what_staff_entered_of_the_leading_source_stands_beside_its_feed_while_it_is_newer(
    newsroom: Newsroom,
) -> None:
    contest, asking = newsroom.following.contest("ga"), query(newsroom)

    async def beside() -> list[tuple[str, int | None]]:
        facts = await asking.margin(contest, SERVER, reader="newsroom")
        return [(other.source.id, other.margin) for other in facts.others]

    await newsroom.take(reading(120, 100, 5))
    await say(newsroom, minute=4, source="times", leader="biden", margin=25)
    assert await beside() == []
    await say(newsroom, minute=5.5, source="times", leader="biden", margin=30)
    assert await beside() == [("times", 30)]
    await newsroom.take(reading(131, 100, 6))
    assert await beside() == []


async def test_counts_are_never_mixed(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100, 5), reading(100, 130, 6, count="recount"))
    await say(newsroom, leader="trump", margin=30, count="recount")
    facts = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert facts.change is not None
    assert (facts.change.margin, facts.others) == (10, ())


async def test_a_source_that_left_the_desk_file_goes_by_its_id(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100, 5), reading(110, 100, 5, source="ga-sos"))
    desk = small_desk()
    without = desk.model_validate(
        desk.model_dump() | {"sources": [source for source in desk.sources if source.id != "ga-sos"]}
    )
    asking = Standings(newsroom.queries, Setting(without), newsroom.clock)
    (other,) = (await asking.margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")).others
    assert (other.source.id, other.source.name) == ("ga-sos", "ga-sos")


async def test_a_source_whose_clock_is_ahead_is_answered_as_it_was_posted(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100))
    await newsroom.ingest.accept(delivery([reading(110, 140, 20)]))
    facts = await query(newsroom).margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert facts.change is not None
    assert (facts.change.leader, facts.change.margin) == ("trump", 30)


async def test_a_figure_that_staff_entered_stands_beside_the_margin_for_twelve_hours(newsroom: Newsroom) -> None:
    await newsroom.take(reading(110, 100), reading(130, 100, 6, source="ga-sos", total=231))
    await say(newsroom, source="reporter", leader="biden", margin=11)
    contest, asking = newsroom.following.contest("ga"), query(newsroom)

    async def beside(hours: float) -> list[str]:
        newsroom.at(hours * 60)
        return [one.source.id for one in (await asking.margin(contest, SERVER, reader="newsroom")).others]

    assert await beside(12) == ["ga-sos", "reporter"]
    assert await beside(12.1) == ["ga-sos"]  # a feed shows what it has now
    earlier = await asking.margin(contest, SERVER, START + timedelta(hours=1), reader="newsroom")
    assert [one.source.id for one in earlier.others] == ["ga-sos", "reporter"]
