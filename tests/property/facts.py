"""Generates arguments for functions that write sentences, from their type hints.

All arguments of one call belong to the same contest.
"""

import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st

from bot.app import KINDS
from bot.count.call import Call
from bot.count.certification import CertificationCount, ResultsCertified, UnitsCertified
from bot.count.change import Change, compare
from bot.count.entry import Entry, Piece, Refused
from bot.count.judgement import HoldReason
from bot.count.reading import Reading, Unit
from bot.count.recount_line import RecountLine
from bot.count.reported_batch import CandidateVotes, ReportedBatch
from bot.count.rules import Rule
from bot.count.statement import Outstanding, Statement
from bot.desk.desk_file import Contest, Desk, Source, Style
from bot.events.event import Event, LaterPlace
from bot.follows.preferences import FollowPreferences, FollowSettings
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from bot.newsroom.setup_words import Lacks
from bot.tally.changes_store import ChangePost
from bot.wording.context import ContestContext, Setting
from bot.wording.question import Question
from tests.conftest import EDITOR

NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
SOURCES = ("the Wire", "our reporter")
"""The names of the two sources: an official feed and a person."""
KEYS = ("ada", "bo", "cy")
UNITS = ("Floyd", "Cobb", "Bibb")
CODES = ("13067", "13115", "13021")
TEXTS = ("a text", "5", "as the desk has it")
"""Texts that people and feeds wrote. The rules for the bot's own sentences don't apply to them."""
WHOLE = (0, 1, 2, 9, 300, 14_101, 4_992_198)
ABOVE_NOTHING = (300, 4_992_198)
STATUSES = (None, "unofficial-partial", "unofficial-complete", "certified", "correction", "recount")

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
few = st.sampled_from([0, 1, 2, 3, 10, 100, 5000])


@dataclass(frozen=True, slots=True)
class World:
    """The facts of one generated example: a newsroom, its contest, and two readings from one source."""

    setting: Setting
    before: Reading | None
    after: Reading
    change: Change
    counted: bool
    """If False, optional readings and changes are all None."""
    at: datetime | None

    @property
    def desk(self) -> Desk:
        return self.setting.desk

    @property
    def contest(self) -> Contest:
        """The only contest of the newsroom."""
        return self.desk.contests[0]

    @property
    def asked(self) -> Question:
        """An editor's question about the contest."""
        return Question(self.contest, EDITOR, self.setting, NOW, self.at)

    @property
    def told(self) -> ContestContext:
        """The context that sentences about the contest need."""
        return ContestContext(
            self.contest, self.desk.desk.style, self.desk.zone, NOW, self.after.names, self.after.count
        )


def _reading(draw: Draw, cast: Mapping[str, int], minute: int) -> Reading:
    counted = sum(max(0, votes) for votes in cast.values())
    done = draw(st.integers(0, 3))
    said = {
        "source": "wire",
        "contest": "x",
        "as_of": NOW - timedelta(minutes=20 - minute),
        "votes": {key: max(0, votes) for key, votes in cast.items()},
        "total": draw(st.sampled_from([None, counted, counted + 2])),
        "status": draw(st.sampled_from(STATUSES)),
        "as_of_is": draw(st.sampled_from([None, "received"])),
        "reporting": draw(st.sampled_from([None, {"precincts": [done, 3]}, {"precincts": [3, 3], "units": [done, 3]}])),
        "expected_total": draw(st.sampled_from([None, counted, counted + 300])),
        "unit_batch": draw(st.sampled_from([None, {"Floyd": 74}, {"Floyd": 1, "Cobb": -2}])) if minute else None,
    }
    return Reading.model_validate(said)


def _event(draw: Draw) -> Event:
    wall = datetime(2020, 11, draw(st.integers(10, 13)), 10, 30)  # noqa: DTZ001 - a wall time has no zone
    kind = draw(st.sampled_from(["press_conference", "deadline", "rally"]))
    return Event(
        kind=kind,
        title="Elections Board",
        wall=wall,
        zone="America/Chicago",
        place=draw(st.sampled_from([None, "Macon"])),
        later=draw(st.sampled_from([(), (LaterPlace(place="Rome", wall=wall + timedelta(hours=1)),)])),
        verified=draw(st.booleans()),
        status=draw(st.sampled_from(["expected", "confirmed", "canceled", "over"])),
        source=draw(st.sampled_from([None, "a law"])),
        certifies=draw(st.sampled_from([None, "units", "state"])),
        ends=draw(st.sampled_from([None, wall + timedelta(hours=2)])),
    )


