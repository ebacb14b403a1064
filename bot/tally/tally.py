"""The tally package's public class."""

from dataclasses import dataclass

from bot.tally.boards import Boards
from bot.tally.holds import Holds
from bot.tally.intake import Intake
from bot.tally.leading_source import LeadingSources
from bot.tally.silences import Silences, SourceWarnings
from bot.tally.standing import Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The parts of the tally: intake, holds, leading sources, silences, standings and boards."""

    intake: Intake
    holds: Holds
    leading_source: LeadingSources
    silences: Silences
    standing: Standings
    marks: SourceWarnings
    boards: Boards
