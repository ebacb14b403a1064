"""Strict parsers for what is typed into forms and commands: margins, votes, ballots left, certified counties, calls.

A field that can't be read is refused with an example of what to type. Nothing is guessed, since entries carry their author's name.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

from pydantic import ValidationError

from bot.count.call import Call, CallSays, Verb
from bot.count.certification import UnitsCertified
from bot.count.entry import MOST_PIECES, MOST_TEXT, MOST_UNMATCHED, Piece
from bot.count.reading import MOST_VOTES
from bot.count.reported_batch import CandidateVotes, ReportedBatch
from bot.count.statement import Outstanding
from bot.desk.counties import counties_of
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError, ChooseError, Refusals, naming
from bot.prose.county_list import counties_in, how_many_counties, typed_count
from bot.wording.escape import clean
from bot.wording.names import state_name
from bot.wording.typed_names import candidate_named, county_named

_Said: TypeAlias = dict[str, Any]
"""Some fields of a `Piece`, with their values."""

_NUMBER = r"(?P<number>[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)"

_APPROXIMATELY = r"about |around |roughly |nearly |almost |just over |some |~ ?|≈ ?"

_ABOUT = rf"(?P<about>{_APPROXIMATELY})?"

_AHEAD = (
    r"(?:(?:['\u2019]s)? (?:(?:is|has an?|in the) ){0,9}(?:leads?|leading|ahead|up|margin)(?: (?:is|of|at|by))?| by)"
)
"""What may stand between the leader and the number. "Biden's lead up 48" must not match, nor "Trump trails by"."""

_MARGIN = re.compile(
    rf"(?:(?P<who>[^0-9+]*?)(?:{_AHEAD}|(?<![ :]))[ :+]*)??{_ABOUT}\+?(?<![-\u2013\u2212]){_NUMBER}(?: votes?)?",
    re.IGNORECASE,
)

_VOTES = re.compile(rf"(?:(?P<who>[^0-9]*?)(?<![ :=])[ :=]*)?{_NUMBER}(?: votes?)?", re.IGNORECASE)

_COUNTIES = re.compile(
    r"(?P<leads>(?P<leader>[^0-9;:]+?) leads[;,]? *)?(?:(?P<first>[^0-9;:-]+)-(?P<second>[^0-9;:-]+): *)?(?P<list>[^0-9].*)",
    re.IGNORECASE | re.DOTALL,
)

_PAIR = re.compile(
    r"(?P<where>[^0-9](?:[^0-9]*?[^0-9 :])??)[ :]+(?P<of_first>[0-9][0-9,]*) ?[-\u2013] ?(?P<of_second>[0-9][0-9,]*)"
)

_PARTS = re.compile(r"[;\n]+|,(?![0-9]{3}(?![0-9]))")

_LEFT = re.compile(
    rf"(?:(?!{_APPROXIMATELY})(?P<before>[^0-9]*?)(?<![ :])[ :]+)?{_ABOUT}{_NUMBER}(?: ballots?| left)*(?: in (?P<after>.+))?",
    re.IGNORECASE,
)

_MORE = re.compile(rf"{_ABOUT}\+?{_NUMBER}(?: more)?(?: votes?)?", re.IGNORECASE)

_NET = re.compile(rf"(?P<who>[^0-9+]+?) ?\+ ?{_NUMBER}(?: votes?)?", re.IGNORECASE)

_BATCH = re.compile(
    rf"(?P<where>[^0-9:;]{{0,200}}?)[ :]+(?P<votes>{_ABOUT}\+?{_NUMBER}(?: more)?(?: votes?)?) ?: ?(?P<whom>[^0-9].*)",
    re.IGNORECASE | re.DOTALL,
)
"""A batch, typed into the field for votes: "Gwinnett 3,600: Biden +2,100", "Cobb 74: Trump 61, Biden 13"."""

_ALL = frozenset({"", "total", "all", "all votes", "votes", "in all"})

_SHOWN = 60


def pieces_of_form(contest: Contest, *, margin: str, votes: str, left: str, certified: str) -> tuple[Piece, ...]:
    """Return the form's fields as pieces of an entry.

    The result has one piece for the fields, one for a batch, and one for each further county with ballots left. `left`
    may be a list, "Clayton 4,355, Cobb 700", and `votes` may be a batch, "Gwinnett 3,600: Biden +2,100". Otherwise,
    arguments and errors are those of `piece_of`.
    """
    first, *more = _each_with_its_figure(left) or [left]
    batch = _batch_of(votes.strip(), contest)
    said = [batch] if batch else []
    if not batch or any(typed.strip() for typed in (margin, left, certified)):
        typed = "" if batch else votes
        said.append(piece_of(contest, margin=margin, votes=typed, left=first, certified=certified))
    said += [piece_of(contest, margin="", votes="", left=part, certified="") for part in more]
    lefts = [piece.outstanding.units or ("the whole contest",) for piece in said if piece.outstanding]
    ((unit, times),) = Counter(chain.from_iterable(lefts)).most_common(1) or [("", 0)]
    if times > 1:
        raise BadInputError(f"ballots left: {unit} is there twice")
    return within_bounds(said)


def _batch_of(text: str, contest: Contest) -> Piece | None:
    """Return the batch that was typed into the field for votes. Returns None if the text is no batch."""
    match = _BATCH.fullmatch(text)
    if match is None or match["where"].casefold() in _ALL:
        return None
    batch, about = typed_batch(contest, match["where"], match["votes"], match["whom"])
    return Piece(words=text[:300], batch=batch, approximate=("batch",) if about else ())


def within_bounds(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the pieces as a tuple, after checking their number.

    Raises:
        BadInputError: there are more pieces than an entry can have.
    """
    if len(pieces) > MOST_PIECES:
        raise BadInputError(
            f"ballots left: {len(pieces)} figures are more than an entry holds, {MOST_PIECES}: enter the rest in another"
        )
    return tuple(pieces)


