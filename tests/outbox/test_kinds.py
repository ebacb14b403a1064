"""Kinds of post: each is registered once, and its row wakes its channel as the kind says."""

from typing import get_args

import pytest

from bot.app import post_kinds
from bot.count.statement import Statement
from bot.outbox.kinds import Family, Kind, Kinds
from bot.outbox.notices_store import Notices
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.wording.context import Setting
from bot.wording.draft import PostKind
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading, small_desk


class Postcards(Family):
    """Kinds that a test makes: delivery knows nothing of them but what they say."""

    kinds = (Kind("rundown", urgent=True), Kind("shared", yields=True))


def test_every_kind_of_post_has_a_family_and_there_is_no_other() -> None:
    kinds = post_kinds(Setting(small_desk()))
    assert {kind.name for family in kinds.families for kind in family.kinds} == set(get_args(PostKind))


def test_two_families_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="two families have a kind of post notice"):
        Kinds(Setting(small_desk()), [Notices(), Notices()], (), lambda *_: False)


def test_what_a_kind_says_of_itself_is_what_queries_go_by() -> None:
    kinds = Kinds(Setting(small_desk()), [Postcards()], (), lambda *_: False)
    assert (kinds.urgent, kinds.yielding, kinds.own_words) == ("('rundown')", "('shared')", "()")


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
