"""Tests the checks of requests that discord.py would never send. They are sent without discord.py."""

import io
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.interactions import InteractionKind
from bot.rehearsal.standin.message import Flag
from bot.rehearsal.standin.server import StandIn

V2 = int(Flag.IS_COMPONENTS_V2)
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
async def ask(channel: Channel, standin: StandIn, session: aiohttp.ClientSession) -> Ask:
    """Return a function that posts a body to the channel, or edits a message. Its result is the HTTP status and the
    answer.
    """
    url = f"{standin.base}/channels/{channel.id}/messages"

    async def ask(body: object, message: str | None = None) -> tuple[int, dict[str, Any]]:
        where = url if message is None else f"{url}/{message}"
        async with session.request("POST" if message is None else "PATCH", where, json=body) as answer:
            return answer.status, await answer.json()

    return ask


def button(**fields: object) -> dict[str, object]:
    return {"type": 2, "style": 1, "label": "Publish", "custom_id": "publish"} | fields


def row(*components: object) -> dict[str, object]:
    return {"type": 1, "components": list(components)}


def menu(*options: dict[str, str]) -> dict[str, object]:
    return row({"type": 3, "custom_id": "menu", "options": list(options)})


def text(length: int) -> dict[str, object]:
    return {"type": 10, "content": "x" * length}


ONE = {"label": "One", "value": "1"}
LONGEST = {"title": "t" * 256, "description": "d" * 4096, "footer": {"text": "f" * 1648}}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"content": 7}, ("content",)),
        ({"content": "x" * 2001}, ("content",)),
        ({"embeds": {}}, ("embeds",)),
        ({"embeds": ["x"]}, ("embeds", "0")),
        ({"embeds": [{"title": "t"}] * 11}, ("embeds",)),
        ({"embeds": [{"description": "d" * 3001}] * 2}, ("embeds",)),
        ({"embeds": [{"title": "t" * 257}]}, ("embeds", "0", "title")),
        ({"embeds": [{"description": "d" * 4097}]}, ("embeds", "0", "description")),
        ({"embeds": [{"title": "t", "footer": {"text": "f" * 2049}}]}, ("embeds", "0", "footer", "text")),
        ({"embeds": [{"title": "t", "author": {"name": "a" * 257}}]}, ("embeds", "0", "author", "name")),
        ({"embeds": [{"fields": [{"name": "n" * 257, "value": "v"}]}]}, ("embeds", "0", "fields", "0", "name")),
        ({"embeds": [{"fields": [{"name": "n", "value": "v" * 1025}]}]}, ("embeds", "0", "fields", "0", "value")),
        ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, ("embeds", "0", "fields", "0", "value")),
        ({"embeds": [{"title": "t", "url": "ftp://x"}]}, ("embeds", "0", "url")),
        ({"embeds": [{"title": "t", "image": {"url": "x.png"}}]}, ("embeds", "0", "image", "url")),
        ({"embeds": [{"title": "t", "color": 0x1000000}]}, ("embeds", "0", "color")),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, ("embeds", "0", "fields")),
        ({"content": "x", "nonce": "n" * 26}, ("nonce",)),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, ("allowed_mentions",)),
        ({"content": "x", "allowed_mentions": {"roles": ["1"] * 101}}, ("allowed_mentions", "roles")),
        ({"content": "x", "message_reference": {}}, ("message_reference", "message_id")),
        ({"content": "x", "message_reference": {"message_id": "1", "type": 1}}, ("message_reference", "type")),
        ({"components": [button()]}, ("components", "0", "type")),
        ({"components": [row()]}, ("components", "0", "components")),
        ({"components": [row(button(custom_id=str(n))) for n in range(6)]}, ("components",)),
        ({"components": [row(*(button(custom_id=str(n)) for n in range(6)))]}, ("components", "0", "components")),
        ({"components": [row(button(), button())]}, ("components", "0", "components", "1", "custom_id")),
        ({"components": [row(button(label="l" * 81))]}, ("components", "0", "components", "0", "label")),
        ({"components": [row(button(label=None))]}, ("components", "0", "components", "0", "label")),
        ({"components": [row(button(custom_id="c" * 101))]}, ("components", "0", "components", "0", "custom_id")),
        ({"components": [row(button(custom_id=None))]}, ("components", "0", "components", "0", "custom_id")),
        ({"components": [row(button(style=5))]}, ("components", "0", "components", "0", "url")),
        ({"components": [row(button(style=9))]}, ("components", "0", "components", "0", "style")),
        ({"components": [menu()]}, ("components", "0", "components", "0", "options")),
        ({"components": [menu(ONE, ONE)]}, ("components", "0", "components", "0", "options")),
        ({"components": [menu({"label": "One"})]}, ("components", "0", "components", "0", "options", "0", "value")),
        ({"components": [row({"type": 5})]}, ("components", "0", "components", "0", "custom_id")),
        ({"flags": V2, "content": "x", "components": [text(1)]}, ("content",)),
        ({"flags": V2, "components": [text(0)]}, ("components", "0", "content")),
        ({"flags": V2, "components": [text(2001), text(2000)]}, ("components",)),
        ({"flags": V2, "components": [text(1)] * 41}, ("components",)),
        ({"flags": V2, "components": [{"type": 12, "items": []}]}, ("components", "0", "items")),
    ],
)
async def test_what_breaks_a_limit_is_refused_where_it_does(
    ask: Ask, channel: Channel, body: dict[str, object], where: tuple[str, ...]
) -> None:
    status, answer = await ask(body)
    assert (status, answer["code"]) == (400, 50035)
    wrong = answer["errors"]
    for step in where:
        assert list(wrong) == [step]
        wrong = wrong[step]
    assert [set(error) for error in wrong["_errors"]] == [{"code", "message"}]
    assert len(channel.messages) == 0


