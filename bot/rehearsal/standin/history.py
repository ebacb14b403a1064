"""The messages of one channel, and the pages of them that Discord gives out."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bot.rehearsal.standin.message import Message


class History:
    """Messages by rising id; iterates from the oldest."""

    def __init__(self) -> None:
        self._by_id: dict[int, Message] = {}
        self._ids: list[int] = []

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def last_id(self) -> int | None:
        """The id of the newest message, None when there is none."""
        return self._ids[-1] if self._ids else None

    def get(self, message_id: int) -> Message | None:
        """Return the message of that id, None when there is none (any more)."""
        return self._by_id.get(message_id)

    def add(self, message: Message) -> None:
        """Append a message that is newer than all the others."""
        self._by_id[message.id] = message
        self._ids.append(message.id)

    def drop(self, message: Message) -> None:
        """Take out a message that is there."""
        del self._by_id[message.id]
        del self._ids[bisect_left(self._ids, message.id)]

    def page(
        self, limit: int, *, before: int | None = None, after: int | None = None, around: int | None = None
    ) -> list[Message]:
        """Return up to `limit` messages, always newest first, chosen as Discord does.

        They are the newest before an id, or the oldest after it, or those on both sides of it with the message
        itself; the newest of all when no id is given.
        """
        if around is not None:
            end = min(len(self._ids), bisect_left(self._ids, around) + limit // 2 + 1)
            start = max(0, end - limit)
        elif after is not None:
            start = bisect_right(self._ids, after)
            end = start + limit
        else:
            end = len(self._ids) if before is None else bisect_left(self._ids, before)
            start = max(0, end - limit)
        return [self._by_id[key] for key in reversed(self._ids[start:end])]
