"""The reporting units of an NIST SP 1500-100 report: what each is called, and which is a part of which.

Texts of a report may be in several languages: English is taken, else the first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk.counties import county, states
from bot.errors import BadInputError
from bot.feeds.ballot import checked_label, spaced
from bot.feeds.reader import quoted, shortened
from bot.feeds.strict_json import objects, pair
from bot.feeds.vote_table import KnownUnit, Pair

_COUNTY_KINDS = frozenset({"county", "borough", "parish"})


_IN_STATE = re.compile(r"/state:([a-z]{2})\b")


_FIPS = re.compile(r"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class GpUnit:
    """A reporting unit."""

    name: str | None
    kind: str | None
    """The report's ReportingUnitType; None of a device."""
    fips: str | None
    reported: Pair | None
    """Of its sub-units."""
    is_untouched: bool
    """True where the report says that nothing of it has been processed: its zeros are no votes."""


class GpUnits:
    """All reporting units of a report, by their ids."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        """Take them out of a report.

        Raises:
            BadInputError: one can't be used; the sentence names it.

        """
        state = report.get("IssuerAbbreviation")
        self._state = state.upper() if isinstance(state, str) and state.upper() in states() else None
        self._units: dict[str, GpUnit] = {}
        self._parents: dict[str, list[str]] = {}
        # A report's contests are mostly counted in the same units: what is made out of them once holds for the next.
        self._topmost: dict[tuple[str, ...], Sequence[str]] = {}
        self._known: dict[tuple[str, ...], Sequence[KnownUnit]] = {}
        for number, unit in enumerate(objects(report, "GpUnit", needed=False), start=1):
            key = unit.get("@id")
            if not isinstance(key, str) or key in self._units:
                raise BadInputError(f"unit {number} of GpUnit should have an @id of its own")
            try:
                self._units[key] = self._unit(unit)
            except BadInputError as error:
                raise BadInputError(f"the unit {shortened(key)}: {error}") from None
            parts = unit.get("ComposingGpUnitIds")
            for part in parts if isinstance(parts, list) else ():
                self._parents.setdefault(str(part), []).append(key)

    def __contains__(self, key: object) -> bool:
        return key in self._units

    def __getitem__(self, key: str) -> GpUnit:
        return self._units[key]

    def topmost(self, keys: Sequence[str]) -> Sequence[str]:
        """Return those of some units that are no part of another of them, in their order.

        Raises:
            BadInputError: the report does not say which is a part of which, though they are of several kinds.

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

    def known(self, keys: Sequence[str]) -> Sequence[KnownUnit]:
        """Return what each unit is called, and a county's FIPS code; what has one name in two places names the place.

        Raises:
            BadInputError: two can't be told apart, or one has no name.

        """
        asked = tuple(keys)
        if (found := self._known.get(asked)) is None:
            found = self._known[asked] = self._told_apart(asked)
        return found

    def _told_apart(self, keys: Sequence[str]) -> list[KnownUnit]:
        names = [self._units[key].name or "" for key in keys]
        if len(set(names)) != len(names):
            names = [
                self._placed(key, name) if names.count(name) > 1 else name
                for key, name in zip(keys, names, strict=True)
            ]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInputError(f"has two units called {shortened(twice)}")
        return [
            (checked_label(name, "name of a unit"), self._units[key].fips)
            for key, name in zip(keys, names, strict=True)
        ]

    def _placed(self, key: str, name: str) -> str:
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

    def _unit(self, unit: Mapping[str, Any]) -> GpUnit:
        kind = kind if isinstance(kind := unit.get("Type"), str) else None
        name = english(unit.get("Name"), "Name") or english(unit.get("Number"), "Number")
        reported = pair(unit.get("SubUnitsReported"), unit.get("TotalSubUnits"), "SubUnits")
        fips = None
        if kind in _COUNTY_KINDS and name:
            name = spaced(name).removesuffix(" County")
            fips = self._fips(unit, name)
        return GpUnit(name and spaced(name), kind, fips, reported, is_untouched(unit))

    def _fips(self, unit: Mapping[str, Any], name: str) -> str | None:
        state = self._state
        for identifier in objects(unit, "ExternalIdentifier", needed=False):
            kind, value = identifier.get("Type"), identifier.get("Value")
            if kind == "fips" and isinstance(value, str) and _FIPS.fullmatch(value):
                return value
            if kind == "ocd-id" and isinstance(value, str) and (match := _IN_STATE.search(value)):
                state = match[1].upper()
        found = county(state, name) if state else None
        return found.fips if found else None


def is_untouched(holder: Mapping[str, Any]) -> bool:
    """Return True where a CountStatus says that of all its ballots none have been processed."""
    return "not-processed" in statuses(holder)


def statuses(holder: Mapping[str, Any]) -> set[str]:
    """Return what an object's CountStatus says of all its ballots."""
    listed = objects(holder, "CountStatus", needed=False)
    return {str(one.get("Status")) for one in listed if one.get("Type") == "total"}


def english(value: object, what: str) -> str | None:
    """Return a text, in English where it is in several languages, else in the first; None where there is none.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if value is None or isinstance(value, str):
        return (value and value.strip()) or None
    texts = value.get("Text") if isinstance(value, dict) else None
    if isinstance(texts, list) and all(isinstance(one, dict) for one in texts):
        preferred = [one for one in texts if str(one.get("Language")).lower().startswith("en")]
        for one in preferred + texts:
            if isinstance(content := one.get("Content"), str) and content.strip():
                return content.strip()
        return None
    raise BadInputError(f"{what} should be text, not {quoted(value)}")
