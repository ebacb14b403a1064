"""The models of the desk file (TOML): contests and their rules, candidates, sources, style, deadlines, calendars.

The file is read once at the start. What newsrooms set by command (such as which channel follows which contest) is in the
database instead. Durations, shares, zones and times of day have types of their own, so that an error can name the key.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.count.call import Verb
from bot.count.phase import Phase
from bot.count.post_threshold import NIGHT_UNTIL
from bot.count.reading import (
    UNDERWAY,
    Frozen,
    Id,
    Label,
    Reading,
    Reporting,
    SourceSays,
    Unit,
    VoteType,
    as_tuple,
    describe_refusal,
)
from bot.count.rules import Rule, RuleName
from bot.count.statement import Statement
from bot.desk.counties import counties_of, county
from bot.desk.results_formats import FORMATS
from bot.desk.sheet_layout import Charset, Column, ColumnName, SheetLayout, preset
from bot.desk.toml_file import load_toml
from bot.errors import BadInputError, closest_match
from bot.events.deadlines_by_law import Certifies, Law, deadlines, with_desk_file_deadlines
from bot.events.event import Event, EventKind, EventLink, WallTime
from bot.events.reminder import LEAD_TIMES, refuse_lead_times

_VARIABLE = re.compile(r"(?!TALLYDESK_)[A-Z][A-Z0-9]{0,15}(?:_[A-Z0-9]{1,16}){0,5}")
"""The name of an environment variable. Tallydesk's own settings are excluded, since they must not be sent to a feed. The
words have to be short, so that a key pasted here by mistake is not accepted as a name."""

_PLURALS = {"county": "counties", "parish": "parishes", "town": "towns", "precinct": "precincts", "borough": "boroughs"}

SOONEST = timedelta(minutes=1)
"""The shortest time between two requests for a calendar."""

IMPORT = "import"
"""The calendar id of events that staff import by `/schedule import`."""

LAW = "law"
"""The calendar id of deadlines, by law and by the desk file."""

_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d)")

_SHARE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s?(%?)|([0-9]{1,9}/[0-9]{1,9})")

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_ZONE_NICKNAMES = {
    "eastern": "America/New_York",
    "et": "America/New_York",
    "edt": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "mdt": "America/Denver",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
}
"""Zones by the names that Americans use."""

_NO_PLACES = ("localtime", "posixrules", "factory")
"""Names in the zone database that are not places: the machine's own zone, and the absence of one."""

_LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
"""An address on this machine. A key may be sent there without https."""

_URL = re.compile(r"https?://[^\s/?#]++\S{0,2000}")

_PAGE = re.compile(r"https?://[^\s()<>\[\]]{1,300}")
"""The address of a page, safe to post as a link."""

_NO_ADDRESS = "url should be an address that begins with https:// or http://"
"""The error for a bad address. It does not show the address, which may contain a key."""

_ID_FIELDS = {
    "contests": {"__all__": {"id", "leads", "feeds"}},
    "sources": {"__all__": {"id"}},
    "calendars": {"__all__": {"id", "contest"}},
}
"""The fields that `id_problems` checks, in the form of pydantic's `include`."""

if TYPE_CHECKING:
    Format = str
else:
    Format = Literal[(*FORMATS, "push")]
"""The name of a feed format, or `push` for a source that sends its readings itself."""


def _share(value: object) -> object:
    if isinstance(value, Fraction):
        return value
    try:
        if isinstance(value, str) and (match := _SHARE.fullmatch(value)):
            return Fraction(match[1] or match[3]) / (100 if match[2] else 1)
    except ZeroDivisionError:
        pass
    raise ValueError('should be a share such as "50%" or "3/5", in quotes')


