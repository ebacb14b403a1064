"""Writes docs/settings.md: every setting with its description from the code."""

from bot.desk.settings import Settings
from tests.pictures.declared import DOCS, MADE, joined, row, table

PAGE = DOCS / "settings.md"

_INTRO = (
    "From the environment, else from the file `.env` in the folder where the bot is started. `~` in a path is your home. "
    f"{MADE} from `bot/desk/settings.py`."
)


def page() -> str:
    fields = Settings.model_fields.items()
    rows = [row(f"`TALLYDESK_{name.upper()}`", field.description or "", field) for name, field in fields]
    return joined(["# Settings", _INTRO, table(("setting", "what it is", "default"), rows)])
