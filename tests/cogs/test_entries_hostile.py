"""Tests that mentions, markdown, links and hidden characters in an entry are shown as plain text on every card."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, last
from tests.cogs.entering import COUNTIES, LEAD, choose, mend, press, read, report

HOSTILE = "**Boom** @everyone <@1> <@&2> <#3> [here](https://evil.example) `x` ||s|| ~~t~~ <t:0:R> discord.gg/evil \u200d\u202e\u2066"
_ACTS = re.compile(
    r"@everyone|@here|<@&?\d|(?<!\\)<#3>|(?<![\\*])\*\*Boom|(?<!\\)\]\(https://evil|https?://evil|gg/evil|(?<!\\)`x|(?<!\\)\|\|s"
    r"|(?<!\\)~~t|(?<!\\)<t:0"
)
_HIDDEN = re.compile("[\u200c\u200d\u202a-\u202e\u2066-\u2069\ufeff]")
_MODAL = 9


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Return (key, text) for every text in a JSON value that was sent to Discord."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not (name == "value" and "label" in value):  # the value of a choice is never shown
                yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str):
        yield key, value


def check(room: Room, start: int, *, needed: bool = True) -> None:
    """Fail if any text that was sent to Discord since request `start` contains working markup or hidden characters."""
    shown = 0
    for request in room.requests[start:]:
        if not isinstance(request.json, dict) or request.json.get("type") == _MODAL:
            continue
        for key, text in texts(request.json):
            assert not _HIDDEN.search(text), (key, text)
            if key in {"content", "description", "value", "title", "name"}:
                assert not _ACTS.search(text), (key, text)
            shown += "Boom" in text
    assert shown or not needed, "nothing hostile was shown"


@pytest.mark.parametrize("field", ["margin", "votes", "left", "at"])
async def test_a_hostile_field_of_the_form_is_answered_as_text(told: Room, field: str) -> None:
    start = len(told.requests)
    typed = {"margin": "Biden 14,000"} | {field: HOSTILE[:60]}
    await report(told, typed, source="reporter")
    check(told, start)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("tally", {"text": HOSTILE}),
        ("tally", {"text": f"{HOSTILE} projects Biden will win Georgia. Biden leads by 14,000 votes, {HOSTILE}"}),
        ("tally", {"text": f"Biden leads by 14,000 votes {HOSTILE}. {HOSTILE}", "contest": "ga"}),
        ("certify", {"contest": "ga", "what": f"Cobb, {HOSTILE}", "source": "ga-sos"}),
        ("certify", {"contest": "ga", "what": "Cobb", "withdrawn": HOSTILE, "source": "ga-sos"}),
        ("certify", {"contest": "ga", "what": HOSTILE, "withdrawn": "because", "source": "ga-sos"}),
        ("certify", {"contest": "ga", "what": "the state", "withdrawn": HOSTILE, "source": "ga-sos"}),
    ],
)
async def test_a_hostile_option_is_text_on_the_card_and_in_the_post(
    told: Room, command: str, options: dict[str, Any]
) -> None:
    start = len(told.requests)
    card = await told.card(command, **options)
    selects = card.lists
    if any(key.endswith(":source") for key in selects) and "source" not in options:
        card = await choose(told, card, "source", ["ga-sos"])
    if any(key.endswith(":unit") for key in selects):
        (first, *_) = [part["options"] for part in card.parts if "options" in part]
        card = await choose(told, card, "unit", [first[0]["value"]])
    if "Enter" in card.buttons:
        await press(told, card, "Enter")
        await told.publish()
        await told.ask("entries")
        for answer in ("calls", "margin > Everything known", "certified"):
            await told.ask(answer, contest="ga")
    check(told, start, needed="Biden" not in options.get("text", ""))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("tally", {"text": "Biden leads by 1", "contest": HOSTILE}),
        ("tally", {"text": "Biden leads by 1", "as_of": HOSTILE[:60]}),
        ("retract", {"post": HOSTILE[:90], "why": "because"}),
        ("certify", {"contest": "ga", "what": "Cobb", "source": HOSTILE}),
        ("call", {"contest": "ga", "caller": "ap", "says": "called it", "candidate": HOSTILE}),
    ],
)
async def test_a_hostile_option_that_is_refused_is_said_as_text(
    told: Room, command: str, options: dict[str, Any]
) -> None:
    start = len(told.requests)
    await told.refused(command, **options)
    for request in told.requests[start:]:
        for key, text in texts(request.json if isinstance(request.json, dict) else {}):
            assert not _HIDDEN.search(text)
            assert key == "label" or not _ACTS.search(text), text  # a button's label is shown as it is


CALL = "The AP has called Georgia for Biden."
SHRANK = "Biden's lead shrank by 48 votes."


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (LEAD, [HOSTILE]),
        (COUNTIES, [f"Cobb, {HOSTILE}"]),
        (CALL, [HOSTILE, "Biden"]),
        (CALL, ["called", HOSTILE]),
        (CALL, ["called", "Biden", HOSTILE]),
        (SHRANK, [HOSTILE, "-48"]),
        (SHRANK, ["Biden", HOSTILE]),
    ],
)
async def test_a_hostile_field_of_a_form_over_an_entry_is_answered_as_text(
    told: Room, text: str, typed: list[str]
) -> None:
    card = await read(told, text)
    start = len(told.requests)
    await mend(told, card, **{f"f{place}": words[:95] for place, words in enumerate(typed)})
    check(told, start)


async def test_a_hostile_reason_and_name_are_text_in_the_question_and_what_follows(
    told: Room, two: Channel, dee: Person
) -> None:
    start = len(told.requests)
    card = await report(told, {"margin": "Biden 14,000"}, source="ga-sos", reason=HOSTILE)
    await press(told, card, "Ask the desk")
    await told.publish()
    question = last(two)
    assert "Boom" in question.content
    await press(told, question, "Confirm", dee)
    await told.publish()
    await told.ask("entries")
    await told.ask("retract", post="#3", why=HOSTILE)
    await told.publish()
    await told.ask("why", post="#3")
    check(told, start)