def _between_zero_and_one(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ValueError("should be a share from 0 to 100%")
    return value


Share = Annotated[Fraction, BeforeValidator(_share), AfterValidator(_between_zero_and_one)]


def _from_toml(value: object) -> object:
    """Accept TOML's own date-time, which has no quotes, as well as text."""
    return value.isoformat() if isinstance(value, datetime) else value


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    raise ValueError("should be a duration such as 60s, 5m, 24h or 2d")


def _long_enough(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("should be at least 1s")
    return value


def _duration_text(value: timedelta) -> str:
    return f"{value // timedelta(seconds=1)}s"


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    AfterValidator(_long_enough),
    PlainSerializer(_duration_text, when_used="json"),
]


def _leads(leads: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    if wrong := refuse_lead_times(leads):
        raise ValueError(wrong)
    return leads


LeadTimesTyped = Annotated[tuple[Duration, ...], BeforeValidator(as_tuple), AfterValidator(_leads)]


def _zone(value: object) -> object:
    try:
        if isinstance(value, str) and value.casefold() not in _NO_PLACES:
            return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    if isinstance(value, ZoneInfo):
        return value
    raise ValueError(f"should be a zone of the IANA list such as {_zone_meant(value)}")


def _zone_meant(value: object) -> str:
    """Guess the time zone behind a wrong value, from a city or an American zone name. New York's if nothing fits."""
    text = str(value).strip().casefold().replace(" ", "_")
    cities = {key.rpartition("/")[2].casefold(): key for key in available_timezones() if "/" in key}
    return _ZONE_NICKNAMES.get(re.split(r"[_/]", text)[0]) or cities.get(text.rpartition("/")[2]) or "America/New_York"


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


def _wall_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError("should be a time of day such as 08:00")


TimeOfDay = Annotated[
    time, BeforeValidator(_wall_time), PlainSerializer(lambda wall: wall.strftime("%H:%M"), when_used="json")
]


def _never(value: object) -> object:
    return None if value == "never" else value


def _servers(value: object) -> object:
    if not isinstance(value, (list, tuple)) or not all(type(key) is int and 0 < key < 1 << 63 for key in value):
        raise ValueError("should be ids of servers, as [81384788765712384]")
    if doubled := [key for key, times in Counter(value).items() if times > 1]:
        raise ValueError(f"the server {doubled[0]} is there twice")
    return tuple(value)


Servers = Annotated[tuple[int, ...], BeforeValidator(_servers)]
"""Ids of Discord servers."""


def _color(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        return value.lower()
    raise ValueError('should be a color of six digits such as "#4a86d8"')


Color = Annotated[str, BeforeValidator(_color)]
"""A color as in HTML, lowercase: #4a86d8."""


def _not_ours(value: str) -> str:
    if value in (IMPORT, LAW):
        raise ValueError(f"{value} is what the bot itself calls another source of events")
    return value


def _not_too_often(value: timedelta) -> timedelta:
    if value < SOONEST:
        raise ValueError("should be at least 1m")
    return value


class Config(Frozen):
    """The base class of all models of the desk file."""

    model_config = Frozen.model_config | {"arbitrary_types_allowed": True}


class Candidate(Config):
    """A candidate, or a choice of a ballot measure."""

    id: Id
    """The desk's own id."""
    name: Label
    """The name as on the ballot: Joseph R. Biden."""
    last: Label
    """The name in a headline: Biden."""
    party: Label | None = None
    """The party as posts show it: D."""
    printed: Label | None = None
    """The full name in copy: Joe Biden. Left out: `name`."""
    title: Label | None = None
    """The title before the full name in copy: President, Sen."""
    also: list[Label] = Field(default_factory=list)
    """Other names that reporters use in a text: `["CCM"]`."""


class FeedKey(Config):
    """One source's ids for the contest and its candidates. `tallydesk read` shows them."""

    key: Id
    """The source's id for the contest."""
    candidates: dict[Id, Id] = Field(default_factory=dict)
    """The desk's id of each candidate, by the source's: `{"donald-j-trump" = "trump"}`."""


class Deadline(Config):
    """A deadline of a contest that the desk file adds to the deadlines in the law."""

    kind: EventKind = "deadline"
    """The kind of event."""
    title: Label
    """The title in the schedule."""
    wall: Annotated[WallTime, BeforeValidator(_from_toml)]
    """The time, by the newsroom's clock: `2026-11-10T09:00:00`."""
    source: Label
    """The law or the office that sets it."""
    link: EventLink | None = None
    """The address of a page about it."""
    certifies: Certifies | None = None
    """Who has to certify by then. It replaces the law's deadline for that."""
    verified: bool = True
    """Somebody has looked it up. If false, it is shown as not verified."""

    def event(self, contest: str, zone: ZoneInfo) -> Event:
        """Return the deadline as an event of a contest."""
        return Event(
            kind=self.kind,
            title=self.title,
            wall=self.wall,
            zone=zone.key,
            contest=contest,
            source=self.source,
            link=self.link,
            certifies=self.certifies,
            verified=self.verified,
        )


class Contest(Config):
    """A contest that the desk covers."""

    id: Id
    """The desk's own id."""
    name: Label
    """The name in posts: President."""
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    """The postal code of the state, whose recount law and counties apply. Leave it out of a part of a state's contest."""
    where: Label | None = None
    """The place in a headline, after "in": Georgia. Left out: made of the state and the name."""
    rule: RuleName = "plurality"
    """How it is decided."""
    seats: Annotated[int, Field(ge=1, le=100)] = 1
    """How many are elected, or go on from a top-n primary."""
    threshold: Share = Fraction(1, 2)
    """The share that a majority or a measure has to pass: `"60%"` or `"3/5"`."""
    leads: Id
    """The leading source, whose changes are posted. Editors can choose another for their server with `/mute`."""
    candidates: Annotated[list[Candidate], Field(min_length=1)]
    """The candidates, or the choices of a measure."""
    feeds: dict[Id, FeedKey] = Field(default_factory=dict)
    """Each source's ids for the contest and its candidates, by the source's id. Left out: the source uses the desk's own."""
    unit: Literal["county", "parish", "town", "precinct", "borough"] = "county"
    """What its reporting units are called."""
    also: dict[Label, list[Label]] = Field(default_factory=dict)
    """Other names of counties that reporters use in a text: `{Philadelphia = ["Philly"]}`."""
    night_until: Share = NIGHT_UNTIL
    """The share reported at which election night ends. Until then posts tell of milestones, not of each batch."""
    election_day: date | None = None
    """The day from which the law's deadlines are counted: `2026-11-03`. Left out: they are not in the schedule."""
    presidential: bool = False
    """It is for president, and the deadlines for presidential electors apply too."""
    deadlines: list[Deadline] = Field(default_factory=list)
    """Deadlines of your own."""

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        known = [candidate.id for candidate in self.candidates]
        wrong = [f"the candidate {key} is there twice" for key in _duplicates(known)]
        for source, feed in self.feeds.items():
            for stranger in sorted(set(feed.candidates.values()) - set(known)):
                near = closest_match(stranger, known)
                hint = f"; did you mean {near}?" if near else ""
                wrong.append(f"feeds.{source} names the candidate {stranger}, who is not in candidates{hint}")
        if wrong:
            raise ValueError("\n".join(wrong))
        return self

    def is_before(self, reading: Reading) -> bool:
        """Return True if a reading is from before election day, when feeds have zeros or test data."""
        day = self.election_day
        return reading.status == "pre-election" or (day is not None and (reading.as_of - UNDERWAY).date() < day)

    def candidate(self, key: str) -> Candidate | None:
        """Return the candidate with the desk's id `key`; None if the contest has no such candidate."""
        return self._by_id.get(key)

    def all_deadlines(self, law: Law, zone: ZoneInfo) -> tuple[Event, ...]:
        """Return the contest's deadlines from the desk file and from the law, earliest first.

        Args:
            law: the table of legal deadlines.
            zone: the newsroom's time zone, which applies to the desk file's deadlines.

        """
        by_law = deadlines(law, self.state, self.election_day, presidential=self.presidential, contest=self.id)
        return with_desk_file_deadlines(by_law, [deadline.event(self.id, zone) for deadline in self.deadlines])

    def feed_key(self, source: str) -> str:
        """Return the contest's id at `source`: the key in `feeds` if there is one, or else the desk file's id."""
        feed = self.feeds.get(source)
        return feed.key if feed else self.id

    def shares_last_name(self, candidate: Candidate) -> bool:
        """Return True if another candidate has the same last name."""
        return self._last_names[candidate.last] > 1

    @cached_property
    def _by_id(self) -> dict[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    @cached_property
    def _last_names(self) -> Counter[str]:
        return Counter(candidate.last for candidate in self.candidates)

    @cached_property
    def contest_rule(self) -> Rule:
        """The rule that decides the contest."""
        return Rule(self.rule, self.seats, self.threshold)

    @property
    def units(self) -> str:
        """The plural name of the reporting units, such as "counties"."""
        return _PLURALS[self.unit]


_FOR_FETCHING = (
    "url",
    "also",
    "every",
    "every_night",
    "every_quiet",
    "county",
    "user_agent",
    "columns",
    "types",
    "charset",
    "primaries",
    "zone",
    "whole",
    "preset",
    "key_env",
    "own_network",
)


class Source(Config):
    """A source of figures: a feed that is fetched, a sender that pushes, a person, or a caller."""

    id: Id
    """The desk's own id."""
    name: Label
    """The name in a sentence: the secretary of state."""
    short: Label | None = None
    """The name in the small last line of a post. Left out: `name`."""
    printed: Label | None = None
    """The full name at its first reference in copy (`/draft`): `The New York Times`. Left out: `name`."""
    format: Format | None = None
    """The format of what is fetched, or `push` for a source that sends readings itself. Left out: people enter its figures."""
    url: str | None = None
    """The address that is fetched. It goes with `format`."""
    also: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(max_length=100)] = ()
    """Further addresses of the same source: other contests, or parts of the same answer."""
    page: str | None = None
    """The page that people read. A held reading links to it; `url` is never shown, as it may hold a key."""
    every: Duration = timedelta(seconds=60)
    """The time between two requests: `60s`, `5m`."""
    every_night: Duration | None = None
    """The same while one of its contests is in its election night. Left out: `every`."""
    every_quiet: Duration | None = None
    """The same once all its contests are certified. Left out: `every`."""
    stale_after: Duration | None = None
    """The time without a change, or a push, after which channels are told that the source is silent: `24h`. Left out: never."""
    stale_after_night: Duration | None = None
    """The same on election night: `45m`. Left out: `stale_after`."""
    public: bool = True
    """The public may read it. If false, it is for the newsroom only, and is not named where the public or guests read."""
    person: bool = False
    """It is a person. Their figures are stored, and posted only if they contradict the leading source."""
    calls: Verb | None = None
    """It calls contests, and says it so. Left out: it makes no calls."""
    credit: Label | None = None
    """The credit line under each card."""
    user_agent: Label | None = None
    """What the bot says it is, for a site that turns unknown programs away. Put in an address at which you can be reached."""
    key_env: str | None = None
    """The name of the environment variable with the key that the source asks for: `AP_KEY`. Never the key itself."""
    own_network: bool = False
    """Its address may be in your own network."""
    county: Label | None = None
    """For a state's Clarity site: read this county's results, by precinct."""
    secret_env: str | None = None
    """For a source that pushes: the name of the environment variable with its secret. Never the secret itself."""
    columns: dict[ColumnName, Column] = Field(default_factory=dict)
    """For a table (`csv`): the heading of each column, or its number."""
    types: dict[Label, Label] = Field(default_factory=dict)
    """For a table: the vote type of each column that has one type's votes, by heading."""
    charset: Charset | None = None
    """For a table: its charset, if it is not UTF-8 or UTF-16. Left out: Windows' own, cp1252."""
    primaries: bool | None = None
    """For a table: candidates of several parties in one race are each party's own primary. Left out: decided by what the table says."""
    zone: Zone | None = None
    """For a table: the zone of times that name none. Left out: such times are refused."""
    preset: Label | None = None
    """For a table: an office whose layout is known, in place of `columns`: `florida`."""
    whole: bool = False
    """For a table: the counties in it are the whole contest, even if the state has more."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if wrong := list(self._wrong()):
            raise ValueError("\n".join(f"source {self.id}: {one}" for one in wrong))
        return self

    def _wrong(self) -> Iterator[str]:
        """Yield a sentence for each key that is wrong, or that can't be combined with another key."""
        if any(url is not None and not _URL.fullmatch(url) for url in (self.url, *self.also)):
            yield _NO_ADDRESS
        if self.page is not None and not _PAGE.fullmatch(self.page):
            yield "page should be the address of a page, beginning with https:// or http://, without spaces and brackets"
        if self.pushes:
            yield from self._wrong_for_push()
            return
        if self.secret_env is not None:
            yield 'secret_env is for sources with format = "push" only'
        if (self.url is None) != (self.format is None):
            yield f"url and format go together, and {'url' if self.url is None else 'format'} is missing"
        if self.also and (self.url is None or self.format == "ap" or (self.format or "").startswith("clarity-")):
            yield "also goes with a url, and not with Clarity sites or the AP"
        if self.county and not (self.format or "").startswith("clarity-"):
            yield "county is for Clarity sites only"
        yield from self._wrong_key()
        yield from self._wrong_layout()

    def _wrong_layout(self) -> Iterator[str]:
        given = [
            key
            for key in ("columns", "types", "charset", "primaries", "zone", "whole", "preset")
            if key in self.model_fields_set
        ]
        if given and self.format not in (None, "csv"):
            yield f"{given[0]} is for the format csv only"
            return
        if self.preset is not None and len(given) > 1:
            yield f"preset says what the columns are: leave {given[0]} out"
        elif given or self.format == "csv":
            try:
                self._make_layout()
            except BadInputError as error:
                yield str(error)
            except ValidationError as error:
                yield describe_refusal(error, whole=None)

    @cached_property
    def layout(self) -> SheetLayout | None:
        """The layout of the source's table; None if the source's format is not a table."""
        return self._make_layout()

    def _make_layout(self) -> SheetLayout | None:
        if self.preset is not None:
            return preset(self.preset)
        if not self.columns and self.format != "csv":
            return None
        return SheetLayout(
            columns=self.columns,
            types=self.types,
            charset=self.charset,
            primaries=self.primaries,
            zone=self.zone.key if self.zone else None,
        )

    def _wrong_key(self) -> Iterator[str]:
        if self.key_env is None:
            return
        # Neither value is shown: somebody may have written the key itself here.
        if not _VARIABLE.fullmatch(self.key_env):
            yield (
                "key_env should be the name of the environment variable that holds the key, in "
                "capitals and not beginning with TALLYDESK_, such as AP_KEY; never the key itself"
            )
        if not (self.url or "").startswith("https://") and not _LOOPBACK.match(self.url or ""):
            yield "key_env needs a url with https, so that nobody can read the key"

    def polling_interval(self, phase: Phase) -> timedelta:
        """Return the time between two requests while the source's counts are in `phase`."""
        special = {Phase.NIGHT: self.every_night, Phase.CERTIFIED: self.every_quiet}.get(phase)
        return special or self.every

    def _wrong_for_push(self) -> Iterator[str]:
        for key in _FOR_FETCHING:
            if key in self.model_fields_set:
                yield f'with format = "push" nothing is fetched, so {key} means nothing'
        # The value is not shown: somebody may have written the secret itself here.
        if self.secret_env is None or not _VARIABLE.fullmatch(self.secret_env):
            yield (
                'format = "push" needs secret_env, the name of the environment variable that '
                "holds the source's secret, in capitals and not beginning with TALLYDESK_, such as COUNTY_PUSH_SECRET"
            )

    @property
    def pushes(self) -> bool:
        """True if the source pushes its readings to the bot."""
        return self.format == "push"

    @property
    def fetched(self) -> bool:
        """True if the source is polled."""
        return self.format is not None and not self.pushes

    @property
    def brief(self) -> str:
        """The source's name for the small last line of a post."""
        return self.short or self.name


class Style(Config):
    """The desk's own choice of words, where it differs from AP style."""

    contest: Literal["race", "contest"] = "race"
    """What posts call a contest."""
    conference: Literal["press conference", "news conference"] = "news conference"
    """What posts call a press conference."""


class DeskSection(Config):
    """Settings of the whole desk."""

    zone: Zone
    """The newsroom's zone, of the IANA list: `America/New_York`."""
    rundown: Annotated[TimeOfDay | None, BeforeValidator(_never)] = time(8, 0)
    """When the morning list is posted, in `zone`; `never`: there is none."""
    evening: TimeOfDay = time(18, 0)
    """The time of the evening before from which the morning list counts changes."""
    style: Style = Style()
    """The desk's own words, where they differ from AP style."""
    reminders: dict[EventKind, LeadTimesTyped] = Field(default_factory=dict)
    """How long before each kind of event it is announced, beside the reminder at its time: `{rally = ["60m"], debate = []}`.
    Up to five, up to 60 days. A newsroom's own in `/desk setup` override these."""
    party_colors: dict[Label, Color] = Field(default_factory=dict)
    """The parties' colors in charts and maps, by what candidates have as `party`: `{D = "#4a86d8", R = "#d9483b"}`. Without it
    charts have none. They are drawn if both candidates' parties have one, the two differ, and both can be seen on the background."""
    settles: Servers = ()
    """The ids of your own newsrooms' servers: `[1234, 5678]`. Their desks decide on held readings for all servers, and only they
    read sources with `public = false`. It counts if `TALLYDESK_SERVERS` is `all`."""

    def lead_times_of(self, event: Event) -> tuple[timedelta, ...]:
        """Return the lead times of an event's reminders.

        These are the lead times in the event if it has any, or else those for its kind.
        """
        return self.reminders.get(event.kind, LEAD_TIMES[event.kind])


class Calendar(Config):
    """A public calendar (iCalendar) whose events go into every newsroom's schedule."""

    id: Annotated[Id, AfterValidator(_not_ours)]
    """The desk's own id."""
    name: Label
    """The source of its events in the schedule: the Governor's public calendar."""
    url: str
    """Its address, which begins with https://, not webcal://."""
    every: Annotated[Duration, AfterValidator(_not_too_often)] = timedelta(minutes=15)
    """The time between two requests, at least `1m`."""
    contest: Id | None = None
    """The contest that its events belong to; they are announced where that is followed."""
    kind: EventKind = "other"
    """The kind of events whose words name none."""
    user_agent: Label | None = None
    """What the bot says it is, for a site that turns unknown programs away."""
    own_network: bool = False
    """Its address may be in your own network."""

    @model_validator(mode="after")
    def _url_is_one(self) -> Self:
        if not _URL.fullmatch(self.url):
            raise ValueError(f"calendar {self.id}: {_NO_ADDRESS}")
        return self


ADDED_CALLER = "caller:"
"""The prefix of the id of a caller that a newsroom added: "caller:projected:CNN"."""

MOST_CALLER_NAME = 60


def added_caller(name: str, verb: Verb) -> Source:
    """Return a caller that a newsroom adds to the desk file's callers. The id contains the name and the verb."""
    return Source(id=f"{ADDED_CALLER}{verb}:{name}", name=name, calls=verb)


@lru_cache(maxsize=1024)
def added_caller_of(key: str) -> Source | None:
    """Return the caller whose id was made by `added_caller`; None for any other id."""
    verb, colon, name = key.removeprefix(ADDED_CALLER).partition(":")
    verbs = {one: one for one in get_args(Verb)}
    if not key.startswith(ADDED_CALLER) or not colon or verb not in verbs or not name:
        return None
    try:
        return added_caller(name, verbs[verb])
    except ValidationError:  # somebody typed it
        return None


class Desk(Config):
    """A validated desk file."""

    desk: DeskSection
    contests: Annotated[list[Contest], Field(min_length=1)]
    sources: Annotated[list[Source], Field(min_length=1)]
    calendars: list[Calendar] = Field(default_factory=list)

    @model_validator(mode="after")
    def _everything_is_known(self) -> Self:
        wrong = [
            f"source {source.id}: ids that begin with {ADDED_CALLER} are of callers that newsrooms add"
            for source in self.sources
            if source.id.startswith(ADDED_CALLER)
        ]
        if wrong := [*wrong, *id_problems(self.model_dump(include=_ID_FIELDS))]:
            raise ValueError("\n".join(wrong))
        return self

    @cached_property
    def _contests_by_id(self) -> dict[str, Contest]:
        return {contest.id: contest for contest in self.contests}

    @cached_property
    def _sources_by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def _by_feed_key(self) -> dict[tuple[str, str], Contest]:
        return {
            (source.id, contest.feed_key(source.id)): contest for source in self.sources for contest in self.contests
        }

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's zone."""
        return self.desk.zone

    def contest(self, key: str) -> Contest | None:
        """Return the contest with the id `key`, or None."""
        return self._contests_by_id.get(key)

    def source(self, key: str) -> Source | None:
        """Return the source with the id `key`, which may be a caller that a newsroom added; None if there is none."""
        return self.own_source(key) or added_caller_of(key)

    def own_source(self, key: str) -> Source | None:
        """Return the desk file's source with the id `key`, or None. Callers that newsrooms added are not found."""
        return self._sources_by_id.get(key)

    @property
    def public_sources(self) -> tuple[str, ...]:
        """The ids of the sources that may be named in public."""
        return tuple(source.id for source in self.sources if source.public)

    def may_lead(self, key: str) -> bool:
        """Return True if a source can be a leading source: the desk file has it, and it is not a person."""
        source = self.own_source(key)
        return source is not None and not source.person

    def leading(self, contest: str, chosen: str | None) -> str | None:
        """Return the id of a contest's leading source: `chosen` if it can lead, or else the desk file's choice.

        Returns None if the contest is not in the desk file.
        """
        known = self.contest(contest)
        if known is None:
            return None
        return chosen if chosen is not None and self.may_lead(chosen) else known.leads

    def with_leading_source(self, contest: Contest, chosen: str | None) -> Contest:
        """Return a copy of a contest with the leading source that `leading` returns for `chosen`."""
        known = self.contest(contest.id) or contest
        leads = self.leading(contest.id, chosen)
        if leads is None or leads == known.leads:
            return known
        return known.model_copy(update={"leads": leads})

    def translate(self, reading: Reading) -> Reading | None:
        """Return the reading with the desk file's ids; None if the desk file lacks its contest.

        A candidate who is not in the desk file keeps the feed's id, so that no vote is lost. Two of the feed's
        candidates may be the same candidate of the desk file, such as one person on two parties' lines (fusion). Their
        votes are added, and the first name and party are used.

        Raises:
            BadInputError: the sum is more than `MOST_VOTES`.

        """
        contest = self._by_feed_key.get((reading.source, reading.contest))
        if contest is None:
            return None
        feed, source = contest.feeds.get(reading.source), self.source(reading.source)
        ours = _translate(reading, contest.id, feed.candidates if feed else {})
        return _mark_part(ours, contest) if source and source.columns and not source.whole else ours

    def translate_statement(self, statement: Statement) -> Statement | None:
        """Return a source's own statement with the desk file's ids; None if the desk file lacks its contest."""
        contest = self.contest_with_key(statement.source, statement.contest)
        if contest is None:
            return None
        feed, leader = contest.feeds.get(statement.source), statement.leader
        ours = feed.candidates.get(leader, leader) if feed and leader is not None else leader
        call = statement.call
        if call is not None and feed is not None:
            named = dict.fromkeys(feed.candidates.get(candidate, candidate) for candidate in call.candidates)
            call = call.model_copy(update={"candidates": tuple(named)})
        batch = statement.batch.renamed(feed.candidates) if statement.batch and feed else statement.batch
        return statement.model_copy(update={"contest": contest.id, "leader": ours, "call": call, "batch": batch})

    def contest_with_key(self, source: str, key: str) -> Contest | None:
        """Return the contest whose id at `source` is `key`, or None."""
        return self._by_feed_key.get((source, key))


def load_desk(path: Path) -> Desk:
    """Read and check the desk file at `path`.

    Raises:
        BadInputError: the file can't be read, is not TOML, or has a wrong value. The error names the value's
            place.

    """
    return load_toml(path, Desk, "the desk file")


def _translate(reading: Reading, contest: str, ids: Mapping[str, str]) -> Reading:
    if not ids:
        return reading if reading.contest == contest else reading.model_copy(update={"contest": contest})

    def votes(feed: Mapping[str, int]) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for candidate, count in feed.items():
            sums[ids.get(candidate, candidate)] += count
        return dict(sums)

    def labels(feed: Mapping[str, str] | None) -> dict[str, str] | None:
        if not feed:
            return None
        first: dict[str, str] = {}
        for candidate, label in feed.items():
            first.setdefault(ids.get(candidate, candidate), label)
        return first

    def by_type(feed: Mapping[VoteType, Mapping[str, int]] | None) -> dict[VoteType, dict[str, int]] | None:
        return {kind: votes(cast) for kind, cast in feed.items()} if feed is not None else None

    def unit(feed: Unit) -> Unit:
        ours = votes(feed.votes) if feed.votes is not None else None
        return feed.model_copy(update={"votes": ours, "by_type": by_type(feed.by_type)})

    translated = reading.model_copy(
        update={
            "contest": contest,
            "votes": votes(reading.votes),
            "names": labels(reading.names),
            "parties": labels(reading.parties),
            "by_type": by_type(reading.by_type),
            "units": {name: unit(feed) for name, feed in reading.units.items()} if reading.units is not None else None,
            "says": _translate_marks(reading.says, ids) if reading.says is not None else None,
        }
    )
    if len(translated.votes) == len(reading.votes):
        return translated
    try:  # sums may be more than any contest can hold
        return Reading.model_validate(translated.said())
    except ValidationError as error:
        raise BadInputError(f"{reading.source}, {contest}: {describe_refusal(error)}") from None


_STATEWIDE = re.compile(
    r"\b(president|governor|u\.?s\.? senat(e|or)|united states senat(e|or)|attorney general|secretary of state|treasurer|"
    r"auditor|comptroller|controller|supreme court)\b",
    re.IGNORECASE,
)


def _mark_part(reading: Reading, contest: Contest) -> Reading:
    """Mark a reading as partial if its table lists only some counties of a statewide contest.

    A table that also has a statewide row is complete.
    """
    if contest.state is None or contest.unit not in ("county", "parish", "borough") or not reading.units:
        return reading
    if not (contest.presidential or _STATEWIDE.search(contest.name)) or "district" in contest.name.casefold():
        return reading
    all_of_them, known = len(counties_of(contest.state)), {county(contest.state, name) for name in reading.units}
    sums: Counter[str] = Counter()
    for unit in reading.units.values():
        sums.update(unit.votes or {})
    if None in known or len(known) >= all_of_them or any(sums[one] != votes for one, votes in reading.votes.items()):
        return reading
    part = (len(known), all_of_them)
    precincts = reading.reporting.precincts if reading.reporting else None
    return reading.model_copy(update={"part_of_units": part, "reporting": Reporting(precincts=precincts, units=part)})


def _translate_marks(says: SourceSays, ids: Mapping[str, str]) -> SourceSays:
    """Translate a source's winner and runoff marks to the desk file's ids, without duplicates."""

    def ours(marked: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if marked is None:
            return None
        return tuple(dict.fromkeys(ids.get(candidate, candidate) for candidate in marked))

    return says.model_copy(update={"winners": ours(says.winners), "runoff": ours(says.runoff)})


def id_problems(document: Mapping[str, Any]) -> list[str]:
    """Return a line for each duplicate id, and for each reference to an id that does not exist.

    Args:
        document: the desk file as `tomllib` returns it. Contests, sources and calendars without an id are
            skipped.

    """

    def rows(name: str) -> list[Mapping[str, Any]]:
        found = document.get(name)
        if not isinstance(found, list):
            return []
        return [row for row in found if isinstance(row, Mapping) and isinstance(row.get("id"), str)]

    contests, sources, calendars = rows("contests"), rows("sources"), rows("calendars")
    wrong = [
        f"the {what} {key} is there twice"
        for what, found in (("contest", contests), ("source", sources), ("calendar", calendars))
        for key in _duplicates(row["id"] for row in found)
    ]
    twice = set(_duplicates(row["id"] for row in contests))
    covered, known = {row["id"] for row in contests}, {row["id"] for row in sources}
    wrong += [
        f"calendar {row['id']} names the contest {row['contest']}, which is not in contests"
        for row in calendars
        if isinstance(row.get("contest"), str) and row["contest"] not in covered
    ]
    for row in contests:
        feeds = row.get("feeds")
        for name in dict.fromkeys((row.get("leads"), *(feeds if isinstance(feeds, Mapping) else ()))):
            if isinstance(name, str) and name not in known:
                near = closest_match(name, known)
                hint = f"; did you mean {near}?" if near else ""
                wrong.append(f"contest {row['id']} names the source {name}, which is not in sources{hint}")
    for source in sources:
        keys = [_feed_key(row, source["id"]) for row in contests]
        wrong += [
            f"two contests have the key {key} at {source['id']}: look at feeds.{source['id']}.key of each"
            for key in _duplicates(keys)
            if key not in twice
        ]
    return wrong


def _feed_key(contest: Mapping[str, Any], source: str) -> str:
    feeds = contest.get("feeds")
    feed = feeds.get(source) if isinstance(feeds, Mapping) else None
    key = feed.get("key") if isinstance(feed, Mapping) else None
    return key if isinstance(key, str) else str(contest["id"])


def _duplicates(ids: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(ids).items() if times > 1]
