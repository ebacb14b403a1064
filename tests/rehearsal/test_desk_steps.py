"""Tests the desk's actions on a recorded day. Each step has to do the same as the desk's command or button."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.errors import BadInputError
from bot.rehearsal.player import Backstage, Watching, play_day
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.rehearsable_days import open_day
from tests.rehearsal import histories
from tests.rehearsal.histories import GEORGIA, NIGHT, PRESIDENT, StepFields, with_steps

HALF_PAST_NINE = "2020-11-05T21:30:00-05:00"
FEED = "times"


def step(hour: int, minute: int, does: str, **fields: object) -> StepFields:
    """Return a step on the evening of Nov. 5, in Georgia's time zone."""
    return {"at": f"2020-11-05T{hour}:{minute:02}:00-05:00", "does": does, **fields}


def make_public(hour: int, minute: int, *, public: bool = True) -> StepFields:
    return step(hour, minute, "public", channel=GEORGIA, public=public)


class Evening:
    """The posts of an evening."""

    def __init__(self) -> None:
        self.posts: list[ArrivedPost] = []
        self.audit: list[tuple[str, str]] = []
        """The actions in the audit log since the day began, and who did each."""

    def new(self, channel: str = GEORGIA) -> list[tuple[str, str]]:
        """Return (time, first line) of each new post in a channel."""
        return [
            (f"{post.at:%H:%M}", post.content.split("\n")[0])
            for post in self.posts
            if post.channel == channel and post.edit_of is None
        ]

    def times(self) -> list[str]:
        return [at for at, _ in self.new()]


