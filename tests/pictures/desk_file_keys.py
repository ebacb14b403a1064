"""Writes docs/desk-file-keys.md from the models: every key of a desk file."""

import inspect
from collections.abc import Mapping

from pydantic import BaseModel

from bot.desk.desk_file import Calendar, Candidate, Contest, Deadline, DeskSection, FeedKey, Source, Style
from bot.events.reminder import LEAD_TIMES
from tests.pictures.declared import DOCS, MADE, docstrings, joined, row, table, value

PAGE = DOCS / "desk-file-keys.md"

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "[desk]": DeskSection,
    "desk.style": Style,
    "[[contests]]": Contest,
    "contests.candidates": Candidate,
    "contests.feeds.SOURCE": FeedKey,
    "[[contests.deadlines]]": Deadline,
    "[[sources]]": Source,
    "[[calendars]]": Calendar,
}


def page() -> str:
    parts = [
        "# Keys of the desk file",
        f"How to write one: [desk-file.md](desk-file.md). {MADE} from `bot/desk/desk_file.py`.",
    ]
    for title, model in _SECTIONS.items():
        words = docstrings(model)
        rows = [row(f"`{name}`", words[name], field) for name, field in model.model_fields.items()]
        parts += [f"## {title}", inspect.getdoc(model) or "", table(("key", "what it is", "default"), rows)]
        if model is DeskSection:
            leads = ", ".join(f"`{kind}` {' and '.join(map(value, leads))}" for kind, leads in LEAD_TIMES.items())
            parts.append(f"Lead times by default: {leads}.")
    return joined(parts)
