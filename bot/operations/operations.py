"""What others hold of the operations."""

from msgspec import Struct

from bot.operations.direct_channels import DirectChannels
from bot.operations.restored import Restore


class Operations(Struct, frozen=True, kw_only=True):
    """What keeps the bot right whatever happens to it; what looks after it while it runs is wired by `cared_for`."""

    restore: Restore
    direct_channels: DirectChannels
