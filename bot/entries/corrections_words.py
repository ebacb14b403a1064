"""Texts about corrections of our own errors and retractions of entries: posts, previews, and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.count.certification import CertificationCount
from bot.count.statement import Figure, Statement
from bot.entries.pieces_words import StandingStatement, left_phrase, results_words
from bot.outbox.outbox_words import Delivery, delivery_words, desk_notice, places
from bot.outcomes.calls_words import call_words
from bot.outcomes.certification_words import certified_phrase, units_phrase
from bot.tally.reported_batches_words import batch_phrase
from bot.wording.card import AMBER, Block, Button, Card, Line, Link, lines
from bot.wording.context import Setting, contest_context, may_be_named, source_name
from bot.wording.credit import desk_credit
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.limits import CONTENT, fitted, joined
from bot.wording.message import quoted
from bot.wording.names import listed, name_of
from bot.wording.numbers import commas, counted, votes
from bot.wording.times import when
from bot.wording.undo import undo_label

MOST_TYPED = 600
"""The most characters of an editor's own words."""

_MOST_SHOWN = 700
"""The most characters of each quoted text in the question to a second person."""

_MOST_LEAD = 90
"""The most characters of a post's first line in the question whether to retract it."""

_MOST_TO_CORRECT = 250
"""The most characters of a post's first line in the question whether to correct it. More, so that the error shows."""

_MOST_STANDING = 3
"""The most valid statements that are listed."""

_MOST_FIGURES = 600
"""The most characters of an entry's figures. No single figure is longer."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A correction or retraction that somebody asks for: the post or entry, and the text."""

    kind: Literal["correct", "retract"]
    text: str
    """The correct facts, or the reason for the retraction."""
    number: int | None = None
    """The post's number; None for a whole entry."""
    entry: int | None = None
    """The entry's id, if all of it is to be retracted."""

    @property
    def named(self) -> str:
        """The name of the post or entry in answers: "#3" or "entry 12"."""
        return f"entry {self.entry}" if self.number is None else f"#{self.number}"


@dataclass(frozen=True, slots=True)
class Preview:
    """The posts that a correction or a retraction would make and change, for the preview."""

    before: tuple[Card | None, ...]
    """The cards of the posts that would be replaced or dropped; None for a post without text yet."""
    after: Card | None
    """The card that would be posted instead; None if nothing would be posted."""
    delivery: Delivery
    numbers: tuple[int, ...] = ()
    """The numbers of the posts that would be marked as retracted."""
    corrections: tuple[int, ...] = ()
    """The numbers of those posts' corrections, which would be marked, too."""
    same: tuple[StandingStatement, ...] = ()
    """Valid statements of other entries with the same figures."""


Tells = Literal["feed", "let through"]
"""The origin of a post's figures: a feed, or a held reading of a feed that the desk posted."""

_STAYS: Mapping[Tells, str] = {
    "feed": "Answers keep the source's figures, and say that our post was corrected.",
    "let through": "Answers keep its figures, which were held, until the desk withdraws them with `/held`.",
}


def replacement_preview(
    key: int,
    what: Replacement,
    preview: Preview,
    tells: Tells | Sequence[Statement],
    figures_post: int | None,
    second: int | None,
    setting: Setting,
    now: datetime,
    rest: Sequence[StandingStatement],
    *,
    may_take_all: bool,
) -> Card:
    """Return the preview that `/correct` and `/retract` show before anything is done.

    Args:
        key: the id of the correction or retraction.
        what: the correction or retraction.
        preview: its effects.
        tells: the origin of the post's figures, if a feed; else its statements.
        figures_post: the number of the post with these figures; for a correction, the corrected post.
        second: the desk's channel if a second person must confirm; else None.
        setting: the desk file and the reader.
        now: the news clock's time.
        rest: the other statements of the same entry, which stay valid.
        may_take_all: add a button that retracts the whole entry instead.
    """
    correct = what.kind == "correct"
    head = f"**Correct {what.named}?**" if correct else _asks_to_retract(what, preview, tells, rest, setting, now)
    if correct or not (isinstance(tells, str) or _figures(tells, setting, now)):  # else the retraction says which
        head += _lead_of(preview, _MOST_TO_CORRECT if correct else _MOST_LEAD)
    goes = _goes_out(preview, "The correction" if correct else "The retraction", setting, now)
    then = f"Someone else on the desk must confirm it in <#{second}>." if second else ""
    stays = _stays(figures_post, tells, setting, now) if correct else ""
    buttons = (
        Button("Post correction" if correct else "Retract", f"replace:{key}:post", "primary"),
        *((Button("Whole entry instead", f"replace:{key}:whole"),) if may_take_all else ()),
        Button("Discard", f"replace:{key}:discard"),
    )
    return Card.of(*filter(None, (head, *goes, stays, then)), buttons=buttons)