def _call(draw: Draw) -> Call:
    says = draw(st.sampled_from(["called", "runoff", "too_close", "too_early", "none"]))
    whom = draw(st.sampled_from([("ada",), ("ada", "bo")])) if says in ("called", "runoff") else ()
    verb = draw(st.sampled_from(["called", "projected", "declared", "apparent_winner"]))
    return Call(says=says, candidates=whom, verb=verb, since=draw(st.sampled_from(["at", "by"])))


def _units_certified(draw: Draw) -> UnitsCertified:
    back = draw(st.booleans())
    return UnitsCertified(
        units=draw(st.sampled_from([CODES[:1], CODES])),
        own=draw(st.booleans()),
        taken_back=back,
        of=draw(st.sampled_from([None, 159])),
        reason="a reason" if back else None,
    )


def _results_certified(draw: Draw) -> ResultsCertified:
    return ResultsCertified(taken_back=draw(st.booleans()), reason=draw(st.sampled_from([None, "a reason"])))


def _outstanding(draw: Draw) -> Outstanding:
    units = draw(st.sampled_from([(), ("Floyd",), UNITS]))
    return Outstanding(ballots=draw(few), units=units, type=draw(st.sampled_from([None, "provisional"])))


def _batch(draw: Draw) -> ReportedBatch:
    split = (CandidateVotes(candidate="ada", votes=60), CandidateVotes(candidate="bo", votes=13))
    units = draw(st.sampled_from([(), ("Floyd",), UNITS]))
    whom: list[dict[str, Any]] = [{}, {"split": split}, {"split": split[:1]}, {"net": split[1]}]
    return ReportedBatch(votes=74, units=units, **draw(st.sampled_from(whom)))


def _figures(draw: Draw) -> dict[str, Any]:
    """Return the fields of a statement, or of a piece of an entry, for one randomly chosen figure."""
    about = draw(st.booleans())
    figure, value = draw(
        st.sampled_from(
            [("margin", 100), ("margin_change", -48), ("total", 4000), ("certified", (92, 159)), ("last_updated", NOW)]
        )
    )
    made: Mapping[str, Callable[[], dict[str, Any]]] = {
        "figure": lambda: {figure: value, "leader": "ada", "approximate": (figure,) if about else ()},
        "batch": lambda: {"batch": _batch(draw), "approximate": ("batch",) if about else ()},
        "outstanding": lambda: {"outstanding": _outstanding(draw), "approximate": ("outstanding",) if about else ()},
        "units": lambda: {"units_certified": _units_certified(draw)},
        "results": lambda: {"results_certified": _results_certified(draw)},
        "call": lambda: {"call": _call(draw)},
        "no_change": lambda: {"no_change": True},
    }
    return made[draw(st.sampled_from(sorted(made)))]()


def _statement(draw: Draw) -> Statement:
    who = draw(st.sampled_from([None, "dana"]))
    whose = {"source": draw(st.sampled_from(["wire", "reporter"])), "contest": "x", "as_of": NOW, "entered_by": who}
    return Statement(**whose, **_figures(draw), words=draw(st.sampled_from([None, "a text"])))


def _left(draw: Draw) -> Statement:
    about = draw(st.sampled_from([(), ("outstanding",)]))
    return Statement(source="wire", contest="x", as_of=NOW, outstanding=_outstanding(draw), approximate=about)


def _reported(draw: Draw) -> Statement:
    about = draw(st.sampled_from([(), ("batch",)]))
    source, by = draw(st.sampled_from(["wire", "reporter"])), draw(st.sampled_from([None, "dana"]))
    return Statement(source=source, contest="x", as_of=NOW, entered_by=by, batch=_batch(draw), approximate=about)


def _piece(draw: Draw) -> Piece:
    said = _figures(draw)
    if draw(st.booleans()):
        said["leader"] = None
    return Piece(words="a text", kept=draw(st.booleans()), **said)


