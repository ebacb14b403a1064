"""One request to the API and its answer, as the handlers see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.standin.refusal import invalid_form


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request; `number` is what the body calls it by."""

    number: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was matched with a route; `args` are the variable parts of its path, from left to right."""

    args: tuple[str, ...]
    query: Mapping[str, str]
    body: Any = None
    uploads: tuple[Upload, ...] = ()

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body, which has to be an object; an absent one has no fields."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid_form(
                {"_errors": [{"code": "MODEL_TYPE_CONVERT", "message": "Only dictionaries may be used."}]}
            )
        return self.body

    def id(self, place: int) -> int:
        """Return one of `args` as an id."""
        return as_id(self.args[place], "id")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: a status and a body to be sent as JSON, or none."""

    status: int = 200
    body: object = field(default=None)


Handler = Callable[[Call], Reply]


Routes = Mapping[str, Handler]

NO_CONTENT = Reply(204)


def as_id(text: str, name: str) -> int:
    """Return the id that `text` spells, or refuse the field of that name."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise invalid_form(
        {name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}]}}
    )
