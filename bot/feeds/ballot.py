"""The candidates of a contest, as a feed's choices name them: ids, names, parties.

Names come as ballots and results sites write them: `Donald J. Trump (I) (Rep)` is a name, a mark and a party. Ids are
slugs, the same in every version of the feed.
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
    """The candidates of a contest, in the feed's order."""

    ids: tuple[str, ...]
    """Of all choices, what is nobody among them."""
    names: dict[str, str]
    """By id; empty where nobody stands."""
    parties: dict[str, str]
    """By id, of those who have one."""
    nobodys: frozenset[str] = frozenset()
    """Ids of choices that count what was not voted, which have neither name nor party."""


def ballot_of(texts: tuple[str, ...], parties: tuple[str | None, ...] = (), keys: tuple[str, ...] = ()) -> Ballot:
    """Return the candidates of choices.

    Args:
        texts: as the ballot has them, with marks of party and incumbency.
        parties: the feed's label for each, which the mark on the ballot overrules; none where the feed has none.
        keys: the feed's own key for each, to tell apart what has the same name and party; none: its place on the list.

    Raises:
        BadInputError: a name or a party is no plain text, or two candidates can't be told apart.

    """
    marked = [split_marks(text) for text in texts]
    parties, keys = parties or (None,) * len(texts), keys or tuple(map(str, range(1, len(texts) + 1)))
    found = [party_of(mark) or party_of(party) for (_, mark), party in zip(marked, parties, strict=True)]
    ids = candidate_ids([name for name, _ in marked], found, [slug(key)[:_LONGEST_KEY] for key in keys])
    nobodys = frozenset(one for one, (name, _) in zip(ids, marked, strict=True) if is_residual(name))
    if ids and len(nobodys) == len(ids) and not any(is_empty_place(name) for name, _ in marked):
        raise BadInputError("has no choice but what was not voted")
    names = [checked_label(name, "name of a choice") for name, _ in marked]
    return Ballot(
        tuple(ids),
        {one: name for one, name in zip(ids, names, strict=True) if one not in nobodys},
        {
            one: checked_label(party, "party")
            for one, party in zip(ids, found, strict=True)
            if party and one not in nobodys
        },
        nobodys,
    )


def checked_label(text: str, what: str) -> str:
    """Return a name that a reading can carry, as `bot.count.reading.Label` wants it.

    Raises:
        BadInputError: it can't; `what` says whose name it is.

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
"""What stands for a party beside a write-in: WI in Minnesota, WRI in Florida."""

_NO_PARTY_S_MARK = frozenset({"i", "inc", "incumbent", "withdrawn", "withdrew", "deceased", "disqualified"})
"""Marks that say something of a candidate and nothing of a party; they may come and go during a count."""

_MOST_MARKS = 4

_PARTY_MARK = re.compile(r"(?!write)[a-z][a-z .&/-]{0,39}", re.IGNORECASE)

_LONGEST_NAME = 300

_RECOUNT = re.compile(r"\brecount\b", re.IGNORECASE)


def spaced(text: str) -> str:
    """Return `text` with one space between words and none around."""
    return " ".join(text.split())


def split_marks(ballot_name: str) -> tuple[str, str | None]:
    """Return the ballot name without its marks, and the party's mark: `("Donald J. Trump", "Rep")`.

    Quotes that a program has doubled (`Earl ""Buddy"" Carter`, in Georgia's files) are single again.
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
    """Return a party's letter, or its own short name where it has none here; None: no party."""
    text = " ".join((label or "").split())
    return None if text.casefold() in _NO_PARTY | OF_WRITE_INS else _PARTIES.get(text.casefold(), text)


def label(text: str) -> str | None:
    """Return a name in one line and not too long, None for an empty one."""
    return shortened(" ".join(text.split()), _LONGEST_NAME) or None


_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_SEATS = re.compile(
    rf"\b(?:vote|elect)(?: for)?(?: up to| not? more than| any)? ?\(?(\d{{1,2}}|{'|'.join(_NUMBERS)})\b", re.IGNORECASE
)


def seats_named(contest: str) -> int | None:
    """Return how many are elected by the name of a contest, as in "Council (Vote for up to 2)"; None: it does not say."""
    if not (found := _SEATS.search(contest)):
        return None
    number = found[1].casefold()
    return int(number) if number.isdecimal() else 1 + _NUMBERS.index(number)


def count_named(*texts: str | None) -> Literal["recount", "election"]:
    """Return which count these names (an election's, a contest's) speak of: `recount` where one says so."""
    return "recount" if any(text and _RECOUNT.search(text) for text in texts) else "election"


MOST_CHARACTERS = 100
"""The longest id, as in `bot.count.reading.Id`."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return `text` as an ASCII slug: lower case, accents off, words joined by hyphens; empty when nothing is left.

    `Donald J. Trump` is `donald-j-trump`, `José Núñez` is `jose-nunez`; at most 100 characters.
    """
    words = _BETWEEN_WORDS.sub("-", _unaccented(text[: 4 * MOST_CHARACTERS])).strip("-")
    return words[:MOST_CHARACTERS].rstrip("-")


def _unaccented(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def key_of(title: str) -> str:
    """Return a contest's own key, or its title where it has none, as a slug: too long a one is cut, and still its own.

    `…-in-the-city-of-lake-3f2a9c1b`: the end is of the whole title's SHA-256.
    """
    whole = _BETWEEN_WORDS.sub("-", _unaccented(title)).strip("-")
    if len(whole) <= MOST_CHARACTERS:
        return whole
    end = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: MOST_CHARACTERS - 1 - len(end)].rstrip('-')}-{end}"


def candidate_ids(names: Sequence[str], parties: Sequence[str | None], keys: Sequence[str]) -> list[str]:
    """Return one id for each candidate of a contest: the slug of the name and, only where that is not enough, more.

    Candidates whose names give the same slug get their party added, and if that does not tell them apart
    (or none is known) the feed's own key. A name without a letter or digit of its own gets `choice-KEY`.

    Args:
        names: the names on the ballot, without marks of party or incumbency.
        parties: a label for each, None where the feed gives none.
        keys: the feed's own key for each, or its place on the list where the feed has none.

    Raises:
        BadInputError: two are the same even so.

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
