"""Tests the page's web server with requests from a browser, and from somebody without access."""

import asyncio
import io
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.page.server import Page
from bot.rehearsal.standin.guild import ScheduledEventStatus
from bot.rehearsal.standin.message import Attachment, Flag
from tests.rehearsal.page.newsroom import STARTS, STREAMS, Newsroom, plan

Web = aiohttp.ClientSession


async def state(web: Web, room: Newsroom, who: str = "desk-editor") -> Any:
    async with web.get(f"{room.page.url}state", params={"as": who}) as reply:
        assert reply.status == 200
        return await reply.json()


async def act(web: Web, room: Newsroom, path: str, who: str = "desk-editor", **body: Any) -> Any:
    async with web.post(f"{room.page.url}{path}", json={"as": who, "channel": str(room.count.id), **body}) as reply:
        return await reply.json()


async def messages(web: Web, room: Newsroom, who: str = "desk-editor", **query: str) -> Any:
    params = {"as": who, "channel": str(room.count.id), **query}
    async with web.get(f"{room.page.url}messages", params=params) as reply:
        return await reply.json()


class Listening:
    """The event stream of one browser."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self.reply = reply
        self.place = ""
        self.waiting: list[Any] = []

    async def next(self, kind: str) -> Any:
        """Return the body of the next event of the kind. Other events are skipped."""
        async with asyncio.timeout(5):
            while True:
                while self.waiting:
                    event = self.waiting.pop(0)
                    if event["kind"] == kind:
                        return event["body"]
                await self._read()

    async def _read(self) -> None:
        line = (await self.reply.content.readline()).decode()
        if line.startswith("id: "):
            self.place = line.removeprefix("id: ").strip()
        elif line.startswith("data: ["):
            self.waiting += json.loads(line.removeprefix("data: "))
        elif line.startswith("event: afresh"):
            self.waiting.append({"kind": "afresh", "body": None})


async def listen(web: Web, room: Newsroom, who: str, since: str = "", **headers: str) -> Listening:
    place = since or (await state(web, room, who))["place"]
    reply = await web.get(f"{room.page.url}events", params={"as": who, "from": place}, headers=headers)
    STREAMS.append(reply)
    return Listening(reply)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 200),
    ],
)
async def test_another_host_and_another_origin_are_refused(
    room: Newsroom, web: Web, headers: dict[str, str], status: int
) -> None:
    async with web.get(f"{room.page.url}state", headers=headers) as reply:
        assert reply.status == status
    async with web.post(f"{room.page.url}pace", json={}, headers=headers) as reply:
        assert reply.status == status


async def test_localhost_is_a_name_of_the_page_too(room: Newsroom, web: Web) -> None:
    port = room.page.url.split(":")[2].split("/")[0]
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    async with web.post(f"{room.page.url}pace", json={}, headers=headers) as reply:
        assert reply.status == 200


async def test_who_does_not_know_the_secret_gets_nothing(room: Newsroom, web: Web) -> None:
    base, secret = room.page.url[:-1].rsplit("/", 1)
    assert len(secret) >= 20
    for path in ("/", "/state", f"/{secret[:-1]}/state", f"/{secret}x/", "/static/main.js", "/%00/"):
        async with web.get(base + path) as reply:
            assert reply.status == 404
            assert "Newsroom" not in await reply.text()


async def test_only_get_and_json_posts_of_a_bounded_size_are_taken(room: Newsroom, web: Web) -> None:
    url = f"{room.page.url}pace"
    async with web.put(url, json={}) as reply:
        assert reply.status == 403
    async with web.post(url, data={"paused": "1"}) as reply:
        assert reply.status == 403
    for body in (b"[]", b"{", b'{"speed": "warp"}', b"\xff"):
        async with web.post(url, data=body, headers={"Content-Type": "application/json"}) as reply:
            assert reply.status == 400
    large = io.BytesIO(b'{"x": "%s"}' % (b"y" * 15 * 2**20))
    async with web.post(url, data=large, headers={"Content-Type": "application/json"}) as reply:
        assert reply.status == 413
    for path in (
        "static/../server.py",
        "static/..%2fserver.py",
        "static/fonts",
        "static/none.js",
        "files/1/x",
        "nothing",
    ):
        async with web.get(room.page.url + path) as reply:
            assert reply.status == 404


async def test_the_page_runs_no_script_but_its_own(room: Newsroom, web: Web) -> None:
    async with web.get(room.page.url) as reply:
        policy = reply.headers["Content-Security-Policy"]
        text = await reply.text()
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    for inline in ("<script>", "<style", " style=", " onclick=", "//cdn", "https://"):
        assert inline not in text


async def test_what_a_person_may_not_see_they_are_not_told_of(room: Newsroom, web: Web) -> None:
    private = room.guild.channel("desk")
    assert [one["name"] for one in (await state(web, room, "guest"))["channels"]] == ["count", "other"]
    assert [one["name"] for one in (await state(web, room, "reporter"))["channels"]] == ["count", "other", "desk"]
    guest, reporter = await listen(web, room, "guest"), await listen(web, room, "reporter")
    room.post("a secret", private)
    room.post("no secret")
    assert (await reporter.next("message"))["text"] == "a secret"
    assert (await guest.next("message"))["text"] == "no secret"
    for path in ("messages", "pins"):
        params = {"as": "guest", "channel": str(private.id)}
        async with web.get(room.page.url + path, params=params) as reply:
            assert reply.status == 400
    assert "error" in await act(web, room, "say", "guest", channel=str(private.id), text="hello")


async def test_a_lost_connection_goes_on_where_it_was(room: Newsroom, web: Web) -> None:
    first = await listen(web, room, "guest")
    room.post("one")
    assert (await first.next("message"))["text"] == "one"
    first.reply.close()
    room.post("two")
    again = await listen(web, room, "guest", since="forgotten", **{"Last-Event-ID": first.place})
    assert (await again.next("message"))["text"] == "two"
    lost = await listen(web, room, "guest", since="of another run:5")
    assert await lost.next("afresh") is None


async def test_edits_and_deletions_are_told(room: Newsroom, web: Web) -> None:
    message = room.post("one")
    guest = await listen(web, room, "guest")
    message.content, message.edited = "two", STARTS
    room.count.changed(message)
    changed = await guest.next("change")
    assert (changed["text"], changed["edited"]) == ("two", "2020-11-11T12:35:00Z")
    room.count.remove(message)
    assert await guest.next("gone") == {"id": str(message.id), "channel": str(room.count.id)}


async def test_one_deletes_what_is_ones_own_and_the_desk_anything(room: Newsroom, web: Web) -> None:
    post, said = room.post("a post"), room.count.say(room.reporter, "a slip")
    refused = await act(web, room, "delete", "reporter", message=str(post.id))
    assert refused == {"error": "Missing Permissions"}
    assert await act(web, room, "delete", "reporter", message=str(said.id)) == {}
    assert await act(web, room, "delete", message=str(post.id)) == {}
    assert await act(web, room, "delete", message=str(post.id)) == {"error": "Unknown Message"}
    assert len(room.count.messages) == 0


async def test_a_long_channel_is_read_in_pages(room: Newsroom, web: Web) -> None:
    sent = [room.post(f"number {place}") for place in range(120)]
    newest = await messages(web, room)
    assert [one["text"] for one in newest["messages"]] == [f"number {place}" for place in range(70, 120)]
    assert (newest["older"], newest["newer"]) == (True, False)
    first = await messages(web, room, after=str(sent[0].id), limit="2")
    assert [one["text"] for one in first["messages"]] == ["number 1", "number 2"]
    around = await messages(web, room, around=str(sent[60].id), limit="10")
    assert (around["older"], around["newer"], len(around["messages"])) == (True, True, 10)


async def test_messages_bear_the_time_of_the_news(room: Newsroom, web: Web) -> None:
    room.post("one")
    room.pace.clock.set(STARTS + timedelta(hours=1))
    room.count.say(room.reporter, "two")
    shown = (await messages(web, room))["messages"]
    assert [one["at"] for one in shown] == ["2020-11-11T12:35:00Z", "2020-11-11T13:35:00Z"]


async def test_what_is_unread_is_kept_for_each_person(room: Newsroom, web: Web) -> None:
    role = room.guild.role("Desk")
    first = room.post(f"<@&{role.id}>", mention_roles=[role.id])
    room.count.say(room.reporter, f"<@{room.editor.id}> look")
    count = (await state(web, room))["channels"][0]
    assert (count["mentions"], count["read"]) == (2, "0")
    await act(web, room, "read", message=str(first.id))
    await act(web, room, "read", message="1")  # a mark never goes back
    count = (await state(web, room))["channels"][0]
    assert (count["mentions"], count["read"]) == (1, str(first.id))
    assert (await state(web, room, "reporter"))["channels"][0]["mentions"] == 0


async def test_an_answer_for_one_is_told_to_one(staffed: Newsroom, web: Web) -> None:
    editor, guest = await listen(web, staffed, "desk-editor"), await listen(web, staffed, "guest")
    assert await act(web, staffed, "slash", command="margin", options={"contest": "id-georgia"}) == {}
    answer = await editor.next("message")
    assert (answer["private"], answer["html"]) == (True, "<p><strong>id-georgia</strong> at None</p>\n")
    assert (answer["used"]["command"], answer["used"]["who"]["name"]) == ("margin", "desk editor")
    assert not answer["used"]["plain"]
    staffed.post("for everyone")
    assert (await guest.next("message"))["text"] == "for everyone"


async def test_a_private_message_takes_no_presses_of_others(staffed: Newsroom, web: Web) -> None:
    editor = await listen(web, staffed, "desk-editor")
    await act(web, staffed, "slash", command="buttons", options={})
    answer = await editor.next("message")
    press = {"message": answer["id"], "button": "pushed"}
    assert await act(web, staffed, "press", "guest", **press) == {"error": "This interaction failed"}
    assert await act(web, staffed, "press", **press) == {}
    pushed = await editor.next("message")
    assert (pushed["text"], pushed["reply"]["html"]) == ("Pushed by 15 minutes", "In 30 minutes: press conference")


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({}, {"style": "This option is required. Specify a value."}),
        ({"style": "  "}, {"style": "This option is required. Specify a value."}),
        ({"style": "huge"}, {"style": "Input a valid choice."}),
        ({"style": "short", "digits": "two"}, {"digits": "Input a valid integer."}),
        ({"style": "short", "digits": "1.5"}, {"digits": "Input a valid integer."}),
        ({"style": "short", "digits": "٣"}, {"digits": "Input a valid integer."}),
        ({"style": "short", "digits": "4"}, {"digits": "Value should be less than or equal to 3."}),
        ({"style": "short", "digits": "-1"}, {"digits": "Value should be greater than or equal to 0."}),
        ({"style": "short", "share": "x"}, {"share": "Input a valid number."}),
        ({"style": "short", "quiet": "perhaps"}, {"quiet": "Input a valid boolean."}),
        ({"style": "short", "who": "nobody"}, {"who": "Input a valid user."}),
        ({"style": "short", "role": "nobody"}, {"role": "Input a valid role."}),
        ({"style": "short", "where": "nowhere"}, {"where": "Input a valid channel."}),
        ({"style": "short", "where": ""}, {"where": "Input a valid channel."}),
        ({"style": "short", "county": "Floyd"}, {"county": "This command has no such option."}),
    ],
)
async def test_what_discord_would_not_send_is_not_sent(
    staffed: Newsroom, web: Web, typed: dict[str, str], problems: dict[str, str]
) -> None:
    for path in ("check", "slash"):
        assert await act(web, staffed, path, command="every", options=typed) == {"problems": problems}
    assert len(staffed.count.messages) == 0


async def test_text_that_is_too_long_is_not_sent(staffed: Newsroom, web: Web) -> None:
    options = {"contest": "georgia", "at": "x" * 61}
    problems = {"at": "Must be between 1 and 60 in length."}
    assert await act(web, staffed, "check", command="margin", options=options) == {"problems": problems}
    assert await act(web, staffed, "say", text="x" * 2001) == {"error": "Your message is too long."}
    assert await act(web, staffed, "say", text=" \n ") == {"error": "Cannot send an empty message"}


async def test_every_kind_of_option_arrives(staffed: Newsroom, web: Web) -> None:
    guest = await listen(web, staffed, "guest")
    typed = {
        "style": "long",
        "digits": "2",
        "share": "0.25",
        "quiet": "True",
        "who": "@reporter",
        "role": str(staffed.guild.role("Desk").id),
        "where": f"<#{staffed.guild.channel('other').id}>",
    }
    assert await act(web, staffed, "check", command="every", options=typed) == {}
    await act(web, staffed, "slash", command="every", options=typed)
    answer = await guest.next("message")
    assert answer["text"] == repr(("long", 2, 0.25, True, "reporter", "Desk", "other"))


async def test_suggestions_are_the_bots(staffed: Newsroom, web: Web) -> None:
    found = await act(web, staffed, "suggest", command="margin", option="contest", options={"contest": "geo"})
    assert [one["name"] for one in found] == ["Georgia", "Georgia Senate"]
    assert await act(web, staffed, "suggest", command="margin", option="at", options={"at": "7"}) == []
    assert await act(web, staffed, "suggest", command="none", option="x", options={}) == []


async def test_a_command_that_one_may_not_use_is_neither_offered_nor_taken(staffed: Newsroom, web: Web) -> None:
    offered = [one["words"] for one in (await state(web, staffed, "guest"))["commands"]["slash"]]
    assert offered == ["buttons", "enter", "every", "margin", "roles", "silent", "slow"]
    assert "desk role" in [one["words"] for one in (await state(web, staffed))["commands"]["slash"]]
    refused = await act(web, staffed, "slash", "guest", command="desk role", options={"role": "Desk"})
    assert "does not see /desk role" in refused["error"]
    staffed.count.forbid("SEND_MESSAGES", "USE_APPLICATION_COMMANDS", to=staffed.guest)
    refused = await act(web, staffed, "slash", "guest", command="margin", options={"contest": "x"})
    assert "do not have permission" in refused["error"]
    assert "do not have permission" in (await act(web, staffed, "say", "guest", text="x"))["error"]


async def test_a_form_is_checked_and_sent_once(staffed: Newsroom, web: Web) -> None:
    editor = await listen(web, staffed, "desk-editor")
    form = (await act(web, staffed, "slash", command="enter", options={}))["form"]
    assert form["title"] == "Read as tally"
    for value, words in (("", "This field is required"), ("1", "Must be between 2 and 10 in length.")):
        reply = await act(web, staffed, "submit", key=form["key"], values={"margin": value})
        assert reply == {"problems": {"margin": words}}
    stolen = await act(web, staffed, "submit", "guest", key=form["key"], values={"margin": "14,101"})
    assert stolen == {"error": "Something went wrong. Try again."}
    printout = {"name": "printout.png", "type": "image/png", "content": "iVBORw0KGgo="}
    filled = {"margin": "14,101", "photo": [printout]}
    assert await act(web, staffed, "submit", key=form["key"], values=filled) == {}
    assert (await editor.next("message"))["text"] == "Entered: 14,101, seen by reporter with printout.png of 8 bytes"
    assert "error" in await act(web, staffed, "submit", key=form["key"], values={"margin": "14,101"})


async def test_people_react_and_take_it_back(room: Newsroom, web: Web) -> None:
    guest = await listen(web, room, "guest")
    message = room.count.say(room.reporter, "Clayton has 4,355 left")
    await guest.next("message")
    react = {"message": str(message.id), "emoji": "👀"}
    seen = []
    for who in ("reporter", "desk-editor", "reporter"):
        assert await act(web, room, "react", who, **react) == {}
        seen.append((await guest.next("change"))["reactions"])
    reporter, editor = str(room.reporter.id), str(room.editor.id)
    assert [[one["users"] for one in shown] for shown in seen] == [[[reporter]], [[reporter, editor]], [[editor]]]
    assert message.json()["reactions"][0]["count"] == 1
    assert "error" in await act(web, room, "react", "reporter", message=str(message.id), emoji="<b>")
    assert await act(web, room, "react", "desk-editor", **react) == {}
    assert "reactions" not in message.json()


async def test_a_direct_message_of_the_bot_is_shown_to_whom_it_is_for_alone(staffed: Newsroom, web: Web) -> None:
    editor, guest = await listen(web, staffed, "desk-editor"), await listen(web, staffed, "guest")
    world = staffed.standin.world
    world.direct(staffed.editor.user).write(world.bot, "**In 30 minutes:** a rally")
    shown = await editor.next("direct")
    assert (shown["text"], shown["private"], shown["direct"]) == ("**In 30 minutes:** a rally", True, True)
    staffed.count.say(staffed.reporter, "Clayton has 4,355 left")
    assert (await guest.next("message"))["text"] == "Clayton has 4,355 left"


async def test_a_message_command_gets_its_message(staffed: Newsroom, web: Web) -> None:
    reporter = await listen(web, staffed, "reporter")
    message = staffed.count.say(staffed.reporter, "Clayton has 4,355 left")
    about = {"message": str(message.id), "command": "Read as tally"}
    assert (await state(web, staffed))["commands"]["message"] == ["Read as tally"]
    assert await act(web, staffed, "about", "reporter", **about) == {}
    await reporter.next("message")
    assert (await reporter.next("message"))["text"] == "Read: Clayton has 4,355 left"
    assert "error" in await act(web, staffed, "about", "reporter", **about | {"command": "None such"})


async def test_a_reply_says_what_it_answers(room: Newsroom, web: Web) -> None:
    guest = await listen(web, room, "guest")
    asked = room.post("**Lead** narrows\nmore")
    await act(web, room, "say", "reporter", text="why?", reply=str(asked.id))
    await guest.next("message")
    reply = (await guest.next("message"))["reply"]
    assert (reply["id"], reply["html"]) == (str(asked.id), "<strong>Lead</strong> narrows")


async def test_without_the_bot_a_command_fails_as_discord_says(room: Newsroom, web: Web) -> None:
    room.standin.world.register([{"name": "margin", "description": "The margin"}])
    reply = await act(web, room, "slash", command="margin", options={})
    assert reply == {"error": "The application did not respond"}


async def test_pictures_are_shown_and_other_files_are_kept(room: Newsroom, web: Web) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 8 + (640).to_bytes(4) + (480).to_bytes(4)
    base = f"{room.standin.world.files_url}/{room.count.id}"
    files = [
        Attachment(71, "chart.png", "image/png", png, f"{base}/71/chart.png"),
        Attachment(72, "page.html", "text/html", b"<script>", f"{base}/72/page.html"),
        Attachment(73, "face.svg", "image/svg+xml", b"<svg>", f"{base}/73/face.svg"),
    ]
    room.standin.world.files |= {file.id: file for file in files}
    room.post("", attachments=files)
    room.post("", attachments=files[:2], embeds=[{"image": {"url": f"{base}/71/chart.png"}, "title": "x"}])
    shown, embedded = (await messages(web, room))["messages"]
    assert [(file["picture"], file["pixels"]) for file in shown["files"]] == [
        (True, [640, 480]),
        (False, None),
        (False, None),
    ]
    assert embedded["embeds"][0]["image"] == {"url": "files/71"}
    assert [file["name"] for file in embedded["files"]] == ["page.html"]
    for file, kind in zip(
        shown["files"], ("image/png", "application/octet-stream", "application/octet-stream"), strict=True
    ):
        async with web.get(room.page.url + file["url"]) as reply:
            assert (reply.content_type, reply.headers["X-Content-Type-Options"]) == (kind, "nosniff")
            assert ("Content-Disposition" in reply.headers) == (kind != "image/png")


async def test_flags_hide_embeds_and_mark_what_is_promised(room: Newsroom, web: Web) -> None:
    room.post("one", embeds=[{"title": "x"}], flags=Flag.SUPPRESS_EMBEDS)
    room.post("", flags=Flag.LOADING)
    one, two = (await messages(web, room))["messages"]
    assert (one["embeds"], one["thinking"], two["thinking"]) == ([], False, True)


async def test_the_clock_is_set_from_the_page(room: Newsroom, web: Web) -> None:
    guest = await listen(web, room, "guest")
    clock = await act(web, room, "pace", paused=True, speed="600", skips=False)
    assert (clock["paused"], clock["speed"], clock["skips"]) == (True, 600.0, False)
    assert (await guest.next("clock"))["paused"]
    clock = await act(web, room, "pace", speed="max", paused=False, jump=True)
    assert (clock["speed"], clock["over"]) == (None, False)


async def test_a_channel_that_comes_or_goes_is_told(room: Newsroom, web: Web) -> None:
    guest = await listen(web, room, "guest")
    room.guild.add_channel("new")
    assert await guest.next("stage") is None
    assert [one["name"] for one in (await state(web, room, "guest"))["channels"]] == ["count", "other", "new"]


async def test_a_stranger_is_the_first_of_the_people(room: Newsroom, web: Web) -> None:
    assert (await state(web, room, "nobody"))["me"]["slug"] == "desk-editor"
    assert isinstance(room.page, Page)


async def test_a_message_says_what_goes_on_in_its_thread(room: Newsroom, web: Web) -> None:
    async def shown() -> Any:
        return (await messages(web, room, "guest"))["messages"][0]["thread"]

    source = room.post("Biden's lead narrows")
    assert await shown() is None
    thread = room.guild.start_thread(room.count, "Floyd's batch", room.editor.user, source=source)
    assert await shown() == {"id": str(thread.id), "name": "Floyd's batch", "count": 0, "newest": None}
    guest = await listen(web, room, "guest")
    said = thread.say(room.reporter, "Where from?\nFloyd")
    assert (await guest.next("change"))["thread"] == await shown()
    assert (await shown())["count"] == 1
    newest = (await shown())["newest"]
    assert (newest["author"]["name"], newest["html"]) == ("reporter", "Where from?")
    thread.remove(said)
    assert (await shown())["count"] == 0
    thread.delete()
    assert await shown() is None


async def test_what_is_planned_is_told_until_it_is_over(room: Newsroom, web: Web) -> None:
    guest = await listen(web, room, "guest")
    plan(room, "Rally", 3)
    sooner = plan(room, "Press conference", 1)
    assert await guest.next("stage") is None
    sooner.status = ScheduledEventStatus.ACTIVE
    shown = (await state(web, room, "guest"))["events"]
    assert [(one["name"], one["on"], one["where"]) for one in shown] == [
        ("Press conference", True, "Atlanta"),
        ("Rally", False, "Atlanta"),
    ]
    sooner.status = ScheduledEventStatus.COMPLETED
    assert [one["name"] for one in (await state(web, room, "guest"))["events"]] == ["Rally"]
