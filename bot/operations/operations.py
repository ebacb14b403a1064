"""The operations room's public class."""

from dataclasses import dataclass

from bot.operations.direct_channels import DirectChannels
from bot.operations.restored import Restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What other rooms use of this one. Health check, heartbeat and backups are started by `start_operations`."""

    restore: Restore
    direct_channels: DirectChannels
