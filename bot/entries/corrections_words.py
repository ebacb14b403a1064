"""Corrections of our own errors and retractions of entries: as posts, as they are played back first, and the answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from bot.count.certification import CertificationCount
from bot.count.statement import Figure, Statement
from bot.entries.drafts_words import left_phrase
from bot.outbox.outbox_words import Delivery, delivery_words, desk_notice, places
from bot.outcomes.calls_words import call_words
from bot.outcomes.certification_words import certified_phrase, units_phrase
from bot.wording.context import Setting, contest_context, source_name
from bot.wording.credit import desk_credit
from bot.wording.draft import Answer, Button, Draft, Link, PostKind, colour_of
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.limits import CONTENT, joined
from bot.wording.names import listed, name_of
from bot.wording.numbers import commas, counted, votes
from bot.wording.times import when
from bot.wording.undo import undo_time


class Replacement(Struct, frozen=True):
    """What somebody wants corrected or taken back."""

    kind: Literal["correct", "retract"]
    text: str
    """What is right, or why it is taken back."""
    number: int | None = None
    """Of the post; None: an entry of which nothing was posted."""
    entry: int | None = None

    @property
    def named(self) -> str:
        """Return "#3" or "entry 12"."""
        return f"entry {self.entry}" if self.number is None else f"#{self.number}"


class Preview(Struct, frozen=True):
    """What would come of a correction or a retraction."""

    before: tuple[str | None, ...]
    """What is replaced or not sent, as it was posted; None: its words were not made yet."""
    after: tuple[str, ...]
    """What would be posted instead."""
    delivery: Delivery
    numbers: tuple[int, ...] = ()
    """Of the posts that would be marked as retracted."""


Tells = Literal["feed", "let through"]
"""A post tells a feed's figures; or those, and the desk let them through."""

_STAYS: Mapping[Tells, str] = {
    "feed": "Only the post is corrected: answers keep showing the source's figures.",
    "let through": "Only the post is corrected: its figures were held, and stay in answers until the desk withdraws them "
    "with `/held`.",
}


def _stays(number: int | None, tells: Tells | Sequence[Statement], along: Sequence[int], setting: Setting) -> str:
    """Return what a correction leaves as it is, and the way to change that; nothing where it leaves nothing.

    `number`: of the post whose figures they are; `along`: of the others that are retracted with it.
    """
    if isinstance(tells, str):
        return _STAYS[tells]
    if not tells:
        return ""
    figures = [figure for one in tells if (figure := _figure(one, setting))]
    entry = f"the entry{f', {listed(figures)}' if figures else ''}"
    others = f", which takes {listed([f'#{one}' for one in along])} along," if along else ""
    return (
        f"This changes only what was posted. Answers and the board still use {entry}: to replace it, retract #{number}"
        f"{others} and enter {'all of it' if along else 'it'} again."
    )


_MOST_SHOWN = 700
"""Characters of each text in the question to a second person, which is a post."""


def _quoted(text: str, most: int) -> str:
    words, _, last = text.rpartition("\n")
    shown = words or last
    cut = shown if len(shown) <= most else f"{shown[:most]}…"
    return "\n".join(f"> {line}" for line in cut.split("\n"))


def _both(what: Replacement, preview: Preview, most: int = CONTENT) -> list[str]:
    """Return the old text, of a retraction all of them, and the new one."""
    before = [_quoted(content, most) for content in preview.before if content]
    shown = before if what.kind == "retract" else before[-1:]
    lines = ["\n".join(["As posted:", *shown]) if before else "It was not posted."]
    if preview.after:
        lines.append("This goes out:\n" + _quoted(f"{preview.after[0]}\n", most))
    return lines


def played_back(
    key: int,
    what: Replacement,
    preview: Preview,
    tells: Tells | Sequence[Statement],
    told_by: int | None,
    second: int | None,
    setting: Setting,
    now: datetime,
    along: Sequence[int] = (),
) -> Answer:
    """Return what `/correct` and `/retract` show before anything is done.

    `tells`: whose figures the post tells, or the entries that count and that it came of; `told_by`: its number, of a
    correction that of the post that it corrects. `second`: the desk's channel, where
    another has to confirm it; None: nobody has to. `along`: the posts that are retracted with `told_by`.
    """
    correct = what.kind == "correct"
    head = f"**Correct {what.named} like this?**" if correct else _asks_to_retract(what, preview, tells, setting, now)
    goes = delivery_words(preview.delivery, setting, now, "The correction" if correct else "The retraction")
    then = (
        f"Someone else on the desk must confirm it in <#{second}>."
        if second
        else stopped(f"You can undo it for two minutes{_undo_posts(preview.delivery)}")
    )
    stays = _stays(told_by, tells, along, setting) if correct else ""
    lines = [head, *_both(what, preview), goes, stays, then]
    buttons = (
        Button("Post correction" if correct else "Retract", f"replace:{key}:post", "primary"),
        Button("Discard", f"replace:{key}:discard"),
    )
    return Answer("\n".join(line for line in lines if line), (), buttons)


