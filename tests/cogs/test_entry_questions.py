"""Tests entries that a second person has to confirm."""

from datetime import timedelta

import pytest

from bot.entries import drafts_store
from bot.entries.drafts import TallyFields
from bot.entries.drafts_store import Evidence
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, last
from tests.cogs.entering import ask_second, entered, press
from tests.conftest import small_desk


async def test_where_the_desk_wants_it_a_second_person_confirms(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    assert await entered(told) == []
    question = last(two)
    assert "14,000" in question.content
    own = await press(told, question, "Confirm")
    assert own.content == "You entered that yourself; someone else on the desk must confirm it."
    done = await press(told, question, "Confirm", dee)
    assert done.content == f"**Confirmed.** #3 goes out in <#{told.count.id}>."
    await told.publish()
    (statement,) = await entered(told)
    assert statement.confirmed_by == str(dee)
    assert last(two).content.startswith("**Confirmed** by dee, 7 a.m.\n")
    assert not last(two).parts
    with pytest.raises(BadInputError, match="that is already entered, by dee"):
        await told.newsroom.decisions.reject(Asker(told.guild.id, dee.id, "dee"), 1)


async def test_a_second_person_can_say_no_and_who_asked_can_take_it_back(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    no = await press(told, last(two), "Reject", dee)
    assert no.content == "**Rejected.** Nothing is posted or used in answers."
    back = await press(told, await ask_second(told, "Biden leads by 13,000 votes"), "Withdraw")
    assert back.content == "**Withdrawn.** Nothing was entered."
    assert await entered(told) == []


async def report(told: Room, picture: bytes) -> None:
    """Ask a second person to confirm an entry with a picture."""
    asker, evidence = Asker(told.guild.id, told.editor.id, "olga"), Evidence("screen.png", picture)
    card = await told.newsroom.entering.report(
        asker, small_desk().contests[0], TallyFields(margin="Biden 13,000"), source="ga-sos", evidence=evidence
    )
    await told.newsroom.enter(asker, card)
    await told.publish()


async def test_the_question_names_the_entry_and_the_picture_that_goes_with_it(
    told: Room, two: Channel, dee: Person
) -> None:
    await ask_second(told)
    assert "-# Entry 1" in last(two).content.split("\n")
    await report(told, b"png")
    assert "-# Entry 2, with a picture" in last(two).content.split("\n")
    result = await dee.click(last(two), "Picture")
    assert (result.content, [one.content for one in result.attachments]) == ("Entry 2:", [b"png"])


async def test_pictures_have_a_limit_together_and_an_end(
    told: Room, two: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two
    monkeypatch.setattr(drafts_store, "MOST_PICTURES_BYTES", 10)
    await report(told, b"x" * 6)
    with pytest.raises(BadInputError, match="no more are kept; send the form without one"):
        await report(told, b"x" * 5)
    assert await told.newsroom.count("evidence") == await told.newsroom.count("proposals") == 1
    told.newsroom.clock.set(told.newsroom.clock.now() + timedelta(days=181))
    await told.newsroom.rooms.newsroom.forgetting.delete_expired()
    await report(told, b"x" * 5)
    assert await told.newsroom.count("evidence") == 1
