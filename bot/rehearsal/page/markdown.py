"""Discord's markdown as HTML that is safe whatever a feed or a person wrote: markdown-it renders it, raw HTML is off.

Which marks Discord has: https://support.discord.com/hc/en-us/articles/210298617 (read 6 August 2026).
"""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.utils import EnvType

from bot.rehearsal.page.marks import Names, Options, Tokens, add_marks, shown_moment

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


_MOST = 8000  # characters; Discord's longest text has 4096


class Markdown:
    """Renders texts in which ids stand for the people, roles and channels of one server."""

    def __init__(self, names: Names) -> None:
        """Name what is mentioned by `names`."""
        self._env = {"names": names}
        self._md = _parser()

    def blocks(self, text: str) -> str:
        """Return a whole text: a message, a description, a field's value."""
        return str(self._md.render(text[:_MOST].strip("\n"), dict(self._env)))

    def line(self, text: str) -> str:
        """Return a text that has no blocks: a title, a field's name."""
        return str(self._md.renderInline(text[:_MOST].replace("\n", " "), dict(self._env)))


def _parser() -> MarkdownIt:
    md = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False, "typographer": False}).enable(_RULES)
    md.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]
    add_marks(md)
    for name, rule in _RENDER.items():
        md.add_render_rule(name, rule)
    return md


def _strong(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    """Two stars are bold, two underscores underlined."""
    del self
    tag = "u" if tokens[place].markup == "__" else "strong"
    return f"<{tag}>" if tokens[place].nesting == 1 else f"</{tag}>"


def _link(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    href = escapeHtml(str(tokens[place].attrGet("href") or ""))
    return f'<a href="{href}" target="_blank" rel="noreferrer noopener">'


def _fence(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    return f"<pre><code>{escapeHtml(tokens[place].content.rstrip(chr(10)))}</code></pre>"


def _small(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    """Headings, and the small text that Discord writes like one."""
    del self
    token = tokens[place]
    if token.tag == "small":
        return '<small class="subtext">' if token.nesting == 1 else "</small>"
    level = int(token.tag[1])
    # The page has headings of its own above these.
    return f'<div class="h{level}" role="heading" aria-level="{level + 3}">' if token.nesting == 1 else "</div>"


def _empty_lines(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    return "<br>" * min(int(tokens[place].meta["lines"]), 40)


def _break(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    """A line's end; nothing more, as the page shows spaces as they are."""
    del self, tokens, place
    return "<br>"


def _spoiler(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    if tokens[place].nesting == 1:
        return '<span class="spoiler" role="button" tabindex="0" aria-expanded="false" aria-label="Spoiler"><span>'
    return "</span></span>"


def _mention(kind: str, sign: str, unknown: str) -> Any:  # noqa: ANN401 - a render rule, as the library has them
    def rule(self: RendererHTML, tokens: Tokens, place: int, _: Options, env: EnvType) -> str:
        del self
        key = tokens[place].content
        name = getattr(env["names"], kind)(int(key))
        acts = ' role="link" tabindex="0"' if kind == "channel" and name is not None else ""
        shown = unknown if name is None else f"{sign}{name.removeprefix('@')}"
        return f'<span class="mention" data-{kind}="{int(key)}"{acts}>{escapeHtml(shown)}</span>'

    return rule


def _plain_mention(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    token = tokens[place]
    sign = "/" if token.type == "pointed_command" else ""
    return f'<span class="mention">{escapeHtml(sign + token.content)}</span>'


def _emoji(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    del self
    return escapeHtml(tokens[place].content)


def _time(self: RendererHTML, tokens: Tokens, place: int, _: Options, __: EnvType) -> str:
    """Leave it to the page to say the time in the reader's zone."""
    del self
    token = tokens[place]
    moment = shown_moment(token.content)
    if moment is None:
        return escapeHtml(token.meta["as_typed"])
    return f'<time class="stamp" data-style="{token.meta["style"]}" datetime="{moment}">{moment}</time>'


_RENDER = {
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
