"""Tests entries by reporters that the desk has to confirm.

Until then the figures are not used or posted, and the reply names no desk channel.
"""

import pytest

from bot.entries.drafts import TallyFields
from bot.entries.drafts_store import Evidence
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, last
from tests.cogs.entering import ask_second, entered, press, ready


@pytest.fixture
async def rita(told: Room) -> Person:
    """Return a member with the reporter role."""
    role = told.role("Reporters")
    await told.set_role(role, "reporter")
    return told.person("rita", role)


async def test_what_a_reporter_enters_waits_for_the_desk_whatever_is_set(
    told: Room, desk: Channel, rita: Person
) -> None:
    await told.set_desk(desk)
    asked = await ask_second(told, who=rita)
    assert str(desk.id) not in asked.content
    assert await entered(told) == []
    question = last(desk)
    assert "rita entered it" in question.content
    assert (await press(told, question, "Confirm", rita)).content.startswith("You need the desk role")
    await press(told, question, "Confirm")
    (statement,) = await entered(told)
    assert (statement.entered_by, statement.confirmed_by) == (str(rita), str(told.editor))


async def test_a_reporter_takes_back_their_own_and_nobody_elses(told: Room, desk: Channel, rita: Person) -> None:
    await told.set_desk(desk)
    asked = await ask_second(told, who=rita)
    assert (await press(told, asked, "Withdraw")).content == "That entry belongs to someone else."
    assert (await press(told, asked, "Withdraw", rita)).content.startswith("**Withdrawn.**")


async def test_entries_say_what_became_of_each_and_take_back_what_still_waits(
    told: Room, desk: Channel, rita: Person
) -> None:
    await told.set_desk(desk)
    for _ in range(2):
        await press(told, await ready(told, who=rita), "Ask the desk", rita)
    await told.publish()
    await press(told, last(desk), "Reject")
    listed = await told.card("entries", rita)
    assert [line.partition(":**")[0] for line in listed.content.split("\n")[1:]] == [
        "**Entry 2, rejected by olga",
        "**Entry 1, waiting to be confirmed",
    ]
    assert (await rita.choose(listed, listed.lists[0], "2")).buttons == {}
    shown = await rita.choose(listed, listed.lists[0], "1")
    assert (await press(told, shown, "Withdraw", rita)).content.startswith("**Withdrawn.**")
    assert (await press(told, last(desk), "Confirm")).content == "That was already rejected, by olga."
    assert await entered(told) == []


@pytest.mark.parametrize("public", [False, True])
async def test_what_makes_no_post_is_said_to_be_saved_only_once_a_second_person_confirms_it(
    told: Room, desk: Channel, rita: Person, public: bool
) -> None:
    await told.set_desk(desk)
    await told.set_public(told.count, public=public)
    for who, second in ((rita, True), (told.editor, False)):
        card = await told.card("certify", who, contest="ga", what="Cobb", source="ga-sos")
        last_line = card.content.split("\n")[-1]
        assert ("a second person confirms" in last_line, "in public channels" in last_line) == (second, public)


async def test_of_what_a_reporter_enters_without_a_post_the_desk_says_whether_public_answers_use_it(
    told: Room, desk: Channel, rita: Person
) -> None:
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    card = await told.card("certify", rita, contest="ga", what="Cobb", source="ga-sos")
    asked = await press(told, card, "Ask the desk", rita)
    await told.publish()
    assert "Use in public answers" not in [*asked.buttons, *last(desk).buttons]
    confirmed = await press(told, last(desk), "Confirm")
    assert [*confirmed.buttons] == ["Use in public answers"]
    await told.publish()
    question = last(desk)
    assert [*question.buttons] == ["Use in public answers"]
    refused = await press(told, question, "Use in public answers", rita)
    assert refused.content.startswith("You need the desk role")
    assert "Cobb" not in str(await told.card("certified", contest="ga"))
    used = await press(told, question, "Use in public answers")
    assert used.content == "**In public answers, too.** To take it out: `/retract` entry 1."
    await told.publish()
    assert last(desk).buttons == {}
    assert last(desk).content.startswith("**Confirmed** by olga, 7 a.m. **In public answers** by olga, 7 a.m.\n")
    assert "Cobb" in str(await told.card("certified", contest="ga"))


async def test_where_nobody_can_be_asked_a_reporter_is_told_and_nothing_is_entered(told: Room, rita: Person) -> None:
    said = await ask_second(told, who=rita)
    assert said.content == "No desk channel is set, so nobody can confirm it: a manager sets one with `/desk setup`."
    assert await entered(told) == []


async def test_a_reporter_sees_no_picture_of_anybody_elses_entry(told: Room, rita: Person) -> None:
    asker, contest = Asker(told.guild.id, told.editor.id, "olga"), told.newsroom.setting.desk.contests[0]
    card = await told.newsroom.entering.report(
        asker, contest, TallyFields(margin="Biden 14,000"), source="ga-sos", evidence=Evidence("screen.png", b"png")
    )
    await told.newsroom.enter(asker, card)
    listed = await told.card("entries")
    shown = await told.editor.choose(listed, listed.lists[0], "1")
    assert shown.attachments
    assert "Retract" in shown.buttons
    refused = await rita.choose(listed, listed.lists[0], "1")
    assert refused.content == "Entry 1 is not among your latest; use /entries again."
