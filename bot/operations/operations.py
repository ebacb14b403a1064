"""The operations room's public class."""

from dataclasses import dataclass

from bot.operations.direct_channels import DirectChannels
from bot.operations.restored import Restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What keeps the bot right whatever happens to it; what looks after it while it runs is wired by `start_operations`."""

    restore: Restore
    direct_channels: DirectChannels
