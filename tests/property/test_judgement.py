from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.count.change import equal_but_for_time
from bot.count.judgement import CONFIRM_AFTER, HoldReason, JudgedState, Verdict, judge, release, repeated
from bot.count.reading import Reading
from tests.property.strategies import START, fetches


def accounted_for(reading: Reading, before: JudgedState, verdict: Verdict) -> bool:
    """Return True if the verdict explains what happened to `reading`.

    The reading was accepted, held or ignored, or it equals one that is already known.
    """
    known = [one for one in (verdict.known.accepted, before.accepted) if one is not None]
    known += [verdict.hold.reading] if verdict.hold else []
    if verdict.ignored or verdict.held:
        return True
    same_votes = any(one.votes == reading.votes and one.total == reading.total for one in known)
    return same_votes and (bool(verdict.taken) or any(equal_but_for_batch(one, reading) for one in known))


def equal_but_for_batch(one: Reading, other: Reading) -> bool:
    return equal_but_for_time(one, other.model_copy(update={"unit_batch": one.unit_batch}))


def held_accounted_for(before: JudgedState, verdict: Verdict) -> bool:
    """Return True if the reading held before is still held, was accepted, or was dropped with a reason."""
    if before.hold is None or verdict.hold is before.hold or verdict.dropped:
        return True
    return any(taken.reading.votes == before.hold.reading.votes for taken in verdict.taken)


@given(fetches(), st.booleans())
def test_no_reading_is_lost_and_taken_changes_add_up(steps: list[Reading | float], desk: bool) -> None:
    now, known, first = START + timedelta(hours=1), JudgedState(), None
    batches: dict[str, int] = {}
    for step in steps:
        before = known
        if isinstance(step, Reading):
            verdict = judge(step, known, now)
            assert accounted_for(step, before, verdict)
        else:
            now += timedelta(seconds=step)
            verdict = release(known) if desk and step == 600 else Verdict(known)
        assert held_accounted_for(before, verdict)
        known = verdict.known
        for taken in verdict.taken:
            change = taken.change
            if change.kind == "first":
                first, batches = taken.reading, {}
            for candidate, votes in (change.batch or {}).items():
                unlisted = taken.reading.votes[candidate] if votes is None else votes
                batches[candidate] = batches.get(candidate, 0) + unlisted
    if first is not None and known.accepted is not None:
        for candidate, votes in known.accepted.votes.items():
            start = first.votes.get(candidate, 0)
            # A candidate who vanished, and came back after the desk released that, is counted again from 0.
            assert desk or start + batches.get(candidate, 0) == votes


@given(fetches())
def test_no_revision_is_taken_without_a_confirmation(steps: list[Reading | float]) -> None:
    now, known = START + timedelta(hours=1), JudgedState()
    for step in steps:
        hold = known.hold
        if not isinstance(step, Reading):
            now += timedelta(seconds=step)
            verdict = repeated(known, now)
        else:
            verdict = judge(step, known, now)
        if any(taken.change.kind == "revision" for taken in verdict.taken):
            assert hold is not None
            assert hold.reason is HoldReason.FALL
            shown_again = step.votes == hold.reading.votes if isinstance(step, Reading) else True
            assert not shown_again or now - hold.since >= CONFIRM_AFTER
        known = verdict.known


@given(fetches())
def test_the_desk_s_holds_are_let_through_by_the_desk_alone(steps: list[Reading | float]) -> None:
    now, known = START + timedelta(hours=1), JudgedState()
    for step in steps:
        now += timedelta(hours=1)
        hold = known.hold
        verdict = judge(step, known, now) if isinstance(step, Reading) else repeated(known, now)
        if hold is not None and hold.reason is HoldReason.MANY_UNITS and verdict.taken:
            assert verdict.dropped == "the source went back to its earlier figures"
            assert {taken.change.kind for taken in verdict.taken} == {"progress"}
        known = verdict.known


@given(fetches())
def test_judging_the_same_fetches_again_gives_the_same(steps: list[Reading | float]) -> None:
    def run() -> list[Verdict]:
        known, verdicts = JudgedState(), []
        for step in steps:
            if isinstance(step, Reading):
                verdicts.append(judge(step, known, START + timedelta(hours=1)))
                known = verdicts[-1].known
        return verdicts

    assert run() == run()
