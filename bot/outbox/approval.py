"""What an editor decides on with a button: posts that wait for Publish, posts that may not have arrived."""

from typing import Literal, get_args

from bot.clock import Clock
from bot.outbox.approval_store import ApprovalStore
from bot.outbox.approval_words import PressOutcome, outcome_answer
from bot.outbox.rows import Wake

ApprovalPress = Literal["publish", "drop", "doubtful:there", "doubtful:absent", "doubtful:drop"]
"""What a button decides; its key begins with it."""

PRESSES: tuple[ApprovalPress, ...] = get_args(ApprovalPress)


class Approval:
    """Applies an editor's decision to a post that waits for Publish, or may not have arrived."""

    def __init__(self, store: ApprovalStore, clock: Clock, wake: Wake) -> None:
        """Store decisions in `store`; `wake` is called after each transaction with the channels that have something to send."""
        self._decide = {
            "publish": store.publish,
            "drop": store.drop,
            "doubtful:there": store.there,
            "doubtful:absent": store.absent,
            "doubtful:drop": store.discard_doubtful,
        }
        self._clock = clock
        self._wake = wake

    async def press(self, press: ApprovalPress, row: int, server: int, who: str) -> str:
        """Decide on a row of the outbox, as `decide`; return the answer to who pressed the button."""
        return outcome_answer(await self.decide(press, row, server, who))

    async def decide(self, press: ApprovalPress, row: int, server: int, who: str) -> PressOutcome:
        """Apply the decision of a button on a server's desk to a row of the outbox; return what that did."""
        outcome, wake = await self._decide[press](row, server, who, self._clock.now())
        if wake:
            self._wake(wake)
        return outcome