Play = Callable[..., Awaitable[Evening]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Return a function that plays the evening of Nov. 5 in Georgia until 9:30 p.m., with additional steps."""

    async def play(*steps: StepFields) -> Evening:
        evening = Evening()

        async def look(backstage: Backstage) -> None:
            rows = await backstage.app.database.rows("SELECT what, who FROM audit WHERE who <> 'rehearsal' ORDER BY id")
            evening.audit = [(what, who) for what, who in rows if what != "schedule add"]

        watching = Watching(0, lambda _: None, lambda: None, look)
        day, desk = with_steps(open_day(NIGHT), *steps, until=HALF_PAST_NINE)
        await play_day(day, desk, tmp_path / "evening.sqlite3", None, evening.posts.append, watching)
        return evening

    return play


AS_IT_WAS = ["21:53", "22:01", "23:07", "00:01", "00:35", "02:00"]
"""The times of the posts without any additional steps, in UTC."""


def prefer(hour: int, minute: int, **fields: object) -> StepFields:
    return step(hour, minute, "prefer", channel=GEORGIA, contest=PRESIDENT, **fields)


WAITS: dict[str, tuple[list[StepFields], list[str], list[str]]] = {
    "nothing": ([], AS_IT_WAS, []),
    "a pause that the desk ends": (
        [step(18, 0, "pause"), step(20, 0, "resume")],
        ["21:53", "22:01", "01:00", "02:00"],
        ["pause", "resume ask", "resume"],
    ),
    "a pause until the day ends": ([step(18, 0, "pause")], ["21:53", "22:01"], ["pause"]),
    "a pause in which nothing waits": (
        [step(17, 2, "pause"), step(17, 3, "resume")],
        AS_IT_WAS,
        ["pause", "resume"],
    ),
    "a mute that the desk ends": (
        [step(18, 0, "mute", source=FEED), step(20, 0, "unmute", source=FEED)],
        ["21:53", "22:01", "01:00", "02:00"],
        ["source mute", "source unmute ask", "source unmute"],
    ),
    "another source's mute": ([step(18, 0, "mute", source="reporter")], AS_IT_WAS, ["source mute"]),
    "quiet hours": (
        [prefer(17, 30, quiet="18:00-20:15")],
        ["21:53", "22:01", "01:15", "02:00"],
        ["follow"],
    ),
    "smaller changes every two hours": (
        [prefer(17, 0, threshold=50_000), prefer(17, 1, smaller=120)],
        ["21:53", "00:01"],
        ["follow", "follow"],
    ),
    "smaller changes hourly again": (
        [prefer(17, 0, threshold=50_000, smaller="next"), prefer(17, 1, smaller="hourly")],
        ["21:53", "23:01", "00:07", "01:35"],
        ["follow", "follow"],
    ),
}


@pytest.mark.parametrize(("steps", "times", "audit"), WAITS.values(), ids=WAITS)
async def test_what_the_desk_sets_holds_posts_for_as_long_as_it_says(
    play: Play, steps: list[StepFields], times: list[str], audit: list[str]
) -> None:
    evening = await play(*steps)
    assert evening.times() == times
    assert evening.audit == [(what, "desk editor") for what in audit]


async def test_a_threshold_leaves_smaller_changes_to_a_later_post(play: Play) -> None:
    evening = await play(prefer(17, 0, threshold=5000, smaller="next"))
    assert evening.times() == ["21:53", "00:01"]
    assert "has narrowed by 9,138 votes since 4:53 p.m., to 3,635" in evening.new()[-1][1]


async def test_a_public_channel_s_posts_wait_for_the_desk_which_publishes_or_discards(play: Play) -> None:
    evening = await play(
        make_public(17, 0),
        step(17, 2, "publish", number=2),
        step(18, 10, "discard", number=4),
        make_public(20, 0, public=False),
    )
    assert evening.times() == ["21:53", "22:02", "01:00", "02:00"]
    assert "narrows by 3,248 votes, to 9,525" in evening.new()[1][1]
    assert "since 5:01 p.m., to 3,486" in evening.new()[2][1]  # with what was discarded
    questions = [re.sub(r"<#\d+>", "it", said) for _, said in evening.new("desk")]
    assert questions[:2] == ["**Publish #2 in it?**", "**Publish #4 in it?**"]
    assert evening.audit == [
        (what, "desk editor")
        for what in ("desk channel", "desk public", "post published", "post dropped", "desk public", "post freed")
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([step(17, 2, "publish", number=12)], "2020-11-05T22:02:00+00:00, publish: no post #12 waits for the desk"),
        ([step(17, 2, "discard", number=2)], "2020-11-05T22:02:00+00:00, discard: no post #2 waits for the desk"),
        (
            [make_public(17, 0), step(17, 1, "mute", source=FEED), step(17, 2, "publish", number=2)],
            "2020-11-05T22:02:00+00:00, publish: no post #2 waits for the desk",
        ),
        (
            [make_public(17, 0), step(17, 3, "mute", source=FEED), step(17, 4, "publish", number=2)],
            "2020-11-05T22:04:00+00:00, publish: #2 waits: its source is muted.",
        ),
        ([step(17, 0, "move", title="Rally", to="2020-11-06T10:00")], "2020-11-05T22:00:00+00:00, move: "),
    ],
)
async def test_what_can_not_be_done_is_one_line_that_names_the_step(
    play: Play, steps: list[StepFields], said: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        await play(*steps)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("does", ["mute", "unmute"])
async def test_a_source_that_the_desk_file_lacks_is_refused_before_the_day_begins(play: Play, does: str) -> None:
    with pytest.raises(
        BadInputError, match=rf"^2020-11-05T22:00:00\+00:00, {does}: the desk file has no source herald$"
    ):
        await play(step(17, 0, does, source="herald"))


async def test_a_day_with_a_public_channel_lands_the_same_posts_in_two_runs() -> None:
    steps = make_public(17, 0), step(17, 2, "publish", number=2), make_public(20, 0, public=False)
    first, second = [await histories.play(with_steps(open_day(NIGHT), *steps, until=HALF_PAST_NINE)) for _ in range(2)]
    assert [post.to_json() for post in first.posts] == [post.to_json() for post in second.posts]
