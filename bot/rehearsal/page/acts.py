"""What a browser posts: what a person does, read marks, and the clock; taken apart, checked, and passed on."""

from collections.abc import Awaitable, Callable, Mapping

from bot.errors import BadInputError
from bot.rehearsal.pace import Pace, parse_speed
from bot.rehearsal.page.doings import Doings
from bot.rehearsal.page.live import Live
from bot.rehearsal.page.viewer import ReadMarks, seen_channel
from bot.rehearsal.standin.guild import Channel, Member
from bot.rehearsal.standin.wire import Json

_MOST_VALUES = 25

Act = Callable[[Member, Channel, Json], Awaitable[object]]


class Acts:
    """Everything that can be posted, by the last part of its path."""

    def __init__(self, doings: Doings, live: Live, marks: ReadMarks, pace: Pace, people: Mapping[str, Member]) -> None:
        """Act as any of `people`, by the name that addresses have for them."""
        self._doings = doings
        self._live = live
        self._marks = marks
        self._pace = pace
        self._people = people
        self._in_channel: Mapping[str, Act] = {
            "say": self._say,
            "delete": self._delete,
            "read": self._read,
            "check": self._check,
            "slash": self._slash,
            "suggest": self._suggest,
            "press": self._press,
            "about": self._about,
        }

    async def act(self, name: str, body: Json) -> object:
        """Do what the body describes and return what the page shows at once.

        Raises:
            BadInputError, KeyError, TypeError, ValueError: the body makes no sense.

        """
        if name == "pace":
            return self._set_pace(body)
        member = self._people[_text(body, "as")]
        if name == "submit":
            return await self._doings.submit(member, _text(body, "key"), dict(body["values"]))
        channel = seen_channel(member, _text(body, "channel"))
        return await self._in_channel[name](member, channel, body)

    async def _say(self, member: Member, channel: Channel, body: Json) -> object:
        answered = channel.messages.get(int(body.get("reply") or 0))
        reply, message = self._doings.say(member, channel, _text(body, "text"))
        if message is not None:
            self._live.said(message, answered)
        return reply

    async def _delete(self, member: Member, channel: Channel, body: Json) -> object:
        return self._doings.delete(member, channel, int(_text(body, "message")))

    async def _read(self, member: Member, channel: Channel, body: Json) -> object:
        self._marks.mark(member, channel, int(_text(body, "message")), self._pace.clock.now())
        return {}

    async def _check(self, member: Member, channel: Channel, body: Json) -> object:
        return self._doings.check(member, channel, _text(body, "command"), _texts(body["options"]))

    async def _slash(self, member: Member, channel: Channel, body: Json) -> object:
        return await self._doings.slash(member, channel, _text(body, "command"), _texts(body["options"]))

    async def _suggest(self, member: Member, channel: Channel, body: Json) -> object:
        typed = _texts(body["options"])
        found = await self._doings.suggest(member, channel, _text(body, "command"), _text(body, "option"), typed)
        return [{"name": choice.name, "value": str(choice.value)} for choice in found]

    async def _press(self, member: Member, channel: Channel, body: Json) -> object:
        values = [str(value) for value in body.get("values") or ()][:_MOST_VALUES]
        message = int(_text(body, "message"))
        return await self._doings.press(member, channel, message, _text(body, "button"), values)

    async def _about(self, member: Member, channel: Channel, body: Json) -> object:
        return await self._doings.about(member, channel, int(_text(body, "message")), _text(body, "command"))

    def _set_pace(self, body: Json) -> Json:
        if "speed" in body:
            self._pace.set_speed(parse_speed(str(body["speed"])))
        if "paused" in body:
            self._pace.pause(paused=bool(body["paused"]))
        if "skips" in body:
            self._pace.skip_quiet(skips=bool(body["skips"]))
        if body.get("jump"):
            self._pace.jump()
        return clock_of(self._pace)


def clock_of(pace: Pace) -> Json:
    """Return how the news clock stands and goes, for the page to carry it on."""
    timing = pace.timing
    return {
        "now": timing.now.isoformat(),
        "until": timing.until.isoformat(),
        "rate": timing.rate,
        "speed": timing.speed,
        "paused": timing.paused,
        "skips": timing.skips_quiet,
        "over": timing.over,
    }


def _text(body: Json, key: str) -> str:
    value = body[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} should be text")
    return value


def _texts(thing: object) -> dict[str, str]:
    if not isinstance(thing, dict) or not all(isinstance(value, str) for value in thing.values()):
        raise BadInputError("options should be texts by name")
    return {str(key): value for key, value in thing.items()}
