import re

import pytest

from bot.rehearsal.day import Day
from tests.faults import every_step
from tests.faults.proposal_day import ProposalKind, proposal_day
from tests.faults.schedule_day import schedule_day
from tests.faults.small_day import batch_day, day_in_threads, desk_day, lead_day, small_day, small_desk, waiting_day


@pytest.fixture
def first_post() -> Day:
    """Return a day with one reading that is posted in one channel."""
    day = small_day()
    return day.model_copy(update={"channels": day.channels[:1], "steps": day.steps[:1], "ends": day.steps[0].at})


@pytest.mark.timeout(180)
async def test_a_bot_that_dies_before_and_after_each_kind_of_step_loses_and_doubles_nothing() -> None:
    report = await every_step.run_each_kind(small_day(), small_desk())
    assert report.tally.clean, report.guilty
    requests = {
        f"{what} {route}"
        for what in ("request", "answer to")
        for route in ("POST /channels/*/messages", "PATCH /channels/*/messages/*", "GET /channels/*/messages")
    }
    commits = {
        f"commit {method}"
        for method in (
            "ReminderStore.post_due",
            "ScheduleStore.add",
            "ScheduleStore.change",
            "ServerStore.store_commands",
            "Intake.accept",
            "OutboxStore.claim",
            "OutboxStore.settle",
            "RundownStore.post",
            "StatementStore.take_in",
        )
    }
    assert report.kinds >= requests | commits


async def test_a_bot_that_dies_while_it_opens_a_thread_opens_each_once_and_loses_nothing() -> None:
    day = day_in_threads()
    short = day.model_copy(update={"steps": day.steps[:3], "ends": day.steps[2].at})
    threads = {f"{what} POST /channels/*/messages/*/threads" for what in ("request", "answer to")}
    report = await every_step.run_each_kind(short, small_desk(), threads)
    assert report.tally.clean, report.guilty
    assert report.kinds == threads


async def test_a_bot_that_dies_while_another_source_is_let_lead_tells_it_once() -> None:
    report = await every_step.run_each_kind(lead_day(), small_desk(), ["commit LeadingSourceStore.switch"])
    assert report.tally.clean, report.guilty
    assert report.kinds == {"commit LeadingSourceStore.switch"}


@pytest.mark.timeout(180)
async def test_a_bot_that_dies_while_posts_wait_or_are_let_go_tells_once_what_is_so() -> None:
    suspensions = ("record_resume_reason", "mute", "pause", "resume", "resume_ended", "unmute")
    kinds = {f"commit SuspensionStore.{what}" for what in suspensions}
    kinds |= {"commit ApprovalStore._decide", "commit ChannelStore.set_desk_channel", "commit ChannelStore.set_public"}
    report = await every_step.run_each_kind(waiting_day(), small_desk(), kinds)
    assert report.tally.clean, report.guilty
    assert report.kinds == kinds


@pytest.mark.timeout(180)
async def test_a_bot_that_dies_while_a_reporters_batch_is_told_ends_or_is_taken_back_does_each_once() -> None:
    edits = {f"{what} PATCH /channels/*/messages/*" for what in ("request", "answer to")}
    kinds = edits | {"commit StatementStore.take_in", "commit ProposalStore.do", "commit ProposalStore.undo"}
    report = await every_step.run_each_kind(batch_day(), small_desk(), kinds)
    assert report.tally.clean, report.guilty
    assert report.kinds == kinds


async def test_the_harness_sees_a_bot_that_tells_what_was_so_when_a_post_was_written() -> None:
    played = await every_step.undisturbed(waiting_day(), small_desk(), "tells what was so")
    assert played.tally.untrue == 1
    assert played.tally.wrong == ["#3 says bell +50 (102050) by wire: `/margin` has ames +100 (102400)"]


DECIDED = [f"ProposalStore.{step}" for step in ("ask", "confirm", "reject", "undo")]

AS_BEFORE = "As before, Ohio's count has Ames ahead by 1,000, with 99,000 votes counted, as of 7 a.m."

RETRACTION = f"**Retraction** of #4 and #5: we posted those figures by mistake. {AS_BEFORE}"


