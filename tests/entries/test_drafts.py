"""Drafts read from texts, given what is known and posted already."""

from datetime import timedelta

import pytest

from bot.entries.drafts import TallyFields
from bot.outbox.proposals_store import Asker
from bot.wording.card import Card
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading

OLGA = Asker(SERVER, 1, "olga (1)")
DESK = 19


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has posted a lead of Biden by 14,101."""
    await newsroom.follow()
    await newsroom.post(reading(2_471_895, 2_457_794, total=4_992_198))
    return newsroom


async def offered(newsroom: Newsroom, text: str, source: str | None = "ga-sos", minute: float = 0) -> Card:
    """Return the card for a text that was written `minute` minutes after the start."""
    contest, at = newsroom.following.contest("ga"), START + timedelta(minutes=minute)
    return await newsroom.entering.read(OLGA, text, contest=contest, source=source, said_at=at)


async def read(newsroom: Newsroom, text: str, source: str | None = "ga-sos", minute: float = 0) -> Card:
    """Return the card for a text, once all that it offers is ticked."""
    card = await offered(newsroom, text, source, minute)
    for button in card.buttons:
        if ":tick" in button.key:
            _, key, seen = button.key.split(":")
            return await newsroom.drafts.tick(OLGA, int(key), int(seen.removeprefix("tick")))
    return card


def can_be_entered(card: Card) -> bool:
    return any(button.label == "Enter" for button in card.buttons)


@pytest.mark.parametrize(
    ("text", "chosen", "asked"),
    [
        ("Biden leads by 14,000 votes, per SOS", ["ga-sos"], ""),
        ("SoS site: Biden leads by 14,000 votes. 96 of 159 counties have certified, per SOS.", ["ga-sos"], ""),
        ("Biden leads by 14,000 votes, per SOS. 96 of 159 counties have certified.", [], "the Secretary of State"),
        ("The AP has not called it. Biden leads by 14,000 votes.", [], "the AP"),
        ("Per SOS and our reporter, Biden leads by 14,000 votes", [], "the Secretary of State or our reporter"),
    ],
)
async def test_the_source_that_each_sentence_gives_is_chosen_already(
    told: Newsroom, text: str, chosen: list[str], asked: str
) -> None:
    card = await read(told, text, None)
    (sources,) = [one.choices for one in card.selects if one.key.endswith(":source")]
    assert [one.value for one in sources if one.chosen] == chosen
    assert (f"(the text says {asked})" in card.headline) == bool(asked)
    assert can_be_entered(card) == bool(chosen)


@pytest.mark.parametrize(
    ("text", "asked", "tick"),
    [
        ("Trump leads by 14,000 votes", ["Right? Trump ahead by 14,000"], True),  # by every source Biden does
        ("Biden leads by 14,000 votes", ["Right? Biden ahead by 14,000"], True),
        (
            "Trump nets 15,000 in Floyd.",  # more than the lead
            [
                "1. Right? Biden's lead down 15,000 from Floyd County",
                "2. Right? Trump's lead up 15,000 from Floyd County",
            ],
            False,
        ),
        ("Cobb adds 111 for Trump and 40 for Biden", ["Right? Biden's lead down 71 from Cobb County"], True),
    ],
)
async def test_what_the_count_so_far_speaks_against_is_asked_about(
    told: Newsroom, text: str, asked: list[str], tick: bool
) -> None:
    card = await offered(told, text)
    assert [line.split(" · ")[0] for line in card.headline.split("\n") if "Right?" in line] == asked
    assert any(button.label.startswith("Tick: ") for button in card.buttons) == tick  # both can't be right
    assert can_be_entered(card) == (not asked)


@pytest.mark.parametrize(
    ("text", "source", "why"),
    [
        ("Biden leads by 13,990 votes as of 7:01 a.m.", "ga-sos", "a post says already that it differs from the Times"),
        ("Biden leads by 13,990 votes as of 6:05 a.m.", "reporter", "it is older than the margin of #1"),
        ("Biden leads by 14,101 votes", "reporter", "the Times had that margin earlier"),
        ("Biden leads by 13,990 votes", "times", "the Times' margin is posted from a feed alone"),
    ],
)
async def test_why_a_margin_is_not_posted_is_said_before_it_is_entered(
    told: Newsroom, text: str, source: str, why: str
) -> None:
    await told.enter(OLGA, await read(told, "Biden leads by 13,999 votes"))
    await told.publish()
    told.at(1)
    if "earlier" in why:
        await told.take(reading(2_472_000, 2_457_800, 1, total=4_992_400))
    card = await read(told, text, source, 1)
    assert f"{why};" in card.headline.split("\n")[-1]


@pytest.mark.parametrize(
    ("follows", "why"),
    [(False, "no channel follows this contest"), (True, "nothing of the Times is posted to compare it with")],
)
async def test_a_margin_before_anything_is_posted_or_followed_is_said_to_have_no_post(
    newsroom: Newsroom, follows: bool, why: str
) -> None:
    if follows:
        await newsroom.follow()
    contest = newsroom.following.contest("ga")
    card = await newsroom.entering.report(OLGA, contest, TallyFields("Biden 14,000"), source="reporter")
    assert f"{why};" in card.headline.split("\n")[-1]


async def test_a_margin_whose_post_waits_for_publish_is_not_said_to_be_posted(newsroom: Newsroom) -> None:
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.follow()
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.post(reading(1000, 500))
    card = await read(newsroom, "Biden leads by 500", "reporter")
    assert card.headline.endswith(
        "\n**Nothing will go out: #1 has this margin already.** Answers will use it, except in public channels."
    )


@pytest.mark.parametrize(
    ("newest", "other", "minute", "said"),
    [
        (
            "97 of 159 counties have certified",
            "96 of 159 counties have certified",
            -55,
            "older than what answers use: 97 of 159 counties certified, as of 6:30 a.m.",
        ),
        (
            "The AP has called Georgia for Biden",
            "The AP has called Georgia for Trump",
            -55,
            "older than what answers use: Georgia called for Biden, as of 6:30 a.m.",
        ),
        (
            "118 ballots left in Floyd County",
            "218 ballots left in Floyd County",
            -30,
            "\nIt replaces 118 ballots left in Floyd, as of 6:30 a.m.",
        ),
    ],
)
async def test_of_what_is_older_it_is_said_that_no_answer_uses_it_and_of_the_same_time_what_it_replaces(
    told: Newsroom, newest: str, other: str, minute: float, said: str
) -> None:
    await told.enter(OLGA, await read(told, newest, minute=-30))
    card = await read(told, other, minute=minute)
    assert card.headline.endswith(said)
