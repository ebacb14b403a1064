"""Offers: the claims that a sentence may make, one or more for each number, for a person to tick.

A number counts if it stands near a candidate, a county or a word of the trade. What it is of is decided by the words
directly before and after it (`_RULES`, the first that fits), else by the nearest word of the trade. The fields that
can't be read are None. A change of a lead is offered once for each candidate who may lead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bot.count.reported_batch import CandidateVotes
from bot.desk.desk_file import Contest
from bot.prose.claim import (
    BatchClaim,
    CertifiedClaim,
    ChangeClaim,
    Claim,
    LeftClaim,
    MarginClaim,
    NoChangeClaim,
    ReportingClaim,
    TotalClaim,
    VotesClaim,
)
from bot.prose.county_list import how_many_counties
from bot.prose.items import Items
from bot.prose.lexicon import phrases_of, words_of


@cache
def _words(pattern: str) -> re.Pattern[str]:
    """Compile a pattern over symbols, in which each word matches a whole symbol only."""
    return re.compile(re.sub(r"(?<![\\\w])([A-Za-z_]\w*)", r"(?<!\\w)\1(?!\\w)", pattern))


_WINDOW = 14
"""The number of items before and after a number that the rules look at."""

_SKIPPED = (
    (
        r"(?:from|compared (?:with|to)|previously|had been|which BE|, BE) (?:(?:LEAD|BATCH|about|some|of|over|TOTAL) )*$",
        r"^(?!.{0,30}?(?:IN|of) C|(?: of| COUNTIES| out| PRECINCTS))",
    ),
    (r"LEAD [^#]*$", r"^ to #"),
    ("", r"^ (?:VOTES |BALLOTS )?(?:EARLIER|a_day)"),
    (r"(?:of|out of|/|IN) $", r"^ (?:COUNTIES|PRECINCTS)(?! (?:LEFT|UNCERT))"),
    (r"# (?:COUNTIES |PRECINCTS )?(?:of|out of|/|IN of) $", ""),
    (r"(?:\$|need|needs|needed|not|room|channel|district|section|page|gate|no|row) $", ""),
    (
        "",
        r"^ (?:dollars|likes|people|voters|seats|points|hours|minutes|days|years|electoral|a_m|year|years_old|percent)(?: |$)",
    ),
)
"""(before, after): a number between them is an earlier value, the whole of a share, or no number of votes."""

_B = "(?:(?:BE|HAVE|of|at|by|to|:|-|,|N|'s|that|it|about|IN) )"
_NEAR = "(?:(?:BE|HAVE|of|at|:|-|,|TOTAL|VOTES|BALLOTS|COUNTED|TYPE|and|C|IN|by|COUNTIES|that|'s|there|county-wide) )"
_V = "(?: - VOTES| - BALLOTS| VOTES)?"

_RULES: Sequence[tuple[type[Claim], str, str]] = (
    # votes that are in, ballots left
    (TotalClaim, "# of $", r"^ (?:TYPE )?(?:VOTES |BALLOTS )?COUNTED"),
    (LeftClaim, r"(?:HAVE|there BE) (?:about |got )*$", r"^ (?:VOTES |BALLOTS |TYPE )*out(?! of)"),
    (LeftClaim, "", r"^ (?:TYPE )?BALLOTS out(?! of)"),
    (
        LeftClaim,
        "",
        r"^(?: (?:BALLOTS|VOTES|TYPE|or|,|and|BATCH|IN|of|BE|HAVE|C|N|in-hand|that|which|COUNTIES)){0,6} (?:LEFT|UNCERT)",
    ),
    (LeftClaim, rf"LEFT {_NEAR}{{0,5}}$", r"^(?! LEAD)"),
    (LeftClaim, r"all but $", ""),
    # changes of a lead
    (ChangeClaim, r"GAIN (?:BATCH |it |that |them |C |'s |TYPE |BALLOTS )*by $", ""),
    (ChangeClaim, r"N (?:HAVE )?GAIN (?:another |BATCH |about )*$", ""),
    (ChangeClaim, r"(?:NET|swing) (?:(?:of|by|FOR|N|:|GAIN|VOTES|\+) ){0,4}$", r"^(?! -? ?(?:VOTES )?LEAD)"),
    (ChangeClaim, "", rf"^{_V} (?:NET|swing)"),
    (ChangeClaim, r"(?:GROW|SHRINK) (?:(?:N|'s|C|OVER|LEAD|BEHIND|his|her|their|its|it|of|IN|that) ){0,5}by $", ""),
    (ChangeClaim, "", rf"^{_V} (?:off|into|onto|fewer than|smaller|bigger|SHRINK|GROW)"),
    (ChangeClaim, r"(?:SHRINK|GROW) (?:another )?$", rf"^{_V} (?:off|IN|into|more|,|;|\.|after|$)"),
    (ChangeClaim, r"LEAD (?:BE )?(?:AHEAD|BEHIND) (?:by )?$", ""),
    # margins
    (MarginClaim, "", rf"^{_V} (?:LEAD|AHEAD|BEHIND)"),
    (MarginClaim, "", r"^ (?:more|fewer|BATCH|SHRINK)(?: VOTES)? (?:OVER) N"),
    (MarginClaim, "", rf"^{_V} OVER N"),
    (
        MarginClaim,
        r"(?:AHEAD|BEHIND) (?:(?:of|N|by|OVER|'s|,|with|HAVE|about|his|opponent|the|rival|IN|X|:) ){0,6}$",
        r"^(?! COUNTIES)",
    ),
    (
        MarginClaim,
        r"LEAD (?:(?:OVER|N|'s|of|BE|HAVE|at|:|-|to|IN|GROW|SHRINK|X|,|it|C|which|and|into|below|under|above|president|rival|his) ){0,8}(?:BE|of|at|to|:|-|,|N|LEAD|below|under|above|AHEAD) $",
        r"^(?! (?:COUNTIES|BALLOTS|TYPE))",
    ),
    (MarginClaim, r"(?:leaving|put|puts|puts|makes) it (?:at |BE )*$", ""),
    (MarginClaim, r"LEAD $", ""),
    (MarginClaim, r"(?:GROW|SHRINK) [^;]{0,40}(?:to|below|under|above|past|AHEAD) $", ""),
    (MarginClaim, r"N (?:BE )?(?:by|\+) (?:\+ )?$", ""),
    (MarginClaim, r"LEAD (?:[^;#]*|.*# to )(?:to|at|below|under|above) $", r"^(?! (?:COUNTIES|BALLOTS|TYPE))"),
    # totals
    (TotalClaim, r"TOTAL (?:(?:BE|of|:|VOTES|BALLOTS|COUNTED|at|IN|to|now|HAVE) ){0,4}$", ""),
    (TotalClaim, "", r"^ (?:TYPE )?(?:VOTES|BALLOTS)?(?: HAVE| BE)* (?:TOTAL|COUNTED|in(?: |$))"),
    # batches
    (BatchClaim, r"C (?:COUNTIES )?(?:: |- |SHRINK |, )+$", r"^(?: (?:TYPE|BALLOTS|VOTES|BATCH)|$)"),
    (BatchClaim, "", r"^ (?:BATCH|(?:TYPE )?(?:VOTES|BALLOTS) (?:from|IN|out) (?:of )?C)"),
    (BatchClaim, r"BATCH (?:(?:of|BE|C|a|another|,|:|with|HAVE|IN|'s|TYPE) ){0,4}$", ""),
)
"""(kind, before, after): the first rule that fits decides what a number is of. `before` ends at the number, `after` begins at it."""

_A_BATCH_OF = r"^(?: TYPE)* (?:BALLOTS|VOTES)(?: [,:;(.]|$)"
"""After a number, in a text about a county: "212 votes, Biden by 164"."""

_NEAREST: Mapping[str, type[Claim]] = {
    "LEAD": MarginClaim,
    "AHEAD": MarginClaim,
    "BEHIND": MarginClaim,
    "GROW": ChangeClaim,
    "SHRINK": ChangeClaim,
    "NET": ChangeClaim,
    "LEFT": LeftClaim,
    "TOTAL": TotalClaim,
    "COUNTED": TotalClaim,
    "BATCH": BatchClaim,
}
_MARKS = frozenset(", ; : - ( )".split())
_BEYOND_A_MARK, _BEYOND_A_NUMBER, _FARTHEST = 3, 4, 9
"""How much farther a word counts beyond a mark or another number, and how far the nearest word may be."""

STATE_TOTAL = 1_000_000
"""A number this large is no margin, no batch and no county's."""
_A_CONTESTS = 20_000
"""Two candidates' votes this large are totals and no batch, unless a batch is spoken of."""
_FEW = 20
"""A smaller number without "votes" beside it is percentage points, teams or the like."""
_PERCENT = 100
_MOST_OF_A_BATCH = 0.6
"""The least share of a batch that the candidates named in its split have together."""
_SHARES = 94
"""Two numbers whose sum is at least this, and at most 100, are shares."""

