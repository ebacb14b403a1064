"""Finds the thing that somebody means by a typed name ("AP", "Sec of State", "Dekalb"), and offers similar names."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process, utils

from bot.desk.counties import County, county, county_name, similar_counties
from bot.desk.desk_file import Candidate, Contest, Source
from bot.errors import BadInputError, ChooseError
from bot.wording.escape import clean
from bot.wording.limits import cut

T = TypeVar("T")

_SMALL = frozenset({"the", "of", "and", "for", "a"})
"""Words that initials may omit."""

_LIKE_ENOUGH = 70
"""The lowest rapidfuzz score, of 100, at which a similar name is offered."""

_MOST_OFFERED = 5

_MOST_BUTTONS = 25
"""The most buttons under a message."""

_MOST_SHOWN = 60

_WORD_IN_TEXT = re.compile(r"[^\W_]+(?:[.&][^\W_]+)*|:(?![0-9])|\(")

_ATTRIBUTES_BEFORE = frozenset({"per", "according", "via", "from", "source", "sources", "by"})
"""Words that make the name after them a source: "per SoS"."""

_ATTRIBUTES_BEHIND = frozenset(
    {
        "says",
        "say",
        "said",
        "has",
        "have",
        "reports",
        "reported",
        "reporting",
        "shows",
        "posts",
        "posted",
        "updates",
        "updated",
        "announces",
        "announced",
        "confirms",
        "confirmed",
        "counts",
        "now",
        ":",
        "site",
        "website",
        "dashboard",
    }
)
"""Words that make the name before them a source: "SoS reports"."""

_TIME_WORDS = frozenset({"at", "am", "pm", "a.m", "p.m"})
"""Words that, like numbers, may come between a name and its word of attribution: "SoS at 11:35 a.m. reports"."""

_BEGINS = re.compile(r"(?:^|[\u2014\u2013.;|\n]|[\s\d]-|\d)\s{0,8}$")

_ENDS = re.compile(r"(?:,?\s*(?:at\s+)?[0-9]{1,2}(?::[0-9]{2}|(?=\s?[ap]\.?m))|\s*(?:[.;|\n]|$))", re.IGNORECASE)
"""Between `_BEGINS` and `_ENDS`, a name is a sentence by itself, perhaps followed by a time of day."""

_BEGINS_WITHIN = 8
"""How many characters before a name are searched for `_BEGINS`."""

_MOST_WORDS_BETWEEN = 3
"""The most words between a name and its word of attribution."""

_LONGEST_SOURCE = 5
"""The most words of a source's name."""


@dataclass(frozen=True, slots=True)
class Nameable(Generic[T]):
    """Something that people can name when they type, such as a source or a county, with its names."""

    thing: T
    key: str
    """An id or a unique name. Typed exactly, it always means this thing."""
    name: str
    """The thing's main name, which labels its button."""
    others: tuple[str, ...] = ()
    """The thing's other names."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which the thing can be typed."""
        return (self.key, self.name, *self.others)


def named(typed: str, known: Sequence[Nameable[T]], what: str) -> T:
    """Return the one of `known` that `typed` means.

    `typed` may be the key, a name, initials, the beginnings of words, or part of a name.

    Args:
        typed: the text that somebody typed.
        known: everything that can be meant.
        what: the noun for one of these, for the error: "source".

    Raises:
        ChooseError: several names fit, or none fits but some are similar. The error offers them.
        BadInputError: no name is even similar.
    """
    found = _fitting(typed, known)
    if len(found) == 1:
        return found[0].thing
    text, like_it = clean(typed, _MOST_SHOWN), found or _similar_names(typed, known)
    offered = found[:_MOST_BUTTONS] or (like_it or (known if len(known) <= _MOST_OFFERED else ()))[:_MOST_OFFERED]
    if not offered:
        raise BadInputError(f'no {what} is called "{text}"; choose one from the list that comes up as you type')
    labels = [
        one.name if [other.name for other in offered].count(one.name) == 1 else f"{one.name} ({one.key})"
        for one in offered
    ]
    names = (
        either([clean(label, _MOST_SHOWN) for label in labels])
        if len(found) <= _MOST_OFFERED
        else f"any of {len(found)}"
    )
    none = f'no {what} is called "{text}"'
    said = (
        f'"{text}" could be {names}'
        if found
        else f"{none}. Did you mean {names}?"
        if like_it
        else f"{none}; there is {names}"
    )
    raise ChooseError(said, typed, [(clean(label, 80), one.key) for label, one in zip(labels, offered, strict=True)])


