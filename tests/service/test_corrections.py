"""Corrections of our own errors and retractions of the desk's entries, from the command's service to the channel."""

from datetime import timedelta

import pytest

from bot.count.statement import Statement
from bot.errors import BadInputError
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading


async def say(newsroom: Newsroom, minute: float = 0, **said: object) -> None:
    document = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), **said}
    await newsroom.statements.take_in(Statement.model_validate(document), SERVER, WHO)


@pytest.fixture
async def certified(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has posted 96 of 159 certified, up from 92, in two channels as #1."""
    await newsroom.follow()
    await newsroom.follow(LIVE)
    await say(newsroom, certified=(92, 159))
    await say(newsroom, 1, certified=(96, 159))
    await newsroom.publish()
    return newsroom


def starts(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split(" ")[0] for content in newsroom.channels.contents(channel)]


# Corrections.


async def test_a_correction_is_posted_wherever_the_post_went_and_edits_it(certified: Newsroom) -> None:
    done = await certified.corrections.correct(SERVER, 1, "the count is 95, not 96", WHO)
    await certified.publish()
    assert done.channels == 2
    for channel in (COUNT, LIVE):
        old, new = certified.channels.contents(channel)
        assert new == "**Correction** to #1: The count is 95, not 96.\n-# #2 · the desk"
        link = f"https://discord.com/channels/{SERVER}/{channel}/{certified.channels.shown[channel][1].id}"
        assert old.startswith(f"**Correction:** [#2]({link}) replaces this post. **Correction** to #1: The count is 95")
        assert "\n> ~~**Certified so far: 96 of 159" in old
        assert old.endswith("\n-# #1 · Sec. of State, 7:01 a.m.")
    posts = [row for row in await certified.posts() if row.kind == "correction"]
    assert [(row.action, row.number, row.quiet) for row in posts] == [
        ("post", 2, 0), ("post", 2, 0), ("edit", 1, None), ("edit", 1, None),
    ]  # fmt: skip


async def test_a_correction_goes_before_what_is_not_urgent(certified: Newsroom) -> None:
    done = await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    assert done.wake == {COUNT: True, LIVE: True}


async def test_who_corrected_what_and_how_is_kept(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    rows = await certified.database.rows("SELECT server, who, what, why, before FROM audit ORDER BY id DESC LIMIT 1")
    assert rows == [(SERVER, WHO, "correct", "the count is 95", "1")]


async def test_what_an_editor_types_acts_on_nothing(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "@everyone **no** [x](https://evil.example)\n# big", WHO)
    await certified.publish()
    assert certified.channels.contents(COUNT)[1].split("\n")[0] == (
        "**Correction** to #1: @\u200beveryone \\*\\*no\\*\\* \\[x\\](https\\://evil.example) # big."
    )


@pytest.mark.parametrize(
    ("number", "why"), [(2, "#2 can't be corrected: it is not sent yet"), (99, "there is no #99 in this newsroom")]
)
async def test_what_was_not_posted_can_not_be_corrected(certified: Newsroom, number: int, why: str) -> None:
    await certified.take(reading(1000, 500))  # is #2, and waits
    with pytest.raises(BadInputError, match=why):
        await certified.corrections.correct(SERVER, number, "no", WHO)
    assert await certified.count("audit") == 4


async def test_another_newsroom_s_post_can_not_be_corrected(certified: Newsroom) -> None:
    await certified.follow(AWAY, server=OTHER_SERVER)
    with pytest.raises(BadInputError, match="there is no #1 in this newsroom"):
        await certified.corrections.correct(OTHER_SERVER, 1, "no", WHO)


async def test_a_correction_can_be_corrected(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    await certified.publish()
    await certified.corrections.correct(SERVER, 2, "the count is 96 after all", WHO)
    await certified.publish()
    assert starts(certified) == ["**Correction:**", "**Correction:**", "**Correction**"]


async def test_the_same_correction_is_not_posted_twice(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    for _ in range(2):  # while it is on its way, and when it is posted
        with pytest.raises(BadInputError, match="#1 has been corrected in these words already, in #2"):
            await certified.corrections.correct(SERVER, 1, "The count is 95.", WHO)
        await certified.publish()
    assert (await certified.corrections.correct(SERVER, 1, "the count is 94", WHO)).channels == 2


async def test_a_correction_that_was_not_posted_can_be_made_again(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    certified.channels.will(COUNT, "refuse")
    certified.channels.will(LIVE, "refuse")
    await certified.publish()
    assert (await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)).channels == 2


# Retractions.


async def test_an_entry_is_taken_back_wherever_it_was_posted(certified: Newsroom) -> None:
    done = await certified.corrections.retract(SERVER, 1, "the site was misread", WHO)
    await certified.publish()
    assert (done.channels, done.dropped) == (2, 0)
    for channel in (COUNT, LIVE):
        old, new = certified.channels.contents(channel)
        assert new.split("\n") == [
            "**Retraction** of #1: the desk takes back what it entered there. The site was misread.",
            "-# #2 · the desk",
        ]
        assert old.startswith("**Retraction:** [#2](")


async def test_what_is_taken_back_counts_no_more(certified: Newsroom) -> None:
    await certified.corrections.retract(SERVER, 1, "misread", WHO)
    known = await certified.queries.certified("ga", SERVER, START + timedelta(hours=1))
    assert known is not None
    assert known.count.done == 92
    assert [one.certified for one in await certified.queries.statements("ga", SERVER, START + timedelta(hours=1))] == [
        (92, 159)
    ]
    await say(certified, 2, certified=(96, 159))
    await certified.publish()
    assert "96 of 159 Georgia counties,** up from 92" in certified.channels.contents(COUNT)[-1]


async def test_what_of_it_had_not_been_sent_is_never_sent(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await say(newsroom, certified=(92, 159))
    await say(newsroom, 1, certified=(96, 159))
    done = await newsroom.corrections.retract(SERVER, 1, "misread", WHO)
    await newsroom.publish()
    assert (done.channels, done.dropped) == (0, 1)
    assert newsroom.channels.contents(COUNT) == []
    (row,) = await newsroom.posts()
    assert (row.state, row.why) == ("dropped", "taken back")


async def test_an_entry_is_taken_back_once(certified: Newsroom) -> None:
    await certified.corrections.retract(SERVER, 1, "misread", WHO)
    with pytest.raises(BadInputError, match="#1 has been taken back already"):
        await certified.corrections.retract(SERVER, 1, "misread", WHO)


async def test_a_feed_s_post_is_not_the_desk_s_to_take_back(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    with pytest.raises(BadInputError, match="#1 did not come of an entry; `/desk correct`"):
        await newsroom.corrections.retract(SERVER, 1, "no", WHO)


async def test_another_newsroom_s_entry_is_not_found(certified: Newsroom) -> None:
    await certified.follow(AWAY, server=OTHER_SERVER)
    with pytest.raises(BadInputError, match="there is no #1 in this newsroom"):
        await certified.corrections.retract(OTHER_SERVER, 1, "no", WHO)
    assert await certified.corrections.matching(OTHER_SERVER, "", entries=False) == []


async def test_a_contradiction_that_was_taken_back_is_told_again_when_it_is_entered_again(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await say(newsroom, 1, leader="biden", margin=400)
    await newsroom.publish()
    assert len(newsroom.channels.contents(COUNT)) == 2
    await newsroom.corrections.retract(SERVER, 2, "misread", WHO)
    await say(newsroom, 2, leader="biden", margin=400)
    await newsroom.publish()
    assert [row.kind for row in await newsroom.posts() if row.action == "post"] == [
        "first", "statement", "retraction", "statement",
    ]  # fmt: skip


# Finding a post.


async def test_posts_are_found_by_number_and_by_words_newest_first(certified: Newsroom) -> None:
    await certified.take(reading(1000, 500))
    await certified.publish()

    async def found(typed: str, *, entries: bool = False) -> list[int]:
        return [post.number for post in await certified.corrections.matching(SERVER, typed, entries=entries)]

    assert await found("") == [2, 1]
    assert await found("#1") == [1]
    assert await found("certified") == [1]
    assert await found("", entries=True) == [1]
    assert await found("nothing of the kind") == []
