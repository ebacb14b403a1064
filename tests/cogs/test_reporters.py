"""A reporter enters; the desk decides; until then nothing counts, nothing is posted, and no channel of the desk is named."""

import pytest

from bot.entries.drafts import Asker, Form
from bot.entries.drafts_store import Evidence
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, last
from tests.cogs.entering import choose, entered, press, read


@pytest.fixture
async def rita(told: Room) -> Person:
    """Return a reporter."""
    role = told.role("Reporters")
    await told.ask("desk role", role=role, may="reporter")
    return told.person("rita", role)


async def test_what_a_reporter_enters_waits_for_the_desk_whatever_is_set(
    told: Room, desk: Channel, rita: Person
) -> None:
    await told.ask("desk channel", channel=desk)
    card = await read(told, "Biden leads by 14,000 votes", rita)
    card = await choose(told, card, "source", ["ga-sos"], rita)
    assert "Ask the desk" in card.buttons
    asked = await press(told, card, "Ask the desk", rita)
    assert asked.content.startswith("**Sent to the desk to confirm.**")
    assert str(desk.id) not in asked.content
    assert await entered(told) == []
    await told.publish()
    question = last(desk)
    assert question.content.startswith("**Is this right? rita entered it for President.**")
    assert (await press(told, question, "Confirm", rita)).content.startswith("You need the desk role")
    assert (await press(told, question, "Confirm")).content.startswith("**Confirmed.**")
    (statement,) = await entered(told)
    assert (statement.entered_by, statement.confirmed_by) == (str(rita), str(told.editor))


async def test_a_reporter_takes_back_their_own_and_nobody_elses(told: Room, desk: Channel, rita: Person) -> None:
    await told.ask("desk channel", channel=desk)
    card = await choose(told, await read(told, "Biden leads by 14,000 votes", rita), "source", ["ga-sos"], rita)
    asked = await press(told, card, "Ask the desk", rita)
    other = await press(told, asked, "Withdraw", told.editor)
    assert other.content == "That entry belongs to someone else."
    assert (await press(told, asked, "Withdraw", rita)).content == "**Withdrawn.** Nothing was entered."


async def test_where_nobody_can_be_asked_a_reporter_is_told_and_nothing_is_entered(told: Room, rita: Person) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes", rita), "source", ["ga-sos"], rita)
    said = await press(told, card, "Ask the desk", rita)
    assert said.content == "No desk channel is set, so nobody can confirm it: a manager sets one with `/desk channel`."
    assert await entered(told) == []


async def test_a_reporter_sees_no_picture_of_anybody_elses_entry(told: Room, rita: Person) -> None:
    asker, contest = Asker(told.guild.id, told.editor.id, "olga"), told.newsroom.setting.desk.contests[0]
    await told.newsroom.entering.report(
        asker, contest, Form(margin="Biden 14,000"), evidence=Evidence("screen.png", b"png")
    )
    assert await told.refused("tally photo", rita, entry=1) == "No picture goes with an entry 1 of this server."
    assert (await told.card("tally photo", entry=1)).attachments
