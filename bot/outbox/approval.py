"""The answers to the desk's buttons: Publish or Discard a post, or state whether a doubtful post arrived."""

from typing import Literal, get_args

from bot.outbox.approval_store import ApprovalStore
from bot.outbox.approval_words import PressOutcome, outcome_answer

ApprovalPress = Literal["publish", "drop", "doubtful:there", "doubtful:absent", "doubtful:drop"]
"""An editor's decision, with which the key of the pressed button begins, as in `publish:ROW`."""

APPROVAL_PRESSES: tuple[ApprovalPress, ...] = get_args(ApprovalPress)


class Approval:
    """The handler of editors' decisions about posts that wait for Publish, or that may not have arrived."""

    def __init__(self, store: ApprovalStore) -> None:
        self._decisions = {
            "publish": store.publish,
            "drop": store.drop,
            "doubtful:there": store.confirm_arrived,
            "doubtful:absent": store.confirm_missing,
            "doubtful:drop": store.discard_doubtful,
        }

    async def press(self, press: ApprovalPress, row: int, server: int, who: str) -> str:
        """Apply an editor's decision, and return the text of the reply to the editor.

        The parameters are the same as for `decide`.
        """
        return outcome_answer(await self.decide(press, row, server, who))

    async def decide(self, press: ApprovalPress, row: int, server: int, who: str) -> PressOutcome:
        """Apply an editor's decision to a post of this server.

        Args:
            press: the decision.
            row: the post's id in the outbox.
            server: the server in which the button was pressed.
            who: the editor's name, as recorded in the audit.
        """
        return await self._decisions[press](row, server, who)
