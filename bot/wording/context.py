"""The context of every sentence about one contest: the candidates' names, the desk's clock and style, the readers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.count.change import Change
from bot.count.fall import Fall
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, watched
from bot.desk.desk_file import Contest, Desk, Source, Style
from bot.wording.escape import capitalised, escape, possessive
from bot.wording.names import count_in, count_name, is_plain, last_name, place_of_count, where
from bot.wording.times import when

_MOST_SOURCE = 60

Audience = Literal["newsroom", "guest", "public"]
"""Who reads an answer: staff in a newsroom's own channel, a guest in it, or the public."""

Tense = Literal["present", "past", "perfect"]
"""The tense in which a sentence reports a change: as news, "narrows"; for later use, "narrowed"; looking back, "has
narrowed".
"""

SettledBy = Literal["here", "elsewhere", "nowhere"]
"""Whose desk decides on held readings: this server's, another server's, or nobody's."""


@dataclass(frozen=True, slots=True, eq=False)
class ContestContext:
    """What a sentence about a contest needs: the names, the count, the present time, the time zone and the style."""

    contest: Contest
    style: Style
    zone: ZoneInfo
    now: datetime
    names: Mapping[str, str] | None = None
    """The reading's own names by candidate id, for candidates missing from the desk file."""
    count: str = "election"
    """The count of the contest: `election`, `audit`, `recount` …"""
    _last_names: dict[str, str] = field(default_factory=dict)
    """A cache: a post uses each name several times."""

    def who(self, candidate: str) -> str:
        """Return the name of the candidate with this id for a headline."""
        if (name := self._last_names.get(candidate)) is None:
            name = self._last_names[candidate] = last_name(self.contest, candidate, self.names)
        return name

    def when(self, moment: datetime) -> str:
        """Return a time by the desk's clock, with its day unless that day is today."""
        return when(moment, self.now, self.zone)

    @property
    def place(self) -> str:
        """The contest's place, to follow "in": "Georgia", "Georgia's recount"."""
        return place_of_count(self.contest, self.style, self.count)

    @property
    def the_count(self) -> str:
        """The count by name: "Georgia's count", "Georgia's recount"."""
        return count_in(self.contest, self.style, self.count)

    @property
    def head(self) -> str:
        """The beginning of a short sentence, before a colon: "Georgia", "The Georgia race for governor"."""
        return capitalised(self.place)

    def lead_of(self, candidate: str) -> str:
        """Return "Biden's lead", or "the Yes lead" for a ballot measure."""
        name = self.who(candidate)
        return f"the {name} lead" if self.contest.rule == "measure" else f"{possessive(name)} lead"

    def total_of(self, source: Source) -> str:
        """Return a source's total as a phrase: "the Times' Georgia total", "the Times' total in the race …"."""
        owner, place = possessive(source_name(source)), where(self.contest, self.style)
        what = "" if self.count == "election" else f"{count_name(self.count)} "
        return f"{owner} {place} {what}total" if is_plain(place) else f"{owner} {what}total in {place}"


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """The settings that every text depends on: the desk file, the recount lines, and who reads the text."""

    desk: Desk
    recount_lines: tuple[RecountLine, ...] = ()
    rehearsal: bool = False
    """True in a rehearsal. Every post then has a mark."""
    test_data: bool = False
    """True if the figures are a vendor's test data. Every post is then marked as such. Only in a rehearsal."""
    public: bool = False
    """True if the channel is public. Sources for the newsroom only are then not named."""
    guest: bool = False
    """True if the reader is not on the newsroom's staff."""
    names_staff: bool = True
    """False if the reader is not on the desk, and may not learn which staff did what, or why."""
    left_out: Collection[str] = ()
    """Ids of sources hidden from the reader: muted ones and, for guests, those for the newsroom only."""
    settles: Collection[int] = ()
    """Ids of the servers named by the operator. Their desks decide on held readings, for all servers."""
    newsrooms: dict[int, str] = field(default_factory=dict)
    """Server names by id, for texts about whose desk decided on a held reading."""

    @property
    def reader(self) -> Audience:
        """The audience of the text: "public", "guest" or "newsroom"."""
        return "public" if self.public else "guest" if self.guest else "newsroom"

    @property
    def desk_reads(self) -> bool:
        """True if only the desk reads the text.

        The text may then name staff, and quote a site's own words, which can contain the site's address.
        """
        return self.names_staff and not self.public

    @property
    def mark(self) -> str:
        """The end of each post in a rehearsal: " · rehearsal", " · TEST · rehearsal". Otherwise empty."""
        return f"{' · TEST' if self.test_data else ''} · rehearsal" if self.rehearsal else ""

    @property
    def loud_mark(self) -> str:
        """The beginning of copy and pictures in a rehearsal: "REHEARSAL. ", "TEST DATA, REHEARSAL. ".

        Otherwise empty.
        """
        return f"{'TEST DATA, ' if self.test_data else ''}REHEARSAL. " if self.rehearsal else ""

    def settled(self, server: int) -> SettledBy:
        """Return whose desk decides on held readings, as seen from a server.

        In a rehearsal it is always that server's desk.
        """
        if self.is_named(server):
            return "here"
        return "elsewhere" if self.settles else "nowhere"

    def is_named(self, server: int) -> bool:
        """Return True if the operator named the server among those that may decide on held readings.

        In a rehearsal always True.
        """
        return self.rehearsal or server in self.settles

    def inside(self, server: int) -> frozenset[str]:
        """Return the ids of the sources hidden from a server. Empty for a server that the operator named.

        Hidden are the sources for the newsroom only. Persons without a push feed are not hidden, since the server's
        own staff enter their figures.
        """
        hidden = (one.id for one in self.desk.sources if not one.public and (one.pushes or not one.person))
        return frozenset(() if self.is_named(server) else hidden)

    def in_channel(self, server: int, *, public: bool) -> "Setting":
        """Return the setting for posts in a channel of a server. `public`: the channel is public."""
        return replace(self, public=public, left_out=self.inside(server).union(self.left_out))

    def recount_line(self, contest: Contest) -> RecountLine | None:
        """Return the recount line of the contest's state, or None if there is none that may be stated as fact."""
        return watched(self.recount_lines, contest.state)


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of a count to report, with the readings before and after it."""

    change: Change
    before: Reading | None
    after: Reading
    source: Source
    steps: int = 1
    """How many changes are summed up."""
    lead_changes: tuple[Change, ...] = ()
    """The lead changes, if the lead changed hands before the last of several changes; else empty."""
    beside: bool = False
    """True if the channel's leading source is another one."""
    fall: Fall | None = None
    """The votes that the source took back in a revision. None for a single change, where the readings show them."""
    tense: Tense = "present"
    """The tense of the verb for how the lead moved. The present standing is always in the present tense."""


def contest_context(
    contest: Contest, setting: Setting, now: datetime, names: Mapping[str, str] | None = None, count: str = "election"
) -> ContestContext:
    """Return the context of `contest` at `now`, with the desk's zone and style."""
    return ContestContext(contest, setting.desk.desk.style, setting.desk.zone, now, names, count)


def source_name(source: Source) -> str:
    """Return a source's name for a sentence, escaped: "the Secretary of State"."""
    return escape(source.name, _MOST_SOURCE) or "a source without a name"


def may_be_named(source: Source | None, setting: Setting) -> bool:
    """Return True if `source` may be named to the readers."""
    return source is not None and source.id not in setting.left_out and (source.public or not setting.public)
