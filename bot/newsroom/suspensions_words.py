"""The answers to pausing, muting, and setting the desk's channel or a public channel. Also the card of `/mute`."""

from collections.abc import Sequence
from datetime import datetime

from bot.desk.desk_file import Contest, Source
from bot.follows.levels import Sees
from bot.outbox.outbox_store import PostPreview
from bot.outbox.outbox_words import desk_notice
from bot.outbox.suspensions_store import Pause, PostsWaiting
from bot.outbox.two_person_store import TwoPerson
from bot.wording.card import Button, Card, Choice, Select
from bot.wording.context import Setting, source_name
from bot.wording.credit import SetBy
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.limits import cut
from bot.wording.names import listed, name_of
from bot.wording.numbers import begins, counted, spelled
from bot.wording.question import source_tag
from bot.wording.times import when
from bot.wording.typed_names import contest_label

_MOST_NAMED = 5
"""The most contests, sources or posts that an answer lists, because it has at most 2,000 characters."""

_MOST_NAME = 80

_USED = "answers still use its figures."
"""The note on what a mute does not change."""

_MOST_CHOICES = 25

KEPT_FOR_CONFIRMING = (
    "the desk channel stays while a second person confirms entries: first end confirmation by a second person, in "
    "`/desk setup`, step 2"
)
"""The error when the desk's channel can't be changed because of the two-person rule."""


def pause_answer(pause: Pause, setting: Setting, now: datetime) -> Card:
    """Return the answer to `/pause`, with a Resume button."""
    paused, until = pause.paused, pause.paused.until
    if pause.unchanged:
        text = stopped(f"Already paused, since {paused.words(setting, now)}")
    else:
        ends = stopped(f"Paused until {when(until, now, setting.desk.zone)}" if until else "Paused")
        text = f"**{ends}** Posts in this server wait {'until then, or ' if until else ''}until someone presses **Resume**."
    if pause.restored:
        text += " The database was restored; posts resume once the desk answers the notice about it."
    shows = " **Resume** first shows what would go out." if pause.load.waiting else ""
    return Card.of(f"{text}{load_sentence(pause.load)}{shows}", buttons=(Button("Resume", "letgo:ask"),))


def resumed_by_itself_notice(paused: SetBy, found: Sequence[PostPreview], setting: Setting, now: datetime) -> Card:
    """Return the notice to the desk that a pause has ended at its set time.

    `paused` is when and by whom posting was paused. `found` are the posts that are sent now.
    """
    zone = setting.desk.zone
    head = stopped(f"Posts resumed at {when(now, now, zone)}")
    was = stopped(f"{name_of(paused.who)} had paused them until {when(paused.until or now, now, zone)}")
    out = [one for one in found if not one.shown and not one.closed]
    more = len(out) - _MOST_NAMED
    listed_posts = [f"> {one.headline}\n-# in <#{one.channel}>" for one in out[:_MOST_NAMED]]
    return desk_notice(
        [f"**{head}** {was} {_go_out(found)}", *listed_posts, *([f"And {more} more."] if more > 0 else [])], setting
    )


def resume_answer(
    before: SetBy | None, load: PostsWaiting, found: Sequence[PostPreview], muted: Sequence[Source] = ()
) -> str:
    """Return the answer to the person who resumed posting.

    Args:
        before: when and by whom posting was paused, or None if it was not paused.
        load: how many posts wait.
        found: the posts that are released.
        muted: the sources whose posts still wait.
    """
    if before is None:
        return f"Nothing was paused.{_also_waits(load)}"
    if not muted:
        return f"**Resumed.** {_go_out(found)}"
    more = len(muted) - _MOST_NAMED
    names = listed([source_name(one) for one in muted[:_MOST_NAMED]], f"{more} more" if more > 0 else "")
    first = f"{_go_out(found)} Posts" if found else "Nothing else was held back: posts"
    return f"**Resumed.** {first} from {names} stay muted (`/mute`)."