def _asks_to_retract(
    what: Replacement, preview: Preview, tells: Tells | Sequence[Statement], setting: Setting, now: datetime
) -> str:
    """Return the question, with all the posts of an entry; of one without a post, with what it says."""
    if len(preview.numbers) > 1:
        named = listed([f"#{number}" for number in preview.numbers])
        return f"**Retract {named}?** They came from one entry. Answers will no longer use it."
    said = (
        "" if isinstance(tells, str) or what.entry is None else "; ".join(_in_short(one, setting, now) for one in tells)
    )
    return f"**Retract {what.named}?** {f'{stopped(capitalised(said))} ' if said else ''}Answers will no longer use it."


def _in_short(stated: Statement, setting: Setting, now: datetime) -> str:
    """Return what a statement says, whose it is and as of when: "our reporter: 118 ballots left in Floyd, as of 8:45 a.m."."""
    source = setting.desk.source(stated.source)
    figure = _figure(stated, setting) or "an entry without figures"
    return (
        f"{source_name(source) if source else 'nobody'}: {figure}, as of {when(stated.as_of, now, setting.desk.zone)}"
    )


def replace_question(key: int, what: Replacement, preview: Preview, who: str, setting: Setting, now: datetime) -> Draft:
    """Return the question to a second person whether something is corrected or taken back."""
    correct = what.kind == "correct"
    wants = f"correct {what.named}" if correct else f"retract {what.named}: {stopped(escape(what.text, MOST_TYPED))}"
    goes = delivery_words(preview.delivery, setting, now, "The correction" if correct else "The retraction")
    lines = [f"**Confirm?** {name_of(who)} wants to {stopped(wants)}", *_both(what, preview, _MOST_SHOWN), goes]
    buttons = (
        Button("Confirm", f"replace:{key}:confirm", "primary"),
        Button("Reject", f"replace:{key}:reject", "danger"),
    )
    return desk_notice(joined([line for line in lines if line], CONTENT - 100), setting, buttons=buttons)


def replace_asked(key: int, channel: int) -> Answer:
    """Return what is said once a second person is asked."""
    return Answer(
        f"**Waiting for a second person** to confirm in <#{channel}>. Nothing is posted until then.",
        (),
        (Button("Withdraw", f"replace:{key}:reject", "danger"),),
    )


def _undo_posts(delivery: Delivery) -> str:
    """Return that pressing Undo posts something, after "You can undo it …"; nothing where nothing goes out."""
    if not delivery.channels:
        return ""
    return "; the undo is posted, too" if delivery.now else "; once it is out, the undo is posted, too"


def undoable(key: int, words: str, delivery: Delivery, setting: Setting, now: datetime) -> Answer:
    """Return an answer with the button that undoes what it says, until when it does, and that this is posted."""
    till = stopped(f"You can undo it {undo_time(setting, now)}{_undo_posts(delivery)}")
    return Answer(f"{words} {till}", (), (Button("Undo", f"replace:{key}:undo"),))


def unreplaced_answer(what: Replacement, dropped: int, channels: Sequence[int]) -> str:
    """Return what pressing Undo answers."""
    it = "correction" if what.kind == "correct" else "retraction"
    parts = ["**Undone.**"]
    if what.kind == "retract":
        parts.append("Answers use the entry again.")
    if dropped:
        parts.append(f"{counted(dropped, 'post')} of the {it}, not sent yet, will not be sent.")
    if channels:
        parts.append(f"In {places(channels)} a post withdraws the {it}, and {what.named} reads as before.")
    return " ".join(parts)


def unreplaced_post(what: Replacement, number: int, replaced: Link | None, setting: Setting, now: datetime) -> Draft:
    """Return the post that takes a correction, or a retraction, with this number back; `replaced`: where that is."""
    if what.kind == "correct":
        said = f"**Retraction** of #{number}: we withdraw this correction. {what.named} stands as posted."
        return _post("retraction", said, replaced, setting, now)
    said = f"**Correction** to #{number}: we retracted {what.named} by mistake. It stands as posted."
    return _post("correction", said, replaced, setting, now)


def correction_post(number: int, replaced: Link | None, text: str, setting: Setting, now: datetime) -> Draft:
    """Return the post that corrects an error of ours in post `number`; `replaced`: where that is, if it is known."""
    return _post("correction", correction(number, text), replaced, setting, now)


def retraction_post(
    numbers: list[int],
    replaced: Link | None,
    why: str,
    stated: Statement,
    stands: Sequence[Statement],
    setting: Setting,
    now: datetime,
) -> Draft:
    """Return the post that retracts an entry.

    `replaced`: where its last post in the channel is, if it is known. `stands`: what its source said of its figures beside it.
    """
    figure, source = _figure(stated, setting), setting.desk.source(stated.source)
    name = source_name(source) if source is not None and source.public else ""  # the public may read it
    said = retraction(numbers, why, f" ({f'{name}: ' if name else ''}{figure})" if figure else "")
    if stands:
        at = [f"{_figure(one, setting)}, as of {when(one.as_of, now, setting.desk.zone)}" for one in stands]
        said += stopped(f" On record{f' from {name}' if name else ''}: {'; '.join(at)}")
    return _post("retraction", said, replaced, setting, now)