def _each_with_its_figure(left: str) -> list[str]:
    """Split a typed list of ballots left into parts with one figure each.

    "Clayton, Fulton 4,000, Cobb 700" becomes "Clayton, Fulton 4,000" and "Cobb 700".
    """
    found: list[str] = []
    for part in (part.strip() for part in _PARTS.split(left) if part.strip()):
        if found and not (re.search("[0-9]", part) and re.search("[0-9]", found[-1])):
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def piece_of(contest: Contest, *, margin: str, votes: str, left: str, certified: str) -> Piece:
    """Return the form's fields as one piece. Fields may be empty, but not all of them.

    Args:
        contest: the contest with the candidates and counties that are named.
        margin: "Biden 14,101", "Biden +14,101", "Biden leads by about 14,000", or "14,101", which leaves
            the leader None.
        votes: "4,991,741", or "Biden 2,471,895; Trump 2,457,794; total 4,992,198", or new votes by county,
            "Fulton 61-13, DeKalb 40-9". The margin is computed from the candidates' votes. A typed margin
            has to agree; without one, all candidates of the contest are required. From new votes by county,
            the change of the lead is computed. The user is asked who leads and whose votes come first,
            unless the text states both.
        left: "4,355", "Clayton 4,355", "about 4,000 in Clayton".
        certified: "96 of 159", "96".

    Raises:
        BadInputError: a field can't be read, two fields contradict each other, or all are empty. The message
            names the field.
        ChooseError: a name is misspelled or ambiguous, or it is not clear which candidates got the new votes.
    """
    refused, nothing = Refusals(), dict[str, Any]()
    by_margin = refused.of(lambda: _margin(margin.strip(), contest), nothing)
    leader, of_all = by_margin.get("leader"), not margin.strip()
    by_votes = refused.of(lambda: _of_votes(votes.strip(), contest, leader, of_all=of_all), nothing)
    by_left = refused.of(lambda: _left(left.strip(), contest), nothing)
    by_certified = refused.of(lambda: _certified(certified.strip(), contest), nothing)
    if by_margin and by_votes.get("margin") is not None:
        refused.of(lambda: _refuse_two_margins(by_margin, by_votes, contest), None)
    refused.raise_any()
    said = by_votes | by_margin | by_left | by_certified
    approximate = by_margin.get("approximate", ()) + said.pop("about_left", ())
    typed = "; ".join(text.strip() for text in (margin, votes, left, certified) if text.strip())
    piece = Piece(words=typed[:300], **(said | {"approximate": approximate}))
    if not piece.figures:
        raise BadInputError("nothing was filled in: say a margin, votes, ballots left or counties certified")
    return piece


