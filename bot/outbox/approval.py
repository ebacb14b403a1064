"""What an editor decides on with a button: posts that wait for Publish, posts that may not have arrived."""

from typing import Literal, get_args

from bot.outbox.approval_store import ApprovalStore
from bot.outbox.approval_words import PressOutcome, outcome_answer

ApprovalPress = Literal["publish", "drop", "doubtful:there", "doubtful:absent", "doubtful:drop"]
"""What a button decides. Its key begins with this."""

APPROVAL_PRESSES: tuple[ApprovalPress, ...] = get_args(ApprovalPress)


class Approval:
    """Applies an editor's decision to a post that waits for Publish, or may not have arrived."""

    def __init__(self, store: ApprovalStore) -> None:
        """Store decisions in `store`."""
        self._decisions = {
            "publish": store.publish,
            "drop": store.drop,
            "doubtful:there": store.confirm_arrived,
            "doubtful:absent": store.confirm_missing,
            "doubtful:drop": store.discard_doubtful,
        }

    async def press(self, press: ApprovalPress, row: int, server: int, who: str) -> str:
        """Apply a decision as `decide` does; return the answer for the editor who pressed the button."""
        return outcome_answer(await self.decide(press, row, server, who))

    async def decide(self, press: ApprovalPress, row: int, server: int, who: str) -> PressOutcome:
        """Apply the decision of a button on a server's desk to a row of the outbox; return what that did."""
        return await self._decisions[press](row, server, who)
