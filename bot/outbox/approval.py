"""Buttons under the desk's questions: Publish or Discard a post, or say whether a doubtful post arrived."""

from typing import Literal, get_args

from bot.outbox.approval_store import ApprovalStore
from bot.outbox.approval_words import PressOutcome, outcome_answer

ApprovalPress = Literal["publish", "drop", "doubtful:there", "doubtful:absent", "doubtful:drop"]
"""A button's decision, with which its key begins: `publish:ROW`."""

APPROVAL_PRESSES: tuple[ApprovalPress, ...] = get_args(ApprovalPress)


class Approval:
    """Applies an editor's decision to a post that waits for Publish, or may not have arrived."""

    def __init__(self, store: ApprovalStore) -> None:
        self._decisions = {
            "publish": store.publish,
            "drop": store.drop,
            "doubtful:there": store.confirm_arrived,
            "doubtful:absent": store.confirm_missing,
            "doubtful:drop": store.discard_doubtful,
        }

    async def press(self, press: ApprovalPress, row: int, server: int, who: str) -> str:
        """Apply a button's decision; return the answer for the editor who pressed it."""
        return outcome_answer(await self.decide(press, row, server, who))

    async def decide(self, press: ApprovalPress, row: int, server: int, who: str) -> PressOutcome:
        """Apply a button's decision to the outbox row with id `row`, if it is a post of this server.

        Args:
            press: the decision.
            row: the post's row.
            server: where the button was pressed.
            who: the editor, as the audit names them.

        """
        return await self._decisions[press](row, server, who)
