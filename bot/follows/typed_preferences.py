"""Follow preferences as people type them."""

import re

from bot.errors import BadInputError

_VOTES_WORD = re.compile(r"(?<=[0-9])\s*votes?$", re.IGNORECASE)

_SHARE = re.compile(r"[0-9]\s*(?:%|percent|per cent|points?|pts?\b|pp\b)", re.IGNORECASE)

_MOST_VOTES = 1_000_000


def least_votes(typed: str) -> int | None:
    """Return by how many votes the margin has to move for a post; None for nothing typed: by the rule.

    Raises:
        BadInputError: it is something else.

    """
    digits = _VOTES_WORD.sub("", typed.strip()).replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= _MOST_VOTES):
        if _SHARE.search(typed):
            raise BadInputError(
                f"{typed[:20]} is a share; type a number of votes, such as 500, or leave it empty for 25 votes or 0.3% of "
                "the lead, whichever is more"
            )
        raise BadInputError(
            f"{typed[:20]} is not a number of votes from 1 to {_MOST_VOTES:,}; leave it empty for the default"
        )
    return int(digits) if digits else None


def least_typed(least: int | None) -> str:
    """Return a number of votes as the form has it."""
    return str(least) if least is not None else ""


def refuse_everyone(server: int, role: object) -> None:
    """Refuse @everyone, which Discord lists among a server's roles under the server's own id.

    Raises:
        BadInputError: it is that role.

    """
    if role == server:
        raise BadInputError("@everyone can't be chosen; choose another role")
