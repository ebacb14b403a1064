"""Tests the answers of commands that pause, mute, resume and unmute, with any number of contests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.desk_file import Contest, Source
from bot.newsroom.suspensions_words import (
    channel_answer,
    go_out_answer,
    pause_answer,
    public_answer,
    resume_answer,
    source_card,
    two_person_answer,
    unmute_answer,
)
from bot.outbox.approval_words import PressOutcome, outcome_answer
from bot.outbox.outbox_store import PostPreview
from bot.outbox.suspensions_store import Pause, PostsWaiting
from bot.outbox.two_person_store import TwoPerson
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.limits import CONTENT, size
from bot.wording.message import render
from tests.conftest import COUNT, START, small_desk


def contests(many: int) -> list[Contest]:
    plain = small_desk().contests[0]
    return [plain.model_copy(update={"name": f"U.S. House, _District_ {number}" + "x" * 90}) for number in range(many)]


def test_the_card_of_a_source_that_leads_many_contests_names_a_few() -> None:
    desk = small_desk()
    answer = render(
        source_card(desk.sources[0], SetBy(START, "olga (1)"), contests(53), [], Setting(desk), START)
    ).content
    assert size(answer) <= CONTENT
    assert " and 48 more of what `/following` lists go out; answers still use its figures." in answer


def test_a_channel_of_many_contests_is_made_public_with_a_few_named() -> None:
    answer = public_answer(COUNT, contests(53), [], on=True, did=True, waits=0)
    assert size(answer) <= CONTENT
    assert " and 48 more of what `/following` lists is posted there" in answer


def test_many_posts_that_are_shown_anew_are_not_all_named() -> None:
    numbers = tuple(range(100_000, 100_400))
    answer = outcome_answer(PressOutcome("dropped", 7, COUNT, shown_again=numbers, mentions=numbers))
    assert size(answer) <= CONTENT
    assert "#100019 and 380 more are shown again" in answer


SETTING = Setting(small_desk())
TIMES, SOS, *_ = SETTING.desk.sources
OLGA = SetBy(START, "olga (1)")
GOES = PostPreview(COUNT, "**Biden leads in Georgia by 500 votes,** with 1,500 counted.", shown=False)
WAITS, UNSEEN, SHUT = replace(GOES, shown=True), replace(GOES, channel=12), replace(GOES, closed=True)


def preview(*found: PostPreview, since: SetBy | None = None, new: int = 0) -> Card:
    """Return the preview of the posts that would be sent, for a member who can't see channel 12."""
    return go_out_answer("Resume", "letgo:all", found, {COUNT}.__contains__, SETTING, START, since, new)


def asked(*found: PostPreview, since: SetBy | None = None, new: int = 0) -> str:
    return render(preview(*found, since=since, new=new)).content


def card(source: Source, muted: SetBy | None, leads: Sequence[Contest]) -> str:
    return render(source_card(source, muted, leads, [], SETTING, START)).content


