"""Drafts of a desk file from a feed. Each guess is marked with its reason, and `DeskDocument` is the file to write.

Text that a person wrote in an existing file stays unchanged, comments included.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from pydantic import ValidationError
from rapidfuzz import fuzz
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item

from bot.count.reading import Reading, SourceSays, describe_refusal
from bot.desk.counties import County, counties_of, county
from bot.desk.desk_file import Candidate, Contest, Desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.toml_file import toml_text
from bot.errors import BadInputError
from bot.events.event import END_OF_DAY
from bot.feeds.ap.reader import BY_TOWN
from bot.feeds.ap.reports import Milestone, PollHours, RecountRules, Report
from bot.feeds.ballot import party_of, seats_named, slug
from bot.feeds.choices import is_answer, is_residual, is_write_ins
from bot.feeds.sheet_mapping import Columns
from bot.wording.numbers import counted
from bot.wording.states import STATES

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v", "md", "phd", "esq"})
_PARTICLES = frozenset({"van", "von", "de", "del", "della", "der", "den", "la", "le", "du", "st", "ten"})
_NOBODY = frozenset({"all others", "none of these candidates", "no preference"})
_MEASURE = re.compile(r"\b(amendment|proposition|prop|measure|question|referendum|initiative|bond)\b", re.IGNORECASE)
_PRIMARY = re.compile(r"\b(primary|rep|dem|republican|democratic|gop)\b", re.IGNORECASE)
_OPEN_PRIMARIES = frozenset({"AK", "CA", "LA", "WA"})
"""States whose primaries have candidates of all parties in one contest."""
_FEDERAL = re.compile(r"\b(president|u\.?s\.? (senat|house|rep)|congress)", re.IGNORECASE)
_SMALL = frozenset({"of", "the", "and", "for", "in", "at", "to", "de", "la"})
_FEW_UNITS = 3
_ALIKE = 85.0
"""The score, out of 100, from which two names count as the same without a question."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed value for the desk file, with the reason why a person has to confirm it."""

    value: object
    why: str


@dataclass(slots=True)
class ContestDraft:
    """A draft of a contest for the desk file. Every `Guess` is marked in the file until a person confirms it."""

    id: str
    name: str | Guess
    state: str | Guess | None
    where: str | Guess | None
    rule: str | Guess
    seats: int | Guess | None
    threshold: str | Guess | None
    election_day: date | Guess | None
    candidates: list[Candidate]
    unsure: dict[str, str] = field(default_factory=dict)
    """The reason why a last name is a guess, by candidate id."""
    presidential: bool = False
    unit: str | Guess | None = None
    """The name of the contest's reporting units; None means counties."""


def state_of(readings: Iterable[Reading]) -> str | None:
    """Return the state to which the readings' counties belong. None if there are too few, or several states."""
    names = {name for reading in readings for name in reading.units or ()}
    if len(names) < _FEW_UNITS:
        return None
    counts = Counter({state: sum(county(state, name) is not None for name in names) for state in STATES})
    (state, most), (_, second) = counts.most_common(2)
    return state if most > second and most * 10 >= len(names) * 9 else None


def election_day_of(reading: Reading) -> Guess | None:
    """Return the day of the general election in the reading's year, as a guess.

    None if the reading's time is not within two months after that day.
    """
    if reading.as_of_is == "received":
        return None  # a file may be years old
    year = reading.as_of.year
    first = date(year, 11, 1)
    monday = first + timedelta(days=(7 - first.weekday()) % 7)
    day = monday + timedelta(days=1)
    if day - timedelta(days=30) <= reading.as_of.date() <= day + timedelta(days=60):
        return Guess(day, f"the general election of {year}; the feed does not say")
    return None


