"""Tests preferences, such as quiet hours on the desk's clock, also in nights when the clocks change."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.follows.preferences import (
    PREFERENCES,
    ChannelForm,
    ChoiceList,
    FollowPreferences,
    FollowSettings,
    FollowThread,
    FollowView,
    RoleList,
)
from bot.newsroom.follow_card_words import preferences_card
from tests.conftest import small_desk

ROOT = Path(__file__).parents[2]

ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("day", [datetime(2020, 11, 1, tzinfo=UTC), datetime(2021, 3, 14, tzinfo=UTC)])
@pytest.mark.parametrize("quiet", [(23 * 60, 90), (23 * 60, 150), (60, 90), (90, 360), (120, 170)])
def test_quiet_hours_end_after_now_also_when_clocks_change(day: datetime, quiet: tuple[int, int]) -> None:
    preferences = FollowPreferences(quiet=quiet)
    for minutes in range(0, 12 * 60, 5):
        now = day + timedelta(minutes=minutes)
        until = preferences.quiet_until(now, ZONE)
        assert until is None or until > now


def test_every_preference_is_declared() -> None:
    named_by = {"contest", "preferences"}
    assert set(PREFERENCES) == FollowSettings.model_fields.keys() - named_by | FollowPreferences.model_fields.keys()


def test_the_card_has_a_control_for_every_preference() -> None:
    """The form's preferences are behind one button. A preference without a control could be set only with a
    settings file.
    """
    told = FollowSettings(contest="ga", board=True, preferences=FollowPreferences(quiet=(0, 60)))
    card = preferences_card(1, 2, FollowView(told), small_desk())
    keys = [*(one.key for one in card.buttons), *(one.key for one in card.selects)]
    on_card = {key.split(":")[1] for key in keys}
    for name, preference in PREFERENCES.items():
        control = preference.control
        wanted = control.key if isinstance(control, ChoiceList | RoleList) else name
        assert wanted in on_card or isinstance(control, ChannelForm), f"the card can't set {name}"


def test_the_card_has_room_for_its_controls() -> None:
    """Discord shows five rows. A list takes one row, and so do five buttons."""
    told = FollowPreferences(quiet=(0, 60), thread=True)
    follow = FollowSettings(contest="ga", board=True, preferences=told)
    card = preferences_card(1, 2, FollowView(follow, thread=FollowThread(3, closed=True)), small_desk())
    assert len(card.selects) + -(-len(card.buttons) // 5) <= 5


def test_settings_are_changed_by_a_preference_s_name() -> None:
    follow = FollowSettings(contest="ga").with_values({"board": True, "night": False})
    assert (follow.board, follow.preferences.night) == (True, False)
    assert (follow.value("board"), follow.value("night")) == (True, False)


NAMES = PREFERENCES.keys() - {"board", "roll_up", "thread"}
"""Names of preferences, without those that are also kinds of post."""


def names_in(node: ast.AST) -> set[str]:
    """Return the preferences named in a collection, a pattern or a `match` statement."""
    words: list[object] = []
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            words = [one.value for one in node.elts if isinstance(one, ast.Constant)]
        case ast.Dict():
            words = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        case ast.Match():
            patterns = [part for case in node.cases for part in ast.walk(case.pattern)]
            constants = [one.value for one in patterns if isinstance(one, ast.MatchValue)]
            words = [one.value for one in constants if isinstance(one, ast.Constant)]
        case ast.Constant(value=str(pattern)) if "|" in pattern:
            words = [*re.split(r"[^a-z_]+", pattern)]
    return NAMES & {word for word in words if isinstance(word, str)}


def test_nothing_else_lists_preferences() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(names)
        for folder in ("bot", "cogs")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "preferences.py"
        and len(NAMES & set(re.findall("[a-z_]+", text := path.read_text("utf-8")))) > 1
        for node in ast.walk(ast.parse(text))  # most need not be parsed
        if len(names := names_in(node)) > 1
    }
    assert found == {"bot/newsroom/follow_card.py": ["at_least", "quiet"]}  # what the form sets
