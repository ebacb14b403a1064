"""Where the desk wants it, a second person says whether an entry is right."""

from datetime import timedelta

import pytest

from bot.entries import drafts_store
from bot.entries.drafts import Asker, Form
from bot.entries.drafts_store import Evidence
from bot.errors import BadInputError
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, last
from tests.cogs.entering import ask_second, entered, press
from tests.conftest import small_desk


async def test_where_the_desk_wants_it_a_second_person_confirms(told: Room, two: Channel, dee: Person) -> None:
    asked = await ask_second(told)
    assert asked.content.startswith("**Sent to the desk to confirm.**")
    assert await entered(told) == []
    question = last(two)
    assert question.content.startswith("**Is this right? olga entered it for President.**")
    assert "> **Two margins in Georgia:**" in question.content
    own = await press(told, question, "Confirm")
    assert own.content == "You entered that yourself; someone else on the desk must confirm it."
    done = await press(told, question, "Confirm", dee)
    assert done.content == f"**Confirmed.** #3 goes out in <#{told.count.id}>."
    await told.publish()
    (statement,) = await entered(told)
    assert statement.confirmed_by == f"dee ({dee.id})"
    message = last(two)
    assert message.content.startswith("**Confirmed** by dee, 7 a.m.\n")
    assert not message.parts
    with pytest.raises(BadInputError, match="that is already entered, by dee"):
        await told.newsroom.decisions.reject(Asker(told.guild.id, dee.id, "dee"), 1)


async def test_a_second_person_can_say_no_and_who_asked_can_take_it_back(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    question = last(two)
    no = await press(told, question, "Reject", dee)
    assert no.content == "**Rejected.** Nothing is posted or used in answers."
    asked = await ask_second(told, "Biden leads by 13,000 votes")
    back = await press(told, asked, "Withdraw")
    assert back.content == "**Withdrawn.** Nothing was entered."
    assert await entered(told) == []


async def test_the_question_names_the_entry_and_the_picture_that_goes_with_it(
    told: Room, two: Channel, dee: Person
) -> None:
    await ask_second(told)
    question = last(two)
    assert "\n-# Entry 1\n" in f"{question.content}\n"
    asker = Asker(told.guild.id, told.editor.id, "olga")
    contest = small_desk().contests[0]
    card = await told.newsroom.entering.report(
        asker, contest, Form(margin="Biden 13,000"), source="ga-sos", evidence=Evidence("screen.png", b"png")
    )
    await told.newsroom.enter(asker, card)
    await told.publish()
    question = last(two)
    assert "\n-# Entry 2, with a picture\n" in f"{question.content}\n"
    result = await dee.click(question, "Picture")
    assert result.content == "Entry 2:"


async def test_pictures_have_a_limit_together_and_an_end(told: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    asker = Asker(told.guild.id, told.editor.id, "olga")
    contest = small_desk().contests[0]

    async def report(size: int) -> None:
        form, picture = Form(margin="Biden 13,000"), Evidence("screen.png", b"x" * size)
        await told.newsroom.entering.report(asker, contest, form, source="ga-sos", evidence=picture)

    monkeypatch.setattr(drafts_store, "MOST_PICTURES_BYTES", 10)
    await report(6)
    with pytest.raises(BadInputError, match="no more are kept; send the form without one"):
        await report(5)
    assert await told.newsroom.count("evidence") == await told.newsroom.count("entries") == 1
    told.newsroom.clock.set(told.newsroom.clock.now() + timedelta(days=181))
    await told.newsroom.rooms.newsroom.forgetting.forget_old()
    await report(5)
    assert await told.newsroom.count("evidence") == 1
