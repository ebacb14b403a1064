"""Tests a member's level, from the roles set by the newsroom and from Discord's own permission."""

import pytest

from bot.follows.levels import Level, Roles

SET = Roles(reporter=6, desk=7, manager=8)


@pytest.mark.parametrize(
    ("held", "level"),
    [
        ([], Level.ANYONE),
        ([5], Level.ANYONE),
        ([6], Level.REPORTER),
        ([5, 7], Level.DESK),
        ([8], Level.MANAGER),
        ([6, 7], Level.DESK),
        ([7, 8, 6], Level.MANAGER),
    ],
)
def test_a_member_has_the_highest_level_of_their_roles(held: list[int], level: Level) -> None:
    assert SET.level(held, manages_server=False) == level


def test_who_may_manage_the_server_may_do_everything_whatever_is_set() -> None:
    assert Roles().level([], manages_server=True) == SET.level([6], manages_server=True) == Level.OWNER


def test_a_role_that_is_not_set_is_nobodys() -> None:
    assert Roles().level([6, 7, 8], manages_server=False) == Level.ANYONE
