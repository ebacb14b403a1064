"""The candidates of one of AP's races, and their votes in each reporting unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.ap.units import Race, candidates_of, name_of, text_of
from bot.feeds.ballot import candidate_ids, label, party_of
from bot.feeds.reader import quoted, shortened

_NUMBERED_BY = ("polID", "polNum", "candidateID")


_NOBODY = (None, "", "0")


@dataclass(frozen=True, slots=True)
class RaceBallot:
    """The candidates of a race."""

    numbered_by: str
    """Which of the feed's fields tells them apart."""
    ids: Mapping[str, str]
    """By that field."""
    names: dict[str, str]
    parties: dict[str, str]

    def votes(self, unit: Race) -> dict[str, int]:
        """Return a unit's votes by candidate id.

        Raises:
            BadInputError: a number is none, or a candidate is there twice or is not on the state's list.

        """
        ids, numbered_by, candidates = self.ids, self.numbered_by, candidates_of(unit)
        try:
            found = {ids[one[numbered_by]]: one["voteCount"] for one in candidates}
        except (KeyError, TypeError):
            raise BadInputError(self._what_is_wrong(unit)) from None
        if len(found) != len(candidates):
            raise BadInputError(f"{name_of(unit)} has a candidate twice")
        for candidate, votes in found.items():
            if type(votes) is not int or not 0 <= votes <= MOST_VOTES:
                what = f"voteCount of {candidate} in {name_of(unit)}"
                raise BadInputError(f"{what} should be a whole number of votes, not {quoted(votes)}")
        return found

    def _what_is_wrong(self, unit: Race) -> str:
        for one in candidates_of(unit):
            number = one.get(self.numbered_by) if isinstance(one, dict) else None
            if not isinstance(number, str) or number not in self.ids:
                return (
                    f"{name_of(unit)} has a candidate whom the whole state has not: {self.numbered_by} {quoted(number)}"
                )
            if "voteCount" not in one:
                return f"voteCount of {self.ids[number]} in {name_of(unit)} is missing"
        return f"{name_of(unit)} has candidates that can't be read"

    def marked(self, unit: Race, mark: str) -> tuple[str, ...] | None:
        """Return the ids of those with a mark in `winner`, None where nobody has it."""
        return (
            tuple(self.ids[one[self.numbered_by]] for one in candidates_of(unit) if one.get("winner") == mark) or None
        )


def race_ballot_of(candidates: Sequence[Any]) -> RaceBallot:
    """Return the candidates of the whole state's list, told apart by the first of AP's ids that does.

    Raises:
        BadInputError: they can't be told apart, or one has no name.

    """
    if not candidates or not all(isinstance(one, dict) for one in candidates):
        raise BadInputError("the state's candidates should be a list of objects")
    numbered_by = next((field for field in _NUMBERED_BY if _tells_apart(field, candidates)), None)
    if numbered_by is None:
        raise BadInputError(f"its candidates can't be told apart by {', '.join(_NUMBERED_BY)}")
    numbers = [one[numbered_by] for one in candidates]
    names = [_person(one) for one in candidates]
    parties = [party_of(text_of(one, "party")) for one in candidates]
    ids = candidate_ids(names, parties, [shortened(number, 40) for number in numbers])
    return RaceBallot(
        numbered_by,
        dict(zip(numbers, ids, strict=True)),
        dict(zip(ids, names, strict=True)),
        {candidate: party for candidate, party in zip(ids, parties, strict=True) if party},
    )


def _tells_apart(field: str, candidates: Sequence[Race]) -> bool:
    numbers = [one.get(field) for one in candidates]
    return all(isinstance(number, str) and number not in _NOBODY for number in numbers) and len(set(numbers)) == len(
        numbers
    )


def _person(candidate: Race) -> str:
    name = " ".join(part for field in ("first", "last", "suffix") if (part := text_of(candidate, field)))
    if not (found := label(name)):
        raise BadInputError("has a candidate without a name")
    return found
