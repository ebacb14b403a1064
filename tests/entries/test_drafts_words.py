"""The card of an entry, sentence by sentence. It stays within Discord's limits, and hostile text in it has no
effect.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.certification import UnitsCertified
from bot.count.entry import Entry, Piece
from bot.count.statement import Outstanding, Statement
from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.entries.drafts_words import (
    EntryConsequences,
    EntryPostPreview,
    OwnEntry,
    draft_card,
    entered_card,
    not_ready_line,
    nothing_read,
    own_entries_answer,
    selects_of,
)
from bot.entries.pieces_words import StandingStatement, in_short
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import share, small_desk
from tests.entries.conftest import read_of
from tests.entries.hostile_entries import NASTY, NOW, check, consequences, entries, hostile_desk

DESK = small_desk()
GEORGIA = DESK.contests[0]
SETTING = Setting(DESK)
WRITTEN = datetime(2020, 11, 11, 13, 39, tzinfo=UTC)

MARGIN = Piece(leader="biden", margin=14_101)
COUNT = Piece(certified=(96, 159))
COUNTIES = Piece(units_certified=UnitsCertified(units=("13067",)))
LEFT = Piece(outstanding=Outstanding(ballots=444, units=("Floyd",)))
CHANGE = Piece(leader="biden", margin_change=-48)


def entry_of(*pieces: Piece, **fields: object) -> Entry:
    """Return an entry from the secretary of state, as of 8:25 a.m."""
    return Entry.model_validate({"contest": "ga", "source": "ga-sos", "as_of": NOW, "pieces": pieces} | fields)


def card_of(
    entry: Entry, going: EntryConsequences | None = None, *, second: bool = False, listed: bool = False
) -> Card:
    return draft_card(1, entry, GEORGIA, going, DESK.sources, [], SETTING, NOW, second=second, listed=listed)


def labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


# What was read.

UNSURE = "SoS site has Biden 2,471,960, Trump 2,457,801 w/ 4,992,270 total"


@pytest.mark.parametrize(
    ("text", "head", "lines"),
    [
        (
            "Biden still out in front by 14,101. 96 of 159 counties have certified.",
            ", as of 8:25 a.m.",
            [
                "1. Right? Biden ahead by 14,101 · “Biden still out in front by 14,101”",
                "2. Right? 96 of 159 counties certified · “96 of 159 counties have certified”",
            ],
        ),
        (
            "Biden leads by 14,101, as of 6:40 a.m.",
            ", as of 6:40 a.m.",
            ["Right? Biden ahead by 14,101 · “Biden leads by 14,101, as of 6:40 a.m”"],
        ),
        (
            "96 of 159 counties have certified as of 6:40 a.m. Biden leads by 14,101.",
            "",
            [
                "1. Right? 96 of 159 counties certified, as of 6:40 a.m. · “96 of 159 counties have certified as of 6:40 a.m”",
                "2. Right? Biden ahead by 14,101, as of 8:25 a.m. · “Biden leads by 14,101”",
            ],
        ),
        (
            UNSURE,
            ", as of 8:25 a.m.",
            [f"1. Right? Biden ahead by 14,159 · “{UNSURE}”", "2. Right? 4,992,270 votes counted"],
        ),
    ],
    ids=["words that say more are quoted", "one time for all", "two times", "words of two figures are quoted once"],
)
def test_a_card_says_what_was_read_and_as_of_when(text: str, head: str, lines: list[str]) -> None:
    card = card_of(read_of(DESK, text, NOW, "ga-sos"))
    assert card.headline.split("\n") == [f"**New entry: President**, Georgia{head}", *lines]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Biden's lead is down to 14,057, per the SOS site at 6:40", "6:40."),
        ("Biden's lead is down to 14,057. 6:40 a.m.", "6:40 a.m."),  # which is no sentence that was not read
        (
            "96 of 159 counties certified at 6:40. Next update at 9 a.m. Meeting at 10:15 a.m.",
            "6:40, 9 a.m. and 1 more.",
        ),
        ("6:40 a.m. Biden leads by 14,057", ""),
    ],
)
def test_a_card_asks_as_of_when_where_the_text_says_another_time(text: str, said: str) -> None:
    lines = card_of(read_of(DESK, text, NOW, "ga-sos")).headline.split("\n")
    asked = f"The text says {said} **As of when?** Press the right time, or **Edit**."
    assert [line for line in lines if "As of when" in line] == ([asked] if said else [])
    assert any("not read" in line for line in lines) == ("Meeting" in text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "The cushion is 4,224 votes.",
            "Right? A margin of 4,224; leader not given · “The cushion is 4,224 votes”",
        ),
        ("My uncle: Trump leads by 300,000.", "Right? Trump ahead by 300,000 · “My uncle: Trump leads by 300,000”"),
        ("The AP has called Georgia for Biden.", "Georgia called for Biden · the AP"),
        (
            "The AP has called Georgia for Biden. CNN projects Biden will win Georgia.",
            "-# Not offered: “CNN projects Biden will win Georgia”. No caller of that name is set up; the desk can add it with `/call`.",
        ),
        ("No change overnight.", "Right? No change · “No change overnight”"),
        ("Biden's lead shrank by 48 votes.", "Right? Biden's lead down 48 · “Biden's lead shrank by 48 votes”"),
    ],
)
def test_each_kind_of_claim_has_its_line(text: str, line: str) -> None:
    assert card_of(read_of(DESK, text, NOW, "ga-sos")).headline.split("\n")[-1] == line


def test_a_lead_that_did_not_move_is_unchanged_in_the_list_too() -> None:
    entry = read_of(DESK, "Biden's lead grew by 0 votes. 304 ballots left in Cobb", NOW, "ga-sos")
    card = card_of(entry, listed=True)
    assert "1. Right? Biden's lead unchanged · “Biden's lead grew by 0 votes”" in card.headline.split("\n")
    assert [one.label for one in card.selects[0].choices] == ["1. Biden's lead unchanged", "2. 304 ballots left"]


def test_a_text_that_says_that_it_is_none_is_not_offered_and_the_card_says_why() -> None:
    card = nothing_read(None, (), (), GEORGIA, read_of(DESK, "Rumor: Trump leads by 300,000.", NOW).refused)
    assert card.headline.split("\n")[-1] == "-# Not offered, a rumor: “Rumor: Trump leads by 300,000.”"


def test_what_is_left_out_and_what_of_it_all_can_not_be_entered() -> None:
    left_out = [piece.model_copy(update={"kept": False}) for piece in (MARGIN, COUNT)]
    assert "1. Left out: Biden ahead by 14,101" in card_of(entry_of(left_out[0], COUNT)).headline
    assert card_of(entry_of(*left_out)).headline.endswith("\n**Tick what is right in the list below.**")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes counted", ["6:05", "6:05"]),
        ("As of 6:05 a.m. Biden leads by 14,101. 4,991,741 votes are counted.", ["6:05", "8:25"]),
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes counted at 6:30 a.m.", ["6:05", "6:30"]),
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes are now counted", ["6:05", "8:25"]),
    ],
)
def test_all_of_a_sentence_is_as_of_its_one_time(text: str, times: list[str]) -> None:
    entry = read_of(DESK, text, NOW)
    moments = [(piece.as_of or entry.as_of).astimezone(DESK.zone) for piece in entry.pieces]
    assert [f"{at:%-H:%M}" for at in moments] == times


# What would come of it, and what came.

GOES = (EntryPostPreview("A post.", (11,)),)
WAITS = EntryConsequences(GOES, waits="It waits: a reason.")
ON_RECORD = StandingStatement(
    Statement(source="ga-sos", contest="ga", as_of=NOW, leader="biden", margin=14_000, total=4_992_198), (), 2
)
BECAUSE = EntryConsequences(why="no channel follows this contest")
WOULD_COME = {
    "**Nothing will go out: #1 has this margin already.** Answers will use it.": (
        MARGIN,
        EntryConsequences(known=((1, NOW),)),
    ),
    "**Will not be posted;** answers will use it.": (MARGIN, EntryConsequences()),
    "**Will not be posted:** no channel follows this contest; answers will use it.": (MARGIN, BECAUSE),
    "**Will not be posted;** `/certified` will show it. A source's first or unchanged count is not posted.": (
        COUNT,
        EntryConsequences(),
    ),
    "**Will not be posted;** `/certified` will show it.": (COUNTIES, EntryConsequences()),
    "**Will not be posted;** `/outstanding` will show it.": (LEFT, EntryConsequences()),
    "**Will not be posted;** `/certified` will show it, in public channels once you press **Use in public answers**.": (
        COUNTIES,
        EntryConsequences(public=True),
    ),
    "**Will not be posted,** and no answer uses a change alone; `/entries` will keep it.": (
        CHANGE,
        EntryConsequences(),
    ),
    "**Will not be posted:** it is older than what answers use: 97 of 159.": (
        COUNT,
        EntryConsequences(older="97 of 159."),
    ),
    "**This will go out in <#11>:**\n> A post.": (MARGIN, EntryConsequences(GOES)),
    "**This will go out in <#11>, but not yet:**\n> A post.\nIt waits: a reason.": (MARGIN, WAITS),
    "**This will go out:**\n> A post.\nIt waits: a reason.": (MARGIN, replace(WAITS, partly=True)),
    "**This will go out in <#11> once it is published:**\n> A post.": (MARGIN, replace(WAITS, to_publish=True)),
    "> A post.\n**Will not be posted:** 444 ballots left in Floyd; answers will use it.": (
        LEFT,
        EntryConsequences(GOES, silent=frozenset({"outstanding"})),
    ),
    "**Already on record, entry 2:** Biden ahead by 14,000; 4,992,198 votes counted, as of 8:25 a.m.": (
        LEFT,
        EntryConsequences(on_record=(ON_RECORD,)),
    ),
}


@pytest.mark.parametrize("last", WOULD_COME)
def test_a_card_says_what_would_come_of_it(last: str) -> None:
    piece, going = WOULD_COME[last]
    assert card_of(entry_of(piece), going).headline.endswith(f"\n{last}")


ONCE_CONFIRMED = {
    "`/certified` will show it once a second person confirms it.": ("ga-sos", False),
    "confirms it, in public channels once the desk presses **Use in public answers**.": ("ga-sos", True),
    "except in public channels.": ("reporter", True),
}


@pytest.mark.parametrize("last", ONCE_CONFIRMED)
def test_a_card_says_who_decides_first_and_what_the_public_reads(last: str) -> None:
    source, public = ONCE_CONFIRMED[last]
    card = card_of(entry_of(COUNTIES, source=source), EntryConsequences(public=public), second=True)
    assert card.headline.endswith(last)


def test_what_is_on_record_is_said_first_and_can_not_be_entered() -> None:
    card = card_of(entry_of(MARGIN), EntryConsequences(on_record=(ON_RECORD,), nothing_new=True))
    assert card.headline.startswith("**Already on record, entry 2: President**, Georgia, as of 8:25 a.m.\n")
    assert labels(card) == ["Edit", "Discard"]


NUMBERED = EntryConsequences((EntryPostPreview("A post.", (11,), 2),))
CAME = {
    "**Entered,** not posted.\n> Our reporter: …": (EntryConsequences(), "Our reporter: …", ["Undo until 8:27 a.m."]),
    "**Entered.** #2 goes out in <#11>.": (NUMBERED, "", ["Undo until 8:27 a.m."]),
    "**Entered.** #2 waits: a reason.": (
        replace(NUMBERED, waits="#2 waits: a reason."),
        "",
        ["Undo until 8:27 a.m."],
    ),
    "**Entered.** #2 waits for Publish.\n> A post.": (
        replace(NUMBERED, waits="It waits.", to_publish=True, publish=9),
        "",
        ["Publish", "Undo until 8:27 a.m."],
    ),
}


@pytest.mark.parametrize("said", CAME)
def test_a_receipt_says_what_came_of_it(said: str) -> None:
    going, short, buttons = CAME[said]
    card = entered_card(1, going, SETTING, NOW, short, (), public=False)
    assert (card.headline, labels(card)) == (said, buttons)


EARLIER = COUNT.model_copy(update={"as_of": NOW - timedelta(hours=1)})
ONE_TIME, TWO_TIMES = [COUNT, LEFT], [EARLIER, LEFT]
IN_SHORT = {
    "the Secretary of State: Biden ahead by 14,101, as of 8:25 a.m.": [MARGIN],  # which names its contest
    "the Secretary of State, President: 96 of 159 counties certified; 444 ballots left in Floyd, as of 8:25 a.m.": ONE_TIME,
    "the Secretary of State, President: 96 of 159 counties certified, as of 7:25 a.m.; 444 ballots left in Floyd, as of 8:25 a.m.": TWO_TIMES,
}


@pytest.mark.parametrize("said", IN_SHORT)
def test_an_entry_in_short(said: str) -> None:
    assert in_short(entry_of(*IN_SHORT[said]), GEORGIA, SETTING, NOW) == said


def test_entries_are_listed_with_what_became_of_each() -> None:
    assert own_entries_answer([]).headline.startswith("You have no entries yet.")
    rows = [
        OwnEntry(5, "asked", None, "a margin", ()),
        OwnEntry(4, "rejected", "olga (1)", "a margin", ()),
        OwnEntry(3, "retracted", None, "a margin", (4,)),
        OwnEntry(2, "entered", None, "a margin", (2, 3), (2,)),
        OwnEntry(1, "entered", None, "a margin", ()),
    ]
    assert own_entries_answer(rows).headline.split("\n") == [
        "**Your last entries**",
        "**Entry 5, waiting to be confirmed:** a margin · not posted",
        "**Entry 4, rejected by olga:** a margin · not posted",
        "**Entry 3, retracted:** a margin · #4",
        "**Entry 2, entered:** a margin · #2 retracted, #3",
        "**Entry 1, entered:** a margin · not posted",
    ]


# Times in the text.


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("SoS has it, 5 a.m. yesterday", ["As of 5 a.m. Tuesday"]),
        ("SoS has it, yesterday 5 a.m.", ["As of 5 a.m. Tuesday"]),
        ("SoS, yesterday at 5 a.m.", ["As of 5 a.m. Tuesday"]),
        ("sos at 11 last nite", ["As of 11 p.m. Tuesday"]),
        ("last night at 11", ["As of 11 p.m. Tuesday"]),
        ("11:30 last night", ["As of 11:30 p.m. Tuesday"]),
        ("Tuesday 5 p.m.", ["As of 5 p.m. Tuesday"]),
        ("(SoS, 5 p.m. on Monday)", ["As of 5 p.m. Monday"]),
        ("SoS 1125 Tuesday: it is", ["As of 11:25 a.m. Tuesday", "As of 11:25 p.m. Tuesday"]),
        ("8 a.m. Nov. 9", ["As of 8 a.m. Monday"]),
        ("8:10 this morning", ["As of 8:10 a.m."]),
        ("as of 7 this morning", ["As of 7 a.m."]),
        ("SoS at 7a", ["As of 7 a.m."]),
        ("Nov. 9, 2020, 5 p.m.", ["As of 5 p.m. Monday"]),
        ("on 9 Nov. at 5 p.m.", ["As of 5 p.m. Monday"]),
        ("2020-11-09 17:00", ["As of 5 p.m. Monday"]),
        ("last Monday at 5 p.m.", ["As of 5 p.m. Nov. 2", "As of 5 p.m. Monday"]),
        ("an hour and 4 min ago", ["As of 7:35 a.m."]),
        ("half an hour ago", ["As of 8:09 a.m."]),
        ("two hours ago", ["As of 6:39 a.m."]),
        ("SoS at 5:30 p.m.", ["As of 5:30 p.m. Tuesday"]),
        ("SoS at 8:40", ["As of 8:40 a.m."]),  # a minute ahead, and half a day ago: of a fast clock
        ("0715", ["As of 7:15 a.m."]),
        ("8:10 a.m. PT", []),
        ("SoS at 8 a.m.; silent by 8 a.m", ["As of 8 a.m."]),
        ("Floyd,10,11/3 9:14", []),  # of which day is not told
        ("earlier this morning", []),
        ("on Tuesday", []),
        ("by noon", []),
        ("next update at 10 a.m.", []),
        ("5 p.m. tomorrow", []),
        ("5pm tmrw", []),
    ],
)
def test_a_time_of_the_text_is_one_press_with_its_day_and_comes_before_enter(said: str, shown: list[str]) -> None:
    entry = entry_of(MARGIN, as_of=WRITTEN, text=f"Biden leads by 14,101. {said}.")
    card = card_of(entry, EntryConsequences())
    assert "**As of when?**" in card.headline
    assert labels(card) == [*shown, "As of 8:39 a.m.", "Edit", "Discard"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("As of 5 p.m. Tuesday Biden leads by 14,101", (10, 17, 0)),
        ("As of 5 a.m. yesterday Biden leads by 14,101", (10, 5, 0)),
        ("As of 5 a.m. Nov. 10 Biden leads by 14,101", (10, 5, 0)),
        ("As of 8:05 a.m. Wednesday, Biden leads by 14,101", (11, 8, 5)),
        ("As of 8:05 a.m. EST Wednesday, Nov. 11, Biden leads by 14,101", (11, 8, 5)),
        ("SoS at 8:40 a.m.: Biden leads by 14,101", (11, 8, 40)),
        ("SoS at 8:38 a.m.: Biden leads by 14,101. It stood at 14,050 at 8:38 a.m. Tuesday.", None),
        ("As of 5:30 p.m. Biden leads by 14,101", None),
        ("As of noon Biden leads by 14,101", None),
    ],
)
def test_a_time_is_taken_with_its_day_and_of_long_ago_not_without_one(
    text: str, moment: tuple[int, int, int] | None
) -> None:
    read = read_of(DESK, text, WRITTEN)
    (at,) = {piece.as_of for piece in read.pieces if piece.margin == 14_101}
    wall = at.astimezone(ZoneInfo("America/New_York")) if at else None
    assert (wall and (wall.day, wall.hour, wall.minute)) == moment


def test_when_a_call_of_a_time_that_is_asked_was_made_is_not_said_to_be_the_one_that_is_chosen() -> None:
    read = read_of(DESK, "The AP called Georgia for Biden at 5:30 p.m.", WRITTEN)
    assert [(piece.as_of, piece.call and piece.call.since) for piece in read.pieces] == [(None, "by")]


def test_what_may_be_ticked_and_says_its_own_time_is_given_no_other() -> None:
    piece = MARGIN.model_copy(update={"kept": False, "likely": True, "as_of": NOW - timedelta(minutes=5)})
    assert card_of(entry_of(piece, text="x")).headline.count("as of") == 1


# Whose word it is.


@pytest.mark.parametrize("piece", [MARGIN, Piece(margin=14_101, kept=False, likely=True)], ids=["kept", "not ticked"])
def test_whom_the_text_names_as_its_source_comes_first_and_is_not_chosen(piece: Piece) -> None:
    card = card_of(entry_of(piece, source=None, text="Biden up 14,101, per SOS"))
    assert "Source: **choose one below** (the text says the Secretary of State)" in card.headline
    (sources,) = [one for one in card.selects if one.key == "entry:1:source"]
    assert sources.choices[0].label == "The Secretary of State (in text)"
    assert [one.chosen for one in sources.choices] == [False] * len(DESK.sources)
    assert labels(card)[-2:] == ["Edit", "Discard"]
    assert "Enter" not in labels(card)


def test_of_counties_own_word_it_is_asked_who_passed_it_on() -> None:
    own = Piece(units_certified=UnitsCertified(units=("13067", "13115"), own=True))
    assert card_of(entry_of(own, source=None)).headline.split("\n")[1:] == [
        "Cobb and Floyd counties certified, by their own announcement",
        "Source: **choose below who told the newsroom**",
    ]


def test_the_longest_name_of_a_source_that_the_text_names_fits_its_line() -> None:
    name = "the Office of the County Clerk and Recorder, " * 3
    long = [DESK.sources[0].model_copy(update={"name": name}), *DESK.sources[1:]]
    for named in ([], long[:1]):
        lists = selects_of(1, entry_of(MARGIN, text=f"per {name}"), GEORGIA, long, [], named, listed=True)
        (sources,) = [one for one in lists if one.key.endswith("source")]
        assert 80 <= len(sources.choices[0].label) <= 100
        assert sources.choices[0].label.endswith("… (in text)" if named else "…")


# What was not read.


def test_a_sentence_of_several_figures_is_quoted_once_and_what_is_not_read_in_short() -> None:
    words = "Tift moved 31, and the lead is 14,101"
    likely = [Piece(margin=votes, kept=False, likely=True, words=words) for votes in (31, 14_101)]
    lines = card_of(entry_of(*likely, leftovers=("Nobody knows. " * 20, "Nor we."))).headline.split("\n")
    assert lines[1] == f"1. Right? A margin of 31; leader not given · “{words}”"
    assert lines[2] == "2. Right? A margin of 14,101; leader not given"
    assert lines[3].startswith("-# 2 sentences not read: “Nobody knows. ")
    assert lines[3].endswith("…” and 1 more")
    assert len(lines[3]) < 110


def test_the_lines_of_a_table_that_was_read_are_not_said_to_be_unread() -> None:
    desk = load_desk(shipped("desks", "georgia-2020.toml"))
    entry = read_of(desk, "Biden (D) 2,472,098\nTrump (R) 2,457,880\nWe look again at 7.", NOW)
    card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
    assert "Biden ahead by 14,218 · “Biden (D) 2,472,098 Trump (R) 2,457,880”" in card.headline
    assert entry.leftovers == ("We look again at 7.",)


def test_a_county_s_batch_is_said_to_be_the_county_s() -> None:
    (piece, *_) = read_of(DESK, "Cobb just dropped 312: Biden 201, Trump 111", NOW).pieces
    entry = entry_of(piece.model_copy(update={"kept": True}))
    assert "312 more votes from Cobb County (Biden 201, Trump 111)" in card_of(entry, EntryConsequences()).headline
    assert "votes from Cobb County (Biden 201, Trump 111), as of" in in_short(entry, GEORGIA, SETTING, NOW)


TO_CALL = "**No figures in the text.** To enter who called it for whom, or took it back: `/call`."
TO_CERTIFY = "**No figures in the text.** To enter who has certified: `/certify`."


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ("Up by 14,101", "**No figures read.** A margin has to say who leads"),
        (
            "The judge heard both sides",
            "**No figures in the text.** For example: Biden leads by 14,101 as of 8:40 a.m. To enter it by hand: `/tally`.",
        ),
        ("AP still hasn't called GA. Decision Desk has it for Biden", TO_CALL),
        ("AP retracts its call of GA", TO_CALL),
        ("AP retracted its call of GA at 8:40 a.m.", TO_CALL),
        ("SoS: Cobb, Floyd and DeKalb have certified", TO_CERTIFY),
        ("Cobb certifies at 5 p.m. Friday", TO_CERTIFY),
    ],
)
def test_a_text_without_claims_is_sent_to_the_command_for_what_it_is_about(said: str, head: str) -> None:
    assert nothing_read(None, [said], (), GEORGIA).head[0].text.startswith(head)


# Limits.


@share(0.4)
@given(entries, st.none() | consequences, st.booleans())
def test_a_draft_is_shown_within_limits(entry: Entry, going: EntryConsequences | None, second: bool) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    card = draft_card(
        123456789012345678, entry, contest, going, desk.sources, [desk.contests[1]], setting, NOW, second=second
    )
    check(card.headline)
    assert len(card.selects) + -(-len(card.buttons) // 5) <= 5
    for select in card.selects:
        assert 1 <= len(select.choices) <= 25
        assert select.most <= len(select.choices)
        assert len({choice.value for choice in select.choices}) == len(select.choices)
        assert all(0 < len(choice.label) <= 100 and 0 < len(choice.value) <= 100 for choice in select.choices)
    assert all(len(button.key) <= 100 and 0 < len(button.label) <= 80 for button in card.buttons)


def test_a_mended_text_that_asks_everything_at_once_has_room_for_its_lists_and_buttons() -> None:
    entry = entry_of(Piece(margin=14_101), COUNTIES, source="reporter", text="pasted", unmatched=("Atlantis",))
    going, others = EntryConsequences(), [DESK.contests[1]]
    card = draft_card(1, entry, GEORGIA, going, DESK.sources, others, SETTING, NOW, second=True)
    assert len(card.selects) + -(-len(card.buttons) // 5) <= 5


@share(0.4)
@given(entries, consequences)
def test_answers_are_within_limits(entry: Entry, going: EntryConsequences) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    check(entered_card(1, going, setting, NOW, "", (), public=True).headline)
    check(nothing_read(contest, entry.leftovers, (), None).headline)
    short = in_short(entry, contest, setting, NOW)
    listed = [OwnEntry(number, "rejected", short, short, (number,) * 3) for number in range(1, 11)]
    check(render(own_entries_answer(listed)).content)


def test_the_small_answers() -> None:
    check(not_ready_line(ValueError(NASTY * 20)))
    check(render(own_entries_answer([])).content)
