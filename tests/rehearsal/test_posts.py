"""Tests how arriving posts are shown in the terminal and in the transcript."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.errors import BadInputError
from bot.rehearsal.posts import ArrivedPost, StableAddresses, Terminal, Transcript

EMBED = {
    "description": "**Biden** (D) 2,471,895\n**Trump** (R) 2,457,794",
    "fields": [{"name": "Today", "value": "**10 a.m.** Rally\n**1 p.m.** Audit"}],
    "footer": {"text": "Unofficial."},
}
POST = ArrivedPost(
    datetime(2020, 11, 11, 12, 35, 3, 243000, tzinfo=UTC),
    "count",
    "margin",
    2,
    "**Biden's lead in Georgia narrows by 48 votes, to 14,101,** after Floyd.\n-# #2 · the Times, 7:35 a.m.",
    [EMBED],
)


def printed(post: ArrivedPost, width: int = 80) -> list[str]:
    out = io.StringIO()
    Terminal(Console(file=out, width=width, highlight=False), ZoneInfo("America/New_York")).add(post)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_terminal_shows_a_post_as_a_reader_sees_it() -> None:
    head, headline, small, *card = [line.strip(" │") for line in printed(POST)]
    assert head == "Wed 07:35  #count"
    assert headline == "Biden's lead in Georgia narrows by 48 votes, to 14,101, after Floyd."
    assert small == "#2 · the Times, 7:35 a.m."
    assert [line for line in card if line and line[0] not in "╭╰"] == [
        "Biden (D) 2,471,895",
        "Trump (R) 2,457,794",
        "Today",
        "10 a.m. Rally",
        "1 p.m. Audit",
        "Unofficial.",
    ]


def test_mentions_moments_and_small_lines_are_shown_as_in_the_channel_with_no_blanks_at_the_end() -> None:
    content = (
        "Publish this in <#12>, <@34> and <@&56>?\n-# held since <t:1605098103:t>\n> quoted\n> -# #2\n-# #9 · noon"
    )
    embed = {"description": "See <#12> and <#99>"}
    names = {"<#12>": "#count", "<@34>": "@Olga [x]", "<@&56>": "@Desk"}
    out = io.StringIO()
    post = ArrivedPost(POST.at, "desk", "question", 9, content, [embed], names=names)
    Terminal(Console(file=out, width=80, highlight=False), ZoneInfo("America/New_York")).add(post)
    lines = out.getvalue().splitlines()
    assert all(line == line.rstrip() for line in lines)
    words = [line.strip(" │▌") for line in lines]
    assert words[:3] == ["Wed 07:35  #desk", "Publish this in #count, @Olga [x] and @Desk?", "held since Wed 07:35"]
    assert "-#" not in out.getvalue()
    assert "See #count and #a-channel" in words


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (40, 80, 120):
        assert max(len(line) for line in printed(POST, width)) <= width


def test_an_edit_says_what_it_edits() -> None:
    edit = ArrivedPost(POST.at, POST.channel, POST.kind, 2, POST.content, [], edit_of=2)
    assert printed(edit)[0] == "Wed 07:35  #count  (edit of #2)"


def test_a_hostile_name_is_no_markup_of_the_terminal() -> None:
    post = ArrivedPost(POST.at, POST.channel, POST.kind, 2, "[bold red]Mayor[/] leads\n-# #2 · [link=x]y[/link]", [])
    lines = "\n".join(printed(post))
    assert "[bold red]Mayor[/] leads" in lines
    assert "[link=x]y[/link]" in lines


def test_a_transcript_has_the_fields_of_the_contract_one_post_a_line(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text("kept\n")
    transcript = Transcript(path)
    transcript.add(POST)
    before, line = path.read_text().splitlines()  # before it is closed
    transcript.close()
    assert before == "kept"
    assert json.loads(line) == {
        "at": "2020-11-11T12:35:03.243000Z",
        "channel": "count",
        "kind": "margin",
        "number": 2,
        "content": POST.content,
        "embeds": [EMBED],
        "edit_of": None,
    }


def test_ids_in_addresses_and_mentions_are_numbered_and_mentions_keep_their_names() -> None:
    content = "Publish #2 in <#1576>, <@34>? See [#1](https://discord.com/channels/9/1576/77). <t:1605098103:t>\n-# #3"
    names = {"<#1576>": "#count", "<@34>": "@Olga", "<@&56>": "@Desk"}
    stable = StableAddresses().of(
        ArrivedPost(POST.at, "desk", "notice", 3, content, [{"description": "<#1576>"}], names=names)
    )
    assert stable.content == (
        "Publish #2 in <#1>, <@2>? See [#1](https://discord.com/channels/3/1/4). <t:1605098103:t>\n-# #3"
    )
    assert stable.embeds == [{"description": "<#1>"}]
    assert stable.names == {"<#1>": "#count", "<@2>": "@Olga"}


def test_a_transcript_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="the transcript can't be written"):
        Transcript(tmp_path / "nowhere" / "posts.jsonl")
