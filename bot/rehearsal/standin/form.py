"""What is wrong with the fields of a body, in the tree in which Discord says so (error 50035)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.refusal import invalid_form
from bot.rehearsal.standin.wire import Json

# A wrong field: where it is in the body, Discord's name for what is wrong, and its words.
Wrong = tuple[tuple[str | int, ...], str, str]

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


def refuse_if(wrong: Iterable[Wrong], *within: str) -> None:
    """Raise Discord's error 50035 when any field is wrong; `within` is where the body itself stands."""
    tree: Json = {}
    for place, code, words in wrong:
        branch = tree
        for step in (*within, *place):
            branch = branch.setdefault(str(step), {})
        branch.setdefault("_errors", []).append({"code": code, "message": words})
    if tree:
        raise invalid_form(tree)


def required(body: Mapping[str, Any], *keys: str) -> Iterator[Wrong]:
    """Yield the fields that are absent or null."""
    for key in keys:
        if body.get(key) is None:
            yield (key,), *REQUIRED


def wrong_length(body: Mapping[str, Any], lengths: Mapping[str, tuple[int, int]]) -> Iterator[Wrong]:
    """Yield the fields that are there and too short or too long, by name ("a.b" is b in a): fewest and most."""
    for key, (fewest, most) in lengths.items():
        steps = key.split(".")
        value: Any = body
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, str | list) and not fewest <= len(value) <= most:
            yield tuple(steps), "BASE_TYPE_BAD_LENGTH", f"Must be between {fewest} and {most} in length."


def wrong_choice(body: Mapping[str, Any], key: str, choices: Iterable[int]) -> Iterator[Wrong]:
    """Yield the field if it is there and none of these."""
    choices = tuple(choices)
    if body.get(key) is not None and body[key] not in choices:
        yield (key,), "BASE_TYPE_CHOICES", f"Value must be one of {choices}."


def wrong_range(body: Mapping[str, Any], key: str, least: int, most: int) -> Iterator[Wrong]:
    """Yield the field if it is there and no number within these."""
    value = body.get(key)
    if value is not None and not (isinstance(value, int) and least <= value <= most):
        yield (key,), "NUMBER_TYPE_RANGE", f"int value should be between {least} and {most}."
