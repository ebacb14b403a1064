from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.operations import incidents_words as say
from bot.operations.incidents import Incident, incident_changes
from bot.operations.incidents_words import incident_notice
from bot.operations.vitals import Doubtful, OutboxVitals, Vitals, WaitingPosts
from bot.wording.card import Card
from bot.wording.message import render
from tests.conftest import COUNT, LIVE, SERVER, START
from tests.operations.conftest import MakeVitals, source

ZONE = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
DOUBTFUL = (
    "**Post #214 for <#12> is doubtful.** It was sent and no answer came, "
    "and the bot can't read the channel's history to see whether it arrived."
)


def told(known: list[Incident], vitals: Vitals) -> Card | None:
    return incident_notice(incident_changes(known, vitals, 10 * MINUTE), vitals, ZONE)


def lines(known: list[Incident], vitals: Vitals) -> list[str]:
    draft = told(known, vitals)
    return draft.headline.split("\n") if draft else []


def test_nothing_is_said_of_nothing(vitals: MakeVitals) -> None:
    assert told([], vitals()) is None


def test_all_that_begins_and_ends_is_one_message(vitals: MakeVitals) -> None:
    sources = (
        source("sos", failing_since=START - 12 * MINUTE, problem="sos: https://a:KEY@sos.gov/KEY answered 503"),
        source("times"),
    )
    outbox = OutboxVitals(
        (
            WaitingPosts(
                SERVER,
                COUNT,
                3,
                START - 20 * MINUTE,
                "Discord answered 403, error 50013: Missing_Permissions",
                closed=True,
            ),
        ),
        (Doubtful(7, SERVER, LIVE, 214, START),),
        1,
    )
    known = [
        Incident(1, "feed", "times", START - 25 * MINUTE),
        Incident(2, "channel", str(LIVE), START - 90 * MINUTE),
        Incident(3, "down", "", START - 42 * MINUTE, START),
    ]
    draft = told(known, vitals(sources=sources, outbox=outbox))
    assert draft is not None
    assert draft.headline.split("\n") == [
        "**The Sos' feed has been down for 12 minutes.** Sos: https\\://sos.gov answered 503.",
        "**3 posts wait for <#11>,** the oldest for 20 minutes. Discord answered 403, error 50013: Missing\\_Permissions.",
        DOUBTFUL,
        "**The Times' feed is back,** after 25 minutes.",
        "**Posts for <#12> no longer wait,** after 1 hour, 30 minutes.",
        "**Tallydesk was down for 42 minutes,** from 6:18 a.m. to 7 a.m.",
    ]
    assert (draft.kind, draft.credit, draft.quiet) == ("notice", "Tallydesk, 7 a.m.", False)


def test_good_news_does_not_wake_anybody(vitals: MakeVitals) -> None:
    draft = told([Incident(1, "feed", "times", START - 25 * MINUTE)], vitals())
    assert draft is not None
    assert draft.quiet


def test_what_goes_without_saying_is_not_said(vitals: MakeVitals) -> None:
    """The desk has settled a doubtful post, and knows. A feed removed from the desk file does not count as
    recovered.
    """
    known = [Incident(1, "doubtful", "7", START), Incident(2, "feed", "gone", START)]
    assert told(known, vitals()) is None


def test_a_message_is_never_too_long(vitals: MakeVitals) -> None:
    sources = tuple(
        source(f"feed-{number}", failing_since=START - 60 * MINUTE, problem="*" * 5000, name="_" * 300)
        for number in range(40)
    )
    draft = told([], vitals(sources=sources))
    assert draft is not None
    said = draft.headline.split("\n")
    assert len(render(draft, 10**6).content) <= 2000
    assert len(said) > 2
    assert said[-1] == f"And {40 - len(said) + 1} more."


def test_a_server_that_is_no_longer_listed_is_told_at_once_and_when_it_is_over(vitals: MakeVitals) -> None:
    outbox = OutboxVitals((), (), 0, ((4242, START),))
    assert lines([], vitals(outbox=outbox)) == [
        (
            "**The server 4242 is suspended: TALLYDESK_SERVERS does not list it.** It was served before. Nothing is posted or "
            "answered there, and what waits is kept. List it again, or end it with `tallydesk leave 4242`."
        )
    ]
    known = [Incident(1, "unlisted", "4242", START - 90 * MINUTE)]
    assert lines(known, vitals(outbox=outbox)) == []
    assert lines(known, vitals()) == ["**The server 4242 is no longer suspended,** after 1 hour, 30 minutes."]


LASTED = timedelta(minutes=12)
SENTENCES = [
    (
        say.feed_is_down("the Secretary of State", LASTED, None),
        "**The Secretary of State's feed has been down for 12 minutes.**",
    ),
    (
        say.feed_is_down("the Times", LASTED, "times: the answer is empty."),
        "**The Times' feed has been down for 12 minutes.** Times: the answer is empty.",
    ),
    (say.feed_is_back("the Times", timedelta(hours=3)), "**The Times' feed is back,** after three hours."),
    (say.posts_wait(11, 1, LASTED, None), "**1 post waits for <#11>,** for 12 minutes."),
    (
        say.posts_wait(11, 1200, LASTED, "Discord answered 403: Missing Access"),
        "**1,200 posts wait for <#11>,** the oldest for 12 minutes. Discord answered 403: Missing Access.",
    ),
    (say.posts_no_longer_wait(11, LASTED), "**Posts for <#11> no longer wait,** after 12 minutes."),
    (
        say.bot_was_down(START - timedelta(days=1), START, START, ZONE),
        "**Tallydesk was down for 24 hours,** from 7 a.m. Tuesday to 7 a.m.",
    ),
    (say.and_more(1200), "And 1,200 more."),
]


@pytest.mark.parametrize(("said", "words"), SENTENCES)
def test_whole_sentences(said: str, words: str) -> None:
    assert said == words


def test_nothing_from_outside_acts() -> None:
    said = say.feed_is_down("the *Times*", timedelta(hours=1), "@everyone <@1>\n# loud " + "x" * 5000)
    assert "\\*Times\\*" in said
    assert "@everyone" not in said
    assert "<@" not in said.replace("\\<@", "")
    assert "\n" not in said
    assert len(said) < 700
