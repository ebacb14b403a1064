"""Long answers: all their text is in pages within Discord's limits."""

from collections.abc import Iterable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.discord import number_of
from bot.wording.card import Block, Button, Card, Line, Note, Replaced, Section, Variant, card_json, card_of, lines
from bot.wording.limits import ALL_EMBEDS, CONTENT, DESCRIPTION, EMBEDS, FIELD_VALUE, FIELDS, embed_size, size
from bot.wording.message import Embed, Message, pages, render
from tests.conftest import share

WORDS = st.sampled_from(["Floyd", "County", "**Biden**", "\U0001f5f3", "`c`", "x" * 700])
LINE = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
LINES = st.lists(LINE.map(Line), min_size=1, max_size=60).map(tuple)
BLOCK = st.builds(
    Block,
    LINES,
    st.lists(LINES.map(partial(Section, "Last batches")), max_size=30).map(tuple),
    LINE.map(lambda words: words[:256].strip()) | st.just(""),
    st.sampled_from(["", "Unofficial"]),
)
ANSWERS = st.builds(
    Card,
    LINES,
    st.sampled_from(["", "the Times, 7:35 a.m."]),
    st.lists(BLOCK, max_size=3).map(tuple),
    buttons=st.just((Button("Enter", "entry:1:enter"),)),
)


def shown_pages(answer: Card) -> list[Message]:
    return [render(page) for page in pages(answer)]


def in_limits(page: Message) -> None:
    assert 0 < size(page.content) <= CONTENT
    assert len(page.embeds) <= EMBEDS
    assert sum(map(embed_size, page.embeds)) <= ALL_EMBEDS
    for embed in page.embeds:
        assert size(embed.get("description", "x")) in range(1, DESCRIPTION + 1)
        assert len(embed.get("fields", ())) <= FIELDS
        assert all(0 < size(field["value"]) <= FIELD_VALUE for field in embed.get("fields", ()))


def said(embeds: Iterable[Embed], what: str) -> list[str]:
    """Return the words of all embeds: those of the descriptions, or else those of the fields."""
    texts = [
        text
        for embed in embeds
        for text in (
            [embed.get("description", "")]
            if what == "description"
            else [one["value"] for one in embed.get("fields", ())]
        )
    ]
    return " ".join(texts).split()


@share(0.4)
@given(ANSWERS)
def test_all_of_an_answer_is_in_its_pages_in_order_each_with_its_last_line(answer: Card) -> None:
    shown = shown_pages(answer)
    for page in shown:
        in_limits(page)
        assert "the Times, 7:35 a.m." in page.content or "-# the Times" not in render(answer).content
    if len(shown) == 1:
        assert shown[0].content == render(answer).content
    cards = [embed for page in shown for embed in page.embeds]
    for what in ("description", "fields"):
        assert said(cards, what) == said(render(answer).embeds, what)
    assert [embed["footer"] for embed in cards if "footer" in embed] == [
        embed["footer"] for embed in render(answer).embeds if "footer" in embed
    ]


def test_a_long_text_has_its_page_in_the_small_last_line() -> None:
    lines = [f"#{number} waits for Publish" for number in range(200)]
    shown = shown_pages(Card.of(*lines, credit="7:35 a.m."))
    last = [page.content.rpartition("\n")[2] for page in shown]
    assert last == [f"-# Page {number} of {len(shown)} · 7:35 a.m." for number in range(1, len(shown) + 1)]
    assert [line for page in shown for line in page.content.split("\n")[:-1]] == lines


def test_a_block_to_copy_is_one_on_each_page() -> None:
    lines = [f"{number} a.m.: rally" for number in range(300)]
    shown = shown_pages(Card.of("```", *lines, "```"))
    assert len(shown) > 1
    assert [line for page in shown for line in page.content.split("\n")[1:-2]] == lines
    for page in shown:
        first, *_, end, _ = page.content.split("\n")
        assert first == end == "```"


def test_a_long_card_leaves_the_sentence_on_each_page() -> None:
    block = Block(lines(*["a source says so"] * 600), title="Who says what")
    first, second, third = shown_pages(Card(lines("**Biden leads.**"), "the Times", (block,)))
    assert {page.content.split("\n")[0] for page in (first, second, third)} == {"**Biden leads.**"}
    assert [embed.get("title") for page in (first, second, third) for embed in page.embeds] == [
        "Who says what",
        None,
        None,
    ]


LINK = "[#215](https://discord.com/channels/1/11/1001)"


def test_a_replaced_post_begins_with_the_word_keeps_its_words_struck_through_and_its_number_last() -> None:
    card = Card.of("**Old.** Said so.", credit="the Times").marked_replaced("Corrected", ["new."], 215, LINK)
    assert render(card, 214).content.split("\n") == [
        "**Corrected; see [#215](https://discord.com/channels/1/11/1001).** New.",
        "> ~~**Old.** Said so.~~",
        "-# #214 · the Times",
    ]


def test_a_mark_of_our_own_error_stays_below_one_of_its_source_and_goes_with_the_post_that_made_it() -> None:
    card = (
        Card.of("Old.", credit="the Times")
        .marked_replaced("Corrected", ["Ours.", "More."], 2, "#2")
        .marked_replaced("Revised", [], 3, "#3")
    )
    assert render(card, 1).content.split("\n")[:2] == ["**Revised; see #3.**", "**Corrected; see #2.** Ours."]
    assert render(card.without_replaced_mark(3), 1).content.startswith(
        "**Corrected; see #2.** Ours.\nMore.\n> ~~Old.~~"
    )
    assert render(card.without_replaced_mark(3).without_replaced_mark(2), 1).content == "Old.\n-# #1 · the Times"


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3000)


@given(text, text)
def test_a_replaced_post_never_takes_more_than_discord_takes_and_is_found_by_its_number(old: str, new: str) -> None:
    content = render(Card.of(old, credit="the Times").marked_replaced("Revised", [new], 215, LINK), 214).content
    assert size(content) <= CONTENT
    assert number_of(content) == 214
    assert content.startswith("**Revised; see [#215]")


def test_a_replaced_post_whose_blocks_were_refused_says_them_in_the_room_that_its_marks_leave() -> None:
    card = Card(lines("x" * 1000), "the Times", (Block(lines(*["y" * 99] * 20)),)).marked_replaced(
        "Corrected", ["z" * 300], 2, LINK
    )
    assert size(render(card, 1, blocks=False).content) <= CONTENT


def test_each_text_of_a_card_is_reworded_and_nothing_else() -> None:
    head = (Line("text says text", otherwise=Line("text")),)
    card = Card(
        head,
        "text",
        (Block(lines("text"), (Section("text", lines("text")),), footer="text"),),
        "text",
        replaced=(Replaced("text", 1, "#1", ("text",)),),
        notes=(Note("text", "text"),),
        variants=(Variant("text", head),),
    )
    changed = card.reworded(lambda words: words.replace("text", '"1\n'))
    assert card_of(card_json(changed)) == changed
    assert changed.head == (Line('"1\n says "1\n', otherwise=Line('"1\n')),)
    assert (changed.credit, changed.kind, changed.notes) == ('"1\n', "text", (Note("text", '"1\n'),))
    assert changed.blocks == (Block(lines('"1\n'), (Section("text", lines('"1\n')),), footer='"1\n'),)
    assert changed.replaced == (Replaced("text", 1, "#1", ('"1\n',)),)
    assert changed.variants == (Variant("text", changed.head),)
