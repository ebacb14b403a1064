"""The desk file that `tallydesk new` writes: what a person wrote into it stays as it is, comments too."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item

from bot.cli.new_draft import ContestDraft, Guess
from bot.count.reading import describe_refusal
from bot.desk.desk_file import Candidate, Desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.toml_file import text_of
from bot.errors import BadInputError

MARK = "a guess"
"""How the comment begins that stands behind every value which nobody has confirmed."""

_HEAD = (
    "The desk file: what this newsroom covers, and who says it. Written by `tallydesk new`; it is yours now, and",
    "another `tallydesk new` adds to it and changes nothing that is here.",
    f'What is marked "{MARK}" is not in the feed: look it up, mend it, and take the mark away.',
)


class DeskDocument:
    """A desk file being written, or added to."""

    def __init__(self, path: Path) -> None:
        """Begin from what is at `path`, or from nothing.

        Raises:
            BadInputError: what is there is no desk file.

        """
        self.path = path
        self._is_new = not path.exists()
        if not self._is_new and (mistakes := desk_mistakes(path)):
            raise BadInputError(mistakes[0])
        try:
            self._document = tomlkit.parse("" if self._is_new else text_of(path, "the desk file"))
        except TOMLKitError as error:
            raise BadInputError(f"{path}: not TOML: {str(error)[:200]}") from None
        if self._is_new:
            for line in _HEAD:
                self._document.add(tomlkit.comment(line))

    def desk(self) -> Desk | None:
        """Return what it says so far, checked; None: nothing yet.

        Raises:
            BadInputError: it says something that can't be.

        """
        if "contests" not in self._document:
            return None
        try:
            return Desk.model_validate(tomllib.loads(self.text()))
        except ValidationError as error:
            raise BadInputError(f"{self.path}: {describe_refusal(error)}") from None

    def text(self) -> str:
        """Return the file's text."""
        return tomlkit.dumps(self._document)

    @property
    def guesses(self) -> int:
        """How many values nobody has confirmed."""
        return sum(f"# {MARK}" in line for line in self.text().splitlines())

    def set_zone(self, zone: str | Guess) -> None:
        """Say in which zone the newsroom is, where nothing says so yet."""
        if "desk" not in self._document:
            table = tomlkit.table()
            table.add("zone", _item(zone))
            table.add(tomlkit.nl())
            self._document.add(tomlkit.nl())
            self._document.add("desk", table)

    def add_contest(self, draft: ContestDraft, leads: str, key: str, candidates: Mapping[str, str]) -> None:
        """Add a contest.

        Args:
            draft: the contest.
            leads: the id of the source that has it.
            key: what the source calls it.
            candidates: the source's candidate id → the desk's.

        """
        table = tomlkit.table()
        said: dict[str, object] = {
            "id": draft.id, "name": draft.name, "state": draft.state, "where": draft.where, "rule": draft.rule,
            "seats": draft.seats, "threshold": draft.threshold, "election_day": draft.election_day,
            "presidential": draft.presidential or None, "leads": leads,
        }  # fmt: skip
        for name, value in said.items():
            if value is not None:
                table.add(name, _item(value))
        table.add("candidates", _candidates(draft.candidates, draft.unsure))
        table.add(tomlkit.key(["feeds", leads]), _feed(key, candidates))
        table.add(tomlkit.nl())
        self._tables("contests").append(table)

    def pair(self, contest: str, source: str, key: str, candidates: Mapping[str, str]) -> None:
        """Say what another source calls a contest and its candidates."""
        for table in self._tables("contests"):
            if table["id"] == contest:
                feeds = table.get("feeds")
                if feeds is None:
                    table.add(tomlkit.key(["feeds", source]), _feed(key, candidates))
                else:
                    feeds[source] = _feed(key, candidates)

    def add_source(self, source: Mapping[str, object], remarks: Iterable[str] = ()) -> None:
        """Add a source: its keys and values as in the desk file, each of them or a `Guess`; `remarks` stand below."""
        table = tomlkit.table()
        for name, value in source.items():
            if value is not None:
                table.add(name, _item(value))
        for remark in remarks:
            table.add(tomlkit.comment(remark))
        table.add(tomlkit.nl())
        self._tables("sources").append(table)

    def _tables(self, name: str) -> AoT:
        if name not in self._document:
            self._document.add(name, tomlkit.aot())
        found = self._document[name]
        if not isinstance(found, AoT):
            raise BadInputError(f"{self.path}: {name} should be written as [[{name}]]")
        return found


def _item(value: object) -> Item:
    said = value.value if isinstance(value, Guess) else value
    item: Item = tomlkit.item(_plain(said))
    if isinstance(value, Guess):
        item.comment(f"{MARK}: {value.why}")
    return item


def _plain(value: object) -> Any:  # noqa: ANN401 - as tomlkit has it
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return value if isinstance(value, str | bool | int | date | list) else str(value)


def _candidates(candidates: list[Candidate], unsure: Mapping[str, str]) -> Array:
    array = tomlkit.array()
    for candidate in candidates:
        row = tomlkit.inline_table()
        row.update({"id": candidate.id, "name": candidate.name, "last": candidate.last})
        if candidate.party:
            row["party"] = candidate.party
        why = unsure.get(candidate.id)
        array.add_line(row, comment=f"{MARK}: {why}" if why else None)
    array.add_line(indent="")
    return array


def _feed(key: str, candidates: Mapping[str, str]) -> InlineTable:
    feed = tomlkit.inline_table()
    feed["key"] = key
    if renamed := {theirs: ours for theirs, ours in candidates.items() if theirs != ours}:
        names = tomlkit.inline_table()
        names.update(renamed)
        feed["candidates"] = names
    return feed
