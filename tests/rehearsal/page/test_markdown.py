"""Tests that Discord's markdown is rendered, and that no message can run code in the page."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.page.markdown import Markdown


class Names:
    def user(self, key: int) -> str | None:
        return "Olga <b>" if key == 1 else None

    def role(self, key: int) -> str | None:
        return "@everyone" if key == 2 else None

    def channel(self, key: int) -> str | None:
        return "count" if key == 3 else None


MARKDOWN = Markdown(Names())

ALLOWED = {
    "p": set(),
    "br": set(),
    "strong": set(),
    "em": set(),
    "u": set(),
    "s": set(),
    "code": set(),
    "pre": set(),
    "blockquote": set(),
    "ul": set(),
    "li": set(),
    "ol": {"start"},
    "small": {"class"},
    "a": {"href", "target", "rel"},
    "time": {"class", "data-style", "datetime"},
    "div": {"class", "role", "aria-level"},
    "span": {
        "class",
        "role",
        "tabindex",
        "aria-expanded",
        "aria-label",
        "data-user",
        "data-role",
        "data-channel",
        "data-command",
    },
}


class Strict(HTMLParser):
    """An HTML parser that fails on elements or attributes that messages may not have, and on unclosed elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        names = [name for name, _ in attrs]
        assert set(names) <= ALLOWED[tag]
        assert len(set(names)) == len(names)
        for name, value in attrs:
            if name == "href":
                assert re.match(r"https?://", value or "", re.IGNORECASE)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def strictly(html: str) -> str:
    """Return the text of HTML. Fails if the HTML contains anything that messages may not have, or is incomplete."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "**a** *b* _c_ __d__ ~~e~~ `f<`",
            "<p><strong>a</strong> <em>b</em> <em>c</em> <u>d</u> <s>e</s> <code>f&lt;</code></p>",
        ),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("a\nb\n\n\nc", "<p>a<br>b</p><br><br><p>c</p>"),
        ("x\n# A\n## B\n### C\n#### D", None),
        ("-# small **x**", '<small class="subtext">small <strong>x</strong></small>'),
        ("> a\n> b\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>"),
        (">>> a\n\nb", "<blockquote><p>a</p><br><p>b</p></blockquote>"),
        ("> a\n> > b", "<blockquote><p>a<br>&gt; b</p></blockquote>"),
        (">a", "<p>&gt;a</p>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("1. a\n   b\n2. c\nd", "<ol><li>a<br>b</li><li>c</li></ol><p>d</p>"),
        ("```py\n<x>\n# y\n```", "<pre><code>&lt;x&gt;\n# y</code></pre>"),
        ("    four spaces", "<p>four spaces</p>"),
        ("a\n---\nb", "<p>a<br>---<br>b</p>"),
        ("&amp; &lt;", "<p>&amp;amp; &amp;lt;</p>"),
        (r"\*not\*", "<p>*not*</p>"),
        (
            "<@1> <@!9>",
            '<p><span class="mention" data-user="1">@Olga &lt;b&gt;</span> <span class="mention" data-user="9">@unknown-user</span></p>',
        ),
        ("<@&2>", '<p><span class="mention" data-role="2">@everyone</span></p>'),
        ("<#3>", '<p><span class="mention" data-channel="3" role="link" tabindex="0">#count</span></p>'),
        (
            "</desk role:5> @here",
            (
                '<p><span class="mention" data-command="desk role" role="button" tabindex="0">/desk role</span> '
                '<span class="mention">@here</span></p>'
            ),
        ),
        ("<:tally:5> <a:wave:6>", "<p>:tally: :wave:</p>"),
        (
            "<t:1605098103:R>",
            '<p><time class="stamp" data-style="R" datetime="2020-11-11T12:35:03Z">2020-11-11T12:35:03Z</time></p>',
        ),
        ("<t:9999999999999>", "<p>&lt;t:9999999999999&gt;</p>"),
        ("||a **b**||", None),
    ],
)
def test_discords_marks(text: str, html: str | None) -> None:
    made = MARKDOWN.blocks(text)
    strictly(made)
    if html is not None:
        assert made.replace("\n", "").replace("\x00", "\n") == html.replace("\n", "")


def test_headings_have_three_sizes_and_interrupt_a_paragraph() -> None:
    made = MARKDOWN.blocks("x\n# A\n## B\n### C\n#### D")
    assert [*re.findall(r'class="(h\d)"', made)] == ["h1", "h2", "h3"]
    assert made.endswith("<p>#### D</p>\n")


def test_a_spoiler_is_hidden_and_can_be_reached() -> None:
    made = MARKDOWN.blocks("||a **b**||")
    assert '<span class="spoiler" role="button" tabindex="0" aria-expanded="false"' in made
    assert "<span>a <strong>b</strong></span></span>" in made


def test_a_title_is_one_line_without_blocks() -> None:
    assert MARKDOWN.line("# **a**\n> b") == "# <strong>a</strong> &gt; b"


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("see https://a.b/c_d_e?f=(g). And http://h", ["https://a.b/c_d_e?f=(g)", "http://h"]),
        ("(https://a.b)", ["https://a.b"]),
        ("[words](https://a.b/c)", ["https://a.b/c"]),
        ("[https://a.b](https://c.d)", ["https://c.d"]),
        ("<https://a.b>", ["https://a.b"]),
        ("https:// http://", []),
        ("[x](javascript:alert(1)) <javascript:alert(1)> [x](data:text/html,y) <a@b.c>", []),
        ('[x](https://a.b/"onmouseover=alert(1)//)', ["https://a.b/%22onmouseover=alert(1)//"]),
        ("![x](https://a.b/p.png)", ["https://a.b/p.png"]),
    ],
)
def test_only_addresses_of_the_web_are_links(text: str, hrefs: list[str]) -> None:
    made = MARKDOWN.blocks(text)
    strictly(made)
    assert re.findall(r'href="([^"]*)"', made) == hrefs
    assert "<img" not in made


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "<!-- x -->",
    "<?php ?>",
    "<![CDATA[x]]>",
    "&#60;script&#62;",
    "[a](javascript:alert(1))",
    "[a]( java\nscript:alert(1))",
    '<@1"onclick=x>',
    '<t:1:"><script>',
    "`<b>`",
    "||<b>||",
    "> <b>",
    "# <b>",
    "-# <b>",
    "```<b>```",
    "\x00<b>",
    "\u202e<b>",
    '[a](<https://x"onclick=alert(1)>)',
    'https://x"onmouseover=alert(1)',
    "<https://x'onclick='y>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_act_is_shown_and_does_not(text: str) -> None:
    strictly(MARKDOWN.blocks(text))
    strictly(MARKDOWN.line(text))


@given(
    st.lists(
        st.sampled_from(
            [
                *HOSTILE,
                "**",
                "__",
                "~~",
                "||",
                "`",
                "```",
                "\n",
                "> ",
                ">>> ",
                "# ",
                "-# ",
                "- ",
                "1. ",
                " ",
                "a",
                "<",
                ">",
                "[",
                "](",
                ")",
                "\\",
                "https://a.b",
                "<@1>",
                "<#3>",
                "<t:5:R>",
            ]
        ),
        max_size=40,
    ).map("".join)
    | st.text(max_size=300)
)
def test_nothing_that_can_be_written_acts(text: str) -> None:
    strictly(MARKDOWN.blocks(text))
    strictly(MARKDOWN.line(text))


@pytest.mark.parametrize(
    "piece",
    ["*", "_", "~~", "||", "`", "[", "](", "> ", "- ", "<@", "**a", "||a", "[a](", "\n", "#", ">>> ", "  - a\n"],
)
def test_four_thousand_characters_of_anything_are_quick(piece: str) -> None:
    start = time.process_time()  # the machine may be busy with something else
    strictly(MARKDOWN.blocks(piece * (4096 // len(piece))))
    assert time.process_time() - start < 2