def spoiled(thing: object) -> Iterator[object]:
    """Yield copies of a JSON value. In each copy one part has another type, or is a text that is too long or empty."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from ({**thing, key: other} for other in spoiled(value))
        yield 7
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from ([*thing[:number], other, *thing[number + 1 :]] for other in spoiled(value))
        yield 7
    else:
        yield {"a": 1}
        if isinstance(thing, str):
            yield "y" * 7000


EMBED = {
    "title": "t",
    "description": "d",
    "url": "https://a.example/",
    "timestamp": "2026-01-01T00:00:00Z",
    "color": 1,
    "footer": {"text": "f"},
    "author": {"name": "n"},
    "fields": [{"name": "n", "value": "v", "inline": False}],
}
PICKS = {"type": 6, "custom_id": "r", "placeholder": "p", "min_values": 0, "max_values": 1}
MESSAGE = {
    "content": "c",
    "embeds": [EMBED],
    "flags": 0,
    "allowed_mentions": {"parse": [], "roles": ["1"]},
    "components": [row(button()), menu(ONE), row({**PICKS, "default_values": [{"id": "1", "type": "role"}]})],
}
FIELD = {
    "type": 4,
    "custom_id": "i",
    "style": 1,
    "value": "v",
    "placeholder": "p",
    "required": True,
    "min_length": 1,
    "max_length": 10,
}
CHOICES = [{"label": "l", "value": value, "description": "d", "default": False} for value in "ab"]
FORM = {
    "custom_id": "m",
    "title": "t",
    "components": [
        {"type": 18, "label": "l", "description": "d", "component": FIELD},
        {"type": 18, "label": "l", "component": {"type": 21, "custom_id": "g", "options": CHOICES}},
        {"type": 18, "label": "l", "component": {"type": 19, "custom_id": "f", "min_values": 0, "max_values": 1}},
        {"type": 10, "content": "words"},
        row({**FIELD, "custom_id": "j", "label": "l"}),
    ],
}
COMMANDS = [
    {
        "name": "c",
        "description": "d",
        "type": 1,
        "contexts": [0],
        "options": [{"type": 3, "name": "o", "description": "d", "required": True, "min_length": 1, "max_length": 9}],
    },
    {
        "name": "g",
        "description": "d",
        "type": 1,
        "options": [
            {
                "type": 1,
                "name": "s",
                "description": "d",
                "options": [{"type": 4, "name": "i", "description": "d", "choices": [{"name": "n", "value": 1}]}],
            }
        ],
    },
]
EVENT = {
    "name": "n",
    "description": "d",
    "scheduled_start_time": "2031-01-01T00:00:00+00:00",
    "scheduled_end_time": "2031-01-01T01:00:00+00:00",
    "privacy_level": 2,
    "entity_type": 3,
    "entity_metadata": {"location": "l"},
}


@pytest.mark.parametrize(
    ("method", "path", "good", "status"),
    [
        ("POST", "/channels/{channel}/messages", {**MESSAGE, "enforce_nonce": False}, 200),
        ("POST", "{callback}", {"type": 4, "data": MESSAGE}, 204),
        ("POST", "{callback}", {"type": 9, "data": FORM}, 204),
        ("PUT", "/applications/{bot}/commands", COMMANDS, 200),
        ("POST", "/guilds/{guild}/scheduled-events", EVENT, 200),
        ("POST", "/channels/{channel}/threads", {"name": "n", "auto_archive_duration": 60, "type": 11}, 201),
        ("PATCH", "/channels/{channel}", {"name": "n", "topic": "t", "rate_limit_per_user": 0}, 200),
    ],
)
async def test_each_field_of_another_type_is_refused_as_a_field(
    standin: StandIn,
    channel: Channel,
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    good: object,
    status: int,
) -> None:
    channel.guild.grant("CREATE_EVENTS", "MANAGE_CHANNELS")
    member = channel.guild.member("Ed")

    async def ask(body: object) -> tuple[int, int | None]:
        asked = standin.interactions.begin(InteractionKind.COMMAND, channel, member)
        callback = f"/interactions/{asked.id}/{asked.token}/callback"
        filled = path.format(channel=channel.id, guild=channel.guild.id, bot=standin.world.bot.id, callback=callback)
        async with session.request(method, standin.base + filled, json=body) as answer:
            said = await answer.json() if answer.status != 204 else {}
            return answer.status, said.get("code") if isinstance(said, dict) else None

    assert (await ask(good))[0] == status
    assert [body for body in spoiled(good) if await ask(body) != (400, 50035)] == []


@pytest.mark.parametrize(
    "body", [{}, {"content": ""}, {"content": "  \n"}, {"embeds": [{}]}, {"flags": V2}, {"embeds": [{"color": 1}]}]
)
async def test_what_shows_nothing_is_refused(ask: Ask, body: dict[str, object]) -> None:
    assert await ask(body) == (400, {"message": "Cannot send an empty message", "code": 50006})


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x", "components": [row(button(), button(style=5, custom_id=None, url="https://example.com"))]},
        {"content": "x", "components": [row(button(custom_id=str(n))) for n in range(5)]},
        {"content": "x", "components": [menu(ONE), row({"type": 8, "custom_id": "where"})]},
        {"flags": V2, "components": [{"type": 17, "components": [text(2000)] * 2}]},
        {"flags": V2, "components": [{"type": 9, "components": [text(1)], "accessory": button()}]},
        {"content": "x", "nonce": 2**60},
        {"content": "x" * 2000, "nonce": "n" * 25, "embeds": [LONGEST]},
        {"embeds": [{"description": "d" * 3000}] * 2},
    ],
)
async def test_what_is_within_the_limits_is_taken(ask: Ask, body: dict[str, object]) -> None:
    status, _ = await ask(body)
    assert status == 200


async def test_a_message_stays_made_of_components(ask: Ask, channel: Channel) -> None:
    _, sent = await ask({"flags": V2, "components": [text(1)]})
    status, answer = await ask({"content": "x"}, sent["id"])
    assert (status, list(answer["errors"])) == (400, ["content"])
    status, answer = await ask({"flags": 0}, sent["id"])
    assert (status, answer["flags"]) == (200, V2)
    _, other = await ask({"content": "x"})
    status, answer = await ask({"flags": V2, "components": [text(1)]}, other["id"])
    assert (status, list(answer["errors"])) == (400, ["content"])
    status, answer = await ask({"flags": V2, "components": [text(1)], "content": None}, other["id"])
    assert (status, answer["content"]) == (200, "")
    assert len(channel.messages) == 2


async def test_files_have_limits(channel: Channel, standin: StandIn, session: aiohttp.ClientSession) -> None:
    url = f"{standin.base}/channels/{channel.id}/messages"

    async def post(sizes: list[int]) -> tuple[int, int]:
        form = aiohttp.FormData(quote_fields=False)
        for number, size in enumerate(sizes):
            form.add_field(f"files[{number}]", io.BytesIO(b"x" * size), filename=f"{number}.bin")
        async with session.post(url, data=form) as answer:
            return answer.status, (await answer.json()).get("code", 0)

    mebibyte = 2**20
    assert await post([1] * 11) == (400, 30015)
    assert await post([10 * mebibyte + 1]) == (413, 40005)
    assert await post([9 * mebibyte] * 3) == (413, 40005)
    assert await post([1] * 10) == (200, 0)
