"""Direct messages between the bot and one person."""

from dataclasses import dataclass, field

from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.people import User
from bot.rehearsal.standin.permissions import DIRECT_MESSAGES
from bot.rehearsal.standin.place import DIRECT, Place
from bot.rehearsal.standin.wire import Json, Wire


@dataclass(eq=False, slots=True)
class DirectChannel(Place):
    """The messages between the bot and `person`."""

    person: User
    line: Wire = field(repr=False)

    @property
    def kind(self) -> int:
        """Which of Discord's types of channel it is."""
        return DIRECT

    @property
    def wire(self) -> Wire:
        """What tells of events here."""
        return self.line

    @property
    def guild_id(self) -> int:
        """No server."""
        return 0

    @property
    def bot_permissions(self) -> int:
        """What either may do here, as bits."""
        return DIRECT_MESSAGES

    def say(self, content: str) -> Message:
        """Post a plain message of the person; return it."""
        return self.write(self.person, content)

    def json(self) -> Json:
        """Return the channel as the API shows it."""
        return {
            "id": str(self.id),
            "type": DIRECT,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "last_pin_timestamp": self.last_pin,
            "flags": 0,
            "recipients": [self.person.json()],
        }