def draft_of(
    reading: Reading,
    state: str | Guess | None,
    taken: Collection[str] = (),
    day: date | None = None,
    units: Collection[str] = (),
) -> ContestDraft:
    """Draft a contest from a reading.

    Args:
        reading: a reading with the feed's own ids.
        state: the postal code; None if unknown.
        taken: the contest ids that the desk file uses already.
        day: election day, if the site lists it.
        units: the reporting units of all the feed's contests.

    """
    code = state.value if isinstance(state, Guess) else state
    name, election_day = _name(reading, _only_county(reading, code, units)), day or election_day_of(reading)
    plain = name.value if isinstance(name, Guess) else name
    choices = {key for key in reading.votes if not is_residual((reading.names or {}).get(key, key))}
    says = reading.says or SourceSays()
    measure = (
        says.measure or (len(choices) == 2 and all(map(is_answer, choices))) or bool(_MEASURE.search(str(plain)))
    )  # yes and no
    candidates, unsure = _candidates(reading, choices)
    rule, seats, threshold = _rule(reading, str(plain), code, election_day, measure=measure)
    if says.measure:
        rule = Guess("measure", "the feed says that it is a ballot measure")
    if measure and says.threshold_percent:
        threshold = Guess(f"{says.threshold_percent}%", "the feed says so, perhaps rounded: two thirds are 2/3")
    president = bool(re.search(r"\bpresident\b", str(plain), re.IGNORECASE)) and "vice" not in str(plain).casefold()[:5]
    where = Guess(STATES[str(code)], "statewide") if president and code in STATES else None
    voted_on = election_day.value if isinstance(election_day, Guess) else election_day
    year = voted_on.year if isinstance(voted_on, date) else ""
    return ContestDraft(
        free(slug(f"{code or ''} {year} {str(plain).replace('U.S.', 'US')}")[:60].strip("-"), taken),
        name,
        state,
        where,
        rule,
        seats,
        threshold,
        election_day,
        candidates,
        unsure,
        presidential=president and not _PRIMARY.search(str(plain)),
        unit=_unit(reading, code),
    )


def _unit(reading: Reading, state: object) -> str | Guess | None:
    units = reading.reporting.units if reading.reporting else None
    counties = len(counties_of(str(state)))
    if units and counties and units[1] > counties:
        why = f"{units[1]} units report, and {STATES[str(state)]} has {counted(counties, 'county', 'counties')}"
        return Guess("town" if state in BY_TOWN else "precinct", why)
    names = [*(reading.units or ())]
    if counties and names and not any(county(str(state), name) for name in names):
        why = f"{names[0]} and the others are no counties of {STATES[str(state)]}"
        return Guess("town" if state in BY_TOWN else "precinct", why)
    return "parish" if state == "LA" else None


def free(name: str, taken: Collection[str], between: str = "-") -> str:
    """Return a name that is not in `taken`, with a number if needed: lamp, lamp-2.

    `between` separates the name from the number.
    """
    number, unique = 2, name
    while unique in taken:
        unique, number = f"{name}{between}{number}", number + 1
    return unique


_IN_SPANISH = re.compile(
    r"(?<!\s)\s*/\s*+(?=[^/]*\b(?:distrito|estatal|senador|representante|comisionado|gobernador)\b)[^/]*?(?=(?: - \w+)?$)",
    re.IGNORECASE,
)
"""The Spanish name that Georgia adds to a contest's name, before the party."""
_PRIMARY_OF = {"R": "Republican", "D": "Democratic", "L": "Libertarian"}
_SAYS_PRIMARY = re.compile(r"[ -]primary\b\)?$", re.IGNORECASE)
_STATEWIDE = re.compile(r"(?<![ ,-])[ ,-]+statewide$", re.IGNORECASE)
_DISTRICT = re.compile(r"\b(House|Senate|Assembly|Representatives?|Senator|Congress|Delegates) (\d{1,3})(?=$| \()")
_OF_COUNTIES = re.compile(
    r"\b(sheriff|clerk|auditor|assessor|treasurer|recorder|surveyor|coroner|attorney(?! general)|commission(er)?)\b|"
    r"^(county council|(local )?school board)\b",
    re.IGNORECASE,
)
"""Words in the names of offices that a whole county may elect, not only the county's districts."""


def _only_county(reading: Reading, state: object, units: Collection[str]) -> County | None:
    """Return the only county that votes on a contest. None if several vote, or if the feed covers only one county."""
    own = [*(reading.units or ())]
    return county(str(state), own[0]) if len(own) == 1 and len(units) > 1 else None


