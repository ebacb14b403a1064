"""Makes candidates with ids, names and parties from a feed's choices.

Feeds write names as ballots do: `Donald J. Trump (I) (Rep)` is a name, a mark of incumbency and a party. Ids are slugs of
the names, so that they stay the same in every version of a feed.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import BadInputError
from bot.feeds.choices import is_empty_place, is_residual
from bot.feeds.reader import quoted, shortened

LONGEST_LABEL, _LONGEST_KEY = 300, 80


@dataclass(frozen=True, slots=True)
class Ballot:
    """The choices of a contest, in the feed's order."""

    ids: tuple[str, ...]
    """The ids of all choices, residual ones included."""
    names: dict[str, str]
    """Candidates' names by id; empty if the contest has no candidates."""
    parties: dict[str, str]
    """Parties by id, for candidates who have one."""
    residual: frozenset[str] = frozenset()
    """The ids of choices that are not candidates, such as undervotes and blank ballots. They have no name and no
    party.
    """


def ballot_of(texts: tuple[str, ...], parties: tuple[str | None, ...] = (), keys: tuple[str, ...] = ()) -> Ballot:
    """Return the ballot with the choices of a feed's contest.

    Args:
        texts: the choices' names, with marks of party and incumbency.
        parties: the feed's party label of each choice. A mark in the choice's name takes precedence. Empty if
            the feed has none.
        keys: the feed's key of each choice, to distinguish candidates with the same name and party. If empty,
            the position in the list is used.

    Raises:
        BadInputError: a name or a party is not plain text, or two candidates can't be distinguished.

    """
    marked = [split_marks(text) for text in texts]
    parties, keys = parties or (None,) * len(texts), keys or tuple(map(str, range(1, len(texts) + 1)))
    found = [party_of(mark) or party_of(party) for (_, mark), party in zip(marked, parties, strict=True)]
    ids = candidate_ids([name for name, _ in marked], found, [slug(key)[:_LONGEST_KEY] for key in keys])
    residual = frozenset(one for one, (name, _) in zip(ids, marked, strict=True) if is_residual(name))
    if ids and len(residual) == len(ids) and not any(is_empty_place(name) for name, _ in marked):
        raise BadInputError("has no choice but what was not voted")
    names = [checked_label(name, "name of a choice") for name, _ in marked]
    return Ballot(
        tuple(ids),
        {one: name for one, name in zip(ids, names, strict=True) if one not in residual},
        {
            one: checked_label(party, "party")
            for one, party in zip(ids, found, strict=True)
            if party and one not in residual
        },
        residual,
    )


def checked_label(text: str, what: str) -> str:
    """Return `text` unchanged if it is a valid `bot.count.reading.Label`.

    Raises:
        BadInputError: the text isn't valid. `what` is its name in the error.

    """
    if not text or not text.isprintable() or len(text) > LONGEST_LABEL or text != text.strip():
        raise BadInputError(
            f"the {what} should be plain text of at most {LONGEST_LABEL} characters, not {quoted(text)}"
        )
    return text


_PARTIES = {
    "rep": "R",
    "republican": "R",
    "gop": "R",
    "dem": "D",
    "democrat": "D",
    "democratic": "D",
    "lib": "L",
    "libertarian": "L",
    "ind": "I",
    "independent": "I",
    "grn": "G",
    "green": "G",
}

_NO_PARTY = frozenset({"", "np", "nonpartisan", "non-partisan", "non partisan"})

OF_WRITE_INS = frozenset({"w", "wi", "w-i", "wri", "write-in", "write in", "write-ins"})
"""Labels that feeds use instead of a party for write-ins, such as WI in Minnesota and WRI in Florida."""

_NO_PARTY_S_MARK = frozenset({"i", "inc", "incumbent", "withdrawn", "withdrew", "deceased", "disqualified"})
"""Marks after a name that are not a party. They may appear or disappear during a count."""

_MOST_MARKS = 4

_PARTY_MARK = re.compile(r"(?!write)[a-z][a-z .&/-]{0,39}", re.IGNORECASE)

_LONGEST_NAME = 300

_RECOUNT = re.compile(r"\brecount\b", re.IGNORECASE)


def spaced(text: str) -> str:
    """Return `text` stripped, with single spaces between words."""
    return " ".join(text.split())