def _stays(number: int | None, tells: Tells | Sequence[Statement], setting: Setting, now: datetime) -> str:
    """Return which figures a correction leaves unchanged in answers, and how to change them. Empty if there are none.

    `number`: the post with these figures.
    """
    if isinstance(tells, str):
        return _STAYS[tells]
    if not tells:
        return ""
    figures = [figure for one in tells if (figure := _figures([one], setting, now))]
    entry = f"the entry{f', {listed(figures)}' if figures else ''}"
    return f"Answers and the board still use {entry}: to replace it, retract #{number} and enter it again."


def _lead_of(preview: Preview, most: int) -> str:
    """Return the first line of the post to be replaced as a quotation, cut to `most` characters.

    Empty if the post has none.
    """
    card = next((card for card in reversed(preview.before) if card), None)
    if card is None:
        return ""
    lead, goes_on = card.first_line.replace("**", ""), ""
    if len(lead) > most:
        lead, goes_on = lead[:most].rpartition(" ")[0].rstrip(",:;"), " …"  # never half a number
    return f" “{lead}{goes_on}”"


def _goes_out(preview: Preview, what: str, setting: Setting, now: datetime) -> list[str]:
    """Return lines with the new post and its channels, or with the reason why the post waits.

    `what` names the new post. If nothing will be posted, a line says so.
    """
    if preview.after is None:
        return [
            f"Nothing will go out: it {'is not posted yet, and will not be' if preview.before else 'was not posted'}."
        ]
    delivery, parts = preview.delivery, quoted(preview.after)
    if delivery.now == delivery.channels:
        return [f"**This will go out in {places(delivery.channels)}:**", *parts]
    return ["**This will go out:**", *parts, delivery_words(delivery, setting, now, what)]


def _asks_to_retract(
    what: Replacement,
    preview: Preview,
    tells: Tells | Sequence[Statement],
    rest: Sequence[StandingStatement],
    setting: Setting,
    now: datetime,
) -> str:
    """Return the question whether to retract posts or an entry, including the figures that answers still use."""
    same = _same(preview, setting, now)
    then = "" if same else "Answers will no longer use it."
    if len(preview.numbers) > 1:
        named = listed([f"#{number}" for number in preview.numbers])
        both = _with_corrections(named, preview.numbers, preview.corrections)
        return f"**Retract {both}?** They came from one entry. {then or same}"
    shown = what.entry is None and preview.after  # the retraction below says it
    text = "" if isinstance(tells, str) or shown else capitalised(_in_short(tells, setting, now))
    stands = f"The rest of its entry stands: {_rest(rest, setting, now)}" if rest else ""
    both = _with_corrections(what.named, preview.numbers, preview.corrections)
    return " ".join(filter(None, (f"**Retract {both}?**", text and stopped(text), then, stands, same)))


