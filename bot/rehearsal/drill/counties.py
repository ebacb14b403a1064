"""The fictional state's counties: names, sizes, political lean, and ballots in order of reporting."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from random import Random

from bot.count.reading import VoteType

_LEAST_COUNTIES = 12
"""The minimum number of counties. When the feed switches to another count, ten counties must change at once."""

_LEAST_REGISTERED = 4_000

_MOST_REGISTERED = 620_000

_VOTERS_A_PRECINCT = 2_000

_MOST_PARCELS = 8

_LATE_COUNTIES = 4

STATE = "Winnemara"
"""A name that no real place has."""

_FIRST = """
    Amber Ander Arrow Ashen Autumn Barrow Birken Bramble Brindle Calder Candle Cedar Chalk Cinder Clover Copper
    Corran Dapple Dunnel Elder Ember Fallow Farrow Fennel Ferren Flint Gander Garnet Gorse Hallow Harrow Hazel
    Heather Hollin Juniper Kestrel Lantern Larken Linnet Mallow Marrow Merrin Otter Pebble Pepper Quill Raven Rowan
    Saffron Sedge Sorrel Sparrow Tansy Thistle Umber Velvet Wander Willow Winnow Yarrow
""".split()

_LAST = (
    "bank brook combe dale fell field ford gate grove ham hurst lea mere mont moor ridge shaw stead stone wick".split()
)

_FORENAMES = """
    Ada Basil Cora Delia Edmund Fern Gideon Hester Ivor Jonas Keziah Leopold Minna Nestor Olive Percy Quentin Rhoda
    Silas Thea Una Virgil Winifred Zachary
""".split()

_SURNAMES = """
    Applewhistle Barnswallow Candlewick Dapplegray Eiderdown Fiddlewood Gingerbrook Honeysett Inkwater Jackdawson
    Kettlewell-Moss Lanternby Marshmallin Nettlethorpe Oakapple Pennywhistle Quillfeather Rosewater Saltmarsh
    Thimblewood Underbough Violetham Weatherglass Yellowhammer
""".split()


@dataclass(frozen=True, slots=True)
class DrillCounty:
    """A fictional county."""

    name: str
    registered: int
    """The number of registered voters, an upper limit for the ballots."""
    ballots: int
    """The number of ballots counted in the end."""
    precincts: int
    lean: int
    """By how many percentage points the county's voters favor the first candidate of each contest."""


class DrillPhase(IntEnum):
    """A part of the count, in order of time."""

    EARLY = 0
    """Early votes and absentee ballots, which are counted before the polls close."""
    ELECTION_DAY = 1
    LATE = 2
    """Absentee ballots in the largest counties, counted after midnight."""
    AFTER = 3
    """A few ballots that are counted in the following days."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A group of ballots that a county reports together."""

    county: int
    """The county's index in the list of counties."""
    type: VoteType
    ballots: int
    precincts: int = 0
    """The number of precincts that are complete with this parcel."""


Parcels = dict[DrillPhase, list[Parcel]]


def make_counties(chance: Random, number: int) -> list[DrillCounty]:
    """Draw `number` counties, a few large and many small, sorted by size in descending order."""
    if number < _LEAST_COUNTIES:
        raise ValueError(f"a drill needs {_LEAST_COUNTIES} counties, not {number}")
    counties = []
    for rank, name in enumerate(draw_county_names(chance, number)):
        size = _MOST_REGISTERED // (rank + 1) * chance.randint(85, 115) // 100
        registered = _LEAST_REGISTERED + size
        ballots = registered * chance.randint(580, 760) // 1000
        lean = chance.randint(8, 22) if rank < number // 8 else chance.randint(-24, 8)
        counties.append(DrillCounty(name, registered, ballots, max(2, registered // _VOTERS_A_PRECINCT), lean))
    return counties


def make_parcels(chance: Random, counties: Sequence[DrillCounty]) -> Parcels:
    """Divide all counties' ballots into parcels, in order of reporting."""
    keyed: dict[DrillPhase, list[tuple[int, Parcel]]] = {phase: [] for phase in DrillPhase}
    after = set(chance.sample(range(len(counties)), 5))
    for index, county in enumerate(counties):
        early = county.ballots * chance.randint(40, 50) // 100
        mail = county.ballots * chance.randint(8, 12) // 100
        late = county.ballots * chance.randint(13, 16) // 100 if index < _LATE_COUNTIES else 0
        last = chance.randint(80, 400) if index in after else 0
        size = 300 if index < len(counties) // 8 else 0  # the large ones take longer
        keyed[DrillPhase.EARLY] += [
            (size + chance.randint(0, 600), Parcel(index, "early", early)),
            (size + chance.randint(300, 900), Parcel(index, "absentee-mail", mail)),
        ]
        rest = county.ballots - early - mail - late - last
        keyed[DrillPhase.ELECTION_DAY] += _election_day(chance, index, county, rest, size)
        keyed[DrillPhase.LATE] += [
            (chance.randint(0, 900), Parcel(index, "absentee-mail", ballots))
            for ballots in _parts(late, 3 if late else 0)
        ]
        if last:
            keyed[DrillPhase.AFTER].append((chance.randint(0, 900), Parcel(index, "provisional", last)))
    parcels = {phase: [parcel for _, parcel in sorted(found, key=lambda one: one[0])] for phase, found in keyed.items()}
    parcels[DrillPhase.ELECTION_DAY] = _largest_ends(parcels[DrillPhase.ELECTION_DAY])
    return parcels


def late_counties(parcels: Parcels) -> dict[int, int]:
    """Return how many ballots each county counts late, after midnight. The keys are the counties' indexes."""
    ballots: dict[int, int] = {}
    for parcel in parcels[DrillPhase.LATE]:
        ballots[parcel.county] = ballots.get(parcel.county, 0) + parcel.ballots
    return dict(sorted(ballots.items()))


def _election_day(chance: Random, index: int, county: DrillCounty, ballots: int, size: int) -> list[tuple[int, Parcel]]:
    number = min(_MOST_PARCELS, 1 + county.precincts // 8)
    shares = zip(_parts(ballots, number), _parts(county.precincts, number), strict=True)
    return [
        (size + place * 700 // number + chance.randint(0, 300), Parcel(index, "election-day", cast, precincts))
        for place, (cast, precincts) in enumerate(shares)
    ]


def _largest_ends(parcels: list[Parcel]) -> list[Parcel]:
    """Move the largest county's last parcel to the end of election day.

    The county has more than 1% of the state's precincts. Until the county has reported its last parcel, the count
    isn't nearly complete, and a reading that changes many counties is not held.
    """
    last = max(place for place, parcel in enumerate(parcels) if parcel.county == 0)
    return [*parcels[:last], *parcels[last + 1 :], parcels[last]]


def _parts(whole: int, number: int) -> list[int]:
    return [whole * (place + 1) // number - whole * place // number for place in range(number)]


def all_county_names() -> list[str]:
    """Return all possible county names, in a fixed order. No county of the United States has any of these names."""
    return [first + last for first in _FIRST for last in _LAST if first[-1] != last[0]]


def draw_county_names(chance: Random, number: int) -> list[str]:
    """Draw `number` different county names."""
    return chance.sample(all_county_names(), number)


def draw_people(chance: Random, number: int) -> list[tuple[str, str]]:
    """Draw `number` different people, as (first name, last name)."""
    return list(zip(chance.sample(_FORENAMES, number), chance.sample(_SURNAMES, number), strict=True))
