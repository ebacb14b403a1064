"""The table of recount lines that Tallydesk ships: `data/recount_lines.toml`."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from bot.count.reading import Frozen, Label, Votes
from bot.count.recount_line import Denominator, RecountKind, RecountLine
from bot.desk.desk_file import Config, Share
from bot.desk.toml_file import load_toml


class _Line(Config):
    """A row of the file, with the fields of `RecountLine`."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    inclusive: bool = True
    share: Share | None = None
    votes: Votes | None = None
    combine: Literal["lesser", "greater"] = "lesser"
    denominator: Denominator = "all_votes"
    kind: RecountKind
    who: Label | None = None
    deadline: Label | None = None
    only: Label | None = None
    source: Label
    cited_by: Label | None = None
    as_of: Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
    verified: bool

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.verified and self.kind == "on_request" and None in (self.who, self.deadline):
            raise ValueError("a verified line says who may ask, and by when")
        if self.kind == "none" and (self.share is not None or self.votes is not None):
            raise ValueError("where there is no recount there is no line")
        return self

    def line(self) -> RecountLine:
        return RecountLine(**dict(self))


class _Lines(Frozen):
    lines: list[_Line]

    @model_validator(mode="after")
    def _one_a_kind(self) -> Self:
        rows = Counter((line.state, line.kind, line.only) for line in self.lines)
        if doubled := [state for (state, _, _), times in rows.items() if times > 1]:
            raise ValueError(f"the state {doubled[0]} is there twice")
        return self


@cache
def load_recount_lines(path: Path) -> tuple[RecountLine, ...]:
    """Return the recount lines in the file at `path`, in the file's order.

    Raises:
        BadInputError: the file can't be read, is not TOML, or has a wrong value. The error names the value's
            place.

    """
    rows = load_toml(path, _Lines, "the table of recount lines")
    return tuple(row.line() for row in rows.lines)
