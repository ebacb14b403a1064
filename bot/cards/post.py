"""Posts: facts to a draft. The headline is the message's content, the details are in an embed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.colours import colour_of
from bot.cards.credit import credit_line, footer
from bot.cards.draft import Draft, Embed, PostKind
from bot.cards.facts import CertifiedFacts, ChangeFacts, LedBefore, RelationFacts, Setting, StaleFacts
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.tally import notes, table, where_from, whole
from bot.count.posting import is_night
from bot.deskfile import Contest, Source
from bot.wording.certifying_sentences import listed_too_few, newly_listed
from bot.wording.confirmed_sentences import Had, also_had, confirmed_beside, confirmed_change
from bot.wording.lead_sentences import margin_now_from
from bot.wording.sentences import headline
from bot.wording.statement_sentences import certified, certified_as_had, has_meanwhile, related, stale
from bot.wording.telling import Movement, Telling
from bot.wording.times import length

_NOTES = 1500
"""Characters that the lines under the table may take."""


def change_post(facts: ChangeFacts, setting: Setting) -> Draft:
    """Return the post of a change by the leading source, or of the net of several."""
    told = telling(facts.contest, setting, facts.now, facts.after.names, facts.after.count)
    movement = Movement(facts.change, facts.before, facts.after, facts.source, facts.steps)
    received = facts.after.as_of_is == "received"
    sentence, kind = headline(told, movement, roll_up=facts.kind == "roll_up"), facts.kind
    if facts.confirms is not None:
        sentence = _confirming(told, facts, sentence, _nameable(facts.confirms, setting))
        kind = kind if facts.change.kind in ("revision", "lead_change") else "statement"
    return Draft(
        kind=kind,
        headline=sentence,
        credit=credit_line(setting, facts.source, facts.after.as_of, facts.now, received=received),
        embeds=(_change_card(told, facts, setting),),
        quiet=not _notifies(facts),
    )


def margin_now_post(facts: ChangeFacts, before: LedBefore, setting: Setting) -> Draft:
    """Return the post that another source leads now; `facts` are of its standing, as of a first reading.

    It notifies where the other candidate leads by it.
    """
    told = telling(facts.contest, setting, facts.now, facts.after.names, facts.after.count)
    change, earlier = facts.change, (before.leader, before.margin)
    named = before.source if may_be_named(before.source, setting) else None
    sentence = margin_now_from(told, facts.source, (change.leader, change.margin or 0), named, earlier)
    if facts.confirms is not None:
        sentence = f"{sentence} {also_had(told, _nameable(facts.confirms, setting))}"
    turned = bool(change.margin and before.margin) and change.leader != before.leader
    quiet = not turned or is_night(facts.after, facts.contest.night_until)
    return replace(
        change_post(replace(facts, confirms=None), setting), kind="statement", headline=sentence, quiet=quiet
    )


def relation_post(facts: RelationFacts, setting: Setting) -> Draft:
    """Return the post of another source's margin that confirms or contradicts the margin posted."""
    told = telling(facts.contest, setting, facts.now)
    posted = (facts.leading, facts.posted_leader, facts.posted_margin, facts.posted_as_of)
    if facts.had is not None:
        said = (facts.leader, facts.margin, facts.total)
        sentence = confirmed_beside(told, facts.source, _nameable(facts.had, setting), said, posted)
    else:
        sentence = related(
            told,
            facts.relation,
            (facts.source, facts.leader, facts.margin, facts.total, facts.as_of),
            posted,
            about=facts.approximate,
            number=facts.posted_number,
        )
    return Draft(
        kind="statement",
        headline=sentence,
        credit=credit_line(setting, facts.source, facts.as_of, facts.now),
    )


