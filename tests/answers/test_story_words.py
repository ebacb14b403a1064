"""The copy that /draft writes in each situation, word for word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.answers.copy_words import copy_of_count
from bot.answers.history_words import CertifiedCount
from bot.count.call import Call
from bot.count.certification import CertificationCount
from bot.count.change import compare
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine
from bot.desk.desk_file import Contest, Desk, Style
from bot.outcomes.calls_words import CallFacts
from bot.outcomes.certification_words import ResultsFacts
from bot.tally.standing_words import MarginFacts
from bot.wording.context import ContestContext, Setting
from bot.wording.message import render
from bot.wording.question import Question, SourceWarning
from tests.conftest import EDITOR

NOW = datetime(2020, 11, 11, 12, 45, tzinfo=UTC)
"""7:45 a.m. Eastern time on a Wednesday."""
AT = NOW - timedelta(minutes=10)
EARLIER = datetime(2020, 11, 11, 0, 24, tzinfo=UTC)
LINE = RecountLine(
    "GA", True, Fraction(1, 200), "all_votes", "on_request", "a candidate", "in two days", "a law", "2020-11-01", True
)


def candidates(*rows: tuple[str, ...]) -> list[dict[str, str]]:
    return [dict(zip(("id", "name", "last", "party", "title"), row, strict=False)) for row in rows]


PRESIDENT = candidates(
    ("biden", "Joseph R. Biden", "Biden", "D"),
    ("trump", "Donald Trump", "Trump", "R", "President"),
    ("jo", "Jo Jorgensen", "Jorgensen", "L"),
)
PRESIDENT[0]["printed"] = "Joe Biden"
NONPARTISAN = candidates(("lee", "Ann Lee", "Lee"), ("roe", "Bo Roe", "Roe"), ("day", "Cy Day", "Day"))
SENATE = candidates(
    ("perdue", "David Perdue", "Perdue", "R", "Sen."),
    ("ossoff", "Jon Ossoff", "Ossoff", "D"),
    ("hazel", "Shane Hazel", "Hazel", "Libertarian Party"),
)
MEASURE = candidates(("yes", "Yes", "Yes"), ("no", "No", "No"))
SOURCES: tuple[dict[str, Any], ...] = (
    {"id": "times", "name": "the Times", "printed": "The New York Times"},
    {"id": "sos", "name": "the secretary of state", "short": "Sec. of State"},
    {"id": "ap", "name": "the AP", "calls": "called"},
    {"id": "nbc", "name": "NBC", "calls": "projected"},
    {"id": "abc", "name": "ABC", "calls": "projected"},
    {"id": "cbs", "name": "CBS", "calls": "projected"},
    {"id": "cnn", "name": "CNN", "calls": "projected"},
    {"id": "inside", "name": "the tip line", "public": False, "calls": "called"},
)


def reading(votes: Mapping[str, int], at: datetime = AT, **said: Any) -> Reading:
    return Reading.model_validate({"source": "times", "contest": "x", "as_of": at, "votes": votes} | said)


BEFORE = reading({"biden": 2_471_882, "trump": 2_457_733, "jo": 62_000}, EARLIER, total=4_992_124)
AFTER = reading({"biden": 2_471_895, "trump": 2_457_794, "jo": 62_000}, total=4_992_198, unit_batch={"Floyd": 74})
CONTEXT = ContestContext(
    Contest.model_validate({"id": "x", "name": "President", "leads": "times", "candidates": PRESIDENT}),
    Style(),
    ZoneInfo("America/New_York"),
    NOW,
)


@dataclass(frozen=True)
class Situation:
    """The facts from which a test's copy is written."""

    after: Reading = AFTER
    before: Reading | None = None
    contest: Mapping[str, Any] = field(default_factory=dict)
    certified: tuple[int, int | None, int | None, datetime] | None = None
    """How many counties have certified, the number of counties, how many had certified before, and as of when."""
    calls: tuple[tuple[str, Call, Call | None], ...] = ()
    """Each call with its caller, and the call that it withdrew, if any."""
    called: timedelta = timedelta(minutes=2)
    """How long ago the calls were made."""
    results: bool | None = None
    """True if certified results were retracted."""
    at: datetime | None = None
    took_lead: datetime | None = None
    credit: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, SourceWarning] = field(default_factory=dict)

    def copy(self) -> str:
        """Return the copy."""
        contest = {"id": "x", "name": "President", "state": "GA", "where": "Georgia", "leads": "times"}
        contests = [contest | {"candidates": PRESIDENT} | dict(self.contest)]
        sources = [one | {"credit": self.credit.get(one["id"])} for one in SOURCES]
        said = {"desk": {"zone": "America/New_York"}, "contests": contests, "sources": sources}
        desk = Desk.model_validate(said)
        setting = Setting(desk, (LINE,))
        asked = Question(desk.contests[0], EDITOR, setting, NOW, self.at, marks=self.marks)
        source = {one.id: one for one in desk.sources}
        certified = None
        if self.certified is not None:
            done, of, had, as_of = self.certified
            before = None if had is None else CertificationCount(had, of)
            certified = CertifiedCount(source["sos"], CertificationCount(done, of), as_of, before)
        facts = MarginFacts(
            desk.contests[0],
            source["times"],
            NOW,
            self.after,
            compare(self.before, self.after),
            at=self.at,
            checked_at=NOW,
            calls=tuple(
                CallFacts(source[who], call, NOW - self.called, withdrawn=withdrawn)
                for who, call, withdrawn in self.calls
            ),
            results=None
            if self.results is None
            else ResultsFacts(source["sos"], self.results, NOW - timedelta(minutes=3)),
        )
        return render(copy_of_count(facts, self.before, certified, (), asked, self.took_lead)).content


