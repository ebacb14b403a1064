"""What others hold of the entries: all that takes one from its first draft to what becomes of it."""

from msgspec import Struct

from bot.entries.call_entry import CallEntry
from bot.entries.certification_entry import CertificationEntry
from bot.entries.corrections import Corrections
from bot.entries.drafts import Drafts, Entering
from bot.entries.review import EntryDecisions
from bot.entries.statements import Statements


class Entries(Struct, frozen=True, kw_only=True):
    """What staff enter: begun, changed, decided, put on record, corrected."""

    entering: Entering
    drafts: Drafts
    review: EntryDecisions
    statements: Statements
    corrections: Corrections
    certification: CertificationEntry
    calls: CallEntry
