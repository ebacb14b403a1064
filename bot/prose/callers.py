"""Who makes calls, as a text names them: by the desk file's names, and by what else an organisation is called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.desk.desk_file import Desk, Source
from bot.prose.tokens import Token

_ORGANISATIONS = (
    ("ap", "associated press"), ("nbc", "nbc news"), ("abc", "abc news"), ("cbs", "cbs news"), ("cnn",),
    ("fox", "fox news"), ("nyt", "ny times", "new york times", "times"), ("ddhq", "decision desk hq", "decision desk"),
    ("reuters",), ("edison", "edison research"), ("newsnation",), ("bloomberg", "bloomberg news"), ("msnbc",),
    ("npr",), ("pbs", "pbs newshour"), ("univision",), ("telemundo",), ("washington post", "wapo"), ("usa today",),
    ("politico",), ("bbc", "bbc news"), ("vote hub", "votehub"),
)  # fmt: skip
"""What organisations that make or carry calls are called in copy, in small letters without "the"."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An organisation at a place in a list of tokens."""

    length: int
    source: Source | None
    """None: no source of the desk file that makes calls."""


class Callers:
    """The organisations that a text may name as making a call."""

    def __init__(self, desk: Desk) -> None:
        self._known: dict[tuple[str, ...], Source | None] = {}
        for group in _ORGANISATIONS:
            self._known |= dict.fromkeys((tuple(name.split()) for name in group), None)
        for source in desk.sources:
            if source.calls is not None:
                self._known |= dict.fromkeys(_names_of(source), source)

    def at(self, tokens: Sequence[Token], i: int) -> Caller | None:
        """Return the organisation whose name begins at `i`, the longest there is, or None."""
        for length in (4, 3, 2, 1):
            part = tokens[i : i + length]
            words = tuple(token.low for token in part)
            if len(part) == length and words in self._known and part[0].text[:1].isupper():
                return Caller(length, self._known[words])
        return None


def _names_of(source: Source) -> Iterator[tuple[str, ...]]:
    own = {_plain(name) for name in (source.id, source.name, source.short, source.credit) if name}
    for group in _ORGANISATIONS:
        if own.intersection(group):
            own.update(group)
    yield from (tuple(name.split()) for name in own if name)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")
