"""Compares the reader of Clarity's detail file with a slow, simple reader that goes step by step and validates with
pydantic.
"""

import io
import json
from collections import Counter
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bot.count.reading import Reading
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.clarity import detail as clarity_detail
from bot.feeds.clarity.time import time_of
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.clarity_files import TIMESTAMP, block, contest, detail, tag
from tests.feeds.conftest import RECEIVED

KINDS = {
    "Election Day Votes": "election-day",
    "Absentee by Mail Votes": "absentee-mail",
    "Advance Voting": "early",
    "UOCAVA": "other",
    "Limited": "other",
}
names = st.sampled_from(["Appling", "De Kalb", "Ben Hill County", "Nowhere", "St. Elsewhere", "Ward 1"])
counts = st.integers(0, 10**9) | st.sampled_from([0, 1, 10**10])
cells = st.dictionaries(names, counts, max_size=4)


@st.composite
def choices(draw: st.DrawFn) -> list[str]:
    """Draw choices that mostly list the same units, as in real files.

    Now and then their units differ, or a choice has no votes by unit.
    """
    units = draw(st.lists(names, unique=True, min_size=1, max_size=4))
    types = draw(st.lists(st.sampled_from(sorted(KINDS)), unique=True, min_size=2, max_size=4))
    alike = st.fixed_dictionaries(dict.fromkeys(units, counts))
    made = []
    for key in range(draw(st.integers(1, 3))):
        blocks = [
            block(kind, draw(alike | cells) if draw(st.booleans()) else draw(alike), votes=draw(counts))
            for kind in types
        ]
        blocks = blocks if draw(st.integers(0, 5)) else []
        party = draw(st.sampled_from(["", " (Rep)", " (I) (Dem)"]))
        made.append(tag("Choice", *blocks, key=key, text=f"Ada {key}{party}", party="NP", totalVotes=draw(counts)))
    return made


@st.composite
def contests(draw: st.DrawFn) -> list[str]:
    made = []
    for key in range(draw(st.integers(1, 3))):
        of = {name: (draw(st.integers(0, 3)), draw(st.integers(0, 3))) for name in draw(st.sets(names, max_size=3))}
        made.append(
            contest(
                *draw(choices()),
                key=key + 1,
                counties=of,
                precinctsReported=2,
                precinctsParticipating=draw(st.integers(0, 5)),
            )
        )
    return made


def plainly(data: bytes) -> list[Reading | None]:
    """Read a file that this test made, with the simple reader. None stands for a contest that has to be refused."""
    return [_plainly(element) for element in ET.fromstring(data).iter("Contest")]


def _plainly(element: ET.Element) -> Reading | None:
    votes, labels, parties = {}, {}, {}
    units: dict[str, dict[str, object]] = {}
    sums: dict[str, Counter[str]] = {}
    for choice in element.iter("Choice"):
        label = choice.get("text", "").replace(" (I)", "")
        name, _, mark = label.partition(" (")
        key = name.lower().replace(" ", "-")
        votes[key], labels[key] = int(choice.get("totalVotes", "")), name
        if mark:
            parties[key] = mark[0]
        for votes_of_type in choice.iter("VoteType"):
            kind = KINDS[votes_of_type.get("name", "")]
            sums.setdefault(kind, Counter())[key] += int(votes_of_type.get("votes", ""))
            for cell in votes_of_type:
                called, cast = cell.get("name", ""), int(cell.get("votes", ""))
                found = county("GA", called)
                unit = units.setdefault(called.removesuffix(" County"), {"fips": found.fips if found else None})
                of = unit.setdefault("votes", Counter())
                of[key] += cast  # type: ignore[index]  # a tree of dicts
                unit.setdefault("by_type", {}).setdefault(kind, Counter())[key] += cast  # type: ignore[attr-defined]  # a tree of dicts
    if any(cast > votes[one] for of in sums.values() for one, cast in of.items()):
        return None
    try:
        for listed in element.iterfind("ParticipatingCounties/County"):
            done, of_all = int(listed.get("precinctsReported", "")), int(listed.get("precinctsParticipating", ""))
            if units and of_all and done > of_all:
                return None
            if of_all and (name := listed.get("name", "").removesuffix(" County")) in units:
                units[name]["reported"] = (done, of_all)
        of_all = int(element.get("precinctsParticipating", ""))
        return Reading.model_validate(
            {
                "source": "clarity-detail",
                "contest": element.get("key"),
                "contest_name": element.get("text"),
                "as_of": time_of(TIMESTAMP),
                "votes": votes,
                "names": labels,
                "parties": parties or None,
                "reporting": {"precincts": (2, of_all)} if of_all else None,
                "by_type": {kind: dict(of) for kind, of in sums.items()} or None,
                "units": json.loads(json.dumps(units)) or None,
            }
        )
    except ValueError:
        return None


def read(data: bytes) -> list[Reading | Refusal]:
    return list(clarity_detail.read(io.BytesIO(data), ReaderContext("feed", RECEIVED)))


@given(contests())
def test_readings_are_those_of_the_checked_way(made: list[str]) -> None:
    data = detail(*made)
    items, expected = read(data), plainly(data)
    assert [item if isinstance(item, Reading) else None for item in items] == expected
    for item in items:
        if isinstance(item, Reading):
            again = Reading.model_validate_json(item.to_json())
            assert again == item
            assert again.to_json() == item.to_json()
            assert repr(again) == repr(item)
            assert item.model_copy(update={"contest": "x"}).series == ("clarity-detail", "x", "election")


@given(contests(), st.data())
def test_any_damage_is_read_or_refused(made: list[str], data: st.DataObject) -> None:
    whole = bytearray(detail(*made))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        snippet = data.draw(
            st.sampled_from(
                [
                    b"<",
                    b">",
                    b"/",
                    b'"',
                    b"<!--",
                    b"-->",
                    b"<Contest ",
                    b"</Contest>",
                    b"<Contest/>",
                    b"<![CDATA[",
                    b"]]>",
                    b"&x;",
                    b"<a>",
                    b"\xff",
                    b"",
                    b"xmlns='u' ",
                    b"<VoteType ",
                    b"</VoteType>",
                    b"<VoteType/>",
                    b"</Choice>",
                    b"'",
                    b" ",
                    b"\n",
                    b"/>",
                    b"&amp;",
                    b"\xc3\xb1",
                    b'<County name="',
                    b'" votes="',
                    b"0",
                    b"x",
                ]
            )
        )
        whole[at : at + data.draw(st.sampled_from([0, 1, 7, 200]))] = snippet
    _outcome(bytes(whole))


def _outcome(data: bytes) -> list[str]:
    try:
        return [item.to_json() if isinstance(item, Reading) else str(item) for item in read(data)]
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - holds of every refusal
        return [str(error)]


@given(st.binary())
def test_arbitrary_bytes_never_crash_the_reader(data: bytes) -> None:
    for begins in (b"", b"PK\x03\x04", b"<ElectionResult>", detail()[:-20]):
        _outcome(begins + data)
