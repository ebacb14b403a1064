"""Hypothesis strategies for readings, as any source might publish them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.count.reading import MOST_VOTES, Reading

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)

small = st.integers(0, 30)
"""Small numbers of votes, so that ties, lower totals and repetitions occur often."""
votes = small | st.integers(0, MOST_VOTES // 100)
keys = st.sampled_from("abcdefgh")
labels = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20)
tallies = st.dictionaries(keys, votes, min_size=1, max_size=5)
types = st.dictionaries(st.sampled_from(["election-day", "absentee-mail", "early", "provisional", "other"]), tallies)
pairs = st.tuples(small, small).map(lambda pair: (min(pair), max(pair)))
statuses = st.sampled_from(
    ["pre-election", "unofficial-partial", "unofficial-complete", "certified", "correction", "recount"]
)
counts = st.sampled_from(["election", "audit", "recount", "recount-2", "audit-10"])

says = st.fixed_dictionaries(
    {},
    optional={
        "call": st.sampled_from(["Called", "Uncalled"]),
        "winners": st.lists(keys, max_size=2),
        "runoff": st.lists(keys, max_size=2),
        "tabulation": labels,
        "expected_percent": st.sampled_from(["0", "64", "98.5"]),
        "measure": st.just(True),
        "threshold_percent": st.sampled_from(["60", "66.67"]),
    },
)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def units(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of one reporting unit. Where both are given, the total is at least the sum of the votes."""
    cast = draw(optional(tallies))
    more = draw(votes)
    return {
        "fips": draw(st.sampled_from([None, "13115"])),
        "total": draw(st.sampled_from([None, sum((cast or {}).values()) + more])),
        "votes": cast,
        "reported": draw(optional(pairs)),
        "by_type": draw(optional(types)),
    }


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Draw any valid reading."""
    cast = draw(tallies)
    return Reading.model_validate(
        {
            "source": draw(labels),
            "contest": draw(labels),
            "contest_name": draw(optional(labels)),
            "count": draw(counts),
            "as_of": draw(st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.timezones())),  # noqa: DTZ001 - hypothesis adds the zone
            "as_of_is": draw(st.sampled_from([None, "received"])),
            "status": draw(optional(statuses)),
            "votes": cast,
            "names": draw(optional(st.dictionaries(keys, labels))),
            "parties": draw(optional(st.dictionaries(keys, labels))),
            "total": draw(st.sampled_from([None, sum(cast.values()) + draw(votes)])),
            "reporting": draw(optional(st.fixed_dictionaries({}, optional={"precincts": pairs, "units": pairs}))),
            "expected_total": draw(optional(votes)),
            "by_type": draw(optional(types)),
            "units": draw(optional(st.dictionaries(labels, units(), max_size=4))),
            "unit_batch": draw(optional(st.dictionaries(labels, st.integers(-30, 30), max_size=4))),
            "outstanding": draw(
                optional(st.lists(st.fixed_dictionaries({"ballots": votes, "units": st.lists(labels)})))
            ),
            "says": draw(optional(says)),
        }
    )


def reading_of(cast: Mapping[str, int], minute: float = 0, **fields: Any) -> Reading:
    """Return a reading with the given votes. All results belong to the same series."""
    said = {"source": "s", "contest": "c", "as_of": START + timedelta(minutes=minute), "votes": dict(cast)}
    return Reading.model_validate(said | fields)


@st.composite
def series(draw: st.DrawFn, candidates: int | None = None) -> list[Reading]:
    """Draw readings of one series, a minute apart, with the same candidates and the same fields."""
    listed = list("abcd")[: candidates or draw(st.integers(1, 4))]
    with_total = draw(st.sampled_from([True, False]))
    counties = draw(st.sampled_from(["none", "units", "unit_batch"]))
    made = []
    for minute in range(draw(st.integers(2, 6))):
        cast = {candidate: draw(small) for candidate in listed}
        fields: dict[str, Any] = {"total": sum(cast.values()) + draw(small)} if with_total else {}
        if counties == "units":
            fields["units"] = {name: {"total": draw(small)} for name in ("Floyd", "Cobb")}
        elif counties == "unit_batch":
            fields["unit_batch"] = {name: draw(st.integers(-9, 9)) for name in draw(st.sets(st.sampled_from("XYZ")))}
        made.append(reading_of(cast, minute, **fields))
    return made


@st.composite
def fetches(draw: st.DrawFn) -> list[Reading | float]:
    """Draw what a source publishes over time: readings, some of them repeated, older or incomplete, and waits in
    seconds.
    """
    steps: list[Reading | float] = []
    seen: list[Reading] = []
    for number in range(draw(st.integers(2, 12))):
        steps.append(draw(st.sampled_from([0.0, 30.0, 60.0, 600.0])))
        if seen and draw(st.sampled_from([True, False])):
            steps.append(draw(st.sampled_from(seen)))
            continue
        listed = draw(st.sampled_from(["ab", "abc", "abc", "abc"]))
        cast = {candidate: draw(st.integers(0, 6)) for candidate in listed}
        late = {"reporting": {"precincts": [draw(st.sampled_from([50, 99])), 100]}}
        counties = draw(st.sampled_from([{}, {"unit_batch": {f"County {n}": 1 for n in range(10)}}]))
        seen.append(reading_of(cast, number - draw(st.sampled_from([0, 0, 0, 2])), **late, **counties))
        steps.append(seen[-1])
    return steps


_TYPED = """
    at on in a an half today tonight tomorrow yesterday next this morning evening noon midnight Nov. November may 6
    12 31 3:05 7 17 7:30 p.m. am pm mon Sat. Friday 2020 2021-03-14 11/6 13/2 min minutes hours 2h 90m days week ET
    EDT UTC z 1:30 2:30 , Feb. 29 0 24:00 20th from now and 2021-03-14T02:30Z o'clock ago 2020-11-06 hour 2
"""
typed_times = st.lists(st.sampled_from(_TYPED.split()), max_size=7).map(" ".join) | st.text(max_size=80)
"""Texts that somebody might type into a command's time option."""
moments = st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
zones = st.sampled_from(
    ["America/New_York", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]
).map(ZoneInfo)
