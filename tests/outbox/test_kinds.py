"""Kinds of post: each is registered once, and its row wakes its channel as the kind says."""

from collections.abc import Iterator

import pytest

from bot.app import post_kinds
from bot.count.statement import Statement
from bot.outbox.kinds import Kind, Kinds
from bot.outbox.notices_store import NoticePost
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.wording.context import Setting
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading, small_desk


class Telegram(Kind):
    """A kind that a test makes: delivery knows nothing of it but what it says."""

    name = "telegram"
    urgent = True


class Postcard(Kind):
    """Another."""

    name = "postcard"
    yields = True


def _named(base: type[Kind]) -> Iterator[type[Kind]]:
    """Return the classes of `bot` that are a kind of post, and no base of several."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith("bot.") and "name" in vars(kind):
            yield kind
        yield from _named(kind)


def test_every_kind_of_post_is_registered() -> None:
    assert {type(kind) for kind in post_kinds(Setting(small_desk()))} == set(_named(Kind))


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two kinds of post are called notice"):
        Kinds(Setting(small_desk()), [NoticePost(), NoticePost()], (), lambda *_: False)


def test_what_a_kind_says_of_itself_is_what_queries_go_by() -> None:
    kinds = Kinds(Setting(small_desk()), [Telegram(), Postcard()], (), lambda *_: False)
    assert (kinds.urgent, kinds.yielding, kinds.own_words) == ("('telegram')", "('postcard')", "()")


@pytest.mark.parametrize("action", ["lead change", "correction", "call"])
async def test_a_row_of_an_urgent_kind_wakes_its_channel_in_a_hurry(
    newsroom: Newsroom, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    woken: list[dict[int, bool]] = []
    monkeypatch.setattr(newsroom.publisher, "wake", lambda channels: woken.append(dict(channels)))
    match action:
        case "lead change":
            await newsroom.take(reading(1000, 1600, 1))
        case "correction":
            await newsroom.corrections.correct(SERVER, 1, "the lead was 501", WHO)
        case "call":
            said = {
                "contest": "ga",
                "source": "ap",
                "as_of": START,
                "call": {"says": "called", "candidates": ["biden"]},
            }
            await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    assert {COUNT: True} in woken


async def test_a_kind_that_makes_no_words_fails_a_row_without_them(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    row = OutboxRow(SERVER, COUNT, 1, "rundown", START)
    await newsroom.database.write(lambda connection: add_rows(connection, [row], newsroom.outbox.now()))
    await newsroom.publish()
    stored = await newsroom.database.rows("SELECT state, why FROM outbox")
    assert stored == [("failed", "there is nothing to say it about")]
