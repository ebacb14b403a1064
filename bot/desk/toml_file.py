"""Reads and checks TOML files: the desk file, recorded days, and the tables that Tallydesk ships."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.count.reading import describe_refusal
from bot.errors import BadInputError

SHIPPED = Path(__file__).parents[1] / "_data"
"""The data folder of an installed Tallydesk. In a checkout it is `data/`."""

MOST_BYTES = 1 << 20
"""The size of the largest file that is read; a larger one is a mistake."""

Model = TypeVar("Model", bound=BaseModel)


def shipped(*parts: str) -> Path:
    """Return the path of a file that Tallydesk ships: `shipped("desks", "georgia-2020.toml")`."""
    root = SHIPPED if SHIPPED.is_dir() else Path(__file__).parents[2] / "data"
    return root.joinpath(*parts)


def load_toml(path: Path, model: type[Model], what: str) -> Model:
    """Read a TOML file into `model`.

    Args:
        path: the file.
        model: the pydantic model that checks the file.
        what: the name of the file in errors, such as "the desk file".

    Raises:
        BadInputError: the file can't be read, is not TOML, or has a wrong value. The error names the value's
            place.

    """
    return check_document(toml_document(path, what), path, model, what)


def toml_document(path: Path, what: str) -> dict[str, Any]:
    """Return a TOML file as a dictionary. `what` is the file's name in errors.

    Raises:
        BadInputError: the file can't be read, or is not TOML.

    """
    text = toml_text(path, what)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise BadInputError(f"{path}: not TOML: {str(error)[:200]}") from None


def check_document(document: Mapping[str, Any], path: Path, model: type[Model], what: str) -> Model:
    """Validate a parsed document, and return it as an instance of `model`. `what` is the file's name in errors.

    Raises:
        BadInputError: the document has a wrong value. The error names the value's place.

    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise BadInputError(f"{path}: {describe_refusal(error, document, what)}") from None


def toml_text(path: Path, what: str) -> str:
    """Return the text of a TOML file. `what` is the file's name in errors.

    Raises:
        BadInputError: the file can't be read, is too large, or is not UTF-8.

    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path}: {what} can't be read ({error.strerror})") from None
    if len(content) > MOST_BYTES:
        raise BadInputError(f"{path}: {what} is over {MOST_BYTES} bytes")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInputError(f"{path}: {what} is not UTF-8 text") from None
