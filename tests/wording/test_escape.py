import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.wording.escape import COMMAND, clean, escape, escape_sentence, to_copy, without_markdown

DANGEROUS = [
    "*bold*",
    "_it_",
    "__u__",
    "~~gone~~",
    "||spoiler||",
    "`code`",
    "```block",
    "[text](https://x.example)",
    "<@1>",
    "<@&123>",
    "<#1>",
    "<:e:1>",
    "<a:e:1>",
    "<t:1:R>",
    "</cmd:1>",
    "@everyone",
    "@here",
    "@Everyone",
    "# head",
    "## head",
    "> quote",
    ">>> all",
    "- item",
    "* item",
    "1. one",
    "-# small",
    "+ item",
    "\\",
    "\\*",
    "https://evil.example/x",
    "discord.gg/abc",
    ":smile:",
    "a\nb",
    "\u202eevil",
    "@every\u200bone",
    "x\u0000y",
]

text = st.lists(st.one_of(st.sampled_from(DANGEROUS), st.text(max_size=8)), max_size=8).map("".join)


def active(shown: str) -> list[str]:
    """Return the parts of a text that Discord would act on, such as mentions and markup.

    This checker is independent of the code under test.
    """
    mentions = re.findall(r"@everyone|@here|<@[!&]?\d+>", shown, re.IGNORECASE)
    plain = re.sub(r"\\[^0-9A-Za-z\s]", " ", shown)  # no short code has a backslash in its name
    found = re.findall(r"[*_~|`\[\]<\\]|://|:[^\s:]+:", plain)
    head = re.match(r"#{1,3} |-# |>|[-+*] |\d+[.)] ", re.sub(r"\\[^0-9A-Za-z\s]", "x", shown))
    invites = re.findall(r"discord(?:app)?\.(?:gg|com)/", shown, re.IGNORECASE)
    return mentions + found + invites + ([head[0]] if head else [])


def seen(shown: str) -> str:
    """Return escaped text as a reader sees it on Discord."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown).replace("\u200b", "")


@given(text)
@example("1.")
@example("@here @everyone")
@example("https://discord.gg/x")
def test_no_text_from_outside_acts(outside: str) -> None:
    assert active(escape(outside)) == []


@given(text)
def test_what_shows_is_the_text_itself(outside: str) -> None:
    assert seen(escape(outside, 200)) == clean(outside, 200)


@given(text)
@example("first_last\\")
def test_where_there_is_no_markdown_the_text_shows_too(outside: str) -> None:
    name = escape(outside)
    shown = without_markdown(f"> **{name} leads,** not ~~{name}~~").replace("\u200b", "")
    assert shown == f"{clean(outside, 100)} leads, not {clean(outside, 100)}"


@given(text, st.integers(1, 50))
def test_the_length_is_bounded_and_hidden_characters_are_gone(outside: str, most: int) -> None:
    shown = clean(outside, most)
    assert len(shown) <= most
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert len(escape(outside, most)) <= 2 * most + 1


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("Floyd", "Floyd"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("*Biden*", r"\*Biden\*"),
        ("@everyone", "@\u200beveryone"),
        ("@every\u200bone", "@\u200beveryone"),
        ("<@123>", "\\<@\u200b123>"),
        ("# Head", r"\# Head"),
        ("-# small", r"\-# small"),
        ("1. First", r"1\. First"),
        ("https://a.example", r"https\://a.example"),
        ("a\r\n\tb", "a b"),
        ("7:35 a.m.", "7:35 a.m."),
        ("abc\u202edef\u200b", "abcdef"),
        ("\u3164", ""),
    ],
)
def test_examples(outside: str, shown: str) -> None:
    assert escape(outside) == shown


@pytest.mark.parametrize(
    "text", ["8:50 a.m.: Biden's lead (Trump 61, Biden 13). #3.", "As of 8 a.m.: tied.\n10 a.m. Rally"]
)
def test_what_is_copied_is_a_message_of_its_own(text: str) -> None:
    assert to_copy(text) == text


@pytest.mark.parametrize("text", ["Joe *B* leads", "8 a.m.: Biden\n# leads", "[x](https://a.example)", "@everyone"])
def test_what_is_copied_is_in_a_block_where_markdown_would_act(text: str) -> None:
    assert to_copy(text) == f"```\n{text}\n```"


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert escape("Sen. Marco Rubio", 12) == "Sen. Marco…"


def test_only_commands_keep_their_code_marks_in_a_sentence() -> None:
    said = escape_sentence("#1 has `*x*`; `/correct` and `/late-margin` correct it, `/desk setup *x*` @everyone", 200)
    assert said == (
        "\\#1 has \\`\\*x\\*\\`; `/correct` and `/late-margin` correct it, \\`/desk setup \\*x\\*\\` @\u200beveryone"
    )


@given(text)
@example("\\`/correct`")
@example("`/correct```/correct`")
def test_no_sentence_from_outside_acts_but_as_a_command_in_code_marks(outside: str) -> None:
    assert active(re.sub(rf"(?<!\\)((?:\\\\)*)`/{COMMAND}`", r"\1", escape_sentence(outside, 100))) == []
