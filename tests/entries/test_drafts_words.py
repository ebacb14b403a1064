"""Whatever was read or typed, what is shown of an entry stays within Discord's limits and lets nothing act."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.certification import UnitsCertified
from bot.count.entry import Entry, Piece
from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.entries.drafts_words import (
    EntryConsequences,
    OwnEntry,
    draft_card,
    entered_card,
    mine_answer,
    not_ready_line,
    nothing_read,
    selects_of,
)
from bot.entries.pieces_words import in_short
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import share, small_desk
from tests.entries.hostile_entries import NASTY, NOW, check, consequences, entries, hostile_desk
from tests.entries.reading import read_of


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


def test_nothing_can_be_entered_as_of_now_where_the_text_has_another_time() -> None:
    desk = small_desk()
    for said, label in (
        ("0715", "As of 7:15 a.m."),
        ("half an hour ago", None),
        ("earlier this morning", None),
        ("on Tuesday", None),
    ):
        text = f"Biden leads by 14,101, {said}"
        entry = Entry(
            contest="ga", source="times", as_of=NOW, pieces=(Piece(leader="biden", margin=14_101),), text=text
        )
        card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
        labels = [button.label for button in card.buttons]
        assert "**As of when?**" in card.headline
        assert "Enter" not in labels
        assert label is None or label in labels


@pytest.mark.parametrize(
    ("said", "labels"),
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
        ("two hours ago", ["As of 6:39 a.m."]),
        ("SoS at 5:30 p.m.", ["As of 5:30 p.m. Tuesday"]),
        ("SoS at 8:40", ["As of 8:40 a.m."]),  # a minute ahead, and half a day ago: of a fast clock
        ("8:10 a.m. PT", []),
        ("SoS at 8 a.m.; silent by 8 a.m", ["As of 8 a.m."]),
        ("Floyd,10,11/3 9:14", []),  # of which day is not told
        ("by noon", []),
        ("next update at 10 a.m.", []),
        ("5 p.m. tomorrow", []),
        ("5pm tmrw", []),
    ],
)
def test_a_day_beside_a_time_is_one_time_with_it(said: str, labels: list[str]) -> None:
    desk, written = small_desk(), datetime(2020, 11, 11, 13, 39, tzinfo=UTC)
    text = f"Biden leads by 14,101. {said}."
    entry = Entry(
        contest="ga", source="times", as_of=written, pieces=(Piece(leader="biden", margin=14_101),), text=text
    )
    card = draft_card(
        1, entry, desk.contests[0], EntryConsequences(), desk.sources, [], Setting(desk), written, second=False
    )
    assert "**As of when?**" in card.headline
    assert [one.label for one in card.buttons] == [*labels, "As of 8:39 a.m.", "Edit", "Discard"]


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
    desk, written = small_desk(), datetime(2020, 11, 11, 13, 39, tzinfo=UTC)
    read = read_of(desk, text, written)
    (at,) = {piece.as_of for piece in read.pieces if piece.margin == 14_101}
    wall = at.astimezone(ZoneInfo("America/New_York")) if at else None
    assert (wall and (wall.day, wall.hour, wall.minute)) == moment


def test_when_a_call_of_a_time_that_is_asked_was_made_is_not_said_to_be_the_one_that_is_chosen() -> None:
    desk, written = small_desk(), datetime(2020, 11, 11, 13, 39, tzinfo=UTC)
    read = read_of(desk, "The AP called Georgia for Biden at 5:30 p.m.", written)
    assert [(piece.as_of, piece.call and piece.call.since) for piece in read.pieces] == [(None, "by")]


def test_a_mended_text_that_asks_everything_at_once_has_room_for_its_lists_and_buttons() -> None:
    desk = small_desk()
    margin, units = Piece(margin=14_101), Piece(units_certified=UnitsCertified(units=("13067",)))
    entry = Entry(
        contest="ga", source="reporter", as_of=NOW, pieces=(margin, units), text="pasted", unmatched=("Atlantis",)
    )
    card = draft_card(
        1,
        entry,
        desk.contests[0],
        EntryConsequences(),
        desk.sources,
        [desk.contests[1]],
        Setting(desk),
        NOW,
        second=True,
    )
    assert len(card.selects) + -(-len(card.buttons) // 5) <= 5


@share(0.4)
@given(entries, consequences)
def test_answers_are_within_limits(entry: Entry, going: EntryConsequences) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    check(entered_card(1, going, setting, NOW, "", (), public=True).headline)
    check(nothing_read(contest, entry.leftovers, (), None).headline)
    short = in_short(entry, contest, setting, NOW)
    check(
        render(
            mine_answer([OwnEntry(number, "rejected", short, short, (number,) * 3) for number in range(1, 11)])
        ).content
    )


def test_the_small_answers() -> None:
    check(not_ready_line(ValueError(NASTY * 20)))
    check(render(mine_answer([])).content)


def test_whom_the_text_names_as_its_source_comes_first_and_is_not_chosen() -> None:
    desk = small_desk()
    entry = Entry(
        contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=14_101),), text="Biden up 14,101, per SOS"
    )
    card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
    assert "Source: **choose one below** (the text says the Secretary of State)" in card.headline
    (sources,) = [one for one in card.selects if one.key == "entry:1:source"]
    assert sources.choices[0].label == "The Secretary of State (in text)"
    assert [one.chosen for one in sources.choices] == [False] * len(desk.sources)
    assert [button.label for button in card.buttons] == ["Edit", "Discard"]


def test_whom_the_text_names_comes_first_before_anything_is_ticked() -> None:
    desk = small_desk()
    piece = Piece(margin=14_101, kept=False, likely=True)
    entry = Entry(contest="ga", as_of=NOW, pieces=(piece,), text="lead 14,101 (SoS)")
    card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
    (sources,) = [one for one in card.selects if one.key == "entry:1:source"]
    assert sources.choices[0].label == "The Secretary of State (in text)"


def test_a_sentence_of_several_figures_is_quoted_once_and_what_is_not_read_in_short() -> None:
    desk = small_desk()
    words = "Tift moved 31, and the lead is 14,101"
    likely = [Piece(margin=votes, kept=False, likely=True, words=words) for votes in (31, 14_101)]
    entry = Entry(contest="ga", as_of=NOW, pieces=tuple(likely), leftovers=("Nobody knows. " * 20, "Nor we."))
    card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
    lines = card.headline.split("\n")
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


def test_what_may_be_ticked_and_says_its_own_time_is_given_no_other() -> None:
    desk = small_desk()
    piece = Piece(leader="biden", margin=14_159, kept=False, likely=True, as_of=NOW - timedelta(minutes=5))
    entry = Entry(contest="ga", as_of=NOW, pieces=(piece,), text="x")
    card = draft_card(1, entry, desk.contests[0], None, desk.sources, [], Setting(desk), NOW, second=False)
    assert card.headline.count("as of") == 1


def test_a_county_s_batch_is_said_to_be_the_county_s() -> None:
    desk = small_desk()
    read = read_of(desk, "Cobb just dropped 312: Biden 201, Trump 111", NOW, "reporter")
    (piece, *_) = read.pieces
    entry = read.model_copy(update={"pieces": (piece.model_copy(update={"kept": True}),)})
    card = draft_card(
        1, entry, desk.contests[0], EntryConsequences(), desk.sources, [], Setting(desk), NOW, second=True
    )
    assert "312 more votes from Cobb County (Biden 201, Trump 111)" in card.headline
    assert "**Not posted;** `/entries` keeps it once a second person confirms it." in card.headline
    assert "votes from Cobb County (Biden 201, Trump 111), as of" in in_short(
        entry, desk.contests[0], Setting(desk), NOW
    )


def test_a_change_of_the_lead_alone_is_used_by_no_answer() -> None:
    desk = small_desk()
    piece = Piece(leader="biden", margin_change=90, units=("Cobb",))
    entry = Entry(contest="ga", source="reporter", as_of=NOW, pieces=(piece,))
    card = draft_card(
        1, entry, desk.contests[0], EntryConsequences(), desk.sources, [], Setting(desk), NOW, second=True
    )
    assert "lead up 90 from Cobb County" in card.headline
    assert "**Not posted,** and no answer uses a change alone; `/entries` keeps it." in card.headline


def test_a_text_with_figures_is_not_said_to_have_none() -> None:
    contest = small_desk().contests[0]
    assert nothing_read(None, ["Up by 14,101"], (), contest).headline.startswith(
        "**No figures read.** A margin has to say who leads"
    )
    assert nothing_read(None, ["Hello"], (), contest).headline.startswith(
        "**No figures in the text.** For example: Biden leads by 14,101 as of 8:40 a.m. To enter it by hand: `/tally`."
    )


@pytest.mark.parametrize(
    ("said", "command"),
    [
        (
            "AP still hasn't called GA. Decision Desk has it for Biden",
            "To enter who called it for whom, or took it back: `/call`.",
        ),
        ("AP retracts its call of GA", "To enter who called it for whom, or took it back: `/call`."),
        ("AP retracted its call of GA at 8:40 a.m.", "To enter who called it for whom, or took it back: `/call`."),
        ("SoS: Cobb, Floyd and DeKalb have certified", "To enter who has certified: `/certify`."),
        ("Cobb certifies at 5 p.m. Friday", "To enter who has certified: `/certify`."),
    ],
)
def test_a_text_of_a_call_or_of_who_certified_is_sent_to_the_command_for_that(said: str, command: str) -> None:
    contest = small_desk().contests[0]
    assert nothing_read(None, [said], (), contest).head[0].text == f"**No figures in the text.** {command}"
    assert "`/tally`" in nothing_read(None, ["The judge heard both sides"], (), contest).headline


def test_the_longest_name_of_a_source_that_the_text_names_fits_its_line() -> None:
    desk = small_desk()
    name = "the Office of the County Clerk and Recorder, " * 3
    long = [desk.sources[0].model_copy(update={"name": name}), *desk.sources[1:]]
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=14_101),), text=f"per {name}")
    for named in ([], long[:1]):
        (sources,) = [
            one
            for one in selects_of(1, entry, desk.contests[0], long, [], named, listed=True)
            if one.key.endswith("source")
        ]
        assert 80 <= len(sources.choices[0].label) <= 100
        assert sources.choices[0].label.endswith("… (in text)" if named else "…")
