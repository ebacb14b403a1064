"""What speaks against a claim: the sentence it is in, and those before it on the same line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from bot.desk.desk_file import Contest
from bot.prose.causes import CountyRole, roles_of
from bot.prose.lexicon import TABLES, Phrases, phrases_of, words_of
from bot.prose.names import Names
from bot.prose.speakers import is_hearsay
from bot.prose.stream import Stream

_SENTENCE = Phrases(TABLES["sentence"])
_OF_A_COUNT = ("near.modal", "near.negation", "near.past", "near.other_count")
_OF_CHANGES = ("near.modal", "near.negation", "near.past_of_changes", "near.other_count", "near.part_of_the_vote")
_ZONE: Mapping[str, Phrases] = {
    "margin": phrases_of(*_OF_A_COUNT, "near.part_of_the_vote"),
    "margin_change": phrases_of(*_OF_CHANGES),
    "total": phrases_of(*_OF_A_COUNT, "near.part_of_the_vote", "near.increment"),
    "certified": phrases_of(*_OF_A_COUNT),
    "outstanding": phrases_of(*_OF_A_COUNT, "near.not_counted_ones"),
    "no_change": phrases_of("near.modal", "near.past_of_no_change"),
}
"""Kind of claim → what must not be said near it."""
_LABELLED = frozenset({"margin", "margin_change", "total"})
_LABELS = phrases_of("near.part_of_the_vote", "near.other_count", "near.by_then")
_LONGEST_LABEL = 8
_OTHER_COUNTS = phrases_of("near.other_count")
_DONE = phrases_of("near.other_count_done")
_LONG_AGO = phrases_of("near.long_ago")
_DAYS_AGO = phrases_of("near.days_ago", "near.long_ago")
_UNDONE = phrases_of("near.undone")
_TAKEN_BACK = phrases_of("near.taken_back")
_ASKING = words_of("near.asking")
_HARD_BREAKS = words_of("breaks.hard")
_SOFT_BREAKS = words_of("breaks.soft")
_AFTER_COMMA = words_of("breaks.after_comma")
_BACK_THEN = frozenset({"was", "were", "had", "since"})
_LED = frozenset({"led", "trailed", "had"})
_MEANINGFUL = ("NO_CHANGE", "UNCHANGED", "LEFT", "OVERNIGHT", "PRECINCTS_IN")
_SHORT_NO = 3
_BEHIND = len(" votes (")
"""So many letters behind a claim's number the parentheses are of it."""
_DENIAL = 8
"""A sentence of so few words that says "false" speaks of the one before it."""
_DASHES = frozenset("-–—")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the sentences before it leave over a sentence."""

    elsewhere: bool = False
    """Another state, or another contest, was spoken of last."""
    counties: bool = False
    """A county was named on this line."""
    local: bool = False
    """A county was spoken of for itself: what follows may be its own count."""
    recounted: bool = False
    """An audit or a recount was said to have a result: what follows may be of it."""


class Objections:
    """One stream of a sentence, and what in it speaks against a claim."""

    def __init__(
        self, stream: Stream, contest: Contest, names: Names, around: Surroundings, sentence: Sequence[Stream]
    ) -> None:
        self.around = around
        self._stream = stream
        self._words = stream.words
        self._sentence = sentence
        self._contest = contest
        self._names = names

    def objects(self, kind: str, first: int, last: int) -> bool:
        """Return True if anything speaks against a claim of this kind that is made by the tokens from `first` to `last`."""
        past = self._past(kind, last) or self._long_ago(last)
        return self.whole or past or self._near(kind, first, last) or self._elsewhere(first, last)

    @cached_property
    def whole(self) -> bool:
        """True if anything speaks against any claim of the sentence."""
        outer = self._sentence[0]
        return (
            self.around.recounted
            or (self.around.elsewhere and not self.names_own_state)
            or any(self._is_void(stream) for stream in ((outer,) if outer is self._stream else (outer, self._stream)))
        )

    def _is_void(self, stream: Stream) -> bool:
        """Return True of a question, a condition, a rumor, another year or contest, and somebody's word."""
        own = f"{self._contest.id} {self._contest.name}"
        return (
            any("?" in word for word in stream.words)
            or not _ASKING.isdisjoint(stream.words[:1])
            or _SENTENCE.has_any(stream.words)
            or any(item.kind == "YEAR" and item.token.text not in own for item in stream.items)
            or is_of_another_contest(stream, self._contest, self._names)
            or is_hearsay(stream)
        )

    @cached_property
    def names_own_state(self) -> bool:
        """True if the sentence names the contest's state."""
        statewide = "statewide" in self._sentence[0].words
        places = (place for stream in self._sentence for place in stream.places)
        return statewide or any(place.is_own and place.county is None for place in places)

    def zone(self, first: int, last: int) -> tuple[int, int]:
        """Return from where to where words bear on what is said by the tokens from `first` to `last`."""
        start = first
        while start > 0 and not self._is_hard_break(start - 1):
            start -= 1
        end = last + 1
        while end < len(self._words) and not self._is_soft_break(end):
            end += 1
        return start, end

    def _near(self, kind: str, first: int, last: int) -> bool:
        own = self._phrases.union(range(first, last + 1))
        named = (item.first - 1 for item in self._stream.items if item.kind in ("NAME", "COUNTY"))
        undone = _UNDONE.has_any(self._words[last + 1 :]) or any(i > last and self._words[i] == "before" for i in named)
        if undone or (kind in _LABELLED and self._label is not None and self._label not in own):
            return True
        start, end = self.zone(first, last)
        found = _ZONE[kind].all_in(self._words[start:end])
        return any(own.isdisjoint(range(start + at, start + at + length)) for at, length, _ in found)

    @cached_property
    def _label(self) -> int | None:
        """The place of the word before the sentence's first colon or dash that says it is no count of now: "Recount: …"."""
        end = next((i for i in range(min(len(self._words), _LONGEST_LABEL)) if self._is_label_end(i)), 0)
        return next((first for first, _, _ in _LABELS.all_in(self._words[:end])), None)

    def _is_label_end(self, i: int) -> bool:
        return self._words[i] in (":", "|") or (self._words[i] in _DASHES and self._is_spaced(i))

    @cached_property
    def _phrases(self) -> frozenset[int]:
        """The words of phrases with a meaning of their own: the "no" of "no change", "as of Friday"."""
        meaningful = (item for item in self._stream.items if item.kind in _MEANINGFUL)
        as_of = (when for when in self._stream.times if when.introduction == "as")
        spans = [(item.first, item.last) for item in meaningful]
        spans += [(when.first, when.first + when.length - 1) for when in as_of]
        return frozenset(i for first, last in spans for i in range(first, last + 1))

    def _past(self, kind: str, last: int) -> bool:
        """Return True where the sentence goes on to say when that was: "…, after Clayton's batch last night"."""
        for i in range(last + 1, len(self._words)):
            if self._is_hard_break(i):
                return False
            if kind == "margin_change":
                if _DAYS_AGO.at(self._words, i):
                    return True
                continue
            if kind == "total" and self._words[i] in _LED:
                return True
            if kind != "total" and (self._words[i] in _BACK_THEN or self._stream.tokens[i].kind == "number"):
                return False
            if _LONG_AGO.at(self._words, i):
                return True
        return False

    def _long_ago(self, last: int) -> bool:
        """Return True of "14,149 votes (yesterday)"; not of "14,101 (14,149 yesterday)", which is another number."""
        end = self._stream.tokens[last].end
        return any(
            _LONG_AGO.has_any(inner.words)
            and not (inner.befores or any(item.kind == "NUM" for item in inner.items))
            and 0 < inner.tokens[0].start - end <= _BEHIND
            for inner in self._sentence[1:]
        )

    def _elsewhere(self, first: int, last: int) -> bool:
        """Return True where the claim's zone, or else its sentence, is about another place."""
        start, end = self.zone(first, last)
        near = [place for place in self._stream.places if start <= place.first < end]
        own = any(place.is_own and place.county is None for place in near)
        anywhere = any(not place.is_own for stream in self._sentence for place in stream.places)
        return any(not place.is_own for place in near) or (anywhere and not own)

    def _is_hard_break(self, i: int) -> bool:
        word = self._words[i]
        if word in _HARD_BREAKS or self._stream.tokens[i].kind == "link" or set(word) <= set("!…|"):
            return True
        if word == "-":
            return self._is_spaced(i)
        after = self._words[i + 1] if i + 1 < len(self._words) else ""
        before = self._words[i - 1] if i else ""
        return (word == "," and after in _AFTER_COMMA) or (word in _AFTER_COMMA and before == ",")

    def _is_soft_break(self, i: int) -> bool:
        soft = self._words[i] in _SOFT_BREAKS and (self._words[i] != "-" or self._is_spaced(i))
        return soft or self._is_hard_break(i)

    def _is_spaced(self, i: int) -> bool:
        tokens = self._stream.tokens
        return i > 0 and tokens[i - 1].end < tokens[i].start