def go_out_answer(
    label: str,
    key: str,
    waiting: Sequence[PostPreview],
    sees: Sees,
    setting: Setting,
    now: datetime,
    since: SetBy | None = None,
    new: int = 0,
) -> Card:
    """Return a preview of the posts that would be sent, and a button to release them.

    Args:
        label: the button's label. A button that ends a pause also says how many posts go out.
        key: the button's key.
        waiting: the posts that would be released.
        sees: returns True for channels that the asker sees. Posts in other channels are included only in the number.
        setting: the desk file and the reader.
        now: the present time by the news clock, which is simulated in a rehearsal.
        since: when and by whom the server was paused, or None if this is about a channel or a source.
        new: how many of the posts came after the last preview.
    """
    more = f"{_posts(new, 'more post')} came since this was shown, so nothing is changed yet. " if new else ""
    first = f"Still paused, since {since.words(setting, now)}. {more}" if since else more
    out, shown = [one for one in waiting if not one.shown], [one for one in waiting if one.shown]
    goes = "This would go out now:" if len(out) == 1 else f"These {spelled(len(out), 'post')} would go out now:"
    head = f"**{first}{goes}**" if out else f"**{first}Nothing is waiting to post.**"
    shown_to = [one for one in out if sees(one.channel)]
    lines = [head, *(f"> {one.headline}\n-# in <#{one.channel}>" for one in shown_to)]
    if unseen := len(out) - len(shown_to):
        lines.append(f"{begins(unseen)} of them {'goes' if unseen == 1 else 'go'} into channels you can't see.")
    if shown:
        lines.append(f"{_posts(len(shown))} will then wait for Publish.")
    posts = f" and post {len(out)}" if since and out else ""
    return Card.of(*lines, buttons=(Button(f"{label}{posts}", key, "primary"),))


def unmute_answer(
    named: str, before: SetBy | None, load: PostsWaiting, found: Sequence[PostPreview], *, paused: bool
) -> str:
    """Return the answer to the person who unmuted a source.

    Args:
        named: the source's name.
        before: when and by whom the source was muted, or None if it was not muted.
        load: how many posts wait.
        found: the posts that are released.
        paused: True if posting in the server is still paused.
    """
    if before is None:
        return f"{capitalised(escape(named))} was not muted."
    if paused and load.waiting:
        return f"**Unmuted.** {_waits(load.waiting)} until someone resumes posts (`/pause`)."
    return f"**Unmuted.** {_go_out(found, numbered=True)}"


def source_card(
    source: Source,
    muted: SetBy | None,
    leads: Sequence[Contest],
    could: Sequence[Contest],
    setting: Setting,
    now: datetime,
    note: str = "",
) -> Card:
    """Return the card of `/mute`: the contests that a source leads, and whether it is muted.

    The card has controls to change both.

    Args:
        source: the source.
        muted: when and by whom the source was muted, or None if it is not muted.
        leads: the contests followed in this server that the source leads.
        could: the contests for which the source has a feed but does not lead.
        setting: the desk file and the reader.
        now: the present time by the news clock, which is simulated in a rehearsal.
        note: a sentence about the change just made.
    """
    name, led = source_name(source), _contests(list(leads))
    tag = source_tag(source)
    if muted:
        text = f"**Muted: {name},** {stopped(f'since {muted.words(setting, now)}')}"
        goes = f" No margin posts for {led} go out; {_USED}" if led else " Its posts wait."
        lines = [f"{text}{goes}", note.strip()]
        why = () if muted.why else (Button("Add a reason", f"source:why:{tag}"),)
        buttons: tuple[Button, ...] = (Button("Unmute", f"source:unmute:{tag}"), *why)
    else:
        follow = f"Margin posts for {led} follow" if led else "Margin posts here do not follow"
        lines = [note, f"{follow} **{name}**. Mute holds {'its posts' if led else 'posts on what it says'}; {_USED}"]
        buttons = (Button("Mute", f"source:mute:{tag}", "danger"),)
    named = [(one, contest_label(one, could)) for one in could[:_MOST_CHOICES]]
    choices = tuple(Choice(cut(f"Have posts on {label} follow it", 100), one.id) for one, label in named)
    selects = (Select(f"source:lead:{tag}", "Have posts follow it", choices),) if choices else ()
    return Card.of(*filter(None, lines), buttons=buttons, selects=selects)


def channel_answer(channel: int | None, asked: int) -> str:
    """Return the answer to the person who set the desk's channel.

    `asked` is the number of open questions to the desk that are now posted in the channel.
    """
    if channel is None:
        return "No desk channel is set now; problems and questions for the desk are only in `/status`."
    now = f" {counted(asked, 'open question')} {'goes' if asked == 1 else 'go'} there now." if asked else ""
    return f"Notices and questions for the desk now go to <#{channel}>.{now}"