async def test_what_the_desk_undoes_is_retracted_and_what_it_does_not_is_corrected() -> None:
    played = await every_step.undisturbed(desk_day(), small_desk())
    told = [re.sub(r"\[(#\d+)\]\(.*?\)", r"\1", message.split("\n")[0]) for message in played.shown["everything"]]
    assert [line for line in told if "held since" not in line] == [
        "**Corrected; see #13.** The total is of Sunday.",
        f"**Retracted; see #6.** We posted those figures by mistake. {AS_BEFORE}",
        f"**Retracted; see #6.** We posted those figures by mistake. {AS_BEFORE}",
        RETRACTION,
        (
            "**Corrected; see #10.** **Correction: Ames leads in Ohio by 1,120 votes.** We posted Bell ahead by "
            "100, from figures that had been held and that the wire has left since."
        ),
        (
            "**Correction: Ames leads in Ohio by 1,120 votes.** We posted Bell ahead by 100, from figures that had been held and "
            "that the wire has left since."
        ),
        "**Two of three counties have certified their results in Toledo,** up from 1, the city's clerk says.",
        "**Correction** to #1: The total is of Sunday.",
        "**All three counties have certified their results in Toledo,** the city's clerk says.",
        "**Retracted; see #16.** It was updated since.",
        "**We retract #15** (the city's clerk: last updated 7 a.m.). It was updated since.",
        "**Tuesday, Nov. 4:** Ames leads in Ohio by 1,120; no count is in yet for Toledo.",
    ]
    assert played.tally.clean, played.tally.wrong


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("kind", "decided"),
    [
        ("entry", ["EntryStore.begin", *DECIDED, "ProposalStore.do", "ProposalStore.drop"]),
        ("correct", ["ProposalStore.begin", *DECIDED, "ProposalStore.do", "ProposalStore.drop"]),
        ("retract", DECIDED),
        ("hold", [*DECIDED[1:], "HoldDecisionStore.ask_about", "ProposalStore.decide"]),
    ],
)
async def test_a_bot_that_dies_while_a_proposal_is_decided_does_it_once(kind: ProposalKind, decided: list[str]) -> None:
    kinds = {f"commit {step}" for step in decided}
    report = await every_step.run_each_kind(proposal_day(kind), small_desk(), kinds)
    assert report.tally.clean, report.guilty
    assert report.kinds == kinds


async def test_the_harness_sees_a_bot_that_posts_again_without_a_look(first_post: Day) -> None:
    what = "answer to POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="never looks")
    assert (tally.lost, tally.doubled, tally.disordered) == (0, 1, 0), tally.wrong


async def test_the_harness_sees_a_bot_that_calls_a_post_sent_before_it_is(first_post: Day) -> None:
    what = "request POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="settles first")
    assert (tally.lost, tally.doubled, tally.disordered) == (1, 0, 0), tally.wrong


async def test_the_harness_sees_a_bot_that_does_not_die(first_post: Day) -> None:
    what = "request POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="lives on")
    assert tally.wrong == [f"no bot died before moment 1, #governor: {what} (1)"]


@pytest.mark.timeout(180)
async def test_a_calendar_that_changes_and_the_servers_own_events_survive_a_death_while_they_are_made() -> None:
    """Only steps that create something are tried here. Reads, changes and deletions can be repeated safely, and
    `make faults` tries them.
    """
    day = schedule_day(jumps=False)
    kinds = {
        "commit CalendarStore.take_in",
        *(f"{what} POST /guilds/*/scheduled-events" for what in ("request", "answer to")),
    }
    report = await every_step.run_each_kind(day.model_copy(update={"channels": day.channels[:1]}), small_desk(), kinds)
    assert report.tally.clean, report.guilty
    assert report.kinds == kinds


async def test_a_clock_that_is_wrong_whenever_a_reminder_is_taken_up_loses_and_doubles_none() -> None:
    wrong, right = [
        (await every_step.undisturbed(schedule_day(jumps=jumps), small_desk())).shown for jumps in (True, False)
    ]
    for channel in ("governor", "mayor", "everything"):
        assert _reminders(wrong[channel]) == _reminders(right[channel])
    assert len(_reminders(right["everything"])) == 4


def _reminders(shown: list[str]) -> list[str]:
    """Return the first line of each reminder in a channel.

    Later lines contain post numbers, which depend on posts that were never sent.
    """
    return [message.split("\n")[0] for message in shown if message.startswith(("**In ", "**Due"))]


async def test_the_harness_sees_a_bot_that_makes_the_servers_events_again() -> None:
    played = await every_step.undisturbed(schedule_day(jumps=False), small_desk(), "mirrors blindly")
    assert played.tally.doubled > 0
