"""However long an answer is, all of it is in pages that Discord takes."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from bot.wording.card import Button, Card
from bot.wording.draft import answer_card
from bot.wording.limits import ALL_EMBEDS, CONTENT, DESCRIPTION, EMBEDS, FIELD_VALUE, FIELDS, embed_size, size
from bot.wording.message import Embed, Message, pages, render
from tests.conftest import share

WORDS = st.sampled_from(["Floyd", "County", "**Biden**", "\U0001f5f3", "`c`", "x" * 700])
LINE = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
LINES = st.lists(LINE, min_size=1, max_size=60).map("\n".join)
FIELD = st.builds(lambda value: {"name": "Last batches", "value": value, "inline": False}, LINES)
CARD = st.fixed_dictionaries(
    {"color": st.just(1), "description": LINES},
    optional={
        "title": LINE.map(lambda words: words[:256].strip()),
        "fields": st.lists(FIELD, min_size=1, max_size=30),
        "footer": st.just({"text": "Unofficial"}),
    },
)
ANSWERS = st.builds(
    answer_card,
    st.builds("{}{}".format, LINES, st.sampled_from(["", "\n-# the Times, 7:35 a.m."])),
    embeds=st.lists(CARD, max_size=3),
    buttons=st.just((Button("Enter", "entry:1:enter"),)),
)


def in_limits(page: Message) -> None:
    assert 0 < size(page.content) <= CONTENT
    assert len(page.embeds) <= EMBEDS
    assert sum(map(embed_size, page.embeds)) <= ALL_EMBEDS
    for embed in page.embeds:
        assert size(embed.get("description", "x")) in range(1, DESCRIPTION + 1)
        assert len(embed.get("fields", ())) <= FIELDS
        assert all(0 < size(field["value"]) <= FIELD_VALUE for field in embed.get("fields", ()))


def said(embeds: Iterable[Embed], what: str) -> list[str]:
    """Return the words of all cards' descriptions, or of their fields."""
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
    shown = pages(answer)
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
    shown = pages(answer_card("\n".join([*lines, "-# 7:35 a.m."])))
    last = [page.content.rpartition("\n")[2] for page in shown]
    assert last == [f"-# Page {number} of {len(shown)} · 7:35 a.m." for number in range(1, len(shown) + 1)]
    assert [line for page in shown for line in page.content.split("\n")[:-1]] == lines


def test_a_block_to_copy_is_one_on_each_page() -> None:
    lines = [f"{number} a.m.: rally" for number in range(300)]
    shown = pages(answer_card("\n".join(["```", *lines, "```"])))
    assert len(shown) > 1
    assert [line for page in shown for line in page.content.split("\n")[1:-2]] == lines
    for page in shown:
        first, *_, end, _ = page.content.split("\n")
        assert first == end == "```"


def test_a_long_card_leaves_the_sentence_on_each_page() -> None:
    card = {"title": "Who says what", "description": "\n".join(["a source says so"] * 600), "color": 1}
    first, second, third = pages(answer_card("**Biden leads.**\n-# the Times", (card,)))
    assert {page.content.split("\n")[0] for page in (first, second, third)} == {"**Biden leads.**"}
    assert [embed.get("title") for page in (first, second, third) for embed in page.embeds] == [
        "Who says what",
        None,
        None,
    ]
