import asyncio

from bot.rehearsal.page import live
from bot.rehearsal.page.live import LiveStream


def kinds(stream: LiveStream, place: str) -> list[str] | None:
    told = stream.since(place)
    return None if told is None else [one.kind for one in told]


def tell(stream: LiveStream, *names: str) -> None:
    for name in names:
        stream.tell(name, lambda: "null")


def test_whoever_was_away_hears_what_they_missed_and_no_more() -> None:
    stream = LiveStream()
    tell(stream, "a")
    place = stream.place
    tell(stream, "b", "c")
    assert kinds(stream, place) == ["b", "c"]
    assert kinds(stream, stream.place) == []


def test_a_place_that_is_not_known_any_more_is_told_apart_from_nothing_new() -> None:
    stream = LiveStream()
    place = stream.place
    tell(stream, *["x"] * (live._MOST_KEPT + 1))
    assert kinds(stream, place) is None
    for nonsense in ("", "x", "other:1", f"{place.split(':')[0]}:-1", f"{place.split(':')[0]}:99999999", "²:²"):
        assert kinds(stream, nonsense) is None


async def test_waiting_ends_with_the_next_thing_or_the_time() -> None:
    stream = LiveStream()
    waiting = asyncio.create_task(stream.wait(stream.place, 60))
    await asyncio.sleep(0)
    assert not waiting.done()
    tell(stream, "a")
    await waiting
    await stream.wait("elsewhere:0", 60)  # something has happened since
    await stream.wait(stream.place, 0.001)
