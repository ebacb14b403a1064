"""Writes docs/texts.md: example texts that staff paste, with what the bot reads in each."""

from datetime import UTC, datetime

from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.entries.pieces_words import figures_of
from bot.entries.text_reading import read_of
from bot.entries.texts import ReadText, TextToRead
from bot.prose.lexicon import TABLES
from bot.wording.context import Setting, contest_context
from bot.wording.escape import capitalised
from tests.pictures.declared import DOCS, MADE, joined, table

PAGE = DOCS / "texts.md"

WRITTEN = datetime(2020, 11, 11, 13, 40, tzinfo=UTC)
"""The time at which each example was written: 8:40 a.m. in Georgia."""

EXAMPLES = (
    "Biden leads Georgia by 14,101",
    "Biden +14,101 in Georgia",
    "Trump trails Biden by 14,101",
    "Floyd County cut Biden's lead by 48 votes",
    "no change since 3:05 a.m.",
    "4,991,741 votes have been counted",
    "96 of 159 counties have certified, up from 92",
    "Cobb, Floyd and Pickens counties have certified",
    "Clayton County has 4,355 ballots left",
    "The AP has called Georgia for Biden",
    "just over 14K for Biden now, folks",
    "Joe up 14,101 in Georgia",
    "the margin is 14,101",
    "Biden 2,461,854, Trump 2,459,825",
    "B 2,461,854 T 2,459,825",
    "Gwinnett just uploaded 3,600, Biden +2,100 from it",
    "Cobb posted 1,414. Biden 824, Trump 568",
    "Clayton County has 4,355 ballots left, Cobb about 700",
    "Clayton's director called. 1,414 ballots left there",
    "Trump picked up 176 net votes in Cobb",
    "Biden leads in Floyd County by 300",
    "If Cobb splits evenly, Biden leads by 14,000",
    "Does Biden lead by 14,101?",
    "A poll has Biden up by 14,101 votes",
    "Clinton trailed by 211,141 in 2016",
    "Biden leads Arizona by 11,635 votes",
    "1.5 million requested a ballot",
    "It is not true that Biden leads by 14,101",
    "Biden is up 14.101",
    "between 3,000 and 4,000 to go",
)

_HEAD = """# What is read in a text

`/tally text:` and **Read as tally** read what a text says of the count; so does `tallydesk read --format prose`, which prints
figures only: no calls, no lists of counties, no reasons. The same text is always read the same way, by its words alone.
{made}, which reads each example for Georgia's presidential contest of 2020.

Figures are offered with their sentence, for you to tick; only a call, or counties certified by name, is ticked already. What you
type in one line is enough: "Biden +1,097, Gwinnett 3,600 more, 2,850-750, from SoS 6:30 a.m." A sentence that says itself that it is no count is not offered, and the card says why."""

_TAIL = """A sentence is not offered, either, if the next one takes it back ("Scratch that", "Correction: 14,010") or if it has more than 160
words. The reasons that the card names: {reasons}.

**Numbers.** "About", "nearly", "more than 14,000", "14K" and "fourteen thousand" are approximate. A candidate's votes and the share that
is in are read, too; `/tally` has no field for them, and the card says so.

**Names.** A candidate is known by last name, by initials and, if no other candidate has it, by first name.

**Times.** A time belongs to a figure where the sentence says "as of", "at" or "since", begins with it or has it in brackets. Where that
is not certain ("8:40", a meeting's time), the card asks, and nothing can be entered before you answer. A live blog's own stamp is when
the line was written. Days are read too: "5 a.m. yesterday", "Tuesday 5 p.m.", "Nov. 9, 5 p.m."

**Whose word.** "Per SOS", "the AP has": that source is chosen already, if every sentence with figures names the same.

**Tables** that you paste are read, a candidate a line."""


def page() -> str:
    reasons = ", ".join(sorted({"a question", "taken back", "too long", *TABLES["refused"]} - {"none"}))
    rows = [(text, *outcome(text)) for text in EXAMPLES]
    return joined(
        [
            _HEAD.format(made=MADE),
            table(("text", "what becomes of it", "read as, or why not"), rows),
            _TAIL.format(reasons=reasons),
        ]
    )


def outcome(text: str) -> tuple[str, str]:
    """Return the result of reading a text, and what was read in the text, or why it was refused.

    The result is "ticked", "offered", "not offered" or "not read".
    """
    read = _read(text)
    context = contest_context(_CONTEST, _SETTING, WRITTEN)
    if read.entry.pieces:
        figures = "; ".join(capitalised(figures_of(context, piece)) for piece in read.entry.pieces)
        return ("ticked" if all(piece.kept for piece in read.entry.pieces) else "offered"), figures
    return ("not offered", read.refused[0].why) if read.refused else ("not read", "")


def _read(text: str) -> ReadText:
    asked = TextToRead(text=text, contests=[_CONTEST.id], at=WRITTEN, source=None, link=None)
    return read_of(_CONTEST, _DESK, asked)


_DESK = load_desk(shipped("desks", "georgia-2020.toml"))
_CONTEST = _DESK.contests[0]
_SETTING = Setting(_DESK)