_OF_CANDIDATE_BEFORE = _words(
    r"N (?:(?:'s|BE|HAVE|:|-|,|with|at|TOTAL|VOTES|GAIN|BATCH|\+|about|of|to|AHEAD|\(|%|who|COUNTED|COUNTED|\)|received) ){0,5}$"
)
_OF_CANDIDATE_AFTER = _words(
    r"^(?: (?:VOTES|BALLOTS|of|them|em|those|which|went|GAIN|TYPE|BATCH|-|BE|were))* (?:FOR |to |\( |\) )?N"
)
_SCORE = _words(r"^(?: VOTES)? (?:-|to|/|FOR) (?:N (?:'s )?)?#")


@dataclass(slots=True)
class Before:
    """What the sentences before have set: the candidate, counties and kind of claim that go on."""

    subject: str | None = None
    counties: tuple[str, ...] = ()
    topic: type[Claim] | None = None
    leader: str | None = None
    size: int | None = None
    """The size of a batch whose split is not yet given."""


def offers(sentence: Items, contest: Contest, before: Before) -> list[tuple[int, Claim]]:
    """Return (position in the text, claim) for each claim that a sentence may make, in the order of the text.

    What a batch gave a candidate is no margin: "Gwinnett uploaded 3,600, Biden +2,100 from it".
    """
    found = sorted(_Sentence(sentence, contest, before).claims(), key=lambda pair: pair[0])
    nets = {(one.net.candidate, one.net.votes) for _, one in found if isinstance(one, BatchClaim) and one.net}
    return [(at, one) for at, one in found if not (isinstance(one, MarginClaim) and (one.candidate, one.votes) in nets)]


