"""The candidates of a contest, as a feed's choices give them: their ids, names and parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import BadInputError
from bot.sources.ballot_names import label, party_of, split_marks
from bot.sources.reader import quoted
from bot.sources.slug import candidate_ids, slug

LONGEST_LABEL, _LONGEST_KEY = 300, 80


@dataclass(frozen=True, slots=True)
class Ballot:
    """The candidates of a contest, in the feed's order. Copy what goes into a reading: a ballot is kept."""

    ids: tuple[str, ...]
    names: Mapping[str, str]
    """By id."""
    parties: Mapping[str, str]
    """By id, of those who have one."""


@lru_cache(maxsize=5000)
def ballot_of(texts: tuple[str, ...], parties: tuple[str | None, ...], keys: tuple[str, ...]) -> Ballot:
    """Return the candidates of choices; they stay the same from fetch to fetch, and so are kept.

    Args:
        texts: as the ballot has them, with marks of party and incumbency.
        parties: the feed's label for each, which the mark on the ballot overrules.
        keys: the feed's own key for each, to tell apart what has the same name and party.

    Raises:
        BadInputError: a name or a party is no plain text, or two candidates can't be told apart.

    """
    for name in texts:
        if not isinstance(name, str):
            raise BadInputError(f"the name of a choice should be text, not {quoted(name)}")
    for party in parties:
        if not isinstance(party, str | None):
            raise BadInputError(f"the party should be text, not {quoted(party)}")
    marked = [split_marks(text) for text in texts]
    found = [party_of(mark) or party_of(party) for (_, mark), party in zip(marked, parties, strict=True)]
    ids = candidate_ids([name for name, _ in marked], found, [slug(key)[:_LONGEST_KEY] for key in keys])
    names = [checked_label(label(name) or name, "name of a choice") for name, _ in marked]
    return Ballot(
        tuple(ids),
        dict(zip(ids, names, strict=True)),
        {one: checked_label(party, "party") for one, party in zip(ids, found, strict=True) if party},
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
