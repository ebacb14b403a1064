"""The job that runs due work: roll-ups, the morning list, reminders, silences and ends of pauses."""

from datetime import datetime

from bot.clock import Clock
from bot.newsroom.suspensions import Suspensions
from bot.schedule.reminders import Reminders
from bot.schedule.rundown import Rundown
from bot.tally.intake import Intake
from bot.tally.silences import Silences


class DueWork:
    """The runner of work that is due at stored times, such as reminders and the morning list.

    Each class passed to `__init__` has a method that does its due work, and one that returns when more is due.
    """

    EVERY = 30.0
    """The most seconds between two runs, however late the next thing is due: clocks jump, machines sleep."""
    REST = 1.0
    """The least seconds between two runs, so that something that stays due by mistake does not use the whole processor."""
    FINISH = 5.0
    """How many seconds a run may take to end when the bot stops. After that, it is canceled between two
    transactions.
    """

    def __init__(
        self,
        intake: Intake,
        rundown: Rundown,
        silences: Silences,
        remind: Reminders,
        suspensions: Suspensions,
        clock: Clock,
    ) -> None:
        """Create the runner. The work of the given classes is due by the news clock `clock`."""
        self._clock = clock
        self._remind = remind
        self._intake = intake
        self._rundown = rundown
        self._silences = silences
        self._suspensions = suspensions

    async def run(self) -> float:
        """Do the work that is due. Returns the seconds until the next run, from `REST` to `EVERY`."""
        await self.look()
        if (due := await self.next_due()) is None:
            return self.EVERY
        return min(max((due - self._clock.now()).total_seconds(), self.REST), self.EVERY)

    async def look(self) -> None:
        """Do all work that is due by the news clock. An error in one part does not stop the others.

        Raises:
            ExceptionGroup: the errors, raised after all parts were tried.

        """
        failed = []
        for do in (
            self._intake.roll_up,
            self._intake.ask_about_holds,
            self._silences.look,
            self._rundown.post_due,
            self._remind.post_due,
            self._suspensions.resume_due,
        ):
            try:
                await do()
            except Exception as error:  # noqa: BLE001 - raised below, with the others
                failed.append(error)
        if failed:
            raise ExceptionGroup("a look at what is due failed in part", failed)

    async def next_due(self) -> datetime | None:
        """Return the earliest time at which work is due by the news clock, or None if none is planned."""
        dues = (
            self._intake.next_due,
            self._rundown.next_due,
            self._silences.next_due,
            self._remind.next_due,
            self._suspensions.next_due,
        )
        return min([moment for due in dues if (moment := await due())], default=None)