def _name(reading: Reading, only: County | None) -> str | Guess:
    """Return a contest's name for posts. `only` is the one county that votes on the contest, if there is one."""
    text = reading.contest_name or reading.contest
    labels = {*(reading.parties or {}).values()}
    parties = {*map(_party, labels)}
    party = parties.pop() if len(parties) == 1 else None
    name = _IN_SPANISH.sub("", text)
    office = party and (_office_of_primary(name, party) or (name if all(map(_SAYS_PRIMARY.search, labels)) else None))
    name = _STATEWIDE.sub("", office or name)
    if name.isupper() and len(name) > len("DDA"):  # short ones are initials
        name = _in_title_case(name)
    name = _DISTRICT.sub(r"\1, District \2", name)
    bare = re.sub(rf"(?<! of) {re.escape(only.short)}$", "", name) if only else ""
    if only and _OF_COUNTIES.search(bare) and only.short not in bare:
        name = f"{only.name} {bare.removeprefix('County ')}"
    if office:
        name = re.sub(r"\bUS\b", "U.S.", f"{name} ({_PRIMARY_OF.get(str(party), party)} primary)")
    if name == text:
        return text
    in_capitals = text.isupper() and name.upper() == text
    return Guess(name, "the feed has it in capitals" if in_capitals else f"the feed says {text}")


def _party(label: str) -> str | None:
    """Return a candidate's party from a label, which may be "DEM Primary"."""
    return party_of(_SAYS_PRIMARY.sub("", label))


def _office_of_primary(name: str, party: str) -> str | None:
    """Return the office in the name of a party's primary.

    None if the name doesn't begin or end with that party's primary.
    """
    bare, is_said = _SAYS_PRIMARY.subn("", name)
    before, _, last = bare.rpartition(" ")
    is_mark = is_said or last.startswith("(") or before.endswith(("-", "\u2013", ","))
    is_word = party in _PRIMARY_OF and len(last) > len("Rep.")
    if (is_mark or is_word) and party_of(last.strip("()").removesuffix("-NPL")) == party:
        return before.rstrip(" -\u2013,(")
    first, _, rest = bare.partition(" ")
    if party in _PRIMARY_OF and party_of(first) == party:
        return re.sub(r"(- )?(primary )?(for )?", "", rest, count=1, flags=re.IGNORECASE)
    return None


def _in_title_case(text: str) -> str:
    """Convert a name in capitals to title case: "US SENATE" → "US Senate"."""
    words = []
    for place, word in enumerate(text.split()):
        if re.fullmatch(r"(US|U\.S\.|[IVX]+)", word):
            words.append(word)
        elif place and word.casefold() in _SMALL:
            words.append(word.casefold())
        else:
            words.append("".join(part.capitalize() for part in re.split(r"([-/(])", word)))
    return " ".join(words)


def _rule(
    reading: Reading, name: str, state: object, day: date | Guess | None, *, measure: bool
) -> tuple[str | Guess, int | Guess | None, str | Guess | None]:
    """Return the rule, seats and threshold of a contest. A state's own rules are applied to general elections only."""
    if measure:
        threshold = (
            Guess("60%", "Florida's constitution asks it of amendments (art. XI, sec. 5)") if state == "FL" else None
        )
        return Guess("measure", "it is a question with two answers"), None, threshold
    if (seats := seats_named(name) or 1) > 1:
        return Guess("top-n", "the ballot lets vote for several"), Guess(seats, "by the contest's name"), None
    if state == "GA" and not re.search(r"\bpresident\b", name, re.IGNORECASE):
        return Guess("majority-runoff", "Georgia asks for more than half (O.C.G.A. 21-2-501)"), None, None
    if state == "LA" and not re.search(r"\bpresident\b", name, re.IGNORECASE):
        return Guess("majority-runoff", "Louisiana asks for more than half (R.S. 18:511)"), None, None
    if (state == "AK" and day) or (state == "ME" and _FEDERAL.search(name)):
        return Guess("ranked", "the state's voters rank candidates; the feed has first choices"), None, None
    parties = Counter(map(_party, (reading.parties or {}).values()))
    most = max(parties["R"], parties["D"])
    if most > 1 and len(parties) > 1 and state not in _OPEN_PRIMARIES:
        why = f"a party has {most} candidates, as where several are elected"
        return Guess("top-n", why), Guess(most, "look up how many are elected"), None
    return Guess("plurality", "the usual rule, for one seat"), None, None


