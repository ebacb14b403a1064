"""Sets up a rehearsal: a simulated newsroom on Discord, and a local web server for the day's feeds."""

import hashlib
import json
from dataclasses import dataclass
from typing import Self

from aiohttp import web
from pydantic import JsonValue
from yarl import URL

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Desk, Source
from bot.errors import BadInputError
from bot.rehearsal.day import AnswerStep, Day, LeadingSourceStep, MessageStep, MuteStep, ReadingStep, StatementStep
from bot.rehearsal.standin.guild import Guild, Member
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.server import StandIn

_STAFF_CHANNEL = "desk"

_OF_ITS_FORMAT = frozenset(
    {
        "format",
        "url",
        "also",
        "columns",
        "types",
        "primaries",
        "preset",
        "county",
        "key_env",
        "secret_env",
        "own_network",
    }
)
"""A source's settings for fetching, which are removed, since a day's readings are served in Tallydesk's own format."""


class FeedServer:
    """A web server for the day's feeds.

    It serves each source's newest readings as JSON Lines, or the source's recorded documents at their own paths.
    """

    def __init__(self) -> None:
        self._newest: dict[str, dict[tuple[str, str, str], Reading]] = {}
        self._answers: dict[str, bytes] = {}
        self._addresses: dict[str, set[str]] = {}
        self._runner: web.AppRunner | None = None
        self.base = ""

    def show(self, reading: Reading) -> None:
        """Add a reading to its source's feed, in place of the previous reading of the same series."""
        self._newest.setdefault(reading.source, {})[reading.series] = reading

    def answer(self, source: str, address: str, document: JsonValue) -> None:
        """Serve a JSON document at one of a source's addresses from now on."""
        self._answers[self._own(source, address)] = json.dumps(document, ensure_ascii=False).encode()

    def stand_for(self, source: str, address: str) -> str:
        """Return a local URL that replaces a source's URL, `address`.

        The local URL responds with 404 until `answer` sets a document.
        """
        own = self._own(source, address)
        self._addresses.setdefault(source, set()).add(own)
        return own

    def answers_all(self, source: str) -> bool:
        """Return True if `answer` has set a document for every URL of a source that was replaced by `stand_for`."""
        return self._addresses.get(source, set()) <= self._answers.keys()

    def _own(self, source: str, address: str) -> str:
        return f"{self.base}/{source}{URL(address).raw_path}"

    def url(self, source: str) -> str:
        """Return the local URL of a source's feed."""
        return f"{self.base}/{source}.jsonl"

    async def __aenter__(self) -> Self:
        """Start the server on a free port of the loopback interface."""
        app = web.Application()
        app.router.add_get("/{source}.jsonl", self._answer_readings)
        app.router.add_get("/{source}/{path:.*}", self._answer_document)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the server when its context ends."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer_document(self, request: web.Request) -> web.Response:
        body = self._answers.get(f"{self.base}{request.rel_url.raw_path}")
        return web.Response(status=404) if body is None else _tagged(request, body, "application/json")

    async def _answer_readings(self, request: web.Request) -> web.Response:
        readings = self._newest.get(request.match_info["source"], {})
        body = "".join(f"{reading.to_json()}\n" for reading in readings.values()).encode()
        return _tagged(request, body, "application/x-ndjson")


def _tagged(request: web.Request, body: bytes, content_type: str) -> web.Response:
    etag = hashlib.sha256(body).hexdigest()[:16]
    if request.headers.get("If-None-Match") == f'"{etag}"':
        return web.Response(status=304)
    return web.Response(body=body, content_type=content_type, headers={"ETag": f'"{etag}"'})


@dataclass(frozen=True, slots=True)
class Stage:
    """The simulated newsroom: its server, its people and its channels."""

    guild: Guild
    people: list[Member]
    channels: dict[str, int]
    reporters: int
    """The id of the role whose members' statements the desk has to confirm."""
    home: int
    """The id of the staff's own channel."""

    def say(self, step: MessageStep) -> None:
        """Write in a channel as a colleague, who joins the server if they are not yet a member."""
        members = {member.name: member for member in self.guild.members.values()}
        member = members.get(step.who) or self.guild.add_member(step.who)
        self.guild.channel(step.channel or next(iter(self.channels))).say(member, step.words)


