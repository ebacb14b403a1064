"""The lines about each feed's proofs: when it was read, and when its votes were seen to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.wording.context import Setting, source_name
from bot.wording.escape import capitalised, stopped
from bot.wording.times import day, when


@dataclass(frozen=True, slots=True)
class FeedProof:
    """The times at which a source's feed was last read, asked and seen to change, for the list of feeds."""

    read_at: datetime | None = None
    """When an answer with a contest of the desk file was last read, to the day; None if never."""
    moved_at: datetime | None = None
    """When votes were last seen to change during a live count, to the half day; None if never."""
    elsewhere_at: datetime | None = None
    """When an answer was last read at the feed's former address. None if never, or if the address has not changed."""
    checked_at: datetime | None = None
    """When the source was last asked for a contest that it has figures for; None if unknown."""
    changed_at: datetime | None = None
    """As of when the source's votes last changed; None if unknown."""


def proof_lines(proofs: Mapping[str, FeedProof], setting: Setting, now: datetime) -> list[str]:
    """Return a line of text for each source that the bot fetches or that pushes to it."""
    lines = []
    for key, proof in proofs.items():
        source = setting.desk.source(key)
        if source is not None:
            lines.append(stopped(f"{capitalised(source_name(source))}: {_proof_words(proof, setting, now)}"))
    return lines


def _proof_words(proof: FeedProof, setting: Setting, now: datetime) -> str:
    def on(moment: datetime) -> str:
        return day(moment, now, setting.desk.zone)

    if proof.read_at is None:
        before = f"; last read {on(proof.elsewhere_at)}, from its earlier address" if proof.elsewhere_at else ""
        return f"not read yet{before}"
    checked = proof.checked_at
    read = f"last checked {when(checked, now, setting.desk.zone)}" if checked else f"read {on(proof.read_at)}"
    if proof.moved_at is None:
        return f"{read}, no vote change seen yet"
    changed = proof.changed_at
    return f"{read}, votes changed {when(changed, now, setting.desk.zone) if changed else on(proof.moved_at)}"