QUOTED = f"> {GOES.headline}\n-# in <#{COUNT}>"
PUBLIC = (
    f"**<#{COUNT}> is now public.** Posts wait for Publish in the desk channel. Answers show feeds' figures, and entries "
    "once published"
)
SAID = {
    "paused": (
        render(pause_answer(Pause(OLGA, PostsWaiting()), SETTING, START)).content,
        "**Paused.** Posts in this server wait until someone presses **Resume**.",
    ),
    "paused already": (
        render(pause_answer(Pause(OLGA, PostsWaiting(waiting=2), unchanged=True), SETTING, START)).content,
        "Already paused, since 7 a.m. by olga. Two posts wait. **Resume** first shows what would go out.",
    ),
    "paused, with a post on its way": (
        render(pause_answer(Pause(OLGA, PostsWaiting(waiting=1, under_way=1)), SETTING, START)).content,
        (
            "**Paused.** Posts in this server wait until someone presses **Resume**. One post waits. One post already on the way can't be called back. "
            "**Resume** first shows what would go out."
        ),
    ),
    "what would go out, of one post": (
        asked(GOES, since=OLGA),
        f"**Still paused, since 7 a.m. by olga. This would go out now:**\n{QUOTED}",
    ),
    "what would go out, of more, one in a channel out of sight": (
        asked(GOES, UNSEEN),
        f"**These two posts would go out now:**\n{QUOTED}\nOne of them goes into channels you can't see.",
    ),
    "what would go out, since more came": (
        asked(GOES, since=OLGA, new=1),
        (
            "**Still paused, since 7 a.m. by olga. One more post came since this was shown, so nothing is changed yet. This would go "
            f"out now:**\n{QUOTED}"
        ),
    ),
    "what would go out, where all waits for Publish": (
        asked(WAITS),
        "**Nothing is waiting to post.**\nOne post will then wait for Publish.",
    ),
    "resumed": (resume_answer(OLGA, PostsWaiting(), [GOES]), "**Resumed.** One waiting post goes out now."),
    "resumed, two posts": (
        resume_answer(OLGA, PostsWaiting(), [GOES, GOES]),
        "**Resumed.** Two waiting posts go out now.",
    ),
    "resumed, nothing waited": (resume_answer(OLGA, PostsWaiting(), []), "**Resumed.** No posts were held back."),
    "resumed, and it waits on": (
        resume_answer(OLGA, PostsWaiting(), [WAITS, SHUT]),
        "**Resumed.** One post waits for Publish. One post waits for a channel where the bot can't post.",
    ),
    "resumed, with a source muted": (
        resume_answer(OLGA, PostsWaiting(), [], [TIMES]),
        "**Resumed.** Nothing else was held back: posts from the Times stay muted (`/mute`).",
    ),
    "not paused": (resume_answer(None, PostsWaiting(), []), "Nothing was paused."),
    "unmuted": (
        unmute_answer("the Times", OLGA, PostsWaiting(), [GOES], paused=False),
        "**Unmuted.** One waiting post goes out now, with a new number.",
    ),
    "unmuted, more posts": (
        unmute_answer("the Times", OLGA, PostsWaiting(), [GOES] * 3, paused=False),
        "**Unmuted.** Three waiting posts go out now, with new numbers.",
    ),
    "unmuted, while paused": (
        unmute_answer("the Times", OLGA, PostsWaiting(waiting=2), [], paused=True),
        "**Unmuted.** Two posts wait until someone resumes posts (`/pause`).",
    ),
    "unmuted, while paused, and nothing waited": (
        unmute_answer("the Times", OLGA, PostsWaiting(), [], paused=True),
        "**Unmuted.** No posts were held back.",
    ),
    "not muted": (
        unmute_answer("the Secretary of State", None, PostsWaiting(), [], paused=False),
        "The Secretary of State was not muted.",
    ),
    "a source that leads": (
        card(TIMES, None, SETTING.desk.contests),
        (
            "Margin posts for **President** and **U.S. Senate** follow **the Times**. Mute holds its posts; answers still use its "
            "figures."
        ),
    ),
    "a source that leads nothing": (
        card(SOS, None, []),
        "Margin posts here do not follow **the Secretary of State**. Mute holds posts on what it says; answers still use its figures.",
    ),
    "a muted source": (card(TIMES, OLGA, []), "**Muted: the Times,** since 7 a.m. by olga. Its posts wait."),
    "a muted source, with a reason": (
        card(TIMES, replace(OLGA, why="they are down"), []),
        "**Muted: the Times,** since 7 a.m. by olga: they are down. Its posts wait.",
    ),
    "no desk channel": (
        channel_answer(None, 0),
        "No desk channel is set now; problems and questions for the desk are only in `/status`.",
    ),
    "a second person": (
        two_person_answer(TwoPerson(changed=True), SETTING, START, on=True),
        (
            "**On.** What one person enters, corrects or approves takes effect once a second person confirms it in the desk "
            "channel."
        ),
    ),
    "no second person any more": (
        two_person_answer(TwoPerson(changed=True), SETTING, START, on=False),
        "Entries, corrections and held figures no longer need a second person.",
    ),
    "no second person in ten minutes": (
        two_person_answer(TwoPerson(ends=START + timedelta(minutes=10)), SETTING, START, on=False),
        (
            "**Not off yet:** confirmation ends at 7:10 a.m., unless someone keeps it. The desk channel has a notice; someone else "
            "on the desk can end it there now."
        ),
    ),
    "public": (public_answer(COUNT, [], [], on=True, did=True, waits=0), f"{PUBLIC}."),
    "public, with entries left out": (
        public_answer(COUNT, [], [], on=True, did=True, waits=0, left=2),
        f"{PUBLIC}; 2 entries are left out (`/entries`).",
    ),
    "public, without its board": (
        public_answer(COUNT, [], [], on=True, did=True, waits=0, boards=1),
        f"{PUBLIC}. Its board is gone.",
    ),
    "public, led by a source for the newsroom only": (
        public_answer(COUNT, SETTING.desk.contests[:1], [], on=True, did=True, waits=0),
        f"{PUBLIC}. Nothing on **President** is posted there: its leading source is for the newsroom only.",
    ),
    "public no more": (
        public_answer(COUNT, [], [GOES], on=False, did=True, waits=0),
        f"Posts to <#{COUNT}> no longer wait for Publish. One waiting post goes out now.",
    ),
    "public no more, while paused": (
        public_answer(COUNT, [], [], on=False, did=True, waits=1),
        f"Posts to <#{COUNT}> no longer wait for Publish. One post waits until posts are resumed (`/pause`).",
    ),
}


@pytest.mark.parametrize(("said", "words"), SAID.values(), ids=SAID)
def test_what_stops_and_lets_go_is_answered_with_what_waits(said: str, words: str) -> None:
    assert said == words


@pytest.mark.parametrize(
    ("found", "label"),
    [((GOES,), "Resume and post 1"), ((GOES, UNSEEN, WAITS), "Resume and post 2"), ((WAITS,), "Resume")],
)
def test_the_button_that_resumes_says_how_many_posts_go_out(found: Sequence[PostPreview], label: str) -> None:
    assert [one.label for one in preview(*found, since=OLGA).buttons] == [label]