def _margin(text: str, contest: Contest) -> _Said:
    if not text:
        return {}
    match, example = _MARGIN.fullmatch(text), f"{contest.candidates[0].last} 14,101, or 14,101"
    if match is None:
        raise _unread("margin", text, example)
    who = (match["who"] or "").strip(" +:")
    try:
        with naming("margin"):
            leader = candidate_named(who, contest).id if who else None
    except ChooseError:
        names = "|".join(re.escape(name) for one in contest.candidates for name in (one.name, one.last))
        if re.match(
            rf"(?:{names})\b.*\w", who, re.IGNORECASE
        ):  # the words after the name may reverse it: "Trump trails"
            raise _unread("margin", text, example) from None
        raise
    about = ("margin",) if match["about"] else ()
    return {"leader": leader, "margin": _number(match, "margin", text), "approximate": about}


def _by_county(text: str, contest: Contest, leader: str | None) -> _Said | None:
    """Return how new votes in counties change the lead. None if the text has no such votes.

    A complete text is "Trump leads; Biden-Trump: Fulton 61-13, DeKalb 40-9". If the part before the counties is
    missing, a `ChooseError` asks for that part.
    """
    match = _COUNTIES.fullmatch(text)
    if match is None or len(contest.candidates) < 2:  # whose votes stand against whose
        return None
    pairs = [_PAIR.fullmatch(part.strip()) for part in _PARTS.split(match["list"]) if part.strip()]
    if not pairs or not all(pairs):
        return None
    with naming("votes"):
        rivals = [one.last for one in contest.candidates[:2]]
        if match["first"] is None:
            orders = [f"{first}-{second}" for first, second in (rivals, rivals[::-1])]
            choices = [
                (f"{order}: {match['list']}"[:80], f"{match['leads'] or ''}{order}: {match['list']}")
                for order in orders
            ]
            raise ChooseError("whose votes come first, in what each county added?", text, choices)
        of_first, of_second = (candidate_named(match[name], contest).id for name in ("first", "second"))
        if match["leads"]:
            leader = candidate_named(match["leader"], contest).id
        if leader is None:
            choices = [(f"{name} leads", f"{name} leads; {text}") for name in rivals]
            raise ChooseError("who leads?", text, choices)
        if of_first == of_second or leader not in (of_first, of_second):
            raise BadInputError("say the votes of who leads, and of who is second")
        gained = 0
        for pair in pairs:
            if pair is not None:
                if contest.state and contest.unit == "county":
                    county_named(pair["where"], contest)
                gained += _number(pair, "votes", text, "of_first") - _number(pair, "votes", text, "of_second")
    return {"leader": leader, "margin_change": gained if leader == of_first else -gained}


def _of_votes(text: str, contest: Contest, leader: str | None, *, of_all: bool) -> _Said:
    """Return the values in the field for votes, by county or for the whole contest.

    `leader` is the leader typed into the field for the margin. For `of_all`, see `_standing`.
    """
    by_county = _by_county(text, contest, leader)
    return _votes(text, contest, of_all=of_all) if by_county is None else by_county


def _votes(text: str, contest: Contest, *, of_all: bool) -> _Said:
    total: int | None = None
    cast: dict[str, int] = {}
    for part in (part.strip() for part in _PARTS.split(text) if part.strip()):
        match = _VOTES.fullmatch(part)
        if match is None:
            raise _unread("votes", part, "4,991,741, or each candidate with a number")
        who, number = (match["who"] or "").strip(" :="), _number(match, "votes", part)
        if who.casefold() in _ALL:
            if total is not None:
                raise BadInputError(f"votes: two totals, {total:,} and {number:,}")
            total = number
            continue
        with naming("votes"):
            candidate = candidate_named(who, contest)
        if candidate.id in cast:
            raise BadInputError(f"votes: {candidate.last} is there twice")
        cast[candidate.id] = number
    if total is not None and sum(cast.values()) > total:
        raise BadInputError(
            f"votes: the candidates have {sum(cast.values()):,} together, more than the total, {total:,}"
        )
    return ({} if total is None else {"total": total}) | _standing(cast, contest, of_all=of_all)


