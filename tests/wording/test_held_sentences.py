from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.count.judgement import HoldReason
from bot.deskfile import load_desk
from bot.wording.held_sentences import held
from bot.wording.telling import Telling

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES = DESK.sources[0]
GEORGIA = Telling(
    DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), datetime(2020, 11, 20, 1, 41, tzinfo=UTC)
)


@pytest.mark.parametrize("reason", HoldReason)
def test_a_hold_says_all_that_ends_it(reason: HoldReason) -> None:
    """A source that goes back to the figures before the hold ends it by itself; not one that goes to and fro."""
    text = held(GEORGIA, TIMES, reason)
    assert text.startswith("**Held for the desk:** the Times' newest figures of Georgia's count ")
    end = "." if reason is HoldReason.FLAPPING else ", or the source goes back to its earlier numbers."
    assert text.endswith(f" until an editor posts or drops it with `/desk hold`{end}")
