"""What the records say in place of a person who asked to be forgotten."""

import re
from dataclasses import dataclass

FORGOTTEN = "somebody who asked to be forgotten"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the records name, as "olga (81384788765712384)": a name may change, the id does not."""

    id: int
    names: tuple[str, ...] = ()
    """What they were called, as posts to the desk show it."""

    @property
    def like(self) -> str:
        """The pattern that each room's SQL looks for."""
        return f"%({self.id})%"

    def unnamed(self, text: str | None) -> str | None:
        """Return a name, or JSON with names in it, without this person's; SQL calls it as `unname`."""
        if text is None or f"({self.id})" not in text:
            return text
        if text.startswith(("{", "[")):
            return re.sub(rf'"[^"]*\({self.id}\)"', f'"{FORGOTTEN}"', text)
        return re.sub(rf"^.*\({self.id}\)", FORGOTTEN, text, flags=re.MULTILINE)

    def unsaid(self, words: str | None) -> str | None:
        """Return the words of a post without this person's names; the outbox's SQL calls it as `unsaid`."""
        for name in self.names if words else ():
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", FORGOTTEN, words or "")
        return words