def _entry(draw: Draw) -> Entry:
    return Entry(
        contest="x",
        source=draw(st.sampled_from([None, "wire", "reporter"])),
        as_of=NOW,
        pieces=(_piece(draw), _piece(draw)),
        leftovers=draw(st.sampled_from([(), TEXTS])),
        unmatched=draw(st.sampled_from([(), ("Flod",)])),
        strangers=draw(st.sampled_from([(), ("a text", "5")])),
    )


def _preferences(draw: Draw) -> FollowPreferences:
    return FollowPreferences(
        without=draw(st.sampled_from([(), ("margin", "status")])),
        roll_up=draw(st.sampled_from([None, 0, 30, 120])),
        quiet=draw(st.sampled_from([None, (1380, 390)])),
        through=draw(st.booleans()),
        night=draw(st.booleans()),
        mention=draw(st.sampled_from([None, 7])),
        thread=draw(st.booleans()),
    )


def _follow(draw: Draw) -> FollowSettings:
    least = draw(st.sampled_from([None, 500]))
    return FollowSettings(contest="x", at_least=least, board=draw(st.booleans()), preferences=_preferences(draw))


def _channel(draw: Draw) -> ChannelSettings:
    return ChannelSettings(channel=9, public=draw(st.booleans()), follows=draw(st.sampled_from([(), (_follow(draw),)])))


def _settings(draw: Draw) -> ServerSettings:
    return ServerSettings(
        desk_role=draw(st.sampled_from([None, 3])),
        desk_channel=draw(st.sampled_from([None, 4])),
        two_person=draw(st.booleans()),
        channels=draw(st.sampled_from([(), (_channel(draw),)])),
        reminders=draw(st.sampled_from([{}, {"rally": (60,)}])),
    )


def _count(draw: Draw) -> CertificationCount:
    return CertificationCount(draw(st.sampled_from([0, 1, 92, 159])), draw(st.sampled_from([None, 159])))


def _unit(draw: Draw) -> Unit:
    votes = {key: draw(few) for key in KEYS}
    return Unit(
        votes=draw(st.sampled_from([None, votes])),
        total=draw(st.sampled_from([None, sum(votes.values())])),
        reported=draw(st.sampled_from([None, (1, 1), (3, 25)])),
    )


def _recount_line(draw: Draw) -> RecountLine:
    return RecountLine(
        "GA",
        draw(st.booleans()),
        draw(st.sampled_from([None, Fraction(1, 200), Fraction(1, 3)])),
        draw(st.sampled_from(["all_votes", "top_two", "leader"])),
        draw(st.sampled_from(["on_request", "automatic", "none"])),
        draw(st.sampled_from([None, "a candidate"])),
        draw(st.sampled_from([None, "within two days"])),
        "a law",
        "2026-11-25",
        draw(st.booleans()),
        draw(st.sampled_from([None, 0, 2000])),
        draw(st.sampled_from(["lesser", "greater"])),
        draw(st.sampled_from([None, "statewide contests"])),
    )