def _figure(stated: Statement, setting: Setting) -> str:
    """Return the figures of an entry, or in short what else it says: "Biden +14,101"; empty where that is not short."""
    contest = setting.desk.contest(stated.contest)
    if contest is None:
        return f"{_about(stated, 'total')}{votes(stated.total)}" if stated.total is not None else ""
    told = contest_context(contest, setting, stated.as_of)
    said = []
    if stated.leader is not None and stated.margin is not None:
        said.append(f"{told.who(stated.leader)} {_about(stated, 'margin')}+{commas(stated.margin)}")
    if stated.total is not None:
        said.append(f"{_about(stated, 'total')}{votes(stated.total)}")
    if stated.certified is not None:
        count = CertificationCount(*stated.certified)
        said.append(f"{_about(stated, 'certified')}{certified_phrase(told, count)}")
    if stated.outstanding is not None:
        said.append(f"{_about(stated, 'outstanding')}{left_phrase(told.contest, stated.outstanding)}")
    if stated.units_certified is not None:
        said.append(units_phrase(told, stated.units_certified))
    if stated.call is not None:
        said.append(call_words(told, stated.call))
    return ", ".join(said)


def _about(stated: Statement, figure: Figure) -> str:
    return "" if stated.exact(figure) else "about "


def correction_answer(number: int, goes: str, channels: int, dropped: int = 0, unfound: int = 0, late: int = 0) -> str:
    """Return what is answered once a correction is posted.

    Args:
        number: of the post that is corrected.
        goes: where the correction goes out, and what it waits for.
        channels: in how many it had been posted.
        dropped: in how many more it waited, and is not posted any more.
        unfound: of `channels`, where nobody knows which message it is.
        late: in how many more it is not known yet whether it arrived.

    """
    parts = [goes]
    if channels > unfound:
        parts.append(f"#{number} will be marked Corrected, with a link to it, unless it was deleted.")
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(
            f"In {counted(dropped, 'channel')} where #{number} still waited, the correction is posted instead."
        )
    if late:
        parts.append(f"{_late(late)}: the correction follows once the bot knows whether each has arrived.")
    return " ".join(parts)


def retraction_answer(
    channels: int, dropped: int, unfound: int = 0, late: int = 0, goes: str = "", numbers: Sequence[int] = ()
) -> str:
    """Return what is answered once an entry is taken back.

    Args:
        channels: in how many it was taken back.
        dropped: posts that had not been sent yet.
        unfound: of `channels`, where nobody knows which message it is.
        late: posts of which it is not known yet whether they arrived.
        goes: where the retraction goes out, and what it waits for.
        numbers: of the posts that are marked.

    """
    parts = [goes]
    if channels > unfound:
        parts.append(
            f"{_those(numbers)} will be marked Retracted, unless {'they were' if len(numbers) > 1 else 'it was'} deleted."
        )
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(f"{counted(dropped, 'post')}, not sent yet, will not be sent.")
    if late:
        parts.append(f"{_late(late)}: each is retracted once the bot knows that it has arrived.")
    said = " ".join(part for part in parts if part)
    return f"**Retracted.** Answers no longer use it. {said}" if said else "**Retracted.** Nothing had been posted."


def _unedited(unfound: int) -> str:
    return (
        f"In {counted(unfound, 'channel')} the bot does not know which message it is, because an editor said it is "
        "there; the bot can neither edit it nor link to it."
    )


def _those(numbers: Sequence[int]) -> str:
    return listed([f"#{number}" for number in numbers]) or "What was posted"


def _late(number: int) -> str:
    return f"{counted(number, 'post')} {'is' if number == 1 else 'are'} on the way or in doubt"


def _post(kind: PostKind, headline: str, replaced: Link | None, setting: Setting, now: datetime) -> Draft:
    cards = ({"description": f"It refers to {replaced}.", "color": colour_of("revision")},) if replaced else ()
    return Draft(kind, headline, desk_credit(setting, now), cards, quiet=False)


MOST_TYPED = 600
"""Letters of an editor's own words."""


def correction(number: int, text: str) -> str:
    """Return what a correction of post `number` says: the editor's own words, after the word and the number."""
    return f"**Correction** to #{number}: {stopped(capitalised(escape(text, MOST_TYPED)))}"


def retraction(numbers: list[int], why: str, figure: str = "") -> str:
    """Return what a retraction says of the posts that came of one entry, of its figure, and why: in the editor's words."""
    said = listed([f"#{number}" for number in numbers])
    reason = stopped(capitalised(escape(why, MOST_TYPED)))
    return f"**Retraction:** we retract {said}{figure}. {reason}"
