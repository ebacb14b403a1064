from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.events.event import Event, ScheduleEntry
from bot.events.mirror_changes import MOST, DiscordEvent, GuildEvent, MirrorStep, steps

NOW = datetime(2020, 11, 11, 14, tzinfo=UTC)
MARK = "Tallydesk abc-"


def entry(key: int = 1, wall: str = "2020-11-11T10:00", **fields: Any) -> ScheduleEntry:
    said = {"kind": "rally", "title": "Rally", "wall": wall, "zone": "America/New_York"} | fields
    return ScheduleEntry(key, 1, None, Event.model_validate(said), None, "Olga", NOW)


def made(step: MirrorStep, key: int = 500) -> GuildEvent:
    assert step.shown is not None
    return GuildEvent(key, mine=True, shown=step.shown)


def do(entries: list[ScheduleEntry], there: list[GuildEvent], now: datetime = NOW) -> list[MirrorStep]:
    return steps(entries, there, MARK, now)


def test_an_event_is_made_with_all_that_discord_wants() -> None:
    (step,) = do([entry(place="Macon", who="Sen. Doe", source="the campaign", status="expected")], [])
    assert step == MirrorStep(
        "make",
        shown=DiscordEvent(
            "Rally (expected)",
            "Macon",
            "Sen. Doe\nSource: the campaign\nNobody says when it ends; the end is Discord's.\nTallydesk abc-1",
            NOW + timedelta(hours=1),
            NOW + timedelta(hours=2),
        ),
    )


def test_what_is_there_already_needs_nothing() -> None:
    (step,) = do([entry()], [])
    assert do([entry()], [made(step)]) == []


def test_what_moved_is_changed_and_what_is_off_is_taken_away() -> None:
    there = made(do([entry()], [])[0])
    (step,) = do([entry(wall="2020-11-11T11:00")], [there])
    assert (step.do, step.there) == ("change", 500)
    assert do([entry(status="canceled")], [there]) == [MirrorStep("cancel", 500)]
    assert do([], [there], NOW + timedelta(hours=1)) == []  # it has begun: Discord ends it
    assert do([entry(wall="2020-11-11T11:00")], [there], NOW + timedelta(hours=1)) == [MirrorStep("cancel", 500)]


def test_one_that_was_made_twice_is_there_once_afterwards() -> None:
    first = made(do([entry()], [])[0], 500)
    assert do([entry()], [made(do([entry()], [])[0], 501), first]) == [MirrorStep("cancel", 501)]


def test_what_others_made_stays_and_counts() -> None:
    other = GuildEvent(
        7, mine=False, shown=DiscordEvent("Party", "Here", f"{MARK}1", NOW + timedelta(days=1), NOW + timedelta(days=2))
    )
    assert [step.do for step in do([entry()], [other])] == ["make"]
    others = [GuildEvent(key, mine=False, shown=other.shown) for key in range(MOST - 1)]
    assert len(do([entry(key) for key in range(1, 5)], others)) == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": "x" * 300}, "x" * 99 + "\u2026"),
        ({"title": "x" * 300, "verified": False}, "x" * 84 + "\u2026 (not verified)"),
    ],
)
def test_names_are_cut_to_what_discord_takes_and_keep_their_marks(fields: dict[str, Any], name: str) -> None:
    (step,) = do([entry(place="p" * 300, **fields)], [])
    assert step.shown is not None
    assert step.shown.name == name
    assert len(step.shown.place) == 100
    assert len(step.shown.words) <= 1000


def test_what_begins_in_a_moment_is_left() -> None:
    assert do([entry()], [], NOW + timedelta(minutes=59)) == []
