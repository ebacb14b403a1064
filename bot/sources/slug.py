"""Slugs: a feed's names and keys as ids, the same in every version of the feed."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from bot.errors import BadInputError

MOST_CHARACTERS = 100
"""The longest id, as in `bot.count.reading.Id`."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return `text` as an ASCII slug: lower case, accents off, words joined by hyphens; empty when nothing is left.

    `Donald J. Trump` is `donald-j-trump`, `José Núñez` is `jose-nunez`; at most 100 characters.
    """
    letters = unicodedata.normalize("NFKD", text[: 4 * MOST_CHARACTERS])
    unaccented = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _BETWEEN_WORDS.sub("-", unaccented.lower()).strip("-")[:MOST_CHARACTERS].rstrip("-")


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
