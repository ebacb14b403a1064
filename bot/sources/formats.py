"""The formats of feed files by name, and who reads each."""

from bot.errors import BadInputError
from bot.sources import clarity_summary, readings
from bot.sources.reader import Reader, quoted

READERS: dict[str, Reader] = {
    readings.FORMAT: readings.read,
    clarity_summary.FORMAT: clarity_summary.read,
}
"""The formats that can be read."""

PLANNED = ("clarity-detail", "clarity-settings", "georgia-export", "ap", "nist", "csv", "prose")
"""The formats that have a name and no reader yet."""


def reader_of(name: str) -> Reader:
    """Return the reader of the format called `name`.

    Raises:
        BadInputError: there is none; the error says which formats there are.

    """
    if reader := READERS.get(name):
        return reader
    readable = " and ".join(READERS)
    if name in PLANNED:
        raise BadInputError(f"the format {name} can't be read yet; {readable} can")
    raise BadInputError(f"there is no format {quoted(name)}; {readable} can be read")
