"""Tests the text of `/status`: its times, in a newsroom and in a rehearsal, and its buttons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.count.judgement import HoldReason
from bot.newsroom.status_words import AwaitedConfirmation, ClosedChannel, Jobs, OpenPost, ServerStatus, status_answer
from bot.tally.holds_words import HeldReading
from bot.wording.card import Link
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.message import render
from tests.conftest import START, reading, small_desk

LATER = START + timedelta(minutes=5)


LINK = Link(5, "https://discord.com/channels/1/2/4")
OLGA = SetBy(START, "olga (5)", "figures of another count")
QUESTION = str(LINK)
LINES: dict[str, tuple[ServerStatus, str]] = {
    "paused": (
        ServerStatus(paused=OLGA),
        "**Paused since 7 a.m. by olga: figures of another count.** Nothing is posted until someone resumes posts (`/pause`).",
    ),
    "muted": (ServerStatus(muted={"times": OLGA}), "Muted: the Times, since 7 a.m. by olga: figures of another count."),
    "posts wait": (ServerStatus(waiting=2, oldest=START), "2 posts wait to be sent, the oldest since 7 a.m."),
    "a post waits for Publish": (
        ServerStatus(awaiting=[OpenPost(1, 3, 78, "**Biden leads,** by 5.", LINK)]),
        f"#3 waits for Publish in <#78>: Biden leads, by 5. Decide on {QUESTION}.",
    ),
    "a post that may have arrived": (
        ServerStatus(doubtful=[OpenPost(1, 3, 78, "**Biden leads.**", None)]),
        "#3 may or may not be in <#78>: Biden leads.",
    ),
    "a correction, asked of a second person": (
        ServerStatus(asked=[AwaitedConfirmation("correct", "olga (5)", 9, LINK)]),
        f"A correction by olga waits for someone else on the desk, in <#9>: {QUESTION}.",
    ),
    "a decision, asked of a second person": (
        ServerStatus(asked=[AwaitedConfirmation("hold", "olga (5)", 9, None)]),
        "A decision on held figures by olga waits for someone else on the desk, in <#9>.",
    ),
    "out of sight": (ServerStatus(unseen=2), "2 more in channels you can't see."),
}


@pytest.mark.parametrize(("status", "line"), LINES.values(), ids=LINES)
def test_what_stops_or_waits_is_a_line(status: ServerStatus, line: str) -> None:
    answer = status_answer(replace(status, desk_channel=9), (), Jobs(), Setting(small_desk()), LATER)
    assert render(answer).content.split("\n") == ["Desk channel: <#9>.", line]


def test_the_posts_that_wait_are_named_with_the_questions_about_them() -> None:
    waits = OpenPost(1, 3, 78, "**Biden leads.**", LINK)
    unasked = OpenPost(2, 4, 78, "**Biden leads.**", None)
    answer = status_answer(ServerStatus(awaiting=[waits, unasked]), (), Jobs(), Setting(small_desk()), LATER)
    assert answer.posts == (3, 5, 4)


def test_a_closed_channel_has_the_machines_time_but_in_a_rehearsal() -> None:
    status = ServerStatus(closed=[ClosedChannel(78, datetime.fromtimestamp(1605096000, UTC), "Missing Access")])
    in_earnest = render(status_answer(status, (), Jobs(), Setting(small_desk()), LATER)).content
    assert "The bot can't post in <#78> since <t:1605096000:f>. Discord's reason: Missing Access" in in_earnest
    rehearsed = render(status_answer(status, (), Jobs(), Setting(small_desk(), rehearsal=True), LATER)).content
    assert "The bot can't post in <#78>. Discord's reason: Missing Access" in rehearsed


def test_the_desk_of_a_rehearsal_decides_about_what_is_held() -> None:
    held = [
        HeldReading(
            "ga", "times", "election", HoldReason.FALL, START, LATER, "1:2:3", None, (reading(9, 5), reading(9, 6))
        )
    ]
    for rehearsal, labels in ((True, ["President: Post", "President: Wait", "President: Discard"]), (False, [])):
        setting = Setting(small_desk(), rehearsal=rehearsal)
        answer = status_answer(ServerStatus(held=held), (), Jobs(), setting, LATER, setting.settled(5))
        assert [button.label for button in answer.buttons] == labels


def test_a_button_s_label_is_no_longer_than_discord_takes() -> None:
    desk = small_desk()
    long = {"name": "N" * 300}
    contests = [desk.contests[0].model_copy(update=long)]
    sources = [one.model_copy(update=long | {"short": None}) for one in desk.sources]
    setting = Setting(desk.model_copy(update={"contests": contests, "sources": sources}))
    figures = (reading(900, 500, 1), reading(1000, 500))
    held = [
        HeldReading("ga", "times", count, HoldReason.FALL, START, LATER, f"1:{count}", None, figures)
        for count in ("audit", "recount-11")
    ]
    buttons = status_answer(ServerStatus(held=held), (), Jobs(), setting, LATER).buttons
    assert max(len(button.label) for button in buttons) <= 80
    assert len({button.label for button in buttons}) == 6


def test_what_is_held_is_decided_about_however_much_else_there_is_to_say() -> None:
    figures = (reading(900, 500, 1), reading(1000, 500))
    held = [
        HeldReading("ga", source, "election", HoldReason.FALL, START, LATER, f"1:{source}", None, figures)
        for source in ("times", "ga-sos")
    ]
    closed = [ClosedChannel(78, datetime.fromtimestamp(1605096000, UTC), "No way in " * 20)] * 7
    labels = ["President, the Times, count: Post", "President, Sec. of State, count: Post"]
    for many in (0, 70):
        answer = status_answer(ServerStatus(closed=closed[:many], held=held), (), Jobs(), Setting(small_desk()), LATER)
        assert [button.label for button in answer.buttons if "Post" in button.label] == labels
        assert render(answer).content.count("**Held since") == len(labels)


NOTHING = (
    "Nothing is paused, muted, blocked or on hold, and no post is waiting; `/why` shows small changes that have no post yet. "
    "No desk channel set (`/desk setup`)."
)


def test_what_runs_next_and_what_failed_last_is_one_line() -> None:
    setting, at = Setting(small_desk()), START + timedelta(minutes=6)
    jobs = Jobs(("poll ga-sos", at))
    assert render(status_answer(ServerStatus(), (), Jobs(), setting, LATER)).content == NOTHING
    public = ServerStatus(desk_channel=9, public=[11])
    assert render(status_answer(public, (), Jobs(), setting, LATER)).content == (
        f"{NOTHING.rpartition(' No desk')[0]} Desk channel: <#9>. Posts to <#11> wait for Publish."
    )
    said = render(status_answer(ServerStatus(), (), jobs, setting, LATER)).content
    assert said == f"{NOTHING}\nRuns next: poll ga-sos, 7:06 a.m."
    jobs = Jobs(("poll ga-sos", at), ("calendar a_b", START - timedelta(days=1)))
    said = render(status_answer(ServerStatus(waiting=1, oldest=START), (), jobs, setting, LATER)).content
    assert said.splitlines()[1:] == [
        r"Runs next: poll ga-sos, 7:06 a.m. Failed last: calendar a\_b, 7 a.m. Tuesday.",
        "1 post waits to be sent, the oldest since 7 a.m.",
    ]


def test_it_says_so_if_what_failed_last_works_again() -> None:
    jobs = Jobs(("boards", LATER), ("boards", START), works_again=True)
    said = render(status_answer(ServerStatus(), (), jobs, Setting(small_desk()), LATER)).content
    assert said.endswith("\nRuns next: boards, 7:05 a.m. Failed last: boards, 7 a.m.; it works again.")