def _candidates(reading: Reading, choices: Collection[str]) -> tuple[list[Candidate], dict[str, str]]:
    """Return the candidates, most votes first, and the reasons why last names are guesses, by candidate id."""
    names = reading.names or {}
    parties = {key: _party(party) for key, party in (reading.parties or {}).items()}
    order = sorted(choices, key=lambda key: (-reading.votes[key], list(reading.votes).index(key)))
    shown = {key: names.get(key, key) for key in order}
    shown = {key: _in_title_case(name) if name.isupper() else name for key, name in shown.items()}
    lasts = {key: guessed_last_name(name) for key, name in shown.items()}
    ids = _ids({key: last for key, (last, _) in lasts.items()}, shown)
    candidates = [Candidate(id=ids[key], name=shown[key], last=lasts[key][0], party=parties.get(key)) for key in order]
    return candidates, {ids[key]: why for key, (_, why) in lasts.items() if why}


def _ids(lasts: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Return a unique id for each candidate: the last name if that is unique, or else the whole name.

    `lasts` and `shown` are the last names and the whole names, by the feed's ids.
    """
    times = Counter(slug(last) for last in lasts.values())
    ids: dict[str, str] = {}
    for key, last in lasts.items():
        short = slug(last)
        ids[key] = free(short if short and times[short] == 1 else slug(shown[key]) or key, ids.values())
    return ids


def guessed_last_name(name: str) -> tuple[str, str | None]:
    """Return the last name for headlines, and the reason why it is a guess.

    The reason is None if the name is certain. For a ticket, the result is the first candidate's last name.
    """
    if is_answer(name) or is_write_ins(name) or name.casefold() in _NOBODY:
        return name, None
    first = re.split(r"[/&;]|\sand\s", name)[0].strip()
    why = "the first of a ticket" if first != name else None
    if "," in first:
        before, _, after = first.partition(",")
        if slug(after) not in _SUFFIXES:
            return before.strip(), why
        first = before
    words = first.split()
    while len(words) > 1 and slug(words[-1]) in _SUFFIXES:
        words.pop()
    if not words:
        return first or name, None
    start = len(words) - 1
    while start > 1 and slug(words[start - 1]) in _PARTICLES:
        start -= 1
    if start == 1 < len(words) - 1 and slug(words[0]) in _PARTICLES:
        start = 0  # De la Cruz, whose first name is not said
    last = " ".join(words[start:])
    if len(words) > 3 and start == len(words) - 1 and "." not in words[-2]:  # first, middle, last
        why = why or "a long name: the last name may have two words"
    return last, why


def proposed_lines(report: Report, desk: Desk) -> tuple[list[str], list[str]]:
    """Return the lines that an AP report proposes for the desk file, and the parts that the report lacks.

    Deadlines follow a comment that names their contests. Recount rules become comments only.
    """
    source = f"AP's {report.name} report" + (f", updated {report.updated}" if report.updated else "")
    rules = [row for row in report.rows if isinstance(row, RecountRules)]
    if rules:
        return _remarks(rules, source, desk)
    lines = _deadlines([row for row in report.rows if not isinstance(row, RecountRules)], source, desk)
    return lines, [] if lines else ["by its contests' state and election_day, that is not there already"]


def _remarks(rules: Sequence[RecountRules], source: str, desk: Desk) -> tuple[list[str], list[str]]:
    """Return comments with AP's recount rules for the desk file's states, and a list of the states without rules."""
    states = dict.fromkeys(one.state for one in desk.contests if one.state)
    lines, missing = [], [] if states else ["which has no contest with a state"]
    for state in states:
        rules_of_state = [row for row in rules if _is_of(row.state, state)]
        if not rules_of_state:
            missing.append(f"by the state {state}")
            continue
        lines += [
            "",
            f"# {STATES[state]}'s recounts, from {source}, word for word. The bot does not go by this: look up the law,",
            f"# and set the rows of {state} in data/recount_lines.toml (kind, share, votes, who, deadline, source, verified).",
        ]
        remarks = [f"# {name}: {text}" for row in rules_of_state for name, text in row.elements]
        lines += remarks[:_MOST_REMARKS]
        if more := remarks[_MOST_REMARKS:]:
            lines.append(f"# and {len(more)} more, which are left out")
    return lines, missing


_MOST_REMARKS = 100
"""The most comments about one state's recounts. A state's law needs about five."""


def _is_of(text: str, state: str) -> bool:
    """Return True if a report's text is the postal code or name of this state."""
    return text.casefold() in {state.casefold(), STATES[state].removeprefix("the ").casefold()}


def _deadlines(rows: Sequence[PollHours | Milestone], source: str, desk: Desk) -> list[str]:
    """Return desk file lines for the deadlines in a report.

    Contests with the same state and day share a deadline. A deadline is skipped if the desk file already has one at
    the same time. Contests without a state or a day get no deadlines.
    """
    shared: dict[tuple[str, date], list[Contest]] = {}
    for contest in desk.contests:
        if contest.state and contest.election_day:
            shared.setdefault((contest.state, contest.election_day), []).append(contest)
    lines: list[str] = []
    for (state, day), contests in shared.items():
        times = {deadline.wall for one in contests for deadline in one.deadlines}
        proposed = [
            (event, row.remark)
            for row in rows
            if (event := _event_of(row, state, day, desk.desk.zone)) and event["wall"] not in times
        ]
        if proposed:
            lines += ["", f"# {', '.join(one.id for one in contests)}: below one of these"]
        for event, remark in proposed:
            table = tomlkit.table()
            table.update({**event, "source": source})
            table.add("verified", tomlkit.item(False).comment("look it up, and take this line away"))
            lines += [
                "",
                "[[contests.deadlines]]",
                *([f"# AP: {remark}"] if remark else []),
                *table.as_string().splitlines(),
            ]
    return lines


_BEFORE, _AFTER = timedelta(days=60), timedelta(days=120)
"""A milestone this far from election day still belongs to that election."""

_EASTERN = ZoneInfo("America/New_York")

_NOON = time(12)


def _event_of(row: PollHours | Milestone, state: str, day: date, zone: ZoneInfo) -> dict[str, object] | None:
    """Return a report's row as a deadline; None if the row is about another state or election."""
    if not _is_of(row.state, state):
        return None
    if isinstance(row, Milestone):
        if not day - _BEFORE <= row.day <= day + _AFTER:
            return None
        return {"kind": "deadline", "title": row.what, "wall": datetime.combine(row.day, END_OF_DAY)}
    closes = datetime.combine(day + timedelta(days=row.closes < _NOON), row.closes, _EASTERN)
    wall = closes.astimezone(zone).replace(tzinfo=None)
    return {"kind": "polls_close", "title": f"Last polls close in {STATES[state]}", "wall": wall}


@dataclass(frozen=True, slots=True)
class Pairing:
    """A contest of the desk file, paired with the same contest in another feed."""

    contest: Contest
    reading: Reading
    candidates: dict[str, str]
    """The desk file's candidate id by the feed's id, for candidates who matched."""
    strangers: tuple[str, ...]
    """The feed's candidates who matched nobody in the desk file."""
    score: float
    """The similarity of the two contests, out of 100."""

    @property
    def sure(self) -> bool:
        """True if the names are similar enough, and each of the desk file's candidates matched one of the feed's."""
        return self.score >= _ALIKE and set(self.candidates.values()) == {one.id for one in self.contest.candidates}


def pairings(desk: Desk, readings: Sequence[Reading]) -> list[Pairing]:
    """Return each of the desk file's contests paired with the most similar contest of the feed, if any is similar."""
    pairs = []
    for contest in desk.contests:
        best = max((pair_of(contest, reading) for reading in readings), key=lambda pair: pair.score, default=None)
        if best is not None and best.candidates and best.score >= _ALIKE / 2:
            pairs.append(best)
    return pairs


def pair_of(contest: Contest, reading: Reading) -> Pairing:
    """Pair a contest of the desk file with a contest of a feed, and score their similarity."""
    names = {key: (reading.names or {}).get(key, key) for key in reading.votes}
    matched = match_candidates(contest.candidates, names)
    share = 100 * len(set(matched.values())) / len(contest.candidates)
    full_name = f"{contest.name} {contest.where or ''}"
    score = max(
        fuzz.token_set_ratio(_key(full_name), _key(reading.contest_name or reading.contest)),
        100.0 if contest.name == reading.contest_name else 0.0,
    )
    strangers = tuple(key for key, name in names.items() if key not in matched and not is_residual(name))
    return Pairing(contest, reading, matched, strangers, 0.7 * share + 0.3 * score)


def match_candidates(candidates: Sequence[Candidate], names: Mapping[str, str]) -> dict[str, str]:
    """Match a feed's candidates (names by id) with the desk file's, one to one.

    Returns the desk file's ids by the feed's ids.
    """
    scores = sorted(
        ((_likeness(one, name), key, one.id) for one in candidates for key, name in names.items()), reverse=True
    )
    matched: dict[str, str] = {}
    for score, key, ours in scores:
        if score >= _ALIKE and key not in matched and ours not in matched.values():
            matched[key] = ours
    return {key: matched[key] for key in names if key in matched}


def _likeness(candidate: Candidate, name: str) -> float:
    """Return the similarity of a candidate and a name, out of 100.

    A name that is only the last name is enough for a match.
    """
    full = fuzz.token_set_ratio(_key(candidate.name), _key(name))
    same_last = slug(candidate.last) == slug(guessed_last_name(name)[0])
    return max(full if same_last else min(full, _ALIKE - 1), 90.0 if same_last and " " not in name.strip() else 0.0)


def _key(text: str) -> str:
    return slug(text).replace("-", " ")


MARK = "a guess"
"""The first words of the comment after a value that nobody has confirmed."""

_HEAD = (
    "The desk file: the contests that this newsroom covers, and its sources. `tallydesk new` wrote it. If you run it",
    "again, it adds to the file and changes nothing that is here.",
    f'What is marked "{MARK}" is not in the feed: look it up, correct it, and remove the mark.',
)


class DeskDocument:
    """A desk file that is being written or extended. Its comments are preserved."""

    def __init__(self, path: Path) -> None:
        """Create a document with the contents of `path`, or an empty document if there is no such file.

        Raises:
            BadInputError: the file is not a desk file.
        """
        self.path = path
        self._is_new = not path.exists()
        if not self._is_new and (mistakes := desk_mistakes(path)):
            raise BadInputError(mistakes[0])
        try:
            self._document = tomlkit.parse("" if self._is_new else toml_text(path, "the desk file"))
        except TOMLKitError as error:
            raise BadInputError(f"{path}: not TOML: {str(error)[:200]}") from None
        if self._is_new:
            for line in _HEAD:
                self._document.add(tomlkit.comment(line))

    def desk(self) -> Desk | None:
        """Return the desk file so far, validated; None if it is empty.

        Raises:
            BadInputError: the desk file isn't valid.

        """
        if "contests" not in self._document:
            return None
        try:
            return Desk.model_validate(tomllib.loads(self.text()))
        except ValidationError as error:
            raise BadInputError(f"{self.path}: {describe_refusal(error)}") from None

    def text(self) -> str:
        """Return the text of the file so far."""
        return tomlkit.dumps(self._document)

    @property
    def guesses(self) -> int:
        """The number of values in the file that nobody has confirmed."""
        return sum(f"# {MARK}" in line for line in self.text().splitlines())

    def set_zone(self, zone: str | Guess) -> None:
        """Set the newsroom's time zone, unless the file already has one."""
        if "desk" not in self._document:
            table = tomlkit.table()
            table.add("zone", _item(zone))
            table.add(tomlkit.nl())
            self._document.add(tomlkit.nl())
            self._document.add("desk", table)

    def add_contest(self, draft: ContestDraft, leads: str, key: str, candidates: Mapping[str, str]) -> None:
        """Add a contest, with its leading source's ids for the contest and its candidates.

        Args:
            draft: the contest.
            leads: the id of the leading source.
            key: that source's key for the contest.
            candidates: the desk file's candidate ids by the source's ids.

        """
        table = tomlkit.table()
        fields: dict[str, object] = {
            "id": draft.id,
            "name": draft.name,
            "state": draft.state,
            "where": draft.where,
            "rule": draft.rule,
            "seats": draft.seats,
            "threshold": draft.threshold,
            "election_day": draft.election_day,
            "presidential": draft.presidential or None,
            "unit": draft.unit,
            "leads": leads,
        }
        for name, value in fields.items():
            if value is not None:
                table.add(name, _item(value))
        table.add("candidates", _candidate_tables(draft.candidates, draft.unsure))
        table.add(tomlkit.key(["feeds", leads]), _feed(key, candidates))
        table.add(tomlkit.nl())
        self._tables("contests").append(table)

    def pair(self, contest: str, source: str, key: str, candidates: Mapping[str, str]) -> None:
        """Add another source's ids for a contest and its candidates.

        Args:
            contest: the contest's id.
            source: the source's id.
            key: that source's key for the contest.
            candidates: the desk file's candidate ids by the source's ids.

        """
        for table in self._tables("contests"):
            if table["id"] == contest:
                feeds = table.get("feeds")
                if feeds is None:
                    table.add(tomlkit.key(["feeds", source]), _feed(key, candidates))
                else:
                    feeds[source] = _feed(key, candidates)

    def add_source(self, source: Mapping[str, object], remarks: Iterable[str] = ()) -> None:
        """Add a source. A value may be a `Guess`, and `remarks` become comments below the source."""
        table = tomlkit.table()
        for name, value in source.items():
            if value is not None:
                table.add(name, _item(value))
        for remark in remarks:
            table.add(tomlkit.comment(remark))
        table.add(tomlkit.nl())
        self._tables("sources").append(table)

    def _tables(self, name: str) -> AoT:
        if name not in self._document:
            self._document.add(name, tomlkit.aot())
        tables = self._document[name]
        if not isinstance(tables, AoT):
            raise BadInputError(f"{self.path}: {name} should be written as [[{name}]]")
        return tables


def _item(value: object) -> Item:
    plain = value.value if isinstance(value, Guess) else value
    item: Item = tomlkit.item(_plain(plain))
    if isinstance(value, Guess):
        item.comment(f"{MARK}: {value.why}")
    return item


def _plain(value: object) -> Any:  # noqa: ANN401 - as tomlkit has it
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return value if isinstance(value, str | bool | int | date | list) else str(value)


def columns_line(columns: Columns) -> str:
    """Return the line for the desk file that lists a table's columns."""
    return f"columns = {tomlkit.item(_plain(columns)).as_string()}"


def _candidate_tables(candidates: list[Candidate], unsure: Mapping[str, str]) -> Array:
    array = tomlkit.array()
    for candidate in candidates:
        row = tomlkit.inline_table()
        row.update({"id": candidate.id, "name": candidate.name, "last": candidate.last})
        if candidate.party:
            row["party"] = candidate.party
        why = unsure.get(candidate.id)
        array.add_line(row, comment=f"{MARK}: {why}" if why else None)
    array.add_line(indent="")
    return array


def _feed(key: str, candidates: Mapping[str, str]) -> InlineTable:
    feed = tomlkit.inline_table()
    feed["key"] = key
    if renamed := {theirs: ours for theirs, ours in candidates.items() if theirs != ours}:
        names = tomlkit.inline_table()
        names.update(renamed)
        feed["candidates"] = names
    return feed
