"""The routes by which the bot gets to know people and opens direct messages with them."""

from bot.rehearsal.standin.calls import Call, Reply, Routes, as_id
from bot.rehearsal.standin.refusal import cannot_message, invalid_recipient, unknown_user
from bot.rehearsal.standin.world import World


class DirectMessageRoutes:
    """What the bot asks of people who are outside of a server."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {"GET /users/*": self.user, "POST /users/@me/channels": self.open}

    def user(self, call: Call) -> Reply:
        """Answer with a person."""
        user = self._world.user(call.id(0))
        if user is None:
            raise unknown_user()
        return Reply(body=user.json())

    def open(self, call: Call) -> Reply:
        """Answer with the direct channel with a person, which is the same each time."""
        person = self._world.user(as_id(str(call.fields.get("recipient_id", "")), "recipient_id"))
        if person is None:
            raise invalid_recipient()
        if person.bot:
            raise cannot_message()
        return Reply(body=self._world.direct(person).json())
