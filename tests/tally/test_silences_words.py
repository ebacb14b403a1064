"""Posts about a source that is silent or updates again, and the warnings under answers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.count.change import compare
from bot.count.staleness import Silence
from bot.desk.desk_file import Source
from bot.tally.silences_words import (
    LeadingFigures,
    SilenceFacts,
    StaleFacts,
    silence_over_post,
    silence_post,
    stale_post,
    warning_words,
)
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from tests.conftest import START, reading, small_desk
from tests.feeds.pushing import push_desk

SETTING = Setting(small_desk())
GEORGIA = SETTING.desk.contests[0]
TIMES, SOS, REPORTER, *_ = SETTING.desk.sources
(COUNTY,) = [source for source in push_desk().sources if source.id == "county"]
HOUR = timedelta(hours=1)

UNREACHED = SilenceFacts([GEORGIA], TIMES, Silence.UNREACHED, START, START, leads=True, now=START + HOUR)
UNCHANGED = replace(UNREACHED, kind=Silence.UNCHANGED, checked_at=START + 24 * HOUR, now=START + 24 * HOUR)

SILENT = {
    "the leading one can't be reached": (
        UNREACHED,
        (
            "**The Times can't be reached,** since 7 a.m., for one hour. Posts here follow its count, so there are none until "
            "it answers."
        ),
    ),
    "another can't be reached": (
        replace(UNREACHED, source=SOS, leads=False),
        (
            "**The Secretary of State's feed can't be reached,** since 7 a.m., for one hour. Posts here follow another count "
            "and continue."
        ),
    ),
    "the leading one pushes nothing": (
        replace(UNREACHED, source=COUNTY),
        (
            "**Nothing has come from Floyd County** since 7 a.m., for one hour. Posts here follow its count, so there are none "
            "until it sends again."
        ),
    ),
    "another pushes nothing": (
        replace(UNREACHED, source=COUNTY, leads=False),
        "**Nothing has come from Floyd County** since 7 a.m., for one hour. Posts here follow another count and continue.",
    ),
    "the leading one stands still": (
        UNCHANGED,
        (
            "**No change for 24 hours** in the count that posts here follow: the Times' figures are as of 7 a.m. Wednesday. "
            "The Times can be reached, last checked at 7 a.m."
        ),
    ),
    "another stands still": (
        replace(
            UNCHANGED,
            source=SOS,
            checked_at=START + HOUR / 2,
            leads=False,
            now=START + HOUR / 2,
            meanwhile=LeadingFigures(TIMES, "biden", 500, START, START),
        ),
        (
            "**The Secretary of State's figures have not changed for 30 minutes,** since 7 a.m.; last checked at 7:30 a.m. The "
            "Times has Biden ahead by 500; its count last changed at 7 a.m."
        ),
    ),
}


@pytest.mark.parametrize(("facts", "said"), SILENT.values(), ids=SILENT)
def test_a_silence_says_since_when_and_what_that_means_here(facts: SilenceFacts, said: str) -> None:
    assert silence_post(facts, SETTING).headline == said


OVER = {
    "reached again": (
        SOS,
        Silence.UNREACHED,
        "**The Secretary of State's feed can be reached again,** after two hours.",
    ),
    "sent again": (COUNTY, Silence.UNREACHED, "**Floyd County sends again,** after two hours."),
    "moved again": (
        TIMES,
        Silence.UNCHANGED,
        "**The Times' figures were updated again at 9 a.m.,** after two hours without a change.",
    ),
}


@pytest.mark.parametrize(("source", "kind", "said"), OVER.values(), ids=OVER)
def test_the_end_of_a_silence_says_how_long_it_was(source: Source, kind: Silence, said: str) -> None:
    end = START + 2 * HOUR
    assert silence_over_post(GEORGIA, source, kind, START, end, SETTING, end).headline == said


MUTED = SetBy(START, "olga (81)", "figures of another count")

MARKS = {
    "muted": (MUTED, None, None, "The Times has been muted here since 7 a.m."),
    "not reached": (None, START, START, "The Times has not been reached since 7 a.m."),
    "unchanged": (None, None, START, "The Times has shown nothing new since 7 a.m., longer than usual."),
    "muted and not reached": (
        MUTED,
        START,
        None,
        "The Times has been muted here since 7 a.m. The Times has not been reached since 7 a.m.",
    ),
}


@pytest.mark.parametrize(("muted", "unreached", "unchanged", "said"), MARKS.values(), ids=MARKS)
def test_a_mark_says_what_is_wrong_with_a_source(
    muted: SetBy | None, unreached: datetime | None, unchanged: datetime | None, said: str
) -> None:
    mark = warning_words(TIMES, muted, unreached, unchanged, SETTING, START)
    assert mark is not None
    assert mark.words == said


def test_the_desk_reads_who_muted_a_source_and_why() -> None:
    mark = warning_words(TIMES, MUTED, None, None, SETTING, START)
    assert mark is not None
    assert mark.to_desk == "The Times has been muted here since 7 a.m. by olga: figures of another count."


@pytest.mark.parametrize(("public", "credit"), [(False, "our reporter, 7 a.m."), (True, "Sec. of State, 7 a.m.")])
def test_a_silence_that_staff_saw_is_told_with_what_the_leading_source_has(public: bool, credit: str) -> None:
    has = reading(1000, 500)
    facts = StaleFacts(
        GEORGIA,
        SOS,
        START - timedelta(hours=14, minutes=1),
        approximate=True,
        said_by=REPORTER,
        as_of=START,
        now=START,
        leading=TIMES,
        reading=has,
        change=compare(None, has),
        changed_at=START,
        checked_at=START,
    )
    draft = stale_post(facts, replace(SETTING, public=public))
    assert draft.headline == (
        "**As of 7 a.m., the Secretary of State's site had not been updated since about 4:59 p.m. Tuesday.** "
        "The Times has Biden ahead by 500; its count last changed at 7 a.m."
    )
    assert (draft.kind, draft.credit) == ("stale", credit)
