"""Errors that people see. Each message is one sentence that names the fault and a way to fix it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class TallydeskError(Exception):
    """The base class of errors that are shown to a person, as one line without a traceback."""


class RunFailedError(TallydeskError):
    """Raised by a scheduled job that failed and has logged its error. The job runs again in `seconds`."""

    def __init__(self, problem: str, seconds: float) -> None:
        super().__init__(problem)
        self.seconds = seconds


class BadInputError(TallydeskError):
    """Raised if a feed, a desk file, an option or other input can't be used. The command line exits with 2."""


class CheckFailedError(TallydeskError):
    """Raised if a check found a fault. The command line exits with 1."""


class ChooseError(BadInputError):
    """Raised if typed text is ambiguous or has no exact match. The user is shown choices."""

    def __init__(
        self, text: str, typed: str, choices: Sequence[tuple[str, str]], option: str | None = None, most: int = 1
    ) -> None:
        """Create an error with a message and choices.

        Args:
            text: the message, a sentence that names the choices too.
            typed: the ambiguous part of an option or field, exactly as typed.
            choices: pairs of a button's label and the text that replaces `typed`.
            option: the command's option that was omitted, if nothing was typed.
            most: how many choices may be made together; they are joined by commas.
        """
        super().__init__(text)
        self.typed = typed
        self.choices = tuple(choices)
        self.option = option
        self.most = most


def closest_match(text: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return the known string that is most similar to `text`. None if no similarity, from 0 to 1, reaches `least`."""
    return next(iter(get_close_matches(text, list(known), 1, least)), None)


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Prefix the message of a BadInputError from the block with `what`, such as the name of a form's field."""
    try:
        yield
    except BadInputError as error:
        error.args = (f"{what}: {error}",)
        raise


class Refusals:
    """A collector of the errors in a form's fields, so that all are reported at once."""

    def __init__(self) -> None:
        self._errors: list[BadInputError] = []

    def of(self, read: Callable[[], T], otherwise: U) -> T | U:
        """Return the result of `read`, which reads a field.

        If it raises a BadInputError, store the error and return `otherwise`.
        """
        try:
            return read()
        except BadInputError as error:
            self._errors.append(error)
            return otherwise

    def last(self, read: Callable[[], T]) -> T:
        """Return the result of `read`, which reads the last field.

        If any field has an error, raise all, as `raise_any` does.
        """
        try:
            found = read()
        except BadInputError as error:
            self._errors.append(error)
        self.raise_any()
        return found

    def raise_any(self) -> None:
        """Raise the stored errors as one, a sentence for each, with the choices of the first ChooseError.

        Raises:
            BadInputError: at least one error is stored.

        """
        if not self._errors:
            return
        first = next((error for error in self._errors if isinstance(error, ChooseError)), self._errors[0])
        *before, last = [str(error) for error in self._errors]
        ended = [one if one.endswith((".", "?")) else f"{one}." for one in before]
        first.args = (" ".join(one[:1].upper() + one[1:] if before else one for one in (*ended, last)),)
        raise first
