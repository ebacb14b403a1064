"""A small invented day with a bit of everything: two contests, three channels, and counts that fall. Variants of
the day follow.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day

_START = datetime(2031, 11, 4, 12, 0, tzinfo=UTC)
GOVERNOR, MAYOR = "governor", "mayor"


def small_desk(feeds: Mapping[str, str] | None = None) -> Desk:
    """Return the day's desk file. The wire is the leading source for governor, the city clerk for mayor.

    `feeds` are the addresses of polled sources.
    """
    fetched = {
        source: {"format": "readings", "url": address, "own_network": True} for source, address in (feeds or {}).items()
    }
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York", "rundown": "08:00"},
            "contests": [
                {
                    "id": key,
                    "name": key.title(),
                    "where": where,
                    "leads": leads,
                    "candidates": [
                        {"id": name, "name": f"{name.title()} Doe", "last": name.title()} for name in ("ames", "bell")
                    ],
                }
                for key, where, leads in ((GOVERNOR, "Ohio", "wire"), (MAYOR, "Toledo", "clerk"))
            ],
            "sources": [
                {"id": "wire", "name": "the wire", "calls": "called", **fetched.get("wire", {})},
                {"id": "clerk", "name": "the city's clerk", **fetched.get("clerk", {})},
                {"id": "reporter", "name": "a reporter", "person": True, "public": False},
            ],
        }
    )


def small_day() -> Day:
    return _day(
        "A small day",
        minutes=120,
        channels=[
            {"name": "governor", "follows": [GOVERNOR]},
            {"name": "mayor", "follows": [MAYOR]},
            {"name": "everything", "follows": [GOVERNOR, MAYOR], "board": True},
        ],
        steps=[
            _reading(0, "wire", GOVERNOR, 50_000, 49_000),
            _reading(1, "clerk", MAYOR, 900, 950),
            _reading(2, "wire", GOVERNOR, 51_000, 50_500),  # the margin moves
            _reading(3, "clerk", MAYOR, 1_100, 1_050),  # the lead changes
            _reading(5, "wire", GOVERNOR, 50_100, 50_500),  # a fall, held...
            _reading(7, "wire", GOVERNOR, 50_100, 50_500),  # ...and repeated: the lead changes, by a revision
            _reading(8, "wire", GOVERNOR, 50_110, 50_500),  # too little for a post: it waits for an hour
            _statement(9, "reporter", GOVERNOR, leader="bell", margin=450),
            _statement(10, "clerk", MAYOR, certified=[1, 3]),
            _plan(11),
            {"at": _at(11.2), "does": "move", "title": "news conference", "to": "2031-11-04T07:50"},
            _statement(11.5, "clerk", MAYOR, certified=[2, 3], last_updated=_at(-900)),
            _reading(12, "clerk", MAYOR, 1_050, 1_050),  # another fall...
            _reading(13, "clerk", MAYOR, 1_200, 1_050),  # ...which a rise follows
            _reading(14, "wire", MAYOR, 1_150, 1_040),
            _statement(15, "wire", GOVERNOR, call={"says": "called", "candidates": ["bell"]}),
            _statement(16, "wire", GOVERNOR, call={"says": "none"}),  # ...and takes it back
            {"at": _at(25), "does": "move", "title": "news conference", "to": "2031-11-04T08:00"},
            {"at": _at(40), "does": "cancel", "title": "news conference", "why": "no room"},
            {"at": _at(80), "does": "check"},
        ],
    )


def day_in_threads() -> Day:
    """Return the small day up to its first revision, with posts in threads.

    Some channels follow one contest, others several.
    """
    day = small_day()
    channels = [channel.model_copy(update={"thread": True}) for channel in day.channels[1:]]
    steps = day.steps[:6]
    return day.model_copy(update={"channels": channels, "steps": steps, "ends": steps[-1].at})


def _day(title: str, *, minutes: float, channels: list[dict[str, Any]], steps: list[dict[str, Any]]) -> Day:
    facts = {"facts_from": "nobody: it is made up", "desk": "small", "starts": _START, "ends": _at(minutes)}
    return Day.model_validate({"title": title, **facts, "channels": channels, "steps": steps})


def _at(minute: float) -> datetime:
    return _START + timedelta(minutes=minute)


def _reading(minute: float, source: str, contest: str, ames: int, bell: int, **said_too: object) -> dict[str, Any]:
    said = {
        "source": source,
        "contest": contest,
        "as_of": _at(minute),
        "votes": {"ames": ames, "bell": bell},
    } | said_too
    return {"at": _at(minute), "does": "reading", "reading": said}


def _statement(minute: float, source: str, contest: str, **said: object) -> dict[str, Any]:
    statement = {"source": source, "contest": contest, "as_of": _at(minute)} | said
    return {"at": _at(minute), "does": "statement", "statement": statement}


def _plan(minute: float) -> dict[str, Any]:
    """Return an event plan: a rally, a news conference that is moved and then canceled, and an event tomorrow.

    Reminders come half an hour or an hour before, if that is still ahead, and when the event begins.
    """
    events = [
        {"kind": kind, "title": title, "wall": wall, "zone": "America/New_York"}
        for kind, title, wall in (
            ("press_conference", "A hearing", "2031-11-04T07:45"),
            ("press_conference", "A news conference", "2031-11-04T07:40"),
            ("rally", "A rally", "2031-11-05T10:00"),
        )
    ]
    return {"at": _at(minute), "does": "schedule", "events": events}


def lead_day() -> Day:
    """Return a morning on which the desk changes the leading source twice. Meanwhile small changes wait, and more
    arrive.
    """
    return _day(
        "A morning with two leaders",
        minutes=90,
        channels=[
            {"name": "governor", "follows": [GOVERNOR], "board": True},
            {"name": "everything", "follows": [GOVERNOR, MAYOR]},
        ],
        steps=[
            _reading(0, "wire", GOVERNOR, 50_000, 49_000),
            _reading(1, "clerk", GOVERNOR, 48_000, 47_200),
            _reading(2, "wire", GOVERNOR, 50_010, 49_000),  # too little for a post
            _lead(3, "clerk"),
            _reading(4, "clerk", GOVERNOR, 48_500, 47_300),
            _reading(5, "wire", GOVERNOR, 50_500, 49_300),  # the same margin: it confirms
            _reading(6, "clerk", GOVERNOR, 48_510, 47_300),  # too little for a post
            _lead(7, "wire"),
            _reading(8, "wire", GOVERNOR, 50_600, 50_900),  # the lead changes
            {"at": _at(80), "does": "check"},
        ],
    )


def waiting_day() -> Day:
    """Return a morning on which posts wait while the count goes on.

    They wait for the end of a pause or a mute, or for Publish in a public channel.
    """
    return _day(
        "A morning of waiting",
        minutes=90,
        channels=[{"name": "governor", "follows": [GOVERNOR]}, {"name": "desk"}],
        steps=[
            _reading(0, "wire", GOVERNOR, 50_000, 49_000),
            _reading(1, "clerk", GOVERNOR, 48_200, 49_000),
            {"at": _at(10), "does": "pause"},
            _reading(11, "wire", GOVERNOR, 51_000, 51_050),  # the lead changes...
            _reading(12, "clerk", GOVERNOR, 51_000, 51_050),  # ...which is confirmed...
            _reading(13, "wire", GOVERNOR, 51_250, 51_150),  # ...and overtaken
            {"at": _at(15), "does": "resume"},
            {"at": _at(16), "does": "mute", "source": "clerk"},
            _reading(17, "clerk", GOVERNOR, 51_250, 51_150),  # it confirms...
            _reading(18, "wire", GOVERNOR, 51_550, 51_250),  # ...what is no longer true
            {"at": _at(20), "does": "unmute", "source": "clerk"},
            {"at": _at(22), "does": "public", "channel": "governor", "public": True},
            _reading(23, "wire", GOVERNOR, 51_850, 51_350),
            {"at": _at(24), "does": "publish", "number": 7},
            _reading(25, "wire", GOVERNOR, 52_150, 51_450),
            {"at": _at(26), "does": "discard", "number": 9},
            _reading(27, "wire", GOVERNOR, 52_250, 52_450),  # the lead changes
            {"at": _at(28), "does": "public", "channel": "governor", "public": False},
            {"at": _at(30), "does": "pause", "length": "10 minutes"},
            _reading(31, "wire", GOVERNOR, 52_450, 52_550),
            {"at": _at(41), "does": "check"},  # it has gone out by itself
            {"at": _at(80), "does": "check"},
        ],
    )


def desk_day() -> Day:
    """Return a morning on which the wire switches to another count. The desk posts that reading, drops it, and
    undoes both.
    """
    return _day(
        "A morning of the desk's mistakes",
        minutes=90,
        channels=[
            {"name": "governor", "follows": [GOVERNOR], "board": True},
            {"name": "everything", "follows": [GOVERNOR, MAYOR]},
        ],
        steps=[
            _reading(0, "wire", GOVERNOR, 50_000, 49_000, **_everywhere(100)),
            _reading(3, "wire", GOVERNOR, 50_400, 49_800, **_everywhere(110)),  # it has moved, and is held...
            _hold(4, "post"),  # ...wrongly posted...
            _reading(5, "wire", GOVERNOR, 50_460, 49_800, **_everywhere(110)),  # ...and continues from that count
            _hold(5.5, "undo"),
            _reading(7, "wire", GOVERNOR, 50_060, 49_000, **_everywhere(100)),  # it is back
            _reading(10, "wire", GOVERNOR, 50_800, 50_900, **_everywhere(120)),  # it moves again
            _hold(11, "drop"),
            _hold(12, "undo"),
            _hold(13, "post"),  # nobody undoes it...
            _reading(20, "wire", GOVERNOR, 50_120, 49_000, **_everywhere(100)),  # ...and the wire is back again
            {"at": _at(22), "does": "check"},
            _statement(30, "clerk", MAYOR, certified=[1, 3]),
            _statement(31, "clerk", MAYOR, certified=[2, 3]),
            {"at": _at(31.5), "does": "pause"},
            {"at": _at(32), "does": "correct", "number": 1, "text": "the total is of Monday"},
            {"at": _at(33), "does": "undo", "number": 1},
            {"at": _at(33.5), "does": "resume"},
            {"at": _at(34), "does": "correct", "number": 1, "text": "the total is of Sunday"},
            _statement(36, "clerk", MAYOR, certified=[3, 3], last_updated=_at(0)),  # two posts...
            {
                "at": _at(37),
                "does": "retract",
                "number": 15,
                "text": "it was updated since",
            },  # ...of which one is wrong
            {"at": _at(80), "does": "check"},
        ],
    )


def batch_day() -> Day:
    """Return a morning on which a reporter enters batches before the wire has them.

    One batch is retracted, and the retraction is undone.
    """
    return _day(
        "A morning of a reporter's batches",
        minutes=170,
        channels=[
            {"name": "governor", "follows": [GOVERNOR]},
            {"name": "everything", "follows": [GOVERNOR, MAYOR]},
        ],
        steps=[
            _reading(0, "wire", GOVERNOR, 50_000, 49_000, **_counties(9_000, 4_000)),
            _batch(65, "Lucas", 600, net={"candidate": "bell", "votes": 100}),
            _reading(66, "wire", GOVERNOR, 50_100, 49_150, **_counties(9_250, 4_000)),  # a part of it
            _reading(67, "wire", GOVERNOR, 50_250, 49_350, **_counties(9_600, 4_000)),  # all of it
            _batch(140, "Erie", 300),
            {"at": _at(140.5), "does": "pause"},
            {"at": _at(141), "does": "retract", "number": 7, "text": "it was another county"},
            {"at": _at(142), "does": "undo", "number": 7},
            {"at": _at(142.5), "does": "resume"},
            _reading(143, "wire", GOVERNOR, 50_350, 49_550, **_counties(9_600, 4_300)),
            {"at": _at(145), "does": "pause"},
            _batch(146, "Erie", 80),
            _reading(147, "wire", GOVERNOR, 50_430, 49_550, **_counties(9_600, 4_380)),
            {"at": _at(150), "does": "resume"},
            {"at": _at(165), "does": "check"},
        ],
    )


def _batch(minute: float, unit: str, votes: int, **whom: object) -> dict[str, Any]:
    return _statement(minute, "reporter", GOVERNOR, batch={"votes": votes, "units": [unit]} | whom)


def _counties(lucas: int, erie: int) -> dict[str, object]:
    return {"units": {"Lucas": {"total": lucas}, "Erie": {"total": erie}}}


def _everywhere(votes: int) -> dict[str, object]:
    """Return fields of a reading in which all twelve counties have reported `votes` votes each."""
    units = {f"County {number}": {"total": votes} for number in range(12)}
    return {"units": units, "reporting": {"precincts": [100, 100]}}


def _hold(minute: float, press: str) -> dict[str, Any]:
    return {"at": _at(minute), "does": "hold", "contest": GOVERNOR, "press": press}


def _lead(minute: float, source: str) -> dict[str, Any]:
    return {"at": _at(minute), "does": "lead", "contest": GOVERNOR, "source": source}