def replace_question(key: int, what: Replacement, preview: Preview, who: str, setting: Setting, now: datetime) -> Card:
    """Return the question to a second person whether to correct or retract a post, as `who` wants."""
    correct = what.kind == "correct"
    wants = f"correct {what.named}"
    if not correct:
        posts = _with_corrections(_those(preview.numbers, what), preview.numbers, preview.corrections)
        wants = f"retract {posts}: {stopped(escape(what.text, MOST_TYPED))}"
    goes = delivery_words(preview.delivery, setting, now, "The correction" if correct else "The retraction")
    asked = [
        f"**Confirm?** {name_of(who)} wants to {stopped(wants)}",
        _same(preview, setting, now),
        *_old_and_new(what, preview),
        goes,
    ]
    buttons = (
        Button("Confirm", f"replace:{key}:confirm", "primary"),
        Button("Reject", f"replace:{key}:reject", "danger"),
    )
    return desk_notice(fitted([*filter(None, asked)], CONTENT - 100), setting, buttons=buttons)


def _same(preview: Preview, setting: Setting, now: datetime) -> str:
    """Return the line about other entries that have the same figures, and how to retract them.

    Empty if there are none.
    """
    same = [(one, text) for one in preview.same if (text := _figures([one.said], setting, now))]
    if not same:
        return ""
    shown, more = same[:_MOST_STANDING], len(same) - _MOST_STANDING
    names = listed([one.named or "what its source sent" for one, _ in shown], f"{more} more" if more > 0 else "")
    say, it = ("says the same and stays", "it") if len(same) == 1 else ("say the same and stay", "them")
    each = "; ".join(f"{text}, as of {when(one.said.as_of, now, setting.desk.zone)}" for one, text in shown)
    how = f" To take {it} back, too: `/retract` {names if it == 'it' else 'each'}." if same[0][0].named else ""
    return f"{capitalised(names)} {say}: {stopped(each)}{how}"


def _old_and_new(what: Replacement, preview: Preview) -> list[str]:
    """Return the old text (all old texts for a retraction), and the new text if there is one."""
    before = ["\n".join(quoted(card, _MOST_SHOWN)) for card in preview.before if card]
    shown = before if what.kind == "retract" else before[-1:]
    old = "\n".join(["As posted:", *shown]) if before else "It was not posted."
    return [old, "\n".join(["This will go out:", *quoted(preview.after, _MOST_SHOWN)])] if preview.after else [old]


def _rest(rest: Sequence[StandingStatement], setting: Setting, now: datetime) -> str:
    """Return the figures of the entry that stay valid, with their posts: "Biden +14,101, 4,991,741 votes (#7)."."""
    each = []
    for one in rest[:_MOST_STANDING]:
        posts = f" ({listed([f'#{number}' for number in one.numbers])})" if one.numbers else ""
        each.append(f"{_figures([one.said], setting, now) or 'what has no figure'}{posts}")
    more = f"; {len(rest) - _MOST_STANDING} more" if len(rest) > _MOST_STANDING else ""
    return stopped(f"{'; '.join(each)}{more}")


def _in_short(stated: Sequence[Statement], setting: Setting, now: datetime) -> str:
    """Return an entry's sources, figures and times: "our reporter: 118 ballots left in Floyd, as of 8:45 a.m."."""
    together: dict[tuple[str, datetime], list[Statement]] = {}
    for one in stated:
        together.setdefault((one.source, one.as_of), []).append(one)
    each = []
    for (key, as_of), ours in together.items():
        source, figures = setting.desk.source(key), _figures(ours, setting, now) or "an entry without figures"
        name = source_name(source) if source else "nobody"
        each.append(f"{name}: {figures}, as of {when(as_of, now, setting.desk.zone)}")
    return "; ".join(each)


def replace_asked(key: int, channel: int) -> Card:
    """Return the answer to the editor who asked, saying that a second person is asked to confirm in this channel."""
    return Card.of(
        f"**Waiting for a second person** to confirm in <#{channel}>. Nothing is posted until then.",
        buttons=(Button("Withdraw", f"replace:{key}:reject", "danger"),),
    )


def undo_answer(key: int, words: Line, setting: Setting, now: datetime) -> Card:
    """Return the answer `words` with an Undo button. Its label has the time until which it works."""
    return Card.of(words, buttons=(Button(undo_label(setting, now), f"replace:{key}:undo"),))


