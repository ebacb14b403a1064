"""The commands used for the pictures, at several times of recorded days.

Every step of a scene is done in each run, whether or not a picture is taken. The answers therefore don't depend on
which pictures are wanted. For a new command, add a line to a scene and its place in `guide.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.pictures.newsroom import Newsroom
from tests.pictures.printout import printout


async def morning(room: Newsroom) -> None:
    """Use commands at 8:50 a.m., with a quiet count, certification under way, and a news conference ahead."""
    await room.show("help")
    await room.show("margin")
    await room.show("since", since="7:30 a.m.")
    await room.show("history")
    await room.show("recount")
    await room.show("why", post="#3")
    await room.show("draft")
    await room.show("export")
    await _plan(room)
    await _enter(room)
    await _certify(room)
    await _control(room)


async def _plan(room: Newsroom) -> None:
    title, kind = "News conference: the elections board on the audit", "press_conference"
    await room.show("next")
    await room.show("schedule show")
    added = await room.show("schedule add", title=title, at="2:15 p.m.", kind=kind, place="State Capitol")
    await room.press(added, "Save and post")
    await room.show("schedule edit", event="elections board", place="Cobb County", who="the board's chair")
    moved = await room.show("schedule move", event="elections board", to="2:45 p.m.", reason="the room is taken")
    await room.press(moved, "Move and post")
    await room.show("remindme", event="elections board", before="15 min")
    await room.show("schedule cancel", event="elections board", reason="the board put it off")
    lines = "Thursday, Nov. 12:\n9 a.m.: The audit begins\n2 p.m.: News conference, time may change\nlunch\n"
    await room.show("schedule import", file=room.file("ahead.txt", "text/plain", lines.encode()))


async def _enter(room: Newsroom) -> None:
    words = "Secretary of State's office: Biden leads by 14,101, and 96 of 159 counties have certified, as of 8:30 a.m."
    read = await room.about("Read as tally", room.say("reporter", words))
    await room.picture("Read as tally", "Apps, then Read as tally", read)
    read = await room.show(
        "tally", text="Cobb County has 304 ballots left to count", source="reporter", as_of="8:40 a.m."
    )
    await room.press(await room.press(read, "Tick: 304 ballots left"), "Enter")
    photo, why = room.file("printout.png", "image/png", printout()), "the office's printout"
    form = await room.ask("tally", source="reporter", photo=photo, reason=why)
    draft = await room.fill_in(form, ballots="Floyd 118", **{"as": "8:45"})
    await room.press(draft, "Enter")
    await room.show("entries")
    await room.show("retract", post="entry 3", why="the printout is of another county")
    await room.show("correct", post="#3", text="Floyd County says that it added 47 votes, not 74.")


async def _certify(room: Newsroom) -> None:
    names, source = "Cobb, Floyd, Pickens", "ga-sos"
    added = await room.show("certify", what=names, source=source, as_of="8:45 a.m.")
    await room.press(added, "Enter")
    await room.show("certified")


async def _control(room: Newsroom) -> None:
    await room.show("following")
    paused = await room.show("pause", reason="checking the 8:46 figures", **{"for": "10 minutes"})
    await room.press(paused, "Resume")
    await room.show("audit")
    await room.show("desk setup")


async def lead_changed(room: Newsroom) -> None:
    """Use commands at 6 a.m., an hour after the lead changed."""
    await room.show("chart", since="Nov. 5 9 p.m.")


async def ballots_left(room: Newsroom) -> None:
    """Use commands at 1:30 a.m. of a drill. Mailed ballots are outstanding, and a reporter has entered how many."""
    await room.show("county", county="Clovercombe")
    await room.show("outstanding")
    await room.show("sources")
    await room.show("mute", source="elections-office")


async def held(room: Newsroom) -> None:
    """Use commands on an evening on which the feed has switched to another count, and the desk has to decide."""
    called = await room.show("call", caller="ap", says="called it", candidate="biden", as_of="7:58 p.m.")
    await room.press(called, "Enter")
    await room.show("calls")
    await room.show("status")
    await room.show("held")


@dataclass(frozen=True, slots=True)
class Scene:
    """A time on a recorded day, and what people do then."""

    day: str
    until: str
    act: Callable[[Newsroom], Awaitable[None]]


SCENES = (
    Scene("2020-11-11-georgia", "2020-11-11T08:50-05:00", morning),
    Scene("2020-11-05-georgia", "2020-11-06T06:15-05:00", lead_changed),
    Scene("drill", "2035-11-07T01:30-05:00", ballots_left),
    Scene("2020-11-19-georgia", "2020-11-19T21:20-05:00", held),
)
