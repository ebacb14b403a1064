"""Renders Discord's markdown as safe HTML with markdown-it, with raw HTML turned off.

Discord's additions to CommonMark are implemented below as markdown-it rules. They follow
https://support.discord.com/hc/en-us/articles/210298617 (read 6 August 2026).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_RULES = (
    "paragraph",
    "list",
    "fence",
    "emphasis",
    "strikethrough",
    "backticks",
    "escape",
    "newline",
    "link",
    "autolink",
)

_MOST_CHARACTERS = 8000  # Discord's longest text has 4096

_HEADING = re.compile(r"(#{1,3}|-#)[ \t]+(\S.*)")

_QUOTE, _LONG_QUOTE = "> ", ">>> "

_POINTED = re.compile(
    r"<(?:@!?(?P<user>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})|t:(?P<time>-?\d{1,13})(?::(?P<style>[tTdDfFsSR]))?"
    r"|/(?P<command>[-\w ]{1,98}):\d{1,20}|a?(?P<emoji>:\w{2,32}:)\d{1,20})>"
)

_EVERYONE = re.compile(r"@(everyone|here)\b")

_LINK = re.compile(r"://[^\s<]+")

_AFTER_LINK = ".,:;!?\"'*_~|"  # characters that end a sentence, not an address

_MOST_LINK = 2000


class MentionNames(Protocol):
    """An interface to look up the names for ids in a text. Methods return None if the id is unknown."""

    def user(self, key: int) -> str | None:
        """Return a person's name, or None."""

    def role(self, key: int) -> str | None:
        """Return a role's name, or None."""

    def channel(self, key: int) -> str | None:
        """Return a channel's name, or None."""


class Markdown:
    """A renderer for texts with mentions of one server's people, roles and channels."""

    def __init__(self, names: MentionNames) -> None:
        self._env = {"names": names}
        self._md = _parser()

    def blocks(self, text: str) -> str:
        """Render a text of several paragraphs: a message, an embed's description, or the value of an embed's field."""
        return str(self._md.render(text[:_MOST_CHARACTERS].strip("\n"), dict(self._env)))

    def line(self, text: str) -> str:
        """Render a text of a single line: a title or a field's name."""
        return str(self._md.renderInline(text[:_MOST_CHARACTERS].replace("\n", " "), dict(self._env)))


def _parser() -> MarkdownIt:
    md = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False, "typographer": False}).enable(_RULES)
    md.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]  # as markdown-it-py documents it
    add_marks(md)
    for name, rule in _RENDER.items():
        md.add_render_rule(name, rule)
    return md