def matching(typed: str, known: Sequence[Nameable[T]]) -> list[T]:
    """Return the things that fit the text typed so far or, if none fits, similar ones.

    Everything if nothing is typed.
    """
    if not _words(typed):
        return [one.thing for one in known]
    wanted = typed.casefold().strip()
    inside = [one for one in known if any(wanted in name.casefold() for name in one.names)]
    fitting = [one for one in _fitting(typed, known) if one not in inside]
    return [one.thing for one in (inside + fitting or _similar_names(typed, known))]


def source_named(typed: str, sources: Sequence[Source]) -> Source:
    """Return the source that somebody typed or chose; see `named`."""
    return named(typed, _nameable(sources), "source")


def is_source_named(typed: str, sources: Sequence[Source]) -> bool:
    """Return True if the typed text fits at least one of these sources."""
    return any(one.id == typed for one in sources) or bool(_fitting(typed, _nameable(sources)))


def sources_matching(typed: str, sources: Sequence[Source]) -> list[Source]:
    """Return the sources that fit what was typed so far; see `matching`."""
    return matching(typed, _nameable(sources))


def sources_in(text: str, sources: Sequence[Source]) -> list[Source]:
    """Return the sources that a text cites, in the order of the text: "per SOS", "according to the AP", "NYT has".

    A citation is a name, its initials in capitals, or the beginnings of several of its words. It counts near a word of
    attribution, first in brackets, before a time of day ("— SOS, 11:30"), or as its own sentence ("14,130. SoS.").
    """
    spans = [match.span() for match in _WORD_IN_TEXT.finditer(text)]
    words = [text[start:end] for start, end in spans]
    known = [(one.thing, [_words(name) for name in one.names]) for one in _nameable(sources)]
    found: dict[str, Source] = {}
    for first in range(len(words)):
        for length in range(min(_LONGEST_SOURCE, len(words) - first), 0, -1):
            said = " ".join(words[first : first + length])
            start, end = spans[first][0], spans[first + length - 1][1]
            alone = _BEGINS.search(text, max(0, start - _BEGINS_WITHIN), start) and _ENDS.match(text, end)
            if (alone or _is_attributed(words, first, first + length)) and (length > 1 or not said.islower()):
                wanted = _words(said)
                is_initials = length == 1 and sum(letter.isupper() for letter in words[first]) > 1
                fitting = [one for one, names in known if any(_is_called(wanted, name, is_initials) for name in names)]
                if len(fitting) == 1:
                    found.setdefault(fitting[0].id, fitting[0])
    return list(found.values())


def contest_named(typed: str, contests: Sequence[Contest]) -> Contest:
    """Return the contest that somebody typed or chose; see `named`."""
    return named(typed, [_contest(one) for one in contests], "contest")


def contests_matching(typed: str, contests: Sequence[Contest]) -> list[Contest]:
    """Return the contests that fit what was typed so far; see `matching`."""
    return matching(typed, [_contest(one) for one in contests])


def candidate_named(typed: str, contest: Contest) -> Candidate:
    """Return the candidate of a contest that somebody typed or chose; see `named`."""
    return named(typed, [_candidate(one) for one in contest.candidates], f"candidate of {contest.name}")


def candidates_matching(typed: str, contest: Contest) -> list[Candidate]:
    """Return the candidates of a contest that fit what was typed so far; see `matching`."""
    return matching(typed, [_candidate(one) for one in contest.candidates])


def county_named(typed: str, contest: Contest) -> County:
    """Return the county of a contest's state that somebody typed.

    Raises:
        ChooseError: no name fits. The error offers the most similar ones.
        BadInputError: no name is even similar.

    """
    state = contest.state or ""
    if found := county(state, typed):
        return found
    near = similar_counties(state, typed, _MOST_OFFERED)
    names = [(county_name(state, one.fips), county_name(state, one.fips)) for one in near]
    text = f'no {contest.unit} of {state} is called "{clean(typed, _MOST_SHOWN)}"'
    if not names:
        raise BadInputError(text)
    raise ChooseError(f"{text}. Did you mean {either([name for name, _ in names])}?", typed, names)