def _standing(cast: dict[str, int], contest: Contest, *, of_all: bool) -> _Said:
    """Return the leader and the margin from `cast`, the votes by candidate. Empty if `cast` is empty.

    With `of_all`, the votes of all candidates are required.
    """
    if not cast:
        return {}
    lacking = [candidate.last for candidate in contest.candidates if candidate.id not in cast]
    if (lacking and of_all) or len(cast) == 1:
        raise BadInputError(
            f"votes: {lacking[0] if lacking else 'another candidate'} is not there, so who leads can't be told; "
            "say the votes of all candidates, or the margin"
        )
    first, second = sorted(cast, key=lambda key: -cast[key])[:2]
    return {"leader": first, "margin": cast[first] - cast[second]}


def _refuse_two_margins(by_margin: _Said, by_votes: _Said, contest: Contest) -> None:
    typed, worked_out = by_margin["margin"], by_votes["margin"]
    agree = typed == worked_out and by_margin["leader"] in (None, by_votes["leader"])
    if not agree:
        leader = contest.candidate(str(by_votes["leader"]))
        raise BadInputError(
            f"the votes make it {leader.last if leader else by_votes['leader']} by {worked_out:,}, "
            f"and the margin says {typed:,}: one of the two is a slip"
        )
    by_margin["leader"] = by_votes["leader"]


def _left(text: str, contest: Contest) -> _Said:
    if not text:
        return {}
    match = _LEFT.fullmatch(text)
    if match is None:
        raise _unread("ballots left", text, "4,355, or Clayton 4,355")
    place = (match["before"] or match["after"] or "").strip(" :,.")
    names = [_shown(name) for name in re.split(r",| and ", place)]
    units = tuple(_unit(name, contest, "ballots left") for name in names if name)
    about = ("outstanding",) if match["about"] else ()
    return {"outstanding": Outstanding(ballots=_number(match, "ballots left", text), units=units), "about_left": about}


def _shown(name: str) -> str:
    """Return a typed name as one line, without the invisible characters that phone keyboards may insert."""
    return clean("".join(letter for letter in name if letter.isprintable() or letter.isspace()), 300)


def _unit(name: str, contest: Contest, field: str) -> str:
    if not contest.state or contest.unit != "county":
        return name
    with naming(field):
        return county_named(name, contest).short