def left_over(streams: Sequence[Stream], contest: Contest, names: Names, before: Surroundings) -> Surroundings:
    """Return what a sentence leaves over the next one of its line."""
    counties, elsewhere, local, recounted = before.counties, before.elsewhere, before.local, before.recounted
    for stream in streams:
        for place in stream.places:
            counties |= place.county is not None and place.is_own
            if place.county is None or not place.is_own:
                elsewhere = not place.is_own
                local &= elsewhere
        local |= any(role is CountyRole.OTHER for _, role in roles_of(stream))
        elsewhere |= is_of_another_contest(stream, contest, names)
        recounted |= _OTHER_COUNTS.has_any(stream.words) and _DONE.has_any(stream.words)
    return Surroundings(elsewhere, counties, local, recounted)


def takes_back(words: list[str]) -> bool:
    """Return True if a sentence, however long, begins by taking back what was said before it: "Scratch that, …"."""
    return bool(words) and _TAKEN_BACK.at(words, 0) is not None


def denies(words: list[str]) -> bool:
    """Return True if a sentence says that the one before it is not so: any that begins so, a short one that says it at all."""
    if takes_back(words) or len(words) > _DENIAL:
        return takes_back(words)
    untrue = any(reason == "rumor" for _, _, reason in _SENTENCE.all_in(words))
    no = words[:1] in (["no"], ["not"]) and words[1:2] not in (["change"], ["changes"]) and len(words) <= _SHORT_NO
    return untrue or no or _UNDONE.has_any(words)


def is_of_another_contest(stream: Stream, contest: Contest, names: Names) -> bool:
    """Return True if the stream names another contest, or a candidate of one."""
    if any(True for _ in _other_contests(contest.name).all_in(stream.words)):
        return True
    return any(names.is_other(token) for token in stream.tokens if token.kind == "word" and token.text[:1].isupper())


@cache
def _other_contests(name: str) -> Phrases:
    """Return the words of contests of another kind than the one with this name."""
    return Phrases({kind: text for kind, text in TABLES["contests"].items() if kind not in name.casefold()})
