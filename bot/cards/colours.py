"""The bar beside a card. No party's colour, and never the only sign of anything: the words say it too."""

from bot.cards.draft import PostKind

SLATE = 0x5B6770
CHALK = 0xD9D5CB
AMBER = 0xC08A2D

_BY_KIND: dict[PostKind, int] = {"lead_change": CHALK, "revision": AMBER, "stale": AMBER, "notice": AMBER}


def colour_of(kind: PostKind) -> int:
    """Return the bar's colour: chalk where the lead changes, amber where care is due, else slate."""
    return _BY_KIND.get(kind, SLATE)