def typed_batch(contest: Contest, where: str, votes: str, whom: str) -> tuple[ReportedBatch, bool]:
    """Return the batch that was typed into the form for batches, and True if its number of votes is approximate.

    Args:
        contest: the contest with the candidates and counties that are named.
        where: "Gwinnett", "Cobb, Floyd", or an empty string.
        votes: "3,600", "about 3,600".
        whom: "Biden 2,850, Trump 750", "Biden +2,100", or an empty string.

    Raises:
        BadInputError: a field can't be read, or the votes do not add up.
    """
    units = tuple(_unit(name, contest, "where") for name in map(_shown, re.split(r",| and ", where)) if name)
    match = _MORE.fullmatch(votes.strip())
    if match is None:
        raise _unread("new votes", votes.strip(), "3,600, or about 3,600")
    split, net = list[CandidateVotes](), None
    for part in (part.strip() for part in _PARTS.split(whom) if part.strip()):
        of_one = _NET.fullmatch(part) or _VOTES.fullmatch(part)
        if of_one is None or not of_one["who"]:
            raise _unread(
                "for whom", part, f"{contest.candidates[0].last} 2,850, or {contest.candidates[0].last} +2,100"
            )
        with naming("for whom"):
            candidate = candidate_named(of_one["who"].strip(" :="), contest).id
        one = CandidateVotes(candidate=candidate, votes=_number(of_one, "for whom", part))
        if _NET.fullmatch(part):
            net = one
        else:
            split.append(one)
    try:
        batch = ReportedBatch(votes=_number(match, "new votes", votes), units=units, split=tuple(split), net=net)
    except ValidationError as error:
        raise BadInputError(f"for whom: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    return batch, bool(match["about"])


def _certified(text: str, contest: Contest) -> _Said:
    if not text:
        return {}
    there_are = how_many_counties(contest.state) if contest.unit == "county" else None
    count = typed_count(text, there_are)
    if count is None:
        raise _unread("certified", text, "96 of 159")
    done, of = count
    if done > of:
        raise BadInputError(f"certified: {done} of {of} is more than all")
    if there_are not in (None, of):
        raise BadInputError(f"certified: {state_name(contest)} has {there_are} {contest.units}, not {of}")
    return {"certified": count}


def _number(match: re.Match[str], field: str, text: str, group: str = "number") -> int:
    digits = match[group].replace(",", "").replace(" ", "")
    if len(digits) > len(str(MOST_VOTES)) or int(digits) > MOST_VOTES:
        raise BadInputError(f"{field}: {text[:_SHOWN]} is more than any contest can have")
    return int(digits)


def _unread(field: str, text: str, example: str) -> BadInputError:
    return BadInputError(f'{field}: "{text[:_SHOWN]}" can\'t be read; try {example}')


BY_NAME = ("county", "parish", "borough")
"""Kinds of units whose names are in the county table."""

SAYS: dict[str, CallSays] = {
    "called": "called",
    "too close to call": "too_close",
    "too early to call": "too_early",
    "runoff": "runoff",
    "withdrawn": "none",
}
"""Words that the form for a call accepts, and what they mean."""

VERBS: dict[str, Verb] = {
    "called": "called",
    "projected": "projected",
    "declared": "declared",
    "apparent winner": "apparent_winner",
}


def typed_units(contest: Contest, typed: str) -> tuple[UnitsCertified | None, tuple[str, ...]]:
    """Return the counties in a typed list, and the parts of the list that match no county for certain.

    The counties are None if the list is empty.

    Raises:
        BadInputError: the contest's units have no names in the county table, or too many parts match no
            county.
    """
    if contest.unit not in BY_NAME:
        raise BadInputError(
            f"{contest.name}: only counties are known by name, not {contest.units}; enter a count such as 9 of 12"
        )
    if contest.state is None:
        raise BadInputError(
            f"{contest.name}: the desk file does not say of which state its {contest.units} are, so they are not known by "
            "name; enter a count such as 9 of 12"
        )
    found = counties_in(typed[:MOST_TEXT], contest.state)
    if len(found.unmatched) > MOST_UNMATCHED:
        first = ", ".join(found.unmatched[:3])
        raise BadInputError(
            f"{len(found.unmatched)} names of that are no {contest.units} of {contest.state}: {first[:200]} …"
        )
    if not found.units and not found.unmatched:
        return None, ()
    every = len(counties_of(contest.state))
    return UnitsCertified(units=found.units, of=every), found.unmatched


def call_of(contest: Contest, source: Source, says: CallSays, candidates: str, verb: Verb | None = None) -> Call:
    """Return a call by `source` for the candidates that were typed, with commas between their names.

    Raises:
        BadInputError: a candidate is missing or is not in the contest, or there are more candidates than
            the contest has seats.
    """
    typed = [name for name in candidates.split(",") if name.strip()]
    named = tuple(dict.fromkeys(candidate_named(name.strip(), contest).id for name in typed))
    if says in ("called", "runoff") and not named:
        raise BadInputError(f"{contest.name}: for whom {source.name} called it is missing; choose a candidate")
    if says not in ("called", "runoff") and named:
        raise BadInputError(f"{contest.name}: a word that it is not called names no candidate")
    if says == "called" and len(named) > contest.seats:
        raise BadInputError(f"{contest.name}: has {contest.seats} to be called, not {len(named)}")
    return Call(says=says, candidates=named, verb=verb or source.calls or "called")


def typed_call(contest: Contest, source: Source, says: str, candidates: str, verb: str) -> Call:
    """Return the call that was typed into the form for calls.

    Raises:
        BadInputError: as `call_of`, or `says` or `verb` is none of the accepted words.
    """
    said = SAYS.get(_plain(says))
    how = VERBS.get(_plain(verb)) if verb.strip() else None
    if said is None:
        raise BadInputError(f'what is said: "{says.strip()[:60]}" can\'t be read; say {", ".join(SAYS)}')
    if verb.strip() and how is None:
        raise BadInputError(f'how it was put: "{verb.strip()[:60]}" can\'t be read; say {", ".join(VERBS)}')
    return call_of(contest, source, said, candidates, how)


def _plain(typed: str) -> str:
    return re.sub(r"[\s_]+", " ", typed).strip().casefold()
