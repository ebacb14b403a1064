"""Tests the checklist before an election night."""

from datetime import date, timedelta

from bot.desk.desk_file import Desk
from bot.follows.preferences import FollowSettings
from bot.newsroom.night_checklist_words import ChecklistFacts, checklist_card, desk_file_line
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from bot.tally.feed_proofs_words import FeedProof
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import START, small_desk

TODAY = START.date()
FED = {"format": "readings", "url": "https://a.org/x"}


def desk(ahead: int | None, *, second: bool = True) -> Desk:
    """Return the small desk file with feeds. The election is `ahead` days away."""
    small = small_desk()
    day = None if ahead is None else TODAY + timedelta(days=ahead)
    fed = {"times", "ga-sos"} if second else {"times"}
    both = {key: {"key": "1", "candidates": {}} for key in ("times", "ga-sos")}
    contests = [one.model_dump() | {"election_day": day, "leads": "times", "feeds": both} for one in small.contests]
    sources = [one.model_dump(exclude_defaults=True) | (FED if one.id in fed else {}) for one in small.sources]
    for number, one in enumerate(contests):
        one["feeds"] = {key: feed | {"key": str(number)} for key, feed in both.items()}
    return Desk.model_validate({"desk": small.desk, "contests": contests, "sources": sources})


def settings(found: Desk) -> ServerSettings:
    follows = tuple(FollowSettings(contest=one.id) for one in found.contests)
    return ServerSettings(desk_role=5, desk_channel=6, channels=(ChannelSettings(channel=7, follows=follows),))


def lines(found: Desk, facts: ChecklistFacts, chosen: ServerSettings | None = None) -> list[str]:
    return render(checklist_card(chosen or ServerSettings(), facts, Setting(found), START)).content.splitlines()


def test_nothing_done_says_of_each_what_to_do() -> None:
    said = lines(desk(10, second=False), ChecklistFacts(failing=["times"], lacking=["x"], stopped=True))
    assert said[0] == "**Before the night: 0 of 12 done.** Election day is Nov. 21, 2020. It ticks itself off."
    assert "**Two weeks ahead, Nov. 7, 2020** ⚠ overdue" in said
    assert "**A week ahead, Nov. 14, 2020**" in said
    assert (
        "☐ A second source is paired for every contest: `tallydesk new` with its address; one source only: President, U.S. Senate"
        in said
    )
    assert "☐ A real file of each leading feed was read: never of the Times" in said
    assert "☐ Each leading feed answers: not now: the Times" in said
    assert sum(one.startswith("☐") for one in said) == 12


def test_all_that_is_done_is_ticked() -> None:
    found, lately = desk(0), START - timedelta(hours=1)
    facts = ChecklistFacts(
        proofs={"times": FeedProof(lately, lately)}, rehearsed_at=lately, heartbeat=True, backups=True
    )
    said = lines(found, facts, settings(found))
    assert said[0].startswith("**Before the night: 12 of 12 done.**")
    assert "☑ This desk file was rehearsed, today" in said
    assert not any("overdue" in one for one in said)


def test_votes_that_moved_on_an_earlier_night_are_no_tick_for_this_one() -> None:
    long_ago = START - timedelta(days=3)
    said = lines(desk(0), ChecklistFacts(proofs={"times": FeedProof(START, long_ago)}))
    assert "☐ Each leading feed was seen to change its votes: not yet of the Times" in said
    assert "☑ A real file of each leading feed was read" in said


def test_without_an_election_day_ahead_there_are_no_dates() -> None:
    for found in (desk(None), desk(-30)):
        said = lines(found, ChecklistFacts())
        assert "has no dates" not in said[0] or "`election_day`" in said[0]
        assert "**Two weeks ahead**" in said
    assert desk(-1).contests[0].election_day == date(2020, 11, 10)
    assert "Election day is Nov. 10, 2020." in lines(desk(-1), ChecklistFacts())[0]  # the night goes on


def test_what_the_desk_file_has_is_a_line() -> None:
    assert desk_file_line(desk(1)) == (
        "The desk file has two contests (President, U.S. Senate) and takes figures from the Times, the Secretary of State."
    )
    assert desk_file_line(small_desk()).endswith("and has no feed.")
