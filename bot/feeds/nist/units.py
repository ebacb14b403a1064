"""The reporting units of an NIST SP 1500-100 report: their names, and which units contain others.

Texts in a report may be in several languages. The English text is used, or else the first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_pascal

from bot.count.reading import Votes
from bot.desk.counties import county, states
from bot.errors import BadInputError
from bot.feeds.ballot import checked_label, spaced
from bot.feeds.reader import quoted, shortened
from bot.feeds.strict_json import VendorModel, pair, shaped
from bot.feeds.vote_table import UnitLabel

_COUNTY_KINDS = frozenset({"county", "borough", "parish"})

_IN_STATE = re.compile(r"/state:([a-z]{2})\b")

_FIPS = re.compile(r"[0-9]{5}")


class _Text(VendorModel, alias_generator=to_pascal):
    content: str | None = None
    language: str | None = None


class _Texts(VendorModel, alias_generator=to_pascal):
    text: list[_Text] = []


def _english(value: object) -> object:
    """Return a text in English, or else in its first language; None if it is empty."""
    if isinstance(value, str):
        return value.strip() or None
    if not isinstance(value, dict):
        return value
    texts = shaped(value, _Texts).text
    preferred = [one for one in texts if (one.language or "").lower().startswith("en")]
    return next((one.content.strip() for one in preferred + texts if one.content and one.content.strip()), None)


English: TypeAlias = Annotated[str | None, BeforeValidator(_english)]
"""A text that may be in several languages, reduced to English."""


class CountStatus(VendorModel, alias_generator=to_pascal):
    """The progress of the count for one type of ballots."""

    type: str | None = None
    status: str | None = None


class _Identifier(VendorModel, alias_generator=to_pascal):
    type: str | None = None
    value: str | None = None


class ReportingUnit(VendorModel, alias_generator=to_pascal):
    """A reporting unit with the fields that it has in the report, before validation."""

    id: str = Field(alias="@id")
    name: English = None
    number: str | None = None
    type: str | None = None
    composing_gp_unit_ids: list[str] | None = None
    sub_units_reported: Votes | None = None
    total_sub_units: Votes | None = None
    count_status: list[CountStatus] | None = None
    external_identifier: list[_Identifier] | None = None


@dataclass(frozen=True, slots=True)
class GpUnit:
    """A reporting unit, after validation."""

    name: str | None
    kind: str | None
    """The report's ReportingUnitType; None for a device."""
    fips: str | None
    reported: tuple[int, int] | None
    """(sub-units that have reported, all sub-units)."""
    has_no_count: bool
    """True if no ballots of the unit have been processed, so that its zeros mean nothing."""


class GpUnits:
    """All units of a report, by id, and which of them contain others."""

    def __init__(self, units: Sequence[ReportingUnit], state: str | None) -> None:
        """Create the collection from the units of a report, and check them.

        `state` is the postal code of the state that issued the report, if known.

        Raises:
            BadInputError: a unit is wrong. The message names the unit.
        """
        self._state = state.upper() if state and state.upper() in states() else None
        self._units: dict[str, GpUnit] = {}
        self._parents: dict[str, list[str]] = {}
        # Most contests of a report are counted in the same units, so results are kept for the next contest.
        self._topmost: dict[tuple[str, ...], Sequence[str]] = {}
        self._labels: dict[tuple[str, ...], Sequence[UnitLabel]] = {}
        for unit in units:
            if unit.id in self._units:
                raise BadInputError(f"GpUnit has the @id {quoted(unit.id)} twice")
            try:
                self._units[unit.id] = self._unit(unit)
            except BadInputError as error:
                raise BadInputError(f"the unit {shortened(unit.id)}: {error}") from None
            for part in unit.composing_gp_unit_ids or ():
                self._parents.setdefault(part, []).append(unit.id)

    def __contains__(self, key: object) -> bool:
        return key in self._units

    def __getitem__(self, key: str) -> GpUnit:
        return self._units[key]

    def topmost(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the given units that are not part of another given unit, in the same order.

        Raises:
            BadInputError: the units are of several kinds, and the report does not show which units contain others.
        """
        asked = tuple(keys)
        if (found := self._topmost.get(asked)) is None:
            found = self._topmost[asked] = self._without_parts(dict.fromkeys(asked))
        return found

    def _without_parts(self, among: Mapping[str, None]) -> list[str]:
        found = [key for key in among if not self._has_ancestor(key, among)]
        kinds = {self._units[key].kind for key in found}
        if len(kinds) > 1 and len(found) == len(among) and not any(key in self._parents for key in among):
            raise BadInputError(
                f"has votes by {' and '.join(sorted(map(str, kinds)))}, and does not say which is in which"
            )
        return found

    def labels(self, keys: Sequence[str]) -> Sequence[UnitLabel]:
        """Return the name and FIPS code of each unit.

        If two units have the same name, the name of the larger unit that contains each is added.

        Raises:
            BadInputError: two units still have the same name, or a unit has none.
        """
        asked = tuple(keys)
        if (found := self._labels.get(asked)) is None:
            found = self._labels[asked] = self._unique_labels(asked)
        return found

    def _unique_labels(self, keys: Sequence[str]) -> list[UnitLabel]:
        names = [self._units[key].name or "" for key in keys]
        if len(set(names)) != len(names):
            names = [
                self._name_with_place(key, name) if names.count(name) > 1 else name
                for key, name in zip(keys, names, strict=True)
            ]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInputError(f"has two units called {shortened(twice)}")
        return [
            (checked_label(name, "name of a unit"), self._units[key].fips)
            for key, name in zip(keys, names, strict=True)
        ]

    def _name_with_place(self, key: str, name: str) -> str:
        around = next((self._units[one].name for one in self._parents.get(key, ()) if one in self._units), None)
        return f"{name}, {around}" if around else name

    def _has_ancestor(self, key: str, among: Mapping[str, None]) -> bool:
        seen, ahead = {key}, list(self._parents.get(key, ()))
        while ahead:
            parent = ahead.pop()
            if parent not in seen:
                if parent in among:
                    return True
                seen.add(parent)
                ahead += self._parents.get(parent, ())
        return False

    def _unit(self, unit: ReportingUnit) -> GpUnit:
        name = spaced(unit.name or unit.number or "") or None
        fips = None
        if unit.type in _COUNTY_KINDS and name:
            name = name.removesuffix(" County")
            fips = self._fips(unit, name)
        reported = pair(unit.sub_units_reported, unit.total_sub_units, "SubUnits")
        return GpUnit(name, unit.type, fips, reported, "not-processed" in statuses(unit.count_status))

    def _fips(self, unit: ReportingUnit, name: str) -> str | None:
        state = self._state
        for identifier in unit.external_identifier or ():
            if identifier.type == "fips" and _FIPS.fullmatch(identifier.value or ""):
                return identifier.value
            if identifier.type == "ocd-id" and (match := _IN_STATE.search(identifier.value or "")):
                state = match[1].upper()
        found = county(state, name) if state else None
        return found.fips if found else None


def statuses(listed: Sequence[CountStatus] | None) -> set[str | None]:
    """Return the statuses in a list of CountStatus that apply to all ballots together."""
    return {one.status for one in listed or () if one.type == "total"}