def split_marks(ballot_name: str) -> tuple[str, str | None]:
    """Split a name on a ballot into the plain name and the party's mark: `("Donald J. Trump", "Rep")`.

    Doubled quotes (`Earl ""Buddy"" Carter`, in Georgia's files) become single.
    """
    name, party = spaced(ballot_name.replace('""', '"')), None
    for _ in range(_MOST_MARKS):
        rest, bracket, mark = name.removesuffix(")").rpartition("(")
        if not name.endswith(")") or not bracket or not rest.strip():
            break
        if mark.strip().casefold() not in _NO_PARTY | _NO_PARTY_S_MARK:
            if party or not _PARTY_MARK.fullmatch(mark.strip()):
                break
            party = mark
        name = rest.strip()
    return name, party


def party_of(label: str | None) -> str | None:
    """Return a party's letter, such as R, or `label` unchanged for other parties. None if there is no party."""
    text = " ".join((label or "").split())
    return None if text.casefold() in _NO_PARTY | OF_WRITE_INS else _PARTIES.get(text.casefold(), text)


def label(text: str) -> str | None:
    """Return a name as one line, shortened if it is too long; None if the name is empty."""
    return shortened(" ".join(text.split()), _LONGEST_NAME) or None


_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_SEATS = re.compile(
    rf"\b(?:vote|elect)(?: for)?(?: up to| not? more than| any)? ?\(?(\d{{1,2}}|{'|'.join(_NUMBERS)})\b", re.IGNORECASE
)


def seats_named(contest: str) -> int | None:
    """Return the number of seats in a contest's name, such as "Council (Vote for up to 2)".

    None if the name has none.
    """
    if not (found := _SEATS.search(contest)):
        return None
    number = found[1].casefold()
    return int(number) if number.isdecimal() else 1 + _NUMBERS.index(number)


def count_named(*texts: str | None) -> Literal["recount", "election"]:
    """Return `recount` if a name contains that word, else `election`.

    The names are those of an election or a contest.
    """
    return "recount" if any(text and _RECOUNT.search(text) for text in texts) else "election"


MOST_CHARACTERS = 100
"""The longest id, as in `bot.count.reading.Id`."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return `text` as an ASCII slug of at most 100 characters. Empty if `text` has no letters or digits.

    `Donald J. Trump` gives `donald-j-trump`, `José Núñez` gives `jose-nunez`.
    """
    words = _BETWEEN_WORDS.sub("-", _unaccented(text[: 4 * MOST_CHARACTERS])).strip("-")
    return words[:MOST_CHARACTERS].rstrip("-")


def _unaccented(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def key_of(title: str) -> str:
    """Return a contest's id: a slug of its key or title. A long slug is cut and gets a hash, so that it stays unique.

    `…-in-the-city-of-lake-3f2a9c1b` ends with the beginning of the SHA-256 of the whole slug.
    """
    whole = _BETWEEN_WORDS.sub("-", _unaccented(title)).strip("-")
    if len(whole) <= MOST_CHARACTERS:
        return whole
    end = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: MOST_CHARACTERS - 1 - len(end)].rstrip('-')}-{end}"


def candidate_ids(names: Sequence[str], parties: Sequence[str | None], keys: Sequence[str]) -> list[str]:
    """Return an id for each candidate of a contest: a slug of the name, made unique if necessary.

    If two names give the same slug, the party is added. If the ids are still equal, the feed's key is added. A name
    without letters and digits becomes `choice-KEY`.

    Args:
        names: the names on the ballot, without marks of party or incumbency.
        parties: each candidate's party label, or None.
        keys: the feed's key of each candidate, or the position in the list.

    Raises:
        BadInputError: two ids are still the same.

    """
    ids = [slug(name) or f"choice-{key}" for name, key in zip(names, keys, strict=True)]
    ids = _tell_apart(ids, [slug(party or "") for party in parties])
    ids = _tell_apart(ids, [slug(key) for key in keys])
    if twice := [key for key, times in Counter(ids).items() if times > 1]:
        raise BadInputError(f"two candidates come out as {twice[0]}")
    return ids


def _tell_apart(ids: Sequence[str], endings: Sequence[str]) -> list[str]:
    times = Counter(ids)
    return [_ended(key, ending) if times[key] > 1 else key for key, ending in zip(ids, endings, strict=True)]


def _ended(key: str, ending: str) -> str:
    return f"{key[: MOST_CHARACTERS - 1 - len(ending)]}-{ending}" if ending else key