def two_person_answer(did: TwoPerson, setting: Setting, now: datetime, *, on: bool) -> str:
    """Return the answer to the person who turned the two-person rule on or off. `did` is what changed."""
    if did.ends is not None:
        ends = when(did.ends, now, setting.desk.zone)
        return (
            f"**Not off yet:** confirmation ends at {ends}, unless someone keeps it. The desk channel has a notice; "
            "someone else on the desk can end it there now."
        )
    if not on:
        return f"Entries, corrections and held figures {'no longer need' if did.changed else 'do not need'} a second person."
    state = "On." if did.changed else "Already on."
    return (
        f"**{state}** What one person enters, corrects or approves takes effect once a second person confirms it in the "
        "desk channel."
    )


def public_answer(
    channel: int,
    inside: list[Contest],
    found: Sequence[PostPreview],
    *,
    on: bool,
    did: bool,
    waits: int,
    boards: int = 0,
    left: int = 0,
) -> str:
    """Return the answer to the person who marked a channel as public or private.

    Args:
        channel: the channel.
        inside: contests that the channel follows and whose leading source is for the newsroom only.
        found: the posts that waited for Publish and are sent now.
        on: True for public, False for private.
        did: False if nothing changed.
        waits: how many posts waited for Publish, and are sent once posting in the server resumes.
        boards: how many pinned boards the channel had.
        left: how many entries can't be used in answers in the channel until the desk releases them.
    """
    if not on:
        went = f" {_go_out(found)}" if found else ""
        if waits:
            went = f" {_waits(waits)} until posts are resumed (`/pause`)."
        return f"Posts to <#{channel}> {'no longer wait' if did else 'do not wait'} for Publish.{went}"
    led = _contests(inside)
    never = f" Nothing on {led} is posted there: its leading source is for the newsroom only." if led else ""
    gone = " Its board is gone." if boards else ""
    entries = (
        f"; {counted(left, 'entry', 'entries')} {'is' if left == 1 else 'are'} left out (`/entries`)" if left else ""
    )
    return (
        f"**<#{channel}> is {'now' if did else 'already'} public.** Posts wait for Publish in the desk channel. "
        f"Answers show feeds' figures, and entries once published{entries}.{gone}{never}"
    )


def _contests(contests: list[Contest]) -> str:
    """Return the names of the first few contests, and the number of the others."""
    names = [f"**{escape(contest.name, _MOST_NAME)}**" for contest in contests[:_MOST_NAMED]]
    more = len(contests) - len(names)
    return listed(names, f"{more} more of what `/following` lists" if more else "")


def _waits(number: int) -> str:
    return f"{_posts(number)} {'waits' if number == 1 else 'wait'}"


def _posts(number: int, one: str = "post") -> str:
    """Return `number` posts as the start of a sentence: "One post", "Two more posts".

    `one` is the noun in the singular.
    """
    return f"{begins(number)} {one}{'' if number == 1 else 's'}"


def _go_out(found: Sequence[PostPreview], *, numbered: bool = False) -> str:
    """Return a text with how many released posts are sent now, and the reason why others still wait.

    `numbered` is True if the posts get new numbers.
    """
    if not found:
        return "No posts were held back."
    now = sum(not one.shown and not one.closed for one in found)
    shown, closed = sum(one.shown and not one.closed for one in found), sum(one.closed for one in found)
    parts = []
    if now:
        goes, new = ("goes", "a new number") if now == 1 else ("go", "new numbers")
        parts.append(f"{_posts(now, 'waiting post')} {goes} out now{f', with {new}' if numbered else ''}.")
    if shown:
        parts.append(f"{_waits(shown)} for Publish.")
    if closed:
        parts.append(f"{_waits(closed)} for a channel where the bot can't post.")
    return " ".join(parts)


def load_sentence(load: PostsWaiting) -> str:
    """Return a text to append to an answer: how many posts wait, and how many are already being sent."""
    under_way = f" {_posts(load.under_way)} already on the way can't be called back." if load.under_way else ""
    return f"{_also_waits(load)}{under_way}"


def _also_waits(load: PostsWaiting) -> str:
    return f" {_waits(load.waiting)}." if load.waiting else ""
