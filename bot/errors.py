"""The errors people see. Each is one sentence that names what is at fault and what to do about it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class TallydeskError(Exception):
    """Something a person has to know about, said in one line; never shown as a traceback."""


class RunFailedError(TallydeskError):
    """A run of a job failed, which the job has logged itself; `seconds` from now it wants to run again."""

    def __init__(self, problem: str, seconds: float) -> None:
        """Say what went wrong."""
        super().__init__(problem)
        self.seconds = seconds


class BadInputError(TallydeskError):
    """What came from outside can't be used: a feed, a desk file, an option. The command line exits with 2."""


class CheckFailedError(TallydeskError):
    """The set-up was looked over and something is wrong. The command line exits with 1."""


class ChooseError(BadInputError):
    """What was typed could be more than one thing, or is only like some: who typed it chooses."""

    def __init__(
        self, text: str, typed: str, choices: Sequence[tuple[str, str]], option: str | None = None, most: int = 1
    ) -> None:
        """Say `text`.

        Args:
            text: a sentence that names the choices too.
            typed: the part of an option or a field that is open, letter for letter.
            choices: of each what its button says, and what to read in the place of `typed`.
            option: of a command, where it was left out and nothing was typed.
            most: how many may be chosen together; they are read with commas between.

        """
        super().__init__(text)
        self.typed = typed
        self.choices = tuple(choices)
        self.option = option
        self.most = most


def closest_match(text: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return which of `known` is most like what was said; None: none of them is alike by `least`, of at most 1."""
    return next(iter(get_close_matches(text, list(known), 1, least)), None)


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Let what is refused within say of what it is, such as the field of a form."""
    try:
        yield
    except BadInputError as error:
        error.args = (f"{what}: {error}",)
        raise


class Refusals:
    """What is refused of several fields of a form, gathered so that all of it is said at once."""

    def __init__(self) -> None:
        """Have nothing refused yet."""
        self._errors: list[BadInputError] = []

    def of(self, read: Callable[[], T], otherwise: U) -> T | U:
        """Return what `read` returns; `otherwise` where it refuses a field, which is kept."""
        try:
            return read()
        except BadInputError as error:
            self._errors.append(error)
            return otherwise

    def last(self, read: Callable[[], T]) -> T:
        """Return what `read` returns, unless something was refused; raises as `raise_any`."""
        try:
            found = read()
        except BadInputError as error:
            self._errors.append(error)
        self.raise_any()
        return found

    def raise_any(self) -> None:
        """Say what was refused, a sentence each, with the choices of the first that is open.

        Raises:
            BadInputError: something was.

        """
        if not self._errors:
            return
        first = next((error for error in self._errors if isinstance(error, ChooseError)), self._errors[0])
        *before, last = [str(error) for error in self._errors]
        ended = [one if one.endswith((".", "?")) else f"{one}." for one in before]
        first.args = (" ".join(one[:1].upper() + one[1:] if before else one for one in (*ended, last)),)
        raise first