MADE: Mapping[type, Callable[[Draw], Any]] = {
    Event: _event,
    Call: _call,
    UnitsCertified: _units_certified,
    ResultsCertified: _results_certified,
    Outstanding: _outstanding,
    ReportedBatch: _batch,
    Statement: _statement,
    Piece: _piece,
    Entry: _entry,
    Refused: lambda draw: Refused(
        words="Maybe Biden leads", why=draw(st.sampled_from(["a rumor", "another year", "too long"]))
    ),
    FollowPreferences: _preferences,
    FollowSettings: _follow,
    ChannelSettings: _channel,
    ServerSettings: _settings,
    CertificationCount: _count,
    Unit: _unit,
    RecountLine: _recount_line,
    Lacks: lambda draw: lambda *_: draw(st.sampled_from([None, (), ("attach files",)])),
}
OF_THE_WORLD: Mapping[type, Callable[[World], Any]] = {
    Setting: lambda world: world.setting,
    Desk: lambda world: world.desk,
    Contest: lambda world: world.contest,
    ContestContext: lambda world: world.told,
    Question: lambda world: world.asked,
    Reading: lambda world: world.after,
    Change: lambda world: world.change,
    Rule: lambda world: world.contest.contest_rule,
    Style: lambda world: world.desk.desk.style,
    ZoneInfo: lambda world: world.desk.zone,
}
MAY_BE_MISSING = (Reading, Change)
"""Types whose optional arguments are either all given or all None."""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a newsroom whose contest has any rule, with two readings from one source and the change between them."""
    listed = KEYS[: draw(st.integers(1, 3))]
    rule, threshold = draw(
        st.sampled_from(
            [
                ("plurality", "50%"),
                ("majority-runoff", "50%"),
                ("majority-runoff", "40%"),
                ("top-n", "50%"),
                ("measure", "50%"),
                ("measure", "60%"),
                ("ranked", "50%"),
            ]
        )
    )
    contest = {
        "id": "x",
        "name": "Governor",
        "state": draw(st.sampled_from(["GA", None])),
        "leads": "wire",
        "rule": rule,
        "threshold": threshold,
        "seats": draw(st.sampled_from([1, 1, 2])),
        "unit": draw(st.sampled_from(["county", "precinct", "town"])),
        "where": draw(st.sampled_from([None, "Georgia"])),
        "candidates": [{"id": key, "name": key.title(), "last": key.title()} for key in KEYS],
    }
    sources = [
        {"id": "wire", "name": SOURCES[0], "calls": "called", "public": draw(st.booleans())},
        {"id": "reporter", "name": SOURCES[1], "person": True},
    ]
    desk = Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [contest], "sources": sources})
    first = {key: draw(few) for key in listed}
    before = _reading(draw, first, 0)
    after = _reading(draw, {key: first[key] + draw(st.sampled_from([0, 1, 2, 10, 74, -1])) for key in listed}, 10)
    given = before if draw(st.sampled_from([True, True, False])) else None
    change = compare(given, after)
    assume(change is not None)
    assert change is not None
    lines = tuple(_recount_line(draw) for _ in range(draw(st.integers(0, 2))))
    setting = Setting(desk, lines, rehearsal=draw(st.booleans()), public=draw(st.booleans()))
    at = draw(st.sampled_from([None, None, NOW - timedelta(hours=5)]))
    return World(setting, given, after, change, draw(st.sampled_from([True, True, True, False])), at)


CHANGE_KINDS = [kind.name for kind in KINDS if issubclass(kind, ChangePost)]

SPECIAL: Mapping[tuple[str, str], Callable[[Draw], Any]] = {
    ("left_line", "statement"): _left,
    ("BallotsLeft", "said"): _left,
    ("reported", "statement"): _reported,
    ("ReportedBatchFacts", "said"): _reported,
    ("BatchOnRecord", "said"): _reported,
    ("CertifiedFacts", "before"): _count,
    ("Span", "kind"): lambda draw: draw(st.sampled_from(CHANGE_KINDS)),
    ("ChangeFacts", "kind"): lambda draw: draw(st.sampled_from(CHANGE_KINDS)),
    ("PostProvenance", "does"): lambda draw: draw(st.sampled_from([kind.does for kind in KINDS])),
    ("PostProvenance", "replaced_by"): lambda _: (9, "Retracted"),
    ("topic_card", "topic"): lambda draw: draw(st.sampled_from(UNITS)),
    ("PressOutcome", "what"): lambda draw: draw(
        st.sampled_from(["published", "dropped", "already", "after", "absent"])
    ),
    ("Audited", "before"): lambda draw: draw(st.sampled_from([None, '{"board": 1}'])),
    ("Audited", "after"): lambda draw: draw(st.sampled_from([None, '{"board": 0}'])),
}
"""(function or class, parameter) → a function that draws its value. These parameters allow fewer values than their
type.
"""


class Drawn:
    """A generator of arguments for functions and classes, from their type hints."""

    def __init__(self, draw: Draw, world: World) -> None:
        """Draw all values from one world."""
        self._draw, self._world = draw, world

    def arguments(self, made_of: Callable[..., Any]) -> dict[str, Any]:
        """Return arguments for all parameters of `made_of`. Parameters with a default are sometimes omitted."""
        hints = typing.get_type_hints(made_of)
        given = {}
        for name, one in inspect.signature(made_of).parameters.items():
            left_out = one.default is not one.empty and self._pick([True, False, False])
            if left_out or name.startswith("_") or one.kind is one.VAR_POSITIONAL:
                continue
            special = SPECIAL.get((made_of.__name__, name))
            given[name] = special(self._draw) if special else self.value(hints[name], name)
        return given

    def value(self, hint: Any, name: str) -> Any:
        """Return a value for a type hint. The parameter's name decides where the type alone is ambiguous."""
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self.value(inner[0], name)
        if origin in (typing.Union, types.UnionType):
            return self._one_of(inner, name)
        if origin is Literal:
            return self._pick(inner)
        if origin is tuple and Ellipsis not in inner:
            return tuple(self.value(one, name) for one in inner)
        if origin in (tuple, list, frozenset, set, Sequence):
            made = [self.value(inner[0], name) for _ in range(self._pick([1, 1, 2, 3]))]
            return made if origin in (list, Sequence) else origin(made)
        if origin in (dict, Mapping):
            return self._mapping(inner[0], inner[1], name)
        if origin is Callable:
            return lambda *_: "9:40 a.m."
        return self._plain(hint, name)

    def _one_of(self, kinds: Sequence[Any], name: str) -> Any:
        kind = next(one for one in kinds if one is not type(None))
        if kind is Reading and name == "before":
            return self._world.before
        if type(None) in kinds and (not self._world.counted if kind in MAY_BE_MISSING else self._pick([True, False])):
            return None
        return self.value(kind, name)

    def _mapping(self, key: Any, value: Any, name: str) -> dict[Any, Any]:
        if key is not str:
            return {self.value(key, name): self.value(value, name)}
        keys = KEYS if name in ("names", "said", "batch", "votes") else CODES if name == "own" else UNITS
        if value is Any:
            return {"description": "a text", "color": 1}
        return {one: self.value(value, name) for one in keys}

    def _plain(self, hint: type[Any], name: str) -> Any:
        if hint is Source:
            return self._pick(self._world.desk.sources)
        if hint is Reading and name in ("before", "accepted", "instead_of"):
            return self._world.before or self._world.after
        if hint in OF_THE_WORLD:
            return OF_THE_WORLD[hint](self._world)
        if hint in MADE:
            return MADE[hint](self._draw)
        if hint in PLAIN:
            return self._pick(PLAIN[hint](name))
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return self._pick(list(hint))
        if isinstance(hint, type) and is_dataclass(hint):
            return hint(**self.arguments(hint))
        raise AssertionError(f"{name}: no facts of the type {hint} are made here yet")

    def _pick(self, among: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(among))


