"""Errors that people see: each is one sentence that names the fault and says what to do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class TallydeskError(Exception):
    """The base of errors that are shown to a person, as one line without a traceback."""


class RunFailedError(TallydeskError):
    """A run of a job failed, and the job has logged it itself; it is to run again in `seconds`."""

    def __init__(self, problem: str, seconds: float) -> None:
        super().__init__(problem)
        self.seconds = seconds


class BadInputError(TallydeskError):
    """A feed, a desk file, an option or other input can't be used. The command line exits with 2."""


class CheckFailedError(TallydeskError):
    """A check found something wrong. The command line exits with 1."""


class ChooseError(BadInputError):
    """What was typed is ambiguous or matches nothing exactly: the user is shown choices."""

    def __init__(
        self, text: str, typed: str, choices: Sequence[tuple[str, str]], option: str | None = None, most: int = 1
    ) -> None:
        """Make the error.

        Args:
            text: the message, a sentence that names the choices too.
            typed: the ambiguous part of an option or field, exactly as typed.
            choices: pairs of a button's label and the text that replaces `typed`.
            option: the command's option that was left out, if nothing was typed.
            most: how many may be chosen together; they are joined by commas.

        """
        super().__init__(text)
        self.typed = typed
        self.choices = tuple(choices)
        self.option = option
        self.most = most


def closest_match(text: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return the one of `known` that is most similar to `text`; None: none has a similarity of `least`, from 0 to 1."""
    return next(iter(get_close_matches(text, list(known), 1, least)), None)


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Put `what`, such as a form's field, in front of the message of a BadInputError from the block."""
    try:
        yield
    except BadInputError as error:
        error.args = (f"{what}: {error}",)
        raise


class Refusals:
    """Collects the errors in several fields of a form, so that all are reported at once."""

    def __init__(self) -> None:
        self._errors: list[BadInputError] = []

    def of(self, read: Callable[[], T], otherwise: U) -> T | U:
        """Return what `read` returns; if it raises a BadInputError, store that and return `otherwise`."""
        try:
            return read()
        except BadInputError as error:
            self._errors.append(error)
            return otherwise

    def last(self, read: Callable[[], T]) -> T:
        """Return what `read` returns; raise all errors, as `raise_any` does, if this or an earlier field has one."""
        try:
            found = read()
        except BadInputError as error:
            self._errors.append(error)
        self.raise_any()
        return found

    def raise_any(self) -> None:
        """Raise the stored errors as one, a sentence each, with the choices of the first ChooseError.

        Raises:
            BadInputError: there are stored errors.

        """
        if not self._errors:
            return
        first = next((error for error in self._errors if isinstance(error, ChooseError)), self._errors[0])
        *before, last = [str(error) for error in self._errors]
        ended = [one if one.endswith((".", "?")) else f"{one}." for one in before]
        first.args = (" ".join(one[:1].upper() + one[1:] if before else one for one in (*ended, last)),)
        raise first
