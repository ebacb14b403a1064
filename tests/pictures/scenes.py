"""What is asked and done for the pictures, at a moment of a rehearsed day.

Everything a scene does is done in each run, pictured or not, so that an answer does not hang on which pictures are
taken. A new command is one line in a scene, and its place in `guide.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.pictures.newsroom import Newsroom
from tests.pictures.printout import printout

PRESIDENT, GOVERNOR = "President", "Governor (drill)"


async def morning(room: Newsroom) -> None:
    """Ten to nine: a quiet count, certification under way, a press conference ahead."""
    await room.show("margin", contest=PRESIDENT)
    await room.show("since", contest=PRESIDENT, since="7:30")
    await room.show("history", contest=PRESIDENT)
    await room.show("standing", contest=PRESIDENT)
    await room.show("certified", contest=PRESIDENT)
    await room.show("recount", contest=PRESIDENT)
    await room.show("sources", contest=PRESIDENT)
    await room.show("why", post="#3")
    await room.show("draft", contest=PRESIDENT)
    await room.show("export", contest=PRESIDENT)
    await _plan(room)
    await _enter(room)
    await _certify(room)
    await _set_up(room)


async def _plan(room: Newsroom) -> None:
    title, kind = "Press conference: the elections board on the audit", "press_conference"
    await room.show("next")
    await room.show("schedule today")
    await room.show("schedule week")
    added = await room.show("schedule add", title=title, at="2:15 p.m.", kind=kind, place="State Capitol")
    await room.press(added, "Save")
    await room.show("schedule edit", event="elections board", place="Cobb County", who="the board's chair")
    moved = await room.show("schedule move", event="elections board", to="2:45 p.m.", reason="the room is taken")
    await room.press(moved, "Save")
    await room.show("schedule history", event="elections board")
    await room.show("remindme", event="elections board", before="15 min")
    await room.show("schedule cancel", event="elections board", reason="the board put it off")
    lines = "Thursday, Nov. 12:\n9 a.m.: The audit begins\n2 p.m.: Press conference, time may change\nlunch\n"
    await room.show("schedule import", file=room.file("ahead.txt", "text/plain", lines.encode()))
    await room.show("schedule export")
    room.guild.grant("CREATE_EVENTS")
    await room.show("schedule mirror", show="on")


async def _enter(room: Newsroom) -> None:
    words = "Secretary of State's office: Biden leads by 14,101, and 96 of 159 counties have certified, as of 8:05 a.m."
    read = await room.about("Read as tally", room.say("reporter", words))
    await room.picture("Read as tally", "Apps, then Read as tally", await room.pick(read, 1, "ga-sos"))
    read = await room.show(
        "tally read", text="Cobb County has 304 ballots left to count", source="reporter", as_of="8:40"
    )
    await room.press(read, "Enter")
    await room.show("tally report", contest=PRESIDENT, source="reporter")
    photo, why = room.file("printout.png", "image/png", printout()), "the office's printout"
    form = await room.ask("tally report", contest=PRESIDENT, source="reporter", photo=photo, reason=why)
    draft = await room.fill_in(form, ballots="Floyd 118", **{"as": "8:45"})
    await room.press(draft, "Enter")
    await room.show("tally mine")
    await room.show("tally photo", entry=3)
    await room.show("tally retract", post="entry 3", why="the printout is of another county")
    await room.show("desk correct", post="#3", text="Floyd County reported 74 more votes at 7:35 a.m.")


async def _certify(room: Newsroom) -> None:
    names, source = "Cobb, Floyd, Pickens", "ga-sos"
    added = await room.show("certify add", contest=PRESIDENT, what=names, source=source, as_of="8:45")
    await room.press(added, "Enter")
    await room.show("certify list", contest=PRESIDENT)
    await room.show("certify back", contest=PRESIDENT, counties="Floyd", why="a precinct was left out", source=source)
    await room.show("certify state", contest=PRESIDENT, status="certified", source=source)


async def _set_up(room: Newsroom) -> None:
    await room.show("desk setup")
    await room.show("desk role", role="@Desk")
    await room.show("desk channel", channel="#desk")
    await room.show("follow", contest=PRESIDENT, channel="#desk", at_least=100)
    await room.show("following")
    settings = await room.show("desk export")
    await room.show("unfollow", contest=PRESIDENT, channel="#desk")
    await room.show("desk import", file=room.sent_file(settings))
    await room.show("desk confirm", entries="on")
    await room.ask("desk confirm", entries="off")
    await room.show("desk public", channel="#georgia-count", posts="on")
    await room.ask("desk public", channel="#georgia-count", posts="off")
    await room.show("desk pause", reason="checking the 8:46 figures")
    await room.show("desk resume")
    await room.show("desk audit")
    await room.show("tally forget", me="forget me")
    await room.show("desk forget")


async def lead_changed(room: Newsroom) -> None:
    """Six in the morning, an hour after the lead changed hands."""
    await room.show("chart", contest=PRESIDENT, since="Nov. 5 9 p.m.")


async def ballots_left(room: Newsroom) -> None:
    """Half past one on a drill's night: mailed ballots are to come, and a reporter has said how many."""
    await room.show("county", contest=GOVERNOR, county="Clovercombe")
    await room.show("outstanding", contest=GOVERNOR)
    await room.show("source lead", contest=GOVERNOR, source="elections-office", reason="the wire is behind")


async def held(room: Newsroom) -> None:
    """An evening on which the feed has moved to another count, and the desk has to decide."""
    called = await room.show(
        "call add", contest=PRESIDENT, caller="ap", says="called it", candidate="biden", as_of="7:58 p.m."
    )
    await room.press(called, "Enter")
    await room.show("call repeat", caller="nbc", posted="yes")
    await room.show("call list", contest=PRESIDENT)
    await room.show("call retract", contest=PRESIDENT, caller="ap", as_of="now")
    await room.show("source mute", source="reporter", reason="two reporters contradict each other")
    await room.show("desk status")
    await room.show("source unmute", source="reporter")
    await room.show("desk hold", contest=PRESIDENT)


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of a day, and what is done then."""

    day: str
    until: str
    act: Callable[[Newsroom], Awaitable[None]]


SCENES = (
    Scene("2020-11-11-georgia", "2020-11-11T08:50-05:00", morning),
    Scene("2020-11-05-georgia", "2020-11-06T06:15-05:00", lead_changed),
    Scene("drill", "2035-11-07T01:30-05:00", ballots_left),
    Scene("2020-11-19-georgia", "2020-11-19T21:20-05:00", held),
)