def set_stage(standin: StandIn, day: Day) -> Stage:
    """Create the server, with the day's channels, a staff channel, a desk editor, a reporter and a guest."""
    guild = standin.world.add_guild(day.newsroom)
    desk = guild.add_role("Desk", int(Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))
    staff, guests = (guild.add_role(name, int(Permission.SEND_MESSAGES)) for name in ("Newsroom", "Guests"))
    people = [
        guild.add_member(day.staff, [desk, staff], owner=True),
        guild.add_member("reporter", [staff]),
        guild.add_member("guest", [guests]),
    ]
    channels = {channel.name: guild.add_channel(channel.name, topic="A rehearsal").id for channel in day.channels}
    home = channels.get(_STAFF_CHANNEL)
    if home is None:
        private = guild.add_channel(_STAFF_CHANNEL, topic="For staff: try the commands here")
        private.forbid("VIEW_CHANNEL", to=guild.everyone)
        for role in (desk, staff):
            private.allow("VIEW_CHANNEL", to=role)
        private.allow("VIEW_CHANNEL", to=guild.me)
        home = private.id
    return Stage(guild, people, channels, staff.id, home)


def names_in(guild: Guild) -> dict[str, str]:
    """Return the text for each mention in a server: "@reporter" for "<@12>"."""
    people = {f"<@{one.id}>": f"@{one.name}" for one in guild.members.values()}
    roles = {f"<@&{one.id}>": f"@{one.name}" for one in guild.roles.values()}
    return people | roles | {f"<#{one.id}>": f"#{one.name}" for one in guild.channels.values()}


def with_feeds(desk: Desk, day: Day, feeds: FeedServer) -> Desk:
    """Return the desk file with only the day's feeds, at local URLs.

    A day's readings have the desk file's ids and need no mapping. Recorded documents have the source's own ids.
    """
    played = {step.reading.source for step in day.steps if isinstance(step, ReadingStep)}
    answering = {step.source for step in day.steps if isinstance(step, AnswerStep)}

    def served(source: Source) -> Source:
        if source.id in answering and source.url is not None:
            also = tuple(feeds.stand_for(source.id, address) for address in source.also)
            return source.model_copy(
                update={
                    "url": feeds.stand_for(source.id, source.url),
                    "also": also,
                    "own_network": True,
                    "key_env": None,
                }
            )
        fetched = {"format": "readings", "url": feeds.url(source.id), "own_network": True}
        fields = {name: getattr(source, name) for name in source.model_fields_set if name not in _OF_ITS_FORMAT}
        return Source.model_validate(fields | (fetched if source.id in played else {}))

    contests = [
        contest.model_copy(update={"feeds": {key: feed for key, feed in contest.feeds.items() if key in answering}})
        for contest in desk.contests
    ]
    return Desk(desk=desk.desk, contests=contests, sources=[served(source) for source in desk.sources])


def check_day(day: Day, desk: Desk) -> None:
    """Check that the desk file has the day's contests, sources and candidates.

    Raises:
        BadInputError: a contest, source or candidate is missing.

    """
    for channel in day.channels:
        for key in channel.follows:
            if desk.contest(key) is None:
                raise BadInputError(f"#{channel.name} follows {key}, which the desk file does not have")
    for step in day.steps:
        when = step.at.isoformat()
        match step:
            case MuteStep():
                if desk.source(step.source) is None:
                    raise BadInputError(f"{when}, {step.does}: the desk file has no source {step.source}")
            case AnswerStep():
                source = desk.source(step.source)
                if source is None or step.url not in (source.url, *source.also):
                    raise BadInputError(f"{when}: {step.source} does not answer at {step.url} by the desk file")
            case LeadingSourceStep():
                if desk.contest(step.contest) is None or not desk.may_lead(step.source):
                    raise BadInputError(f"{when}: {step.source} can't lead {step.contest} by the desk file")
            case ReadingStep():
                _known_contest(desk, step.reading, when)
            case StatementStep():
                contest = _known_contest(desk, step.statement, when)
                leader = step.statement.leader
                if leader is not None and contest.candidate(leader) is None:
                    raise BadInputError(f"{when}: {contest.id} has no candidate {leader}")


def _known_contest(desk: Desk, item: Reading | Statement, when: str) -> Contest:
    if desk.source(item.source) is None:
        raise BadInputError(f"{when}: the desk file has no source {item.source}")
    contest = desk.contest(item.contest)
    if contest is None:
        raise BadInputError(f"{when}: the desk file has no contest {item.contest}")
    return contest
