"""The errors people see. Each is one sentence that names what is at fault and what to do about it."""


class TallydeskError(Exception):
    """Something a person has to know about, said in one line; never shown as a traceback."""


class RunFailedError(TallydeskError):
    """A run of a job failed, which the job has logged itself; `seconds` from now it wants to run again."""

    def __init__(self, problem: str, seconds: float) -> None:
        """Say what went wrong."""
        super().__init__(problem)
        self.seconds = seconds


class BadInputError(TallydeskError):
    """What came from outside can't be used: a feed, a desk file, an option. The command line exits with 2."""


class CheckFailedError(TallydeskError):
    """The set-up was looked over and something is wrong. The command line exits with 1."""
