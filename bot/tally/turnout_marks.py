"""Turnout marks: "More than 4,500,000 votes are counted in Georgia", added to a margin post.

The mark is in the first margin post after a count passed it. The newsroom sets the step, so that a night has about ten
marks: half a million in a large state, 10,000 in a county. Each mark is posted once in a channel, even if the count falls
below it and passes it again. If several are passed at once, only the highest is posted.
"""

from bot.follows.preferences import FollowPreferences
from bot.tally.watchers import Rider, WatchedCount
from bot.wording.context import contest_context
from bot.wording.numbers import votes


class TurnoutMarks(Rider):
    """Watches which turnout mark a count has passed."""

    name = "turnout"

    def is_wanted(self, preferences: FollowPreferences) -> bool:
        """Return True if the channel has set a step."""
        return preferences.turnout_marks is not None

    def value(self, count: WatchedCount) -> int | None:
        """Return the highest mark below the votes counted.

        None if there is none yet, no step is set, or for a recount.
        """
        step = count.preferences.turnout_marks
        if step is None or count.reading.count != "election":
            return None
        return (count.reading.counted - 1) // step * step or None

    def is_news(self, known_value: int, value: int) -> bool:
        """Return True if the mark `value` is higher than the mark that the channel knew (`known_value`)."""
        return value > known_value

    def sentence(self, count: WatchedCount, value: int) -> str:
        """Return the sentence saying that a turnout mark was passed.

        The post's last line already has the source and the time.
        """
        context = contest_context(count.contest, count.setting, count.now, count.reading.names, count.reading.count)
        return f"More than {votes(value)} are counted in {context.place}."