def certified_post(facts: CertifiedFacts, setting: Setting) -> Draft:
    """Return the post of a new count of the units that have certified."""
    told = telling(facts.contest, setting, facts.now)
    if facts.had is not None:
        sentence = certified_as_had(told, facts.source, _nameable(facts.had, setting), facts.count, facts.deadline)
    elif facts.before is not None:
        sentence = certified(told, facts.count, facts.before, facts.deadline)
    else:
        raise ValueError("a first count is no news")
    beside = [newly_listed(told, facts.source, facts.units)]
    beside += [listed_too_few(facts.source, facts.named, facts.count.done)] if facts.named is not None else []
    return Draft(
        kind="certified",
        headline=" ".join(part for part in (sentence, *beside) if part),
        credit=credit_line(setting, facts.source, facts.as_of, facts.now),
    )


def stale_post(facts: StaleFacts, setting: Setting) -> Draft:
    """Return the alert about a source whose own figures have not moved for long."""
    told = telling(facts.contest, setting, facts.now, facts.reading.names if facts.reading else None)
    change = facts.change
    standing = (change.leader, change.margin) if change and change.margin is not None else None
    silent = stale(told, facts.source, facts.last_updated, facts.as_of, about=facts.approximate)
    meanwhile = has_meanwhile(told, facts.leading, standing, facts.changed_at, facts.checked_at)
    seen_by = facts.said_by if may_be_named(facts.said_by, setting) else facts.source
    return Draft(
        kind="stale",
        headline=f"{silent} {meanwhile}".strip(),
        credit=credit_line(setting, seen_by, facts.as_of, facts.now),
    )


def telling(
    contest: Contest, setting: Setting, now: datetime, names: Mapping[str, str] | None = None, count: str = "election"
) -> Telling:
    """Return what sentences about `contest` need, told at `now` in the desk's zone and style."""
    return Telling(contest, setting.desk.desk.style, setting.desk.zone, now, names, count)


def may_be_named(source: Source | None, setting: Setting) -> bool:
    """Return True if the channel may read that `source` said something."""
    return source is not None and (source.public or not setting.public)


def _confirming(told: Telling, facts: ChangeFacts, sentence: str, had: Had) -> str:
    """Return the headline of a change that comes to what the desk had; a revision begins as every revision does."""
    if facts.change.kind == "revision":
        return f"{sentence} {also_had(told, had)}"
    standing = (facts.change.leader, facts.change.margin or 0)
    return confirmed_change(told, facts.source, had, sentence, standing)


def _nameable(had: Had, setting: Setting) -> Had:
    return had if may_be_named(had.source, setting) else replace(had, source=None)


def _notifies(facts: ChangeFacts) -> bool:
    """Lead changes and revisions do; on election night, when leads come and go, only revisions."""
    if "revision" in (facts.kind, facts.change.kind):
        return True
    changed = facts.kind == "lead_change" or facts.change.lead_changed
    return changed and not is_night(facts.after, facts.contest.night_until)


def _change_card(told: Telling, facts: ChangeFacts, setting: Setting) -> Embed:
    change, after = facts.change, facts.after
    lines = [whole(after, change), *where_from(told, change)]
    if change.kind == "revision":
        lines.append(
            "The revision is the source's own." + (f" It replaces {facts.replaces}." if facts.replaces else "")
        )
    lines += notes(told, change, after, setting.recount_line(facts.contest))
    candidates = "\n".join(table(told, after, change.batch))
    moved = change.kind not in ("first", "progress")
    held = length(timedelta(seconds=facts.held_for)) if facts.held_for is not None else None
    return {
        "description": joined([candidates, "", joined(lines, _NOTES)], DESCRIPTION),
        "color": colour_of(_colour_kind(facts)),
        "footer": {"text": footer(told, facts.source, after, (after.as_of if moved else None, facts.checked_at), held)},
    }


def _colour_kind(facts: ChangeFacts) -> PostKind:
    """A roll-up that hides a lead change or a revision takes their colour."""
    return facts.change.kind if facts.change.kind in ("lead_change", "revision") else facts.kind