def _text(name: str) -> Sequence[str]:
    """Return texts that are valid for a parameter or field with this name."""
    named: Mapping[str, Sequence[str]] = {
        "leader": KEYS,
        "runner_up": KEYS,
        "candidate": KEYS,
        "posted_leader": KEYS,
        "standing": KEYS,
        "now": KEYS,
        "zone": ("America/Chicago",),
        "count": ("election", "recount", "audit-2"),
        "units": CODES,
        "every": CODES,
        "caller": SOURCES,
        "reason": tuple(reason.value for reason in HoldReason),
        "held": tuple(reason.value for reason in HoldReason),
        "crossings": ("The margin is within the range for a recount.",),
    }
    return named.get(name, TEXTS)


def _whole(name: str) -> Sequence[int]:
    if name == "decimals":
        return range(5)
    return ABOVE_NOTHING if name in ("most", "whole", "key", "back_to") else WHOLE


PLAIN: Mapping[Any, Callable[[str], Sequence[Any]]] = {
    bool: lambda _: (False, True),
    int: _whole,
    float: lambda _: (90.0,),
    str: _text,
    Fraction: lambda _: (Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)),
    date: lambda _: (NOW.date(),),
    datetime: lambda name: (
        [datetime(2020, 11, 11, 10, 30)]  # noqa: DTZ001 - a wall time has no zone
        if name == "wall"
        else [NOW, NOW - timedelta(minutes=25), NOW - timedelta(days=2), NOW + timedelta(hours=3)]
    ),
    timedelta: lambda _: (timedelta(0), timedelta(minutes=30), timedelta(days=3)),
    bytes: lambda _: (b"",),
    ValueError: lambda _: (ValueError("a reason"),),
}
