"""The public class of this package."""

from dataclasses import dataclass

from bot.operations.direct_channels import DirectChannels
from bot.operations.restored import Restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The objects of this package that other packages use.

    `start_operations` starts the health check, the heartbeat and the backups.
    """

    restore: Restore
    direct_channels: DirectChannels
