"""Prints a rehearsal's posts in the terminal, like a reader sees them, and writes them to a transcript."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.errors import BadInputError
from bot.tally.boards_store import BoardPost
from bot.wording.escape import escape, without_markdown

_ADDRESS = re.compile(r"(https://discord\.com/channels/(?=\d+/\d+/\d+)|<(?:#|@&|@!?)(?=\d+>))(\d+(?:/\d+/\d+)?)")

_POINTED = re.compile(r"<(?:(?P<sign>@&|@!?|#)\d+|t:(?P<time>\d{1,11})(?::[tTdDfFsSR])?)>")

_SMALL = re.compile(r"^((?:> )?)-# ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArrivedPost:
    """A message that arrived in a channel, with the kind and number of its post."""

    at: datetime
    """When the message arrived, by the news clock."""
    channel: str
    kind: str
    number: int
    content: str
    embeds: Sequence[Mapping[str, Any]]
    edit_of: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """The texts for the people, roles and channels that the message mentions: "#desk" for "<#12>"."""

    def to_json(self) -> str:
        """Return the post as a line of the transcript."""
        return json.dumps(
            {
                "at": self.at.isoformat().replace("+00:00", "Z"),
                "channel": self.channel,
                "kind": self.kind,
                "number": self.number,
                "content": self.content,
                "embeds": self.embeds,
                "edit_of": self.edit_of,
            },
            ensure_ascii=False,
        )


class StableAddresses:
    """A mapping from the ids in URLs and mentions to small numbers, so that two runs give the same transcript."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def of(self, post: ArrivedPost) -> ArrivedPost:
        """Return a copy of a post with its ids replaced by numbers, counted from 1 in order of appearance."""
        content = _ADDRESS.sub(self._numbered, post.content)
        embeds = json.loads(_ADDRESS.sub(self._numbered, json.dumps(post.embeds, ensure_ascii=False)))
        text = f"{post.content}{post.embeds}"
        names = {_ADDRESS.sub(self._numbered, key): name for key, name in post.names.items() if key in text}
        return replace(post, content=content, embeds=embeds, names=names)

    def _numbered(self, address: re.Match[str]) -> str:
        ids = (str(self._counts.setdefault(key, len(self._counts) + 1)) for key in address[2].split("/"))
        return address[1] + "/".join(ids)


class Transcript:
    """A file to which posts are appended, one JSON object per line, each flushed at once."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path` for appending.

        Raises:
            BadInputError: the file can't be written to.

        """
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"{path}: the transcript can't be written ({error.strerror})") from None

    def add(self, post: ArrivedPost) -> None:
        """Append one post, and flush the file."""
        self._file.write(post.to_json() + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Terminal:
    """A printer that shows posts in a terminal as readers of the channel see them."""

    def __init__(self, console: Console, zone: ZoneInfo) -> None:
        """Create a printer that writes to `console`. It shows times in `zone`."""
        self._console = console
        self._zone = zone

    def add(self, post: ArrivedPost) -> None:
        """Print one post with its time and channel."""

        def readable(text: str) -> str:
            return _POINTED.sub(lambda found: self._pointed(found, post.names), text)

        *lines, last = readable(post.content).split("\n")
        when = post.at.astimezone(self._zone).strftime("%a %H:%M")
        head = Text.assemble((f"{when}  ", "dim"), (f"#{post.channel}", "bold cyan"))
        if post.edit_of is not None:
            head.append(f"  (edit of #{post.edit_of})", "dim")
        if post.kind == BoardPost.name:  # it repeats the posts, and is edited with each
            said = without_markdown(post.content.partition("\n-# ")[0])
            self._console.print(Text.assemble(head, ("  board: ", "dim"), (said, "dim")), soft_wrap=True)
            return
        body: list[Any] = [_lines("\n".join(lines)), Text(last.removeprefix("-# "), "dim")]
        body += [_embed(embed, readable) for embed in post.embeds]
        self._print(Group(head, Padding(Group(*body), (0, 0, 1, 2))))

    def _pointed(self, mention: re.Match[str], names: Mapping[str, str]) -> str:
        """Return the text that a reader sees in place of a mention or a timestamp."""
        if mention["time"]:
            at = datetime.fromtimestamp(int(mention["time"]), self._zone)
            return f"{at:%a %H:%M}"
        return escape(names.get(mention[0], "#a-channel" if mention["sign"] == "#" else "@somebody"))

    def _print(self, shown: Group) -> None:
        """Print a post. In a pipe, lines are not padded with spaces to the console's width."""
        if self._console.is_terminal:
            self._console.print(shown)
            return
        for line in self._console.render_lines(shown, pad=False):
            self._console.print(Text("".join(part.text for part in line).rstrip()), soft_wrap=True)


def _embed(embed: Mapping[str, Any], readable: Callable[[str], str]) -> Panel:
    parts: list[Any] = []
    if title := embed.get("title"):
        parts.append(Markdown(f"**{readable(title)}**"))
    if description := embed.get("description"):
        parts.append(_lines(readable(description)))
    for one in embed.get("fields", ()):
        parts += [Text(one["name"], "bold"), _lines(readable(one["value"]))]
    if footer := embed.get("footer", {}).get("text"):
        parts.append(Text(footer, "dim"))
    return Panel(Group(*parts), border_style="dim", width=72)


def _lines(text: str) -> Markdown:
    """Convert a post's text to Rich's Markdown.

    Line breaks are marked, because Rich would ignore them. Small text is rendered as plain lines.
    """
    return Markdown(_SMALL.sub(r"\1", text).replace("\n", "  \n"))