def undone_answer(then: str, dropped: int) -> str:
    """Return the answer to Undo. `then` says what answers use now; `dropped` is how many unsent posts were dropped."""
    gone = f"{counted(dropped, 'unsent post')} won't go out." if dropped else ""
    return " ".join(filter(None, ("**Undone.**", gone, then)))


def correction_post(number: int, replaced: Link | None, text: str, setting: Setting, now: datetime) -> Card:
    """Return the post that corrects our error in post `number`. `replaced` is a link to that post, if known."""
    said = stopped(capitalised(escape(text, MOST_TYPED)))
    return _post("correction", f"**Correction** to #{number}: ", said, replaced, setting, now)


def retraction_post(
    numbers: list[int],
    replaced: Link | None,
    why: str,
    stated: Sequence[Statement],
    stands: Sequence[Statement],
    setting: Setting,
    now: datetime,
) -> Card:
    """Return the post that retracts posts `numbers` for the reason `why`.

    `replaced`: a link to the last of these posts in the channel, if known. `stated`: the retracted statements.
    `stands`: other valid statements of the same figures, shown if the reader may know their source.
    """
    figures = [
        f"{f'{name}: ' if name else ''}{said}"
        for name, ours in _by_source(stated, setting).items()
        if (said := _figures(ours, setting, now))
    ]
    text = joined(figures, _MOST_FIGURES + 200, "{} more").replace("\n", "; ")
    posts = listed([f"#{number}" for number in numbers])
    label = f"**We retract {posts}** ({text}). " if text else f"**We retract {posts}.** "
    said = stopped(capitalised(escape(why, MOST_TYPED)))
    for name, theirs in _by_source(stands, setting).items():
        if not name:
            continue
        at = [f"{_figures([one], setting, now)}, as of {when(one.as_of, now, setting.desk.zone)}" for one in theirs]
        said += stopped(f" On record from {name}: {'; '.join(at)}")
    return _post("retraction", label, said, replaced, setting, now)


def _by_source(statements: Sequence[Statement], setting: Setting) -> dict[str, list[Statement]]:
    """Group statements by the name of their source. The name is "" if it may not be shown to the public."""
    found: dict[str, list[Statement]] = {}
    for one in statements:
        source = setting.desk.source(one.source)
        named = source_name(source) if source is not None and may_be_named(source, setting) else ""
        found.setdefault(named, []).append(one)
    return found


def _figures(stated: Sequence[Statement], setting: Setting, now: datetime) -> str:
    """Return all figures, calls and certifications of statements in a short form: "Biden +14,101, 4,991,741 votes"."""
    each = [figure for one in stated for figure in enumerate(_each_figure(one, setting, now))]
    words = [words for _, words in sorted(each, key=lambda figure: figure[0]) if words]
    return joined(words, _MOST_FIGURES, "{} more").replace("\n", ", ")


def _each_figure(stated: Statement, setting: Setting, now: datetime) -> tuple[str, ...]:
    """Return a text for every kind of figure, in a fixed order; empty for a kind that the statement does not have."""
    contest = setting.desk.contest(stated.contest)
    total = f"{_about(stated, 'total')}{votes(stated.total)}" if stated.total is not None else ""
    if contest is None:
        return (total,)
    context = contest_context(contest, setting, now)
    margin, certified, left, batch, units, updated = "", "", "", "", "", ""
    if stated.leader is not None and stated.margin is not None:
        margin = f"{context.who(stated.leader)} {_about(stated, 'margin')}+{commas(stated.margin)}"
    if stated.certified is not None:
        certified = f"{_about(stated, 'certified')}{certified_phrase(context, CertificationCount(*stated.certified))}"
    if stated.outstanding is not None:
        left = f"{_about(stated, 'outstanding')}{left_phrase(context.contest, stated.outstanding)}"
    if stated.batch is not None:
        batch = batch_phrase(context, stated.batch, about="batch" in stated.approximate)
    if stated.units_certified is not None:
        units = units_phrase(context, stated.units_certified, brief=True)
    if stated.last_updated is not None:
        updated = f"last updated {_about(stated, 'last_updated')}{context.when(stated.last_updated)}"
    call = call_words(context, stated.call) if stated.call is not None else ""
    results = results_words(stated.results_certified) if stated.results_certified is not None else ""
    return margin, total, certified, left, batch, units, call, results, updated


