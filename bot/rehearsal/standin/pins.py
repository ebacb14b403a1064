"""The routes of pinned messages; the older ones are kept by Discord for older clients."""

from datetime import datetime

from bot.rehearsal.standin.access import Access
from bot.rehearsal.standin.calls import NO_CONTENT, Call, Reply, Routes, as_id
from bot.rehearsal.standin.destination import Place
from bot.rehearsal.standin.form import refuse_if, wrong_range
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import invalid_form, system_message, too_many_pins
from bot.rehearsal.standin.world import World

MAX_PINS = 250


_PAGE = 50


class PinRoutes:
    """What the bot pins in channels, as far as it may."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {
            "GET /channels/*/messages/pins": self.page,
            "PUT /channels/*/messages/pins/*": self.pin,
            "DELETE /channels/*/messages/pins/*": self.unpin,
            "GET /channels/*/pins": self.first,
            "PUT /channels/*/pins/*": self.pin,
            "DELETE /channels/*/pins/*": self.unpin,
        }

    def page(self, call: Call) -> Reply:
        """Answer with up to `limit` pins, the latest first; with none where the history may not be read."""
        limit = as_id(call.query.get("limit", str(_PAGE)), "limit")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, _PAGE))
        pins = self._pins(self._access.place(call), call.query.get("before"))
        items = [{"pinned_at": at.isoformat(), "message": message.json()} for at, message in pins[:limit]]
        return Reply(body={"items": items, "has_more": len(pins) > limit})

    def first(self, call: Call) -> Reply:
        """Answer with the messages of the latest 50 pins, the latest first."""
        return Reply(body=[message.json() for _, message in self._pins(self._access.place(call))[:_PAGE]])

    def _pins(self, place: Place, before: str | None = None) -> list[tuple[datetime, Message]]:
        if not place.bot_permissions & Permission.READ_MESSAGE_HISTORY:
            return []
        try:
            end = datetime.fromisoformat(before) if before is not None else None
        except ValueError:
            words = "Could not parse. Should be ISO8601."
            raise invalid_form({"before": {"_errors": [{"code": "DATE_TIME_TYPE_PARSE", "message": words}]}}) from None
        pinned = [(at, place.messages.get(key)) for key, at in reversed(place.pins.items()) if end is None or at < end]
        return [(at, message) for at, message in pinned if message is not None]

    def pin(self, call: Call) -> Reply:
        """Pin a message; one that is pinned stays so."""
        place, message = self._access.changeable(call, Permission.PIN_MESSAGES)
        if message.pinned:
            return NO_CONTENT
        if not message.kind.by_somebody:
            raise system_message()
        if len(place.pins) >= MAX_PINS:
            raise too_many_pins(MAX_PINS)
        place.pin(message, self._world.bot)
        return NO_CONTENT

    def unpin(self, call: Call) -> Reply:
        """Let a message be no longer pinned."""
        place, message = self._access.changeable(call, Permission.PIN_MESSAGES)
        place.unpin(message)
        return NO_CONTENT
