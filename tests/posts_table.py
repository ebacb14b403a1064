"""The table of docs/editor.md that says what is posted when, as the kinds of post say it."""

from pathlib import Path

from bot.app import KINDS

PAGE = Path(__file__).parent.parent / "docs" / "editor.md"
BEGIN, END = '<!-- what is posted: made by make pictures ARGS="--text" -->', "<!-- what is posted: end -->"


def written(text: str) -> str:
    """Return a page's text with what the kinds say now."""
    rows = [f"| {title} | {when} |" for kind in KINDS for title, when in kind.on_page.items()]
    table = "\n".join(["| post | when |", "|---|---|", *rows])
    return f"{text.split(BEGIN, maxsplit=1)[0]}{BEGIN}\n{table}\n{END}{text.split(END)[1]}"