def _about(stated: Statement, figure: Figure) -> str:
    return "" if stated.exact(figure) else "about "


def correction_answer(number: int, goes: str, channels: int, dropped: int, unfound: int, late: int) -> Line:
    """Return the answer once a correction is posted.

    Args:
        number: the number of the corrected post.
        goes: where the correction goes out, or why it waits.
        channels: how many channels have the post.
        dropped: how many more channels had the post unsent; the correction replaces it.
        unfound: how many of `channels` have a post whose message is unknown.
        late: how many more channels have a post that may not have arrived.
    """
    parts = [goes]
    if channels > unfound:
        parts.append(f"#{number} will be marked Corrected.")
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(
            f"In {counted(dropped, 'channel')} where #{number} still waited, the correction will be posted instead."
        )
    if late:
        parts.append(f"{_late(late)}: the correction will follow once the bot knows whether {_each(late)} has arrived.")
    return Line(" ".join(parts), posts=(number,) if channels > unfound or dropped else ())


def retraction_answer(
    channels: int,
    dropped: int,
    unfound: int,
    late: int,
    goes: str,
    numbers: Sequence[int],
    corrections: Sequence[int],
) -> Line:
    """Return the answer once an entry is retracted.

    Args:
        channels: how many channels have a retracted post.
        dropped: how many posts were dropped before they were sent.
        unfound: how many of `channels` have a post whose message is unknown.
        late: how many posts may not have arrived.
        goes: where the retraction goes out, or why it waits.
        numbers: the numbers of the posts that will be marked.
        corrections: the numbers of their corrections, which will be marked, too.
    """
    parts = [goes]
    if channels > unfound:
        parts.append(f"{_with_corrections(_those(numbers), numbers, corrections)} will be marked Retracted.")
    if unfound:
        parts.append(_unedited(unfound))
    if dropped:
        parts.append(f"{counted(dropped, 'unsent post')} won't go out.")
    if late:
        parts.append(f"{_late(late)}: {_each(late)} will be retracted once the bot knows that it has arrived.")
    text = " ".join(part for part in parts if part)
    posts = (*numbers, *corrections) if channels > unfound else ()
    return Line(f"**Retracted.** {text or 'Nothing had been posted.'}", posts=posts)


def _unedited(unfound: int) -> str:
    return (
        f"In {counted(unfound, 'channel')} an editor said that the post is there, but the bot does not know which message it is, "
        "and can neither edit it nor link to it."
    )


def _those(numbers: Sequence[int], what: Replacement | None = None) -> str:
    """Return "#3 and #4" or, without numbers, the name of the post or entry to retract."""
    return listed([f"#{number}" for number in numbers]) or (what.named if what else "What was posted")


def _with_corrections(named: str, numbers: Sequence[int], corrections: Sequence[int]) -> str:
    """Add posts' corrections to `named`: "#3, and its correction #4"."""
    if not corrections:
        return named
    whose = f"{', and their' if len(numbers) > 1 else ' and its'} correction{'s' if len(corrections) > 1 else ''}"
    return f"{named}{whose} {_those(corrections)}"


def _late(number: int) -> str:
    return f"{counted(number, 'post')} {'is' if number == 1 else 'are'} on the way or in doubt"


def _each(number: int) -> str:
    return "it" if number == 1 else "each"


def _post(kind: str, label: str, text: str, replaced: Link | None, setting: Setting, now: datetime) -> Card:
    see = (Block(lines(f"See {replaced}."), colour=AMBER),) if replaced else ()
    return Card(lines(text), desk_credit(setting, now), see, kind, label=label, quiet=False)
