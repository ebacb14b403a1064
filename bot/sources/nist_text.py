"""Texts of an NIST SP 1500-100 report, which may be in several languages."""

from bot.errors import BadInputError
from bot.sources.reader import quoted


def english(value: object, what: str) -> str | None:
    """Return a text, in English where it is in several languages, else in the first; None where there is none.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if value is None or isinstance(value, str):
        return (value and value.strip()) or None
    texts = value.get("Text") if isinstance(value, dict) else None
    if isinstance(texts, list) and all(isinstance(one, dict) for one in texts):
        preferred = [one for one in texts if str(one.get("Language")).lower().startswith("en")]
        for one in preferred + texts:
            if isinstance(content := one.get("Content"), str) and content.strip():
                return content.strip()
        return None
    raise BadInputError(f"{what} should be text, not {quoted(value)}")