def contest_label(contest: Contest, contests: Sequence[Contest]) -> str:
    """Return a contest's label in a list, up to 100 characters.

    If two contests have the same name, the label includes the place.
    """
    shared = contest.where and any(one.name == contest.name and one.id != contest.id for one in contests)
    return cut(f"{contest.name} · {contest.where}" if shared else contest.name, 100)


def _fitting(typed: str, known: Sequence[Nameable[T]]) -> list[Nameable[T]]:
    """Return the best fits: by the whole name, else by initials, the beginnings of words, or part of the name."""
    wanted = _words(typed)
    if not wanted:
        return []
    joined = "".join(wanted)
    ways: tuple[Callable[[list[str]], bool], ...] = (
        lambda words: words == wanted or "".join(words) == joined,
        lambda words: len(joined) > 1 and joined in _initials(words),
        lambda words: _begin(wanted, words),
        lambda words: " ".join(wanted) in " ".join(words),
    )
    for way in ways:
        if found := [one for one in known if any(way(_words(name)) for name in one.names)]:
            return found
    return []


def _similar_names(typed: str, known: Sequence[Nameable[T]]) -> list[Nameable[T]]:
    wanted = utils.default_process(typed)
    if not wanted:
        return []
    names = [(place, name) for place, one in enumerate(known) for name in one.names]
    found = process.extract(
        wanted,
        [name for _, name in names],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=10,
        score_cutoff=_LIKE_ENOUGH,
    )
    return [known[place] for place in dict.fromkeys(names[index][0] for _, _, index in found)]


def _nameable(sources: Sequence[Source]) -> list[Nameable[Source]]:
    """Return sources with their names.

    A credit that several sources share is not used as a name, since one office may have two feeds.
    """
    called = Counter(name for one in sources for name in {_key(one.name), _key(one.credit)})
    return [
        Nameable(
            one,
            one.id,
            one.name,
            tuple(name for name in (one.short, one.credit if called[_key(one.credit)] == 1 else None) if name),
        )
        for one in sources
    ]


def _key(name: str | None) -> str:
    return " ".join(_words(name or ""))


def _contest(one: Contest) -> Nameable[Contest]:
    where = (f"{one.name} {one.where}", f"{one.where} {one.name}") if one.where else ()
    return Nameable(one, one.id, one.name, where)


def _candidate(one: Candidate) -> Nameable[Candidate]:
    return Nameable(one, one.last, one.name, (one.id,))


def either(names: Sequence[str]) -> str:
    """Join names with "or": "a, b or c"."""
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def _is_attributed(words: Sequence[str], first: int, end: int) -> bool:
    """Return True if a word of attribution is near the words from `first` to `end`, or they come first in brackets."""
    if words[first - 1 : first] == ["("]:
        return True
    before = [word.casefold() for word in words[max(first - _MOST_WORDS_BETWEEN, 0) : first]]
    after = map(str.casefold, words[end : end + _MOST_WORDS_BETWEEN * 4])  # a time of day is five at most
    behind = islice((word for word in after if word not in _TIME_WORDS and not word[0].isdigit()), _MOST_WORDS_BETWEEN)
    return not (_ATTRIBUTES_BEFORE.isdisjoint(before) and _ATTRIBUTES_BEHIND.isdisjoint(behind))


def _is_called(wanted: Sequence[str], name: Sequence[str], is_initials: bool) -> bool:
    joined = "".join(wanted)
    return bool(name) and (
        (list(wanted) == list(name) and joined not in _SMALL)
        or (is_initials and joined in _initials(name))
        or (len(wanted) > 1 and len(wanted) == len(name) and all(map(str.startswith, name, wanted)))
    )


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case, without an article at the beginning."""
    words = re.findall(r"[^\W_]+", re.sub("['\u2019.]", "", name.casefold()))
    return words[1:] if words[:1] == ["the"] and len(words) > 1 else words


def _initials(words: Sequence[str]) -> tuple[str, str]:
    """Return a name's initials with and without its small words: "sos", "ss"."""
    return "".join(word[0] for word in words), "".join(word[0] for word in words if word not in _SMALL)


def _begin(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Return True if the typed words are the beginnings of words in the name, in order: "sec of state"."""
    left = iter(words)
    return all(any(word.startswith(one) for word in left) for one in wanted)