def _strong(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    """Render `**text**` as bold, `__text__` as underlined."""
    tag = "u" if tokens[place].markup == "__" else "strong"
    return f"<{tag}>" if tokens[place].nesting == 1 else f"</{tag}>"


def _link(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    href = escapeHtml(str(tokens[place].attrGet("href") or ""))
    return f'<a href="{href}" target="_blank" rel="noreferrer noopener">'


def _fence(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    return f"<pre><code>{escapeHtml(tokens[place].content.rstrip(chr(10)))}</code></pre>"


def _small(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    """Render headings, and small text, which has a similar syntax."""
    token = tokens[place]
    if token.tag == "small":
        return '<small class="subtext">' if token.nesting == 1 else "</small>"
    level = int(token.tag[1])
    # The page has headings of its own above these.
    return f'<div class="h{level}" role="heading" aria-level="{level + 3}">' if token.nesting == 1 else "</div>"


def _empty_lines(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    return "<br>" * min(int(tokens[place].meta["lines"]), 40)


def _break(*_: object) -> str:
    """Render a line break without a tag, since the page preserves whitespace."""
    return "<br>"


def _spoiler(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    if tokens[place].nesting == 1:
        return '<span class="spoiler" role="button" tabindex="0" aria-expanded="false" aria-label="Spoiler"><span>'
    return "</span></span>"


def _mention(kind: str, sign: str, unknown: str) -> Callable[..., str]:
    def rule(_: RendererHTML, tokens: Sequence[Token], place: int, __: OptionsDict, env: EnvType) -> str:
        key = tokens[place].content
        name = getattr(env["names"], kind)(int(key))
        acts = ' role="link" tabindex="0"' if kind == "channel" and name is not None else ""
        text = unknown if name is None else f"{sign}{name.removeprefix('@')}"
        return f'<span class="mention" data-{kind}="{int(key)}"{acts}>{escapeHtml(text)}</span>'

    return rule


def _plain_mention(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    token = tokens[place]
    if token.type == "pointed_command":
        text = escapeHtml(token.content)
        return f'<span class="mention" data-command="{text}" role="button" tabindex="0">/{text}</span>'
    return f'<span class="mention">{escapeHtml(token.content)}</span>'


def _emoji(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    return escapeHtml(tokens[place].content)


def _time(_: RendererHTML, tokens: Sequence[Token], place: int, *__: object) -> str:
    """Render a timestamp. The page shows it in the reader's time zone."""
    token = tokens[place]
    moment = iso_time(token.content)
    if moment is None:
        return escapeHtml(token.meta["as_typed"])
    return f'<time class="stamp" data-style="{token.meta["style"]}" datetime="{moment}">{moment}</time>'


_RENDER: Mapping[str, Callable[..., str]] = {
    "strong_open": _strong,
    "strong_close": _strong,
    "link_open": _link,
    "fence": _fence,
    "heading_open": _small,
    "heading_close": _small,
    "empty_lines": _empty_lines,
    "softbreak": _break,
    "hardbreak": _break,
    "spoiler_open": _spoiler,
    "spoiler_close": _spoiler,
    "pointed_user": _mention("user", "@", "@unknown-user"),
    "pointed_role": _mention("role", "@", "@deleted-role"),
    "pointed_channel": _mention("channel", "#", "# unknown"),
    "pointed_command": _plain_mention,
    "everyone": _plain_mention,
    "pointed_emoji": _emoji,
    "pointed_time": _time,
}


def add_marks(md: MarkdownIt) -> None:
    """Add Discord's syntax to a parser."""
    # What each rule may interrupt: a heading or a quote needs no empty line before it.
    between: RuleOptionsType = {"alt": ["paragraph", "list"]}
    md.block.ruler.before("list", "discord_heading", _heading, between)
    md.block.ruler.before("list", "discord_quote", _quote, between)
    md.block.ruler.before("paragraph", "outdented", _outdented, {"alt": ["paragraph"]})
    md.inline.add_terminator_char("|")
    md.inline.ruler.before("link", "spoiler", _spoiler_marks)
    md.inline.ruler.before("link", "pointed", _pointed)
    md.inline.ruler.before("link", "everyone", _everyone)
    md.inline.ruler.before("link", "bare_link", _bare_link)
    md.core.ruler.at("block", _block)


def _block(state: StateCore) -> None:
    if state.inlineMode:
        block(state)
    else:
        state.tokens.extend(_blocks(state.md, state.src, state.env))


def _blocks(md: MarkdownIt, text: str, env: EnvType) -> list[Token]:
    """Return a text's block tokens, including empty lines between them, which Discord shows."""
    found: list[Token] = []
    md.block.parse(text, md, env, found)
    lines, tokens, end = text.split("\n"), [], None
    for token in found:
        if token.level == 0 and token.map and token.nesting >= 0:
            if end is not None and token.map[0] > end:
                tokens.append(Token("empty_lines", "", 0, meta={"lines": token.map[0] - end}))
            end = token.map[1]
            while end > token.map[0] + 1 and not lines[end - 1].strip():
                end -= 1
        tokens.append(token)
    return tokens


def _outdented(state: StateBlock, line: int, _: int, silent: bool) -> bool:
    """End a list item before a line without indent. In Discord, such a line is not part of the item."""
    return silent and state.sCount[line] < state.blkIndent


def _heading(state: StateBlock, line: int, _: int, silent: bool) -> bool:
    """Parse headings, "# ", "## " and "### ", and small text, "-# "."""
    found = _HEADING.fullmatch(state.getLines(line, line + 1, state.blkIndent, keepLastLF=False).rstrip())
    if found is None:
        return False
    if not silent:
        state.line = line + 1
        tag = "small" if found[1] == "-#" else f"h{len(found[1])}"
        opened = state.push("heading_open", tag, 1)
        opened.map = [line, line + 1]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = found[2], [line, line + 1], []
        state.push("heading_close", tag, -1)
    return True


def _quote(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Parse quotes: lines that begin with "> ", or everything after ">>> ". Quotes don't nest."""
    first = state.getLines(line, line + 1, state.blkIndent, keepLastLF=False)
    if state.env.get("quoted") or not first.startswith((_QUOTE, _LONG_QUOTE)):
        return False
    if silent:
        return True
    after = line + 1
    if first.startswith(_LONG_QUOTE):
        after = end
        words = state.getLines(line, after, state.blkIndent, keepLastLF=False).removeprefix(_LONG_QUOTE)
    else:
        quoted = [first]
        while after < end and (more := state.getLines(after, after + 1, state.blkIndent, False)).startswith(_QUOTE):
            quoted.append(more)
            after += 1
        words = "\n".join(one.removeprefix(_QUOTE) for one in quoted)
    state.line = after
    opened = state.push("blockquote_open", "blockquote", 1)
    opened.map = [line, after]
    for token in _blocks(state.md, words, {**state.env, "quoted": True}):
        token.level, token.map = token.level + state.level, None
        state.tokens.append(token)
    state.push("blockquote_close", "blockquote", -1)
    return True


def _spoiler_marks(state: StateInline, silent: bool) -> bool:
    """Parse "||hidden||"."""
    start = state.pos + 2
    if not state.src.startswith("||", state.pos):
        return False
    stop = state.src.find("||", start, state.posMax)
    if stop <= start:
        return False
    if not silent:
        most = state.posMax
        state.push("spoiler_open", "span", 1)
        state.pos, state.posMax = start, stop
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "span", -1)
        state.posMax = most
    state.pos = stop + 2
    return True


def _pointed(state: StateInline, silent: bool) -> bool:
    """Parse text in angle brackets: mentions, timestamps, commands and emoji."""
    found = _POINTED.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    if found is None:
        return False
    if not silent:
        kind = found.lastgroup if found.lastgroup != "style" else "time"
        token = state.push(f"pointed_{kind}", "", 0)
        token.content = found[kind or 0]
        token.meta = {"style": found["style"] or "f", "as_typed": found[0]}
    state.pos = found.end()
    return True


def _everyone(state: StateInline, silent: bool) -> bool:
    found = _EVERYONE.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "@" else None
    if found is None:
        return False
    if not silent:
        state.push("everyone", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _bare_link(state: StateInline, silent: bool) -> bool:
    """Parse a URL in the text. The rule starts at the colon, because markdown-it skips runs of letters."""
    scheme = next((one for one in ("https", "http") if state.pending.endswith(one)), None)
    found = _LINK.match(state.src, state.pos, state.posMax) if state.src[state.pos] == ":" and scheme else None
    if found is None or scheme is None or state.linkLevel > 0:
        return False
    address = scheme + found[0].rstrip(_AFTER_LINK)
    if address.endswith(")") and "(" not in address:
        address = address[:-1]
    if len(address) > _MOST_LINK or len(address) <= len(scheme) + 3:
        return False
    if not silent:
        state.pending = state.pending.removesuffix(scheme)
        opened = state.push("link_open", "a", 1)
        opened.attrs = {"href": state.md.normalizeLink(address)}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme)
    return True


def iso_time(seconds: str) -> str | None:
    """Return a Unix time in seconds as ISO 8601 in UTC; None if the time is out of range."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
