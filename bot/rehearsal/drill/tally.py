"""A contest's count while it comes in: parcels are added, and what a source would show is taken as a reading."""

from collections.abc import Sequence
from datetime import datetime

from bot.count.reading import Reading, Reporting, Status, Unit, VoteType
from bot.rehearsal.drill.counties import County, Parcel


class Tally:
    """The count of one contest so far."""

    def __init__(self, contest: str, candidates: Sequence[str], counties: Sequence[County]) -> None:
        """Start with nothing counted."""
        self._contest = contest
        self._candidates = candidates
        self._counties = counties
        self._votes = [[0] * len(candidates) for _ in counties]
        self._precincts = [0] * len(counties)
        self._by_type: dict[VoteType, list[int]] = {}
        self._units = {county.name: self._unit(place) for place, county in enumerate(counties)}

    def add(self, parcel: Parcel, votes: Sequence[int]) -> None:
        """Count a parcel that was marked so."""
        self.correct(parcel.county, parcel.type, votes)
        self._precincts[parcel.county] += parcel.precincts
        self._units[self._counties[parcel.county].name] = self._unit(parcel.county)

    def correct(self, county: int, kind: VoteType, votes: Sequence[int]) -> None:
        """Add votes to a county's, or take them off where they are negative; precincts stay as they are."""
        by_type = self._by_type.setdefault(kind, [0] * len(self._candidates))
        for place, cast in enumerate(votes):
            self._votes[county][place] += cast
            by_type[place] += cast
        self._units[self._counties[county].name] = self._unit(county)

    def reading(
        self, source: str, as_of: datetime, *, status: Status = "unofficial-partial", count: str = "election"
    ) -> Reading:
        """Return what a source that has all this shows."""
        votes = [sum(cast) for cast in zip(*self._votes, strict=True)]
        return Reading(
            source=source,
            contest=self._contest,
            count=count,
            as_of=as_of,
            status=status,
            votes=dict(zip(self._candidates, votes, strict=True)),
            total=sum(votes),
            reporting=Reporting(
                precincts=(sum(self._precincts), sum(county.precincts for county in self._counties)),
                units=(
                    sum(have == county.precincts for have, county in zip(self._precincts, self._counties, strict=True)),
                    len(self._counties),
                ),
            ),
            by_type={
                kind: dict(zip(self._candidates, cast, strict=True)) for kind, cast in sorted(self._by_type.items())
            },
            units=dict(self._units),
        )

    def _unit(self, place: int) -> Unit:
        votes = self._votes[place]
        return Unit(
            total=sum(votes),
            votes=dict(zip(self._candidates, votes, strict=True)),
            reported=(self._precincts[place], self._counties[place].precincts),
        )
