from dataclasses import replace

import pytest

from bot.wording.card import Block, Card, Line, Section, lines
from bot.wording.viewer import Viewer, VisibleCard, seen_by
from tests.conftest import EDITOR

REPORTER = replace(EDITOR, desk=False)
GUEST = replace(EDITOR, desk=False, newsroom=False)
IN_PUBLIC = replace(EDITOR, public=True)

TO_DESK = Line("Muted by olga.", readers="desk", otherwise=Line("Muted."))
TO_NEWSROOM = Line("#3 waits.", readers="newsroom")
FIGURES = Line("The AP: Biden +5", ("ap",), (7,))


@pytest.mark.parametrize(
    ("line", "viewer", "reads"),
    [
        (TO_DESK, EDITOR, "Muted by olga."),
        (TO_DESK, REPORTER, "Muted."),
        (TO_DESK, GUEST, "Muted."),
        (TO_DESK, IN_PUBLIC, "Muted."),
        (TO_NEWSROOM, REPORTER, "#3 waits."),
        (TO_NEWSROOM, GUEST, None),
        (TO_NEWSROOM, IN_PUBLIC, None),
        (FIGURES, IN_PUBLIC, "The AP: Biden +5"),
        (FIGURES, replace(EDITOR, left_out=frozenset({"ap"})), None),
        (
            replace(FIGURES, otherwise=Line("A source: Biden +5")),
            replace(EDITOR, left_out=frozenset({"ap"})),
            "A source: Biden +5",
        ),
        (
            replace(TO_DESK, otherwise=Line("The AP is muted.", ("ap",))),
            replace(REPORTER, left_out=frozenset({"ap"})),
            None,
        ),
        (Line("Posted in <#9>."), EDITOR, "Posted in <#9>."),
        (
            Line("Posted in <#9>."),
            replace(EDITOR, sees=lambda channel: channel != 9),
            "Posted in a channel you can't see.",
        ),
        (
            Line("See [#3](https://discord.com/channels/1/9/3)."),
            replace(EDITOR, sees=lambda channel: channel != 9),
            "See a channel you can't see.",
        ),
    ],
)
def test_what_is_read_of_a_line(line: Line, viewer: Viewer, reads: str | None) -> None:
    (seen,) = {seen_by(Card((line,)), viewer).card.headline, *_in_a_block(line, viewer)}
    assert seen == (reads or "")


def _in_a_block(line: Line, viewer: Viewer) -> list[str]:
    card = Card((), blocks=(Block((line,)), Block(sections=(Section("Others", (line,)),))))
    return [one.text for block in seen_by(card, viewer).card.blocks for one in block.all_lines]


def test_a_section_or_a_block_of_which_nothing_is_left_goes_with_its_lines() -> None:
    others, kept = Section("Others", (FIGURES,)), Block(lines("Biden 5"), (Section("Others", (FIGURES,)),))
    card = Card(lines("Biden leads."), blocks=(Block((FIGURES,), (others,)), kept, Block(title="Only a title")))
    seen = seen_by(card, replace(EDITOR, left_out=frozenset({"ap"})))
    assert seen.card.blocks == (Block(lines("Biden 5")), Block(title="Only a title"))
    assert not seen.basis_sources
    assert seen.without == {"ap"}


def test_an_answer_rests_on_the_sources_of_its_sentences_and_on_no_note_to_the_desk() -> None:
    note = Line("The AP has been muted here by olga.", ("ap",), readers="desk")
    hidden = replace(EDITOR, desk=False, left_out=frozenset({"ap"}))
    assert seen_by(Card((FIGURES,)), hidden).basis_sources == {"ap"}
    assert seen_by(Card((*lines("Biden leads."), note)), hidden) == VisibleCard(Card(lines("Biden leads.")))
