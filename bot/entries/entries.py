"""The entries package's public class."""

from dataclasses import dataclass

from bot.entries.call_entry import CallEntry
from bot.entries.certification_entry import CertificationEntry
from bot.entries.corrections import Corrections
from bot.entries.drafts import Drafts, Entering
from bot.entries.review import EntryDecisions
from bot.entries.statements import Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The services for entries, from the first draft to a correction or retraction."""

    entering: Entering
    drafts: Drafts
    review: EntryDecisions
    statements: Statements
    corrections: Corrections
    certification: CertificationEntry
    calls: CallEntry
