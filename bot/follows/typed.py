"""Follow preferences as people type them: from how many votes on, and when it is quiet."""

import re

from bot.errors import BadInputError

_MOST_VOTES = 1_000_000


_HOURS = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*(?:-|\u2013|to)\s*(\d{1,2})(?::([0-5]\d))?")


_A_DAY = 24


def least_votes(typed: str) -> int | None:
    """Return by how many votes the margin has to move for a post; None for nothing typed: by the rule.

    Raises:
        BadInputError: it is something else.

    """
    digits = typed.strip().replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= _MOST_VOTES):
        raise BadInputError(
            f"{typed[:20]} is not a number of votes from 1 to {_MOST_VOTES:,}; leave it empty for the default"
        )
    return int(digits) if digits else None


def quiet_hours(typed: str) -> tuple[int, int] | None:
    """Return the minutes of the day from and until which it is quiet: "23:00-6:30"; None for nothing typed.

    Raises:
        BadInputError: it is something else.

    """
    if not typed.strip():
        return None
    match = _HOURS.fullmatch(typed.strip())
    hours = [int(match[1]), int(match[3])] if match else []
    if not match or any(hour >= _A_DAY for hour in hours):
        raise BadInputError(f"{typed[:20]} is not a range; enter one such as 23:00-6:30, or leave it empty for none")
    start, end = hours[0] * 60 + int(match[2] or 0), hours[1] * 60 + int(match[4] or 0)
    if start == end:
        raise BadInputError("quiet hours can't start and end at the same time; leave it empty for none")
    return start, end


def least_typed(least: int | None) -> str:
    """Return a number of votes as the form has it."""
    return str(least) if least is not None else ""


def quiet_typed(quiet: tuple[int, int] | None) -> str:
    """Return quiet hours as the form has them."""
    return "-".join(f"{minute // 60}:{minute % 60:02}" for minute in quiet) if quiet else ""


def refuse_everyone(server: int, role: object) -> None:
    """Refuse @everyone, which Discord lists among a server's roles under the server's own id.

    Raises:
        BadInputError: it is that role.

    """
    if role == server:
        raise BadInputError("@everyone can't be chosen; choose another role")