FOR_BIDEN = Call(says="called", candidates=("biden",))
PROJECTED = FOR_BIDEN.model_copy(update={"verb": "projected"})
CLAYTON = Situation(
    reading({"biden": 2_450_973, "trump": 2_450_056, "jo": 61_000}, total=4_972_843, unit_batch={"Clayton": 1843}),
    reading({"biden": 2_449_371, "trump": 2_449_834, "jo": 61_000}, AT - timedelta(minutes=10), total=4_971_000),
)
FALLOW = {"Bibb": {"total": 9000, "votes": {"biden": 4000, "trump": 5000}}}
FALLEN = {"Bibb": {"total": 4392, "votes": {"biden": 2000, "trump": 1326}}}
REVISED = Situation(
    reading({"biden": 2_438_000, "trump": 2_475_322}, total=4_991_392, units=FALLEN),
    reading({"biden": 2_440_000, "trump": 2_478_996}, AT - timedelta(minutes=20), total=4_996_000, units=FALLOW),
)
SITUATIONS = {
    "margin": Situation(before=BEFORE, certified=(96, 159, 92, NOW - timedelta(hours=1))),
    "lead change": CLAYTON,
    "out of a tie": Situation(
        reading({"biden": 1010, "trump": 1000}, unit_batch={"Floyd": 10}),
        reading({"biden": 1000, "trump": 1000}, AT - timedelta(minutes=10)),
    ),
    "overnight lead": Situation(took_lead=NOW - timedelta(hours=4)),
    "one vote": Situation(
        reading({"biden": 1101, "trump": 1000}, unit_batch={"Wheeler": 1}),
        reading({"biden": 1100, "trump": 1000}, AT - timedelta(minutes=10)),
    ),
    "certification": Situation(certified=(96, 159, 92, NOW - timedelta(minutes=5))),
    "all certified": Situation(certified=(159, 159, 158, NOW - timedelta(minutes=5))),
    "results": Situation(reading({"biden": 1100, "trump": 1000}, status="certified"), results=False),
    "results withdrawn": Situation(results=True),
    "call": Situation(before=BEFORE, calls=(("ap", FOR_BIDEN, None),)),
    "projection": Situation(calls=(("nbc", PROJECTED, None),)),
    "runoff": Situation(calls=(("ap", Call(says="runoff", candidates=("biden", "trump")), None),)),
    "call withdrawn": Situation(calls=(("ap", Call(says="none"), FOR_BIDEN),)),
    "calls before the last votes": Situation(
        before=BEFORE, calls=(("ap", FOR_BIDEN, None), ("cnn", PROJECTED, None)), called=timedelta(hours=8)
    ),
    "call and calls that stand": Situation(calls=(("ap", FOR_BIDEN, None), ("cnn", PROJECTED, None))),
    "call withdrawn and a call that stands": Situation(
        calls=(("ap", Call(says="none"), FOR_BIDEN), ("cnn", PROJECTED, None))
    ),
    "many calls": Situation(
        before=BEFORE,
        calls=(("ap", FOR_BIDEN, None), *((who, PROJECTED, None) for who in ("nbc", "abc", "cbs", "cnn"))),
        called=timedelta(days=1),
        credit={"abc": "ABC News"},
    ),
    "inside call": Situation(calls=(("inside", FOR_BIDEN, None),)),
    "too close": Situation(calls=(("ap", Call(says="too_close"), None),)),
    "revision": REVISED,
    "one vote revised": Situation(
        reading({"biden": 1100, "trump": 999}), reading({"biden": 1100, "trump": 1000}, AT - timedelta(minutes=10))
    ),
    "long place": Situation(
        reading({"biden": 1100, "trump": 1000}), contest={"where": "California's race for attorney general"}
    ),
    "long place, lead change": Situation(
        CLAYTON.after,
        CLAYTON.before,
        contest={"name": "Governor (drill)", "where": "Winnemara's race for governor (drill)"},
        credit={"times": "the Make-Believe Wire, which is made up"},
    ),
    "long place, revision": Situation(
        REVISED.after, REVISED.before, contest={"where": "the Consolidated Unified District of Greater Winnemara"}
    ),
    "long place, certification": Situation(
        contest={"state": "NC"},
        certified=(96, 100, 92, NOW - timedelta(minutes=5)),
        credit={"sos": "the Elections Office of North Carolina, which is long in its note"},
    ),
    "tie": Situation(reading({"biden": 1000, "trump": 1000}, total=2100)),
    "no votes": Situation(reading({"biden": 0, "trump": 0})),
    "no candidate's votes": Situation(reading({"biden": 0, "trump": 0}, total=100)),
    "one candidate": Situation(
        reading({"lee": 1200}), contest={"name": "Mayor", "where": "Macon", "candidates": NONPARTISAN[:1]}
    ),
    "nonpartisan": Situation(
        reading({"lee": 1201, "roe": 1188, "day": 5}),
        contest={"name": "Mayor", "where": "Macon", "candidates": NONPARTISAN},
    ),
    "fellow": Situation(
        reading({"lee": 1201, "roe": 1188}),
        contest={
            "where": "Macon",
            "candidates": candidates(("lee", "Ann Lee", "Lee", "D"), ("roe", "Bo Roe", "Roe", "Dem")),
        },
    ),
    "places": Situation(
        reading({"lee": 1201, "roe": 1188, "day": 900}),
        contest={"where": "Macon", "rule": "top-n", "seats": 2, "candidates": NONPARTISAN},
    ),
    "last place tied": Situation(
        reading({"lee": 1201, "roe": 900, "day": 900}),
        contest={"where": "Macon", "rule": "top-n", "seats": 2, "candidates": NONPARTISAN},
    ),
    "measure": Situation(
        reading({"yes": 52_300, "no": 47_700}),
        contest={"name": "Measure 4", "where": None, "rule": "measure", "threshold": "60%", "candidates": MEASURE},
    ),
    "majority measure": Situation(
        reading({"yes": 52_300, "no": 47_700}),
        contest={"name": "Measure 4", "where": None, "rule": "measure", "candidates": MEASURE},
    ),
    "majority": Situation(
        reading({"perdue": 2_462_617, "ossoff": 2_374_519, "hazel": 115_039}),
        contest={"where": "Georgia's Senate race (Perdue)", "rule": "majority-runoff", "candidates": SENATE},
    ),
    "majority by a hair": Situation(
        reading({"perdue": 499_700, "ossoff": 400_300, "hazel": 100_000}),
        contest={"where": "Georgia's Senate race (Perdue)", "rule": "majority-runoff", "candidates": SENATE},
    ),
    "just outside": Situation(reading({"biden": 502_600, "trump": 497_400})),
    "just within": Situation(reading({"biden": 502_400, "trump": 497_600})),
    "ranked": Situation(
        reading({"lee": 3010, "roe": 2980}), contest={"where": "Macon", "rule": "ranked", "candidates": NONPARTISAN[:2]}
    ),
    "earlier": Situation(BEFORE, at=datetime(2020, 11, 11, 1, 45, tzinfo=UTC)),
    "days ago": Situation(
        reading({"biden": 1100, "trump": 1000}, datetime(2020, 11, 4, 4, 5, tzinfo=UTC)),
        at=datetime(2020, 11, 4, 5, tzinfo=UTC),
    ),
    "demanded credit": Situation(
        certified=(96, 159, None, NOW - timedelta(hours=13)),
        credit={"times": "The New York Times", "sos": "Georgia Secretary of State"},
    ),
    "muted": Situation(marks={"times": SourceWarning("times", "muted", "muted", "SOURCE MUTED", muted=True)}),
}
COPY = {
    "margin": (
        "Biden's lead in Georgia narrows to 14,101 votes\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, down from 14,149 at 7:24 p.m. Tuesday, according to unofficial figures from The New York "
        "Times. The margin, 0.28 percentage points, was within the range for a recount. The latest 74 votes "
        "came from Floyd County; 61 were for Trump and 13 for Biden.\n\n"
        "Source: the Times."
    ),
    "lead change": (
        "Biden takes lead in Georgia by 917 votes\n\n"
        "Democrat Joe Biden took the lead from Republican President Donald Trump in Georgia, by 917 votes, as "
        "of 7:35 a.m. Wednesday, according to unofficial figures from The New York Times. The margin, 0.02 "
        "percentage points, was within the range for a recount. The latest 1,843 votes came from Clayton "
        "County; 1,602 were for Biden and 222 for Trump.\n\n"
        "Source: the Times."
    ),
    "out of a tie": (
        "Biden leads Trump by 10 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 10 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.498 percentage "
        "points, was within the range for a recount. The latest 10 votes, all for Biden, came from Floyd "
        "County.\n\n"
        "Source: the Times."
    ),
    "overnight lead": (
        "Biden takes lead in Georgia by 14,101 votes\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, after taking the lead at 3:45 a.m., according to unofficial figures from The New York "
        "Times. The margin, 0.28 percentage points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "one vote": (
        "Biden leads Trump by 101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin was 4.8 percentage "
        "points. The latest vote, for Biden, came from Wheeler County.\n\n"
        "Source: the Times."
    ),
    "certification": (
        "96 of Georgia's 159 counties certify results\n\n"
        "Ninety-six of Georgia's 159 counties had certified their results as of 7:40 a.m. Wednesday, up from "
        "92 earlier, the secretary of state said. Democrat Joe Biden led Republican President Donald Trump by "
        "14,101 votes in Georgia as of 7:35 a.m. Wednesday, according to unofficial figures from The New York "
        "Times. The margin, 0.28 percentage points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "all certified": (
        "All 159 Georgia counties certify results\n\n"
        "All 159 Georgia counties had certified their results as of 7:40 a.m. Wednesday, up from 158 earlier, "
        "the secretary of state said. Democrat Joe Biden led Republican President Donald Trump by 14,101 "
        "votes in Georgia as of 7:35 a.m. Wednesday, according to unofficial figures from The New York Times. "
        "The margin, 0.28 percentage points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "results": (
        "Results in Georgia certified, secretary of state says\n\n"
        "The results in Georgia were certified as of 7:42 a.m. Wednesday, the secretary of state said. "
        "Democrat Joe Biden led Republican President Donald Trump by 100 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to certified results from The New York Times. The margin was 4.8 percentage "
        "points.\n\n"
        "Source: the Times."
    ),
    "results withdrawn": (
        "Results in Georgia not certified, secretary of state now says\n\n"
        "The secretary of state, as of 7:42 a.m. Wednesday, withdrew its announcement that the results in "
        "Georgia were certified. Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in "
        "Georgia as of 7:35 a.m. Wednesday, according to unofficial figures from The New York Times. The "
        "margin, 0.28 percentage points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "call": (
        "AP calls Georgia for Biden\n\n"
        "The AP called Georgia for Democrat Joe Biden at 7:43 a.m. Wednesday. Biden led Republican President "
        "Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. Wednesday, down from 14,149 at 7:24 p.m. "
        "Tuesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "projection": (
        "NBC projects Biden as winner in Georgia\n\n"
        "NBC projected Democrat Joe Biden as the winner in Georgia at 7:43 a.m. Wednesday. Biden led "
        "Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin, 0.28 percentage points, was within the range "
        "for a recount.\n\n"
        "Source: the Times."
    ),
    "runoff": (
        "Biden and Trump go to runoff in Georgia, AP says\n\n"
        "The AP said at 7:43 a.m. Wednesday that Democrat Joe Biden and Republican President Donald Trump "
        "would go to a runoff in Georgia. Biden led Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "call withdrawn": (
        "AP withdraws call of Georgia for Biden\n\n"
        "The AP withdrew its call of Georgia for Democrat Joe Biden at 7:43 a.m. Wednesday. Biden led "
        "Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin, 0.28 percentage points, was within the range "
        "for a recount.\n\n"
        "Source: the Times."
    ),
    "calls before the last votes": (
        "Biden's lead in Georgia narrows to 14,101 votes\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, down from 14,149 at 7:24 p.m. Tuesday, according to unofficial figures from The New York "
        "Times. The margin, 0.28 percentage points, was within the range for a recount. The AP called Georgia "
        "for Biden at 11:45 p.m. Tuesday.\n\n"
        "Source: the Times."
    ),
    "call and calls that stand": (
        "AP calls Georgia for Biden\n\n"
        "The AP called Georgia for Democrat Joe Biden at 7:43 a.m. Wednesday. Biden led Republican President "
        "Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. Wednesday, according to unofficial figures "
        "from The New York Times. The margin, 0.28 percentage points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "call withdrawn and a call that stands": (
        "AP withdraws call of Georgia for Biden\n\n"
        "The AP withdrew its call of Georgia for Democrat Joe Biden at 7:43 a.m. Wednesday. Biden led "
        "Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin, 0.28 percentage points, was within the range "
        "for a recount.\n\n"
        "Source: the Times."
    ),
    "many calls": (
        "Biden's lead in Georgia narrows to 14,101 votes\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, down from 14,149 at 7:24 p.m. Tuesday, according to unofficial figures from The New York "
        "Times. The margin, 0.28 percentage points, was within the range for a recount. The AP called Georgia "
        "for Biden at 7:45 a.m. Tuesday.\n\n"
        "Source: the Times."
    ),
    "inside call": (
        "Biden leads Trump by 14,101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "too close": (
        "Biden leads Trump by 14,101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "revision": (
        "Trump's lead in Georgia at 37,322 votes after revised count\n\n"
        "The New York Times lowered its count in Bibb County by 4,608 votes as of 7:35 a.m. Wednesday, and "
        "Republican President Donald Trump led Democrat Joe Biden by 37,322 votes in Georgia, down from "
        "38,996 at 7:15 a.m., by its unofficial figures. The margin, 0.75 percentage points, was outside the "
        "range for a recount.\n\n"
        "Source: the Times."
    ),
    "one vote revised": (
        "Biden leads Trump by 101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin was 4.8 percentage "
        "points.\n\n"
        "Source: the Times."
    ),
    "long place": (
        "Biden leads in California's race for attorney general\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 100 votes in California's race for "
        "attorney general as of 7:35 a.m. Wednesday, according to unofficial figures from The New York Times. "
        "The margin was 4.8 percentage points.\n\n"
        "Source: the Times."
    ),
    "tie": (
        "Biden and Trump tied at 1,000 votes in Georgia\n\n"
        "Democrat Joe Biden and Republican President Donald Trump were tied at 1,000 votes each in Georgia as "
        "of 7:35 a.m. Wednesday, according to unofficial figures from The New York Times.\n\n"
        "Source: the Times."
    ),
    "no votes": (
        "No votes reported in Georgia\n\n"
        "No votes had been reported in Georgia as of 7:35 a.m. Wednesday, according to unofficial figures "
        "from The New York Times.\n\n"
        "Source: the Times."
    ),
    "no candidate's votes": (
        "No votes reported in Georgia\n\n"
        "No candidate's votes had been reported in Georgia as of 7:35 a.m. Wednesday, according to unofficial "
        "figures from The New York Times.\n\n"
        "Source: the Times."
    ),
    "one candidate": (
        "Lee, only candidate listed, at 1,200 votes in Macon\n\n"
        "Ann Lee, the only candidate listed, had 1,200 votes in Macon as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times.\n\n"
        "Source: the Times."
    ),
    "nonpartisan": (
        "Lee leads Roe by 13 votes in Macon\n\n"
        "Ann Lee led Bo Roe by 13 votes in Macon as of 7:35 a.m. Wednesday, according to unofficial figures "
        "from The New York Times. The margin, 0.54 percentage points, was outside the range for a recount.\n\n"
        "Source: the Times."
    ),
    "fellow": (
        "Lee leads Roe by 13 votes in Macon\n\n"
        "Democrat Ann Lee led fellow Democrat Bo Roe by 13 votes in Macon as of 7:35 a.m. Wednesday, "
        "according to unofficial figures from The New York Times. The margin, 0.54 percentage points, was "
        "outside the range for a recount.\n\n"
        "Source: the Times."
    ),
    "places": (
        "Lee and Roe ahead for two places in Macon\n\n"
        "Ann Lee and Bo Roe led for two places in Macon as of 7:35 a.m. Wednesday, according to unofficial "
        "figures from The New York Times. The last of them was 288 votes ahead of the next candidate.\n\n"
        "Source: the Times."
    ),
    "last place tied": (
        "Lee ahead in Macon, last of two places tied\n\n"
        "Ann Lee led in Macon, and candidates were tied for the last of two places as of 7:35 a.m. Wednesday, "
        "according to unofficial figures from The New York Times.\n\n"
        "Source: the Times."
    ),
    "measure": (
        "Measure 4 short of required 60%, with 52.3% for Yes\n\n"
        "Measure 4 was short of the required 60% so far, with 52.3% for Yes, as of 7:35 a.m. Wednesday, "
        "according to unofficial figures from The New York Times.\n\n"
        "Source: the Times."
    ),
    "majority measure": (
        "Yes leads No by 4,600 votes in Georgia's vote on Measure 4\n\n"
        "Yes led No by 4,600 votes in Georgia's vote on Measure 4 as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin was 4.6 percentage points.\n\n"
        "Source: the Times."
    ),
    "majority": (
        "Perdue short of majority in Georgia's Senate race (Perdue)\n\n"
        "Republican Sen. David Perdue had 49.7% of the vote in Georgia's Senate race (Perdue), short of a "
        "majority, and led Democrat Jon Ossoff by 88,098 votes as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin was 1.8 percentage points.\n\n"
        "Source: the Times."
    ),
    "majority by a hair": (
        "Perdue short of majority in Georgia's Senate race (Perdue)\n\n"
        "Republican Sen. David Perdue had 49.97% of the vote in Georgia's Senate race (Perdue), short of a "
        "majority, and led Democrat Jon Ossoff by 99,400 votes as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin was 9.9 percentage points.\n\n"
        "Source: the Times."
    ),
    "ranked": (
        "Lee leads Roe by 30 first-choice votes in Macon\n\n"
        "Ann Lee led Bo Roe by 30 first-choice votes in Macon as of 7:35 a.m. Wednesday, according to "
        "unofficial figures from The New York Times. The margin was 0.5 percentage points.\n\n"
        "Source: the Times."
    ),
    "earlier": (
        "Biden led Trump by 14,149 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,149 votes in Georgia as of 7:24 p.m. "
        "Tuesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
    "days ago": (
        "Biden led Trump by 100 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 100 votes in Georgia as of 11:05 p.m. "
        "Nov. 3, according to unofficial figures from The New York Times. The margin was 4.8 percentage "
        "points.\n\n"
        "Source: the Times."
    ),
    "demanded credit": (
        "Biden leads Trump by 14,101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount. Ninety-six of Georgia's 159 counties had certified their "
        "results as of 6:45 p.m. Tuesday, the secretary of state said.\n\n"
        "Sources: The New York Times; Georgia Secretary of State."
    ),
    "muted": (
        "SOURCE MUTED. Biden leads Trump by 14,101 votes in Georgia\n\n"
        "Democrat Joe Biden led Republican President Donald Trump by 14,101 votes in Georgia as of 7:35 a.m. "
        "Wednesday, according to unofficial figures from The New York Times. The margin, 0.28 percentage "
        "points, was within the range for a recount.\n\n"
        "Source: the Times."
    ),
}


@pytest.mark.parametrize(("situation", "copy"), COPY.items(), ids=COPY)
def test_copy(situation: str, copy: str) -> None:
    assert SITUATIONS[situation].copy() == copy


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_headline_is_short_and_has_no_article_and_three_sentences_follow_at_most(situation: str) -> None:
    headline, sentences, credit = SITUATIONS[situation].copy().removeprefix("SOURCE MUTED. ").split("\n\n")
    assert len(headline) <= 65
    assert not {"a", "an", "the"} & set(headline.split())
    assert sentences.endswith(".")
    assert credit.startswith("Source")