class _Sentence:
    def __init__(self, sentence: Items, contest: Contest, before: Before) -> None:
        self._items = sentence.items
        self._sentence = sentence
        self._symbols = [item.symbol for item in sentence.items]
        self._kinds = frozenset(self._symbols)
        self._contest = contest
        self._before = before
        self._rivals = [one.id for one in contest.candidates[:2]]
        self._whole = (how_many_counties(contest.state) or 0) if contest.state else 0
        self._ahead: str | None = None
        """The candidate with the most votes, where the sentence has the votes of both who may lead."""
        self._names = [i for i, symbol in enumerate(self._symbols) if symbol == "N"]

    def claims(self) -> Iterator[tuple[int, Claim]]:
        unchanged = _unchanged(self._sentence.words)
        if unchanged is not None and "E" not in self._kinds:
            yield self._sentence.tokens[unchanged].start, NoChangeClaim()
        numbers = [i for i, symbol in enumerate(self._symbols) if symbol == "#" and self._counts(i)]
        used: set[int] = set()
        for read in (self._certified, self._percentages, self._candidates_votes):
            for i, claim in read([i for i in numbers if i not in used]):
                used.add(i)
                if claim is not None:
                    yield self._items[i].token.start, claim
        for i in numbers:
            if i not in used:
                for claim in self._rest(i):
                    yield self._items[i].token.start, claim

    # What stands around a number.

    def _left(self, i: int) -> str:
        return "".join(f"{symbol} " for symbol in self._symbols[max(i - _WINDOW, 0) : i])

    def _right(self, i: int) -> str:
        return "".join(f" {symbol}" for symbol in self._symbols[i + 1 : i + 1 + _WINDOW])

    def _fits(self, i: int, before: str, after: str) -> bool:
        return bool(_words(before).search(self._left(i)) and _words(after).search(self._right(i)))

    def _value(self, i: int) -> int:
        return self._items[i].token.value or 0

    def _about(self, i: int) -> bool:
        return self._items[i].token.approximate

    def _is_few(self, i: int) -> bool:
        return self._value(i) < _FEW and "VOTES" not in self._symbols[i + 1 : i + 4]

    def _counts(self, i: int) -> bool:
        """Return True if a number may be of votes, ballots or counties of this contest, now."""
        if self._value(i) >= STATE_TOTAL and self._fits(i, "# of $", r"^ (?:VOTES |BALLOTS )?COUNTED"):
            return True
        if any(self._is_share(i, j) for j in (i - 2, i + 2)):
            return False
        if any(self._fits(i, before, after) for before, after in _SKIPPED if before or after):
            return False
        after = self._items[i + 1] if i + 1 < len(self._items) else None
        things = after is not None and after.symbol == after.token.low and len(after.symbol) > 3
        if things and after is not None and after.symbol.endswith("s") and after.symbol not in ("votes", "this"):
            return False
        places = [j for j in range(i) if self._symbols[j] in "CE" and len(self._symbols[j]) == 1]
        return not places or self._symbols[places[-1]] == "C"

    def _is_share(self, i: int, j: int) -> bool:
        """Return True for the two numbers of "broke 70-30"."""
        between = self._symbols[min(i, j) + 1] if 0 <= j < len(self._items) and self._symbols[j] == "#" else ""
        return between in ("-", "/", "to") and _SHARES <= self._value(i) + self._value(j) <= _PERCENT

    # Counties and precincts.

    def _certified(self, numbers: Sequence[int]) -> Iterator[tuple[int, Claim | None]]:
        goes_on = self._before.topic is CertifiedClaim and self._kinds.isdisjoint(("BALLOTS", "VOTES", "N"))
        if self._kinds.isdisjoint(("CERT", "UNCERT")) and not goes_on:
            return
        for i in numbers:
            of = _words(r" (?:COUNTIES )?(?:of|out_of|out of|/|IN|IN of) (?:C |its |state's |state |'s )*#").match(
                self._right(i)
            )
            near = (
                of
                or "COUNTIES" in self._symbols[max(i - 3, 0) : i + 6]
                or goes_on
                or "CERT" in self._symbols[max(i - 4, 0) : i + 5]
            )
            if not near or (self._whole and self._value(i) > self._whole):
                continue
            whole = (
                next((self._value(j) for j in range(i + 1, len(self._items)) if self._symbols[j] == "#"), None)
                if of
                else None
            )
            left = self._fits(i, "", r"^(?: (?:COUNTIES|HAVE|BE|of|more|BATCH)| #)* (?:UNCERT|LEFT)") or self._fits(
                i, "all but $", ""
            )
            if left:
                if self._whole:
                    yield i, CertifiedClaim(done=self._whole - self._value(i), of=None)
                continue
            if whole is not None and whole < self._value(i):
                continue
            earlier = _words(r"from (?:about )?#").search(self._right(i))
            then = None
            if earlier:
                place = i + 1 + self._right(i)[: earlier.end()].count(" ") - 1
                then = self._value(place)
            yield (
                i,
                CertifiedClaim(
                    done=self._value(i), of=whole, before=then if then is not None and then <= self._value(i) else None
                ),
            )
            break

    def _percentages(self, _: Sequence[int]) -> Iterator[tuple[int, Claim | None]]:
        if match := _words(
            "(?:all|every) (?:of )?(?:its |COUNTIES |IN |C |'s )*PRECINCTS (?:BE |HAVE )*(?:in|IN|REPORTING|COUNTED|BATCH|:)"
        ).search(" ".join(self._symbols)):
            yield (
                len(match.string[: match.start()].split()),
                ReportingClaim(percent="100", of="precincts", units=self._sentence.counties or self._before.counties),
            )
        for i, symbol in enumerate(self._symbols):
            if symbol != "%" or (i + 1 < len(self._symbols) and self._symbols[i + 1] == "N"):
                continue
            near = {*self._symbols[max(i - 6, 0) : i + 9]}
            words = near & {"REPORTING", "PRECINCTS", "COUNTED", "EXPECTED", "in", "IN", "BATCH"}
            match = _words(r"[0-9]+(?:\.[0-9]{1,3})?").match(self._items[i].token.text)
            if not words or match is None or float(match[0]) > _PERCENT:
                continue
            if (
                not self._fits(
                    i,
                    "",
                    r"^(?: (?:of|EXPECTED|PRECINCTS|VOTES|BALLOTS|TOTAL|BE|HAVE|its|IN|C|COUNTIES|TYPE|state's|'s|all|their)){0,7} (?:REPORTING|COUNTED|in|IN|BATCH|PRECINCTS|EXPECTED)",
                )
                and not self._fits(
                    i, r"(?:REPORTING|COUNTED|PRECINCTS|in|IN|BATCH|count) (?:(?:BE|:|at|,|-|\() )*$", ""
                )
                and not (self._own_county(i) and self._kinds & {"REPORTING", "PRECINCTS"})
            ):
                continue
            of: Literal["precincts", "votes"] | None
            of = "precincts" if "PRECINCTS" in near else "votes" if near & {"EXPECTED", "VOTES", "BALLOTS"} else None
            said = f"{float(match[0]):g}"
            yield i, ReportingClaim(percent=said, units=self._named_before(i), approximate=self._about(i), of=of)

    # Votes of candidates, and batches with their split.

    def _candidates_votes(self, numbers: Sequence[int]) -> Iterator[tuple[int, Claim | None]]:
        cast = self._cast(numbers)
        if not cast:
            return
        most = max(map(self._value, cast))
        both = sum(map(self._value, cast))
        size = self._size_of_batch([i for i in numbers if i not in cast], cast)
        counties = () if most >= STATE_TOTAL else self._sentence.counties or self._before.counties
        two = len(cast) > 1
        of_a_batch = both < _A_CONTESTS and self._kinds.isdisjoint(("TOTAL", "%", "REPORTING"))
        if two and (size is not None or of_a_batch):
            if size is not None:
                split = {who: self._value(i) for i, who in cast.items()}
                units, about = self._own_county(size) or counties, self._about(size)
                votes = self._value(size)
                yield size, BatchClaim(votes=votes, split=split, net=_net(split), units=units, approximate=about)
            elif self._before.size and _MOST_OF_A_BATCH * self._before.size <= both <= self._before.size:
                split = {who: self._value(i) for i, who in cast.items()}
                yield min(cast), BatchClaim(votes=self._before.size, split=split, net=_net(split), units=counties)
            elif counties and most >= 1_000:
                yield from self._as_votes(cast, counties)
            ahead, behind = (sorted(cast, key=self._value, reverse=True))[:2]
            if cast[ahead] in self._rivals and self._value(ahead) > self._value(behind):
                for claim in self._gained(cast[ahead], self._value(ahead) - self._value(behind), counties, about=False):
                    yield ahead, claim
            for i in cast:
                yield i, None
            return
        if two and most < _PERCENT and both <= _PERCENT:
            for i in cast:
                yield i, None
            return
        yield from self._as_votes(cast, counties)
        rivals = [i for i in cast if cast[i] in self._rivals]
        if len(rivals) == 2 and not counties and most >= _A_CONTESTS and not any(map(self._about, rivals)):
            ahead, behind = sorted(rivals, key=self._value, reverse=True)
            if self._value(ahead) > self._value(behind):
                self._ahead = cast[ahead]
                yield ahead, MarginClaim(candidate=cast[ahead], votes=self._value(ahead) - self._value(behind))

    def _as_votes(self, cast: Mapping[int, str], counties: tuple[str, ...]) -> Iterator[tuple[int, Claim]]:
        for i, who in cast.items():
            yield i, VotesClaim(candidate=who, votes=self._value(i), approximate=self._about(i), units=counties)

    def _cast(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return {index of a number: candidate's id} for numbers that are candidates' votes."""
        everything = numbers
        numbers = [
            i
            for i in numbers
            if not self._fits(i, "", rf"^{_V} (?:LEAD|AHEAD|BEHIND|NET|LEFT)")
            and not self._fits(i, r"(?:(?:LEAD|by|AHEAD) (?:(?:BE|of|at|:) )*|NET (?:(?:N|of|FOR|:) )*)$", "")
        ]
        before = {i: self._name_before(i) for i in numbers if _OF_CANDIDATE_BEFORE.search(self._left(i))}
        after = {i: self._name_after(i) for i in numbers if _OF_CANDIDATE_AFTER.match(self._right(i))}
        found: dict[int, str] = {}
        for cast in (before, after, {**before, **after}, {**after, **before}):
            if len(cast) > len(found) and len({*cast.values()}) == len(cast):
                found = cast
        if len(found) < 2:
            for i in everything:
                j = next((j for j in range(i + 1, min(i + 6, len(self._items))) if self._symbols[j] == "#"), None)
                if (
                    j is None
                    or not _SCORE.match(self._right(i))
                    or self._fits(i, r"(?:(?:LEAD|by|from) (?:BE |of )*|# to )$", "")
                ):
                    continue
                who = self._scorer(i, j)
                if who in self._rivals:
                    return {i: who, j: self._rival_of(who)}
        if len(found) == 1:
            ((i, who),) = found.items()
            plain = self._kinds.isdisjoint(("LEAD", "BEHIND", "NET", "LEFT"))
            large = self._value(i) >= _A_CONTESTS
            third = who not in self._rivals
            gains = self._fits(i, r"(?:GAIN|BATCH|\+|AHEAD) $", "") and not third
            voted = self._fits(i, "N HAVE $", "^ VOTES") or self._value(i) >= STATE_TOTAL
            return (
                found
                if (third and self._value(i) > _PERCENT and not gains)
                or (voted and not gains)
                or (plain and large and not gains)
                else {}
            )
        return found

    def _scorer(self, i: int, j: int) -> str | None:
        """Return the candidate of the first number of a score."""
        inside = next((self._items[k].said for k in range(i, j) if self._symbols[k] == "N"), None)
        if inside:
            return self._rival_of(inside) if inside in self._rivals else None
        before = [k for k in self._names if k < i]
        after = [k for k in self._names if j < k <= j + 4]
        near = (before and i - before[-1] <= 8 and before[-1]) if before else None
        named = (
            self._items[near or after[0]].said
            if near or after
            else self._items[before[-1]].said
            if before
            else self._before.subject
        )
        if named not in self._rivals or named is None:
            return None
        first_wins = self._value(i) >= self._value(j)
        both = [self._items[k].said for k in before][-2:]
        if len(both) == 2 and both[0] != both[1] and _words(r"N (?:/|-|,|and|to|over) N").search(self._left(i)):
            return both[0]
        return named if first_wins else self._rival_of(named)

    def _name_before(self, i: int) -> str:
        return next(self._items[k].said or "" for k in reversed(self._names) if k < i)

    def _name_after(self, i: int) -> str:
        return next(self._items[k].said or "" for k in self._names if k > i)

    def _rival_of(self, candidate: str) -> str:
        return next((rival for rival in self._rivals if rival != candidate), candidate)

    def _size_of_batch(self, others: Sequence[int], cast: Mapping[int, str]) -> int | None:
        """Return the index of the number that is the size of the batch of which `cast` are parts."""
        both = sum(map(self._value, cast))
        fits = [i for i in others if both <= self._value(i) < STATE_TOTAL and self._value(i) <= both * 1.35 + 50]
        return fits[0] if len(cast) > 1 and fits else None

    # All other numbers.

    def _rest(self, i: int) -> Iterator[Claim]:
        kind = self._kind(i)
        votes, about = self._value(i), self._about(i)
        if (
            kind is None
            or (votes and kind not in (LeftClaim, BatchClaim) and self._is_few(i))
            or (votes == 0 and kind not in (LeftClaim, ChangeClaim))
        ):
            return
        if votes >= STATE_TOTAL and kind in (ChangeClaim, BatchClaim):
            kind = TotalClaim
        if self._is_a_strangers(i) and kind in (MarginClaim, ChangeClaim):
            return
        if kind is MarginClaim:
            yield from self._margins(i)
            if self._before.topic is BatchClaim and self._fits(i, r"N (?:by |\+ )+$", "") and "LEAD" not in self._kinds:
                yield from self._gained(self._name_before(i), votes, self._where(i), about=about)
        elif kind is ChangeClaim:
            yield from self._changes(i)
        elif kind is TotalClaim:
            counties = self._sentence.counties or self._before.counties
            if counties and votes < STATE_TOTAL:
                yield BatchClaim(votes=votes, units=self._own_county(i) or counties, approximate=about)
            else:
                yield TotalClaim(votes=votes, approximate=about)
        elif kind is LeftClaim:
            owned = {
                name
                for j, symbol in enumerate(self._symbols)
                if symbol == "#" and j != i
                for name in self._own_county(j)
            }
            where = self._own_county(i) or tuple(name for name in self._where(i) if name not in owned)
            yield LeftClaim(ballots=votes, units=where, approximate=about)
        elif kind is BatchClaim:
            net = next(iter(self._nets(i)), None)
            yield BatchClaim(votes=votes, net=net, units=self._where(i), approximate=about)

    def _kind(self, i: int) -> type[Claim] | None:
        """Return the kind of claim that a number is, by its words; None if nothing of the trade is near."""
        heading = self._symbols[: self._symbols.index("#")]
        if "LEFT" in heading and self._own_county(i) and self._kinds.isdisjoint(("LEAD", "AHEAD", "NET")):
            return LeftClaim
        about_counties = self._sentence.counties or self._before.counties
        if about_counties and self._kinds.isdisjoint(("LEAD", "LEFT")) and self._fits(i, "", _A_BATCH_OF):
            return BatchClaim
        if self._before.topic in (MarginClaim, ChangeClaim) and self._fits(i, "it (?:BE |at |HAVE )*$", ""):
            return MarginClaim
        for kind, before, after in _RULES:
            if self._fits(i, f"(?:^|(?<= )){before}" if before else "", after):
                if kind is MarginClaim and self._sentence.counties and self._local(i):
                    return ChangeClaim
                return kind
        best: tuple[int, type[Claim]] | None = None
        for step in (-1, 1):
            cost, j = 0, i + step
            while 0 <= j < len(self._items) and cost <= _FARTHEST:
                symbol = self._symbols[j]
                cost += 1 + (_BEYOND_A_MARK if symbol in _MARKS else _BEYOND_A_NUMBER if symbol == "#" else 0)
                if symbol in _NEAREST and (best is None or cost < best[0]) and cost <= _FARTHEST:
                    best = (cost, _NEAREST[symbol])
                j += step
        if best and self._value(i) >= STATE_TOTAL and best[1] is not LeftClaim:
            return TotalClaim
        if best:
            ballots = self._fits(i, "", "^ (?:TYPE )*(?:BALLOTS|VOTES)") and not self._names
            return (
                BatchClaim
                if ballots
                and self._sentence.counties
                and best[1] in (MarginClaim, ChangeClaim)
                and "LEAD" not in self._kinds
                else best[1]
            )
        near = {*self._symbols[max(i - 3, 0) : i + 4]}
        if near & {"VOTES", "BALLOTS"} and self._before.topic in (LeftClaim, BatchClaim, TotalClaim):
            return self._before.topic
        if near & {"BALLOTS", "VOTES"} and self._sentence.counties:
            return BatchClaim
        if self._before.topic is LeftClaim and self._value(i) >= _PERCENT and not self._names:
            return LeftClaim
        if "C" in near and self._before.topic in (LeftClaim, BatchClaim):
            return self._before.topic
        if self._before.topic is MarginClaim and not self._sentence.counties:
            return MarginClaim
        return None

    def _local(self, i: int) -> bool:
        """Return True for what looks like a margin and is one county's: "Cobb: Biden +212"."""
        return self._fits(i, r"C (?:COUNTIES )?(?:[^#]{0,40})N (?:BE )?(?:\+ |by |AHEAD )+$", "") or self._fits(
            i, r"N (?:\+ |by )+$", r"^(?: VOTES)? IN C"
        )

    def _nets(self, size: int) -> Iterator[CandidateVotes]:
        for i, symbol in enumerate(self._symbols):
            if (
                symbol == "#"
                and i != size
                and self._value(i) <= self._value(size)
                and self._kind(i) in (ChangeClaim, MarginClaim)
            ):
                who = self._gainer(i)
                if who:
                    yield CandidateVotes(candidate=who, votes=self._value(i))

    def _is_a_strangers(self, i: int) -> bool:
        return not self._names and self._fits(
            i, r"(?:X|other) (?:'s |BE )*(?:AHEAD|LEAD|BEHIND|\+|by) (?:(?:by|of|BE|at|X|OVER|:|\+) )*$", ""
        )

    # Margins.

    def _margins(self, i: int) -> Iterator[Claim]:
        leader, third = self._leader(i), {self._items[k].said for k in self._objects} - {*self._rivals}
        if third or (leader not in (None, *self._rivals) and "BEHIND" in self._kinds):
            return  # over a third candidate
        if self._fits(i, r"(?:AHEAD|LEAD|BEHIND) [^#]*IN C (?:(?:COUNTIES|by|of|BE|:|about) )*$", "") or self._fits(
            i, "(?:AHEAD|LEAD|BEHIND) [^#]*$", f"^{_V} IN C"
        ):
            return  # in one county
        yield MarginClaim(candidate=leader, votes=self._value(i), approximate=self._about(i))

    def _leader(self, i: int) -> str | None:
        """Return the candidate who leads by the number at `i`; None if the text does not say."""
        if self._ahead:
            return self._ahead
        names = self._names
        behind = self._fits(i, r"BEHIND (?:(?:N|by|OVER|of|X) )*$", "") or self._fits(i, "", rf"^{_V} BEHIND")
        objects = self._objects
        subjects = [k for k in names if k not in objects]
        before = [k for k in subjects if k < i]
        after = [k for k in subjects if k > i]
        favor = next((k for k in after if _words(r"(?:FOR|in|IN) $").search(self._left(k)) and k - i <= 5), None)
        who = None
        if favor is not None and not before:
            who = self._items[favor].said
        elif before:
            who = self._items[before[-1]].said
        elif objects:
            rival = self._items[min(objects, key=lambda k: abs(k - i))].said
            who = self._rival_of(rival) if rival in self._rivals else None
        elif after:
            who = self._items[after[0]].said
        elif self._before.leader or self._before.subject:
            who = (
                self._before.leader
                if "LEAD" in self._kinds and self._before.leader
                else self._before.subject or self._before.leader
            )
        if who is not None and behind and who in self._rivals:
            facing = [self._items[k].said for k in objects if self._items[k].said in self._rivals]
            return facing[0] if facing else self._rival_of(who)
        return who

    @property
    def _objects(self) -> set[int]:
        """The indices of candidates over whom somebody leads, or whom somebody trails."""
        over = _words("(?:OVER|AHEAD|BEHIND|than|(?:AHEAD|BEHIND) of) $")
        return {k for k in self._names if over.search(self._left(k))}

    # Changes of a lead.

    def _gainer(self, i: int) -> str | None:
        """Return the candidate who gains by the number at `i`."""
        after = next(
            (
                k
                for k in self._names
                if i < k <= i + 6 and (k == i + 1 or self._symbols[k - 1] in ("FOR", "to", "IN", "in"))
            ),
            None,
        )
        before = [k for k in self._names if k < i]
        if after is not None:
            return self._items[after].said
        if before:
            return self._items[before[-1]].said
        return self._before.subject

    def _changes(self, i: int) -> Iterator[Claim]:
        votes, about = self._value(i), self._about(i)
        units = self._where(i)
        lead = next((k for k in range(len(self._items)) if self._symbols[k] in ("LEAD", "BEHIND")), None)
        owners = [
            k for k in self._names if lead is not None and k < lead <= k + 4 and self._symbols[k + 1] in ("'s", "LEAD")
        ]
        shrinks, grows = (
            "SHRINK" in self._kinds,
            "GROW" in self._kinds or self._fits(i, "(?:BATCH|AHEAD) (?:by )?$", ""),
        )
        gains = "NET" in self._kinds or ("GAIN" in self._kinds and not owners) or self._local(i)
        if owners and (shrinks or grows or not gains):
            owner = self._items[owners[0]].said
            signs = (-1,) if shrinks and not grows else (1,) if grows and not shrinks else (-1, 1)
            if gains and (who := self._gainer(i)) and who != owner:
                signs = (-1,)
            for sign in signs:
                yield ChangeClaim(candidate=owner, votes=sign * votes, units=units, approximate=about)
            return
        who = self._gainer(i)
        if who in self._rivals and who is not None and (gains or grows or shrinks):
            if lead is not None and shrinks and not gains and len(self._names) == 1:
                # "Trump trims the lead by 48": the one who trims gains
                signed = {self._rival_of(who): -votes, who: -votes}
            else:
                signed = {who: votes, self._rival_of(who): -votes}
                if shrinks and not gains:
                    signed = {who: -votes, self._rival_of(who): -votes}
            for leader, change in sorted(signed.items(), key=lambda pair: self._rivals.index(pair[0])):
                yield ChangeClaim(candidate=leader, votes=change, units=units, approximate=about)
            return
        for sign in (-1,) if shrinks and not grows else (1,) if grows and not shrinks else (-1, 1):
            yield ChangeClaim(candidate=self._before.leader, votes=sign * votes, units=units, approximate=about)

    def _gained(self, who: str, votes: int, units: tuple[str, ...], *, about: bool) -> Iterator[Claim]:
        for leader in self._rivals:
            yield ChangeClaim(
                candidate=leader, votes=votes if leader == who else -votes, units=units, approximate=about
            )

    # Counties.

    def _own_county(self, i: int) -> tuple[str, ...]:
        """Return the county directly beside a number."""
        left, right = self._left(i), self._right(i)
        if _words(r"C (?:(?:HAVE|COUNTIES|:|-|BE|at|'s|BATCH|LEFT|\(|GAIN|NET|N|COUNTED|with|about) ){0,4}$").search(
            left
        ) and not _words(r"C (?:and|,|/) (?:and )?C (?:[^#]{0,40})$").search(left):
            k = max(k for k in range(i) if self._symbols[k] == "C")
            return (self._items[k].said or "",)
        match = _words(
            r"(?: (?:VOTES|BALLOTS|TYPE|LEFT|BE|BATCH|NET|COUNTED|of|those|them|em|which|more|\(|that|HAVE)){0,6} (?:IN |from |at |\( )?C(?! (?:and|,|/) (?:and )?C)"
        ).match(right)
        if match:
            k = next(k for k in range(i + 1, len(self._items)) if self._symbols[k] == "C")
            return (self._items[k].said or "",)
        return ()

    def _named_before(self, i: int) -> tuple[str, ...]:
        """Return the counties of a percentage: the one beside it, or those named before it."""
        before = (item.said or "" for item in self._items[:i] if item.symbol == "C")
        return (
            self._own_county(i)
            or tuple(dict.fromkeys(before))
            or (() if self._sentence.counties else self._before.counties)
        )

    def _where(self, i: int) -> tuple[str, ...]:
        """Return the counties that a number is about: the one beside it, all of the sentence, or those before."""
        if "statewide" in self._sentence.words:
            return ()
        return self._own_county(i) or self._sentence.counties or self._before.counties


def _net(split: Mapping[str, int]) -> CandidateVotes | None:
    """Return who won a batch, and by how many votes; None for a tie."""
    ahead, behind = sorted(split, key=lambda who: split[who], reverse=True)[:2]
    return CandidateVotes(candidate=ahead, votes=split[ahead] - split[behind]) if split[ahead] > split[behind] else None


_NOT, _MOVED, _SAME = words_of("unchanged.not"), words_of("unchanged.moved"), phrases_of("unchanged.same")
_NOT_FAR = 5
"""The number of words after a "not" to which it applies."""


def _unchanged(words: Sequence[str]) -> int | None:
    """Return the index of the word from which a sentence says that the count has not changed, or None."""
    nots = (i for i, word in enumerate(words) if word in _NOT and not _MOVED.isdisjoint(words[i : i + 1 + _NOT_FAR]))
    same = (i for i, _, _ in _SAME.all_in([*words]))
    return next(nots, next(iter(same), None))
