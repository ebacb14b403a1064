"""The outbox's own texts: where a post goes and why it waits, notices of failures, and a thread's first message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk.desk_file import Contest
from bot.wording.card import Button, Card, lines
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.escape import escape, stopped
from bot.wording.limits import cut, fitted
from bot.wording.names import listed, name_of
from bot.wording.numbers import counted
from bot.wording.times import when

_MOST_NAMED = 3

_MOST_WHY = 300

_MOST_QUOTED = 900

_LONGEST_NAME = 100
"""The longest thread name that Discord takes, in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The channels that posts go to, and what stops them: a pause, a mute, an editor's Publish, a closed channel."""

    channels: tuple[int, ...] = ()
    """The channels that the posts go to."""
    paused: SetBy | None = None
    """Who paused posting in the server, or None if posting is not paused."""
    muted: Mapping[str, SetBy] = field(default_factory=dict)
    """Who muted each source of the posts, by the source's name."""
    public: tuple[int, ...] = ()
    """The members of `channels` that the public reads. An editor has to publish posts in these channels."""
    desk: int | None = None
    """The desk's channel, where posts wait for Publish, or None if the server has none."""
    closed: tuple[int, ...] = ()
    """The members of `channels` that can't be written to."""

    @property
    def now(self) -> tuple[int, ...]:
        """The channels to which the posts are sent now."""
        if self.paused or self.muted:
            return ()
        return tuple(channel for channel in self.channels if channel not in (*self.public, *self.closed))

    @property
    def waits_for_publish(self) -> bool:
        """True if, in every channel, the posts wait for an editor's Publish and for nothing else."""
        held = self.paused or self.muted or self.closed
        return bool(self.channels) and not held and set(self.public) == set(self.channels)


def delivery_words(delivery: Delivery, setting: Setting, now: datetime, what: str = "It") -> str:
    """Return where posts go and why they wait, or "" without channels.

    For example "It goes out in <#5>. In <#6> it waits for Publish in <#9>.". `what` begins the first sentence: "It",
    "The correction".
    """
    if not delivery.channels:
        return ""
    if delivery.paused:
        return f"{what} waits: this server's posts have been paused since {delivery.paused.words(setting, now)} (`/pause`)."
    if delivery.muted:
        name, by = next(iter(delivery.muted.items()))
        return f"{what} waits: {name} has been muted since {by.words(setting, now)} (`/mute`)."
    parts = []
    if delivery.now:
        parts.append(f"{what} goes out in {places(delivery.now)}.")
    if waiting := [channel for channel in delivery.public if channel not in delivery.closed]:
        to = f" to {places(waiting)}" if len(delivery.channels) > 1 else ""
        desk = f" in <#{delivery.desk}>" if delivery.desk else ""
        parts.append(
            f"In {places(waiting)} it waits for Publish{desk}." if parts else f"{what} waits{desk} for Publish{to}."
        )
    if delivery.closed:
        parts.append(f"{what if not parts else 'It'} waits for {places(delivery.closed)}, where the bot can't post.")
    return " ".join(parts)


def places(channels: Sequence[int]) -> str:
    """Return a list of channels such as "<#5> and <#6>", or "4 channels" if the list has more than three."""
    if len(channels) > _MOST_NAMED:
        return counted(len(channels), "channel")
    return listed([f"<#{channel}>" for channel in channels])


def paused_notice(paused: SetBy, setting: Setting, now: datetime, end: SetBy | None = None) -> Card:
    """Return the notice that posting is paused, by whom and why.

    `end` is who last changed the end of the pause, and when.
    """
    zone = setting.desk.zone
    until = f" until {when(paused.until, now, zone)}" if paused.until else ""
    why = f":** {stopped(escape(paused.why, _MOST_WHY))}" if paused.why else ".**"
    waits = f"{'until then, or ' if paused.until else ''}until someone presses **Resume**"
    parts = [f"**Paused{until} by {name_of(paused.who)}{why} Posts in this server wait {waits}."]
    if end:
        because = f": {escape(end.why, _MOST_WHY)}" if end.why else ""
        parts.append(stopped(f"{name_of(end.who)} changed how long at {when(end.at, now, zone)}{because}"))
    return desk_notice(parts, setting, buttons=(Button("Resume", "letgo:ask"),))


def resumed_notice(paused: SetBy, who: str | None, setting: Setting, now: datetime) -> Card:
    """Return the text that replaces the notice of a pause once the pause is over.

    `who` resumed posting. None means that the pause ended by itself.
    """
    by = f" by {name_of(who)}" if who else ", as set"
    head = stopped(f"Resumed at {when(now, now, setting.desk.zone)}{by}")
    was = stopped(f"Posts had been paused since {paused.to_desk(setting, now)}")
    return desk_notice(f"**{head}** {was}", setting)


def closed_notice(channel: int, why: str, setting: Setting, *, is_thread: bool = False) -> Card:
    """Return the notice that a channel, or a contest's thread, can't be written to. `why` is Discord's own reason."""
    if is_thread:
        return desk_notice(
            f"**<#{channel}> can't be posted to,** so its posts go into the channel itself until that is fixed. If "
            "the thread is gone or stays locked, open another under `/following`. Discord's reason: "
            f"{escape(why, _MOST_WHY)}",
            setting,
        )
    return desk_notice(
        f"**The bot can't post in <#{channel}>.** Nothing is lost: settings stay, and what waits becomes one post "
        f"per contest once it can. Discord's reason: {escape(why, _MOST_WHY)}",
        setting,
    )


def opened_notice(channel: int, since: int, setting: Setting) -> Card:
    """Return the notice that a channel works again. `since` is when it stopped, in seconds since 1970."""
    return desk_notice(
        f"**The bot can post in <#{channel}> again.** It could not since <t:{since}:f>.", setting, quiet=True
    )


def no_thread_notice(channel: int, contest: str, why: str, setting: Setting) -> Card:
    """Return the notice that a contest's thread can't be opened, and that its posts go into the channel.

    `why` is Discord's own reason.
    """
    return desk_notice(
        f"**The thread of {escape(contest, 80)} could not be opened in <#{channel}>,** so its posts go into the "
        "channel itself. Once that is fixed, turn the thread on again under `/following`. Discord's reason: "
        f"{escape(why, _MOST_WHY)}",
        setting,
    )


def uncarded_notice(number: int, channel: int, why: str, setting: Setting) -> Card:
    """Return the notice that posts are sent without their cards. `why` is Discord's own reason."""
    return desk_notice(
        f"**The card of #{number} could not be shown in <#{channel}>,** so it and later ones appear as text. Give "
        "the bot's role the permission Embed Links in the channel's settings. Discord's reason: "
        f"{escape(why, _MOST_WHY)}",
        setting,
    )


def unpublished_notice(number: int, channel: int, why: str, setting: Setting) -> Card:
    """Return the notice that a post was sent but not published to followers. `why` is Discord's own reason."""
    return desk_notice(
        f"**#{number} was not published to the followers of <#{channel}>;** it did post in the channel. Discord "
        "publishes in announcement channels only, and the bot needs the permission to send messages there. Discord's "
        "reason: "
        f"{escape(why, _MOST_WHY)}",
        setting,
        quiet=True,
    )


def unattached_notice(number: int, channel: int, why: str, setting: Setting) -> Card:
    """Return the notice that a post was sent without its chart. `why` is Discord's own reason."""
    return desk_notice(
        f"**The chart of #{number} could not be attached in <#{channel}>,** so its figures appear as text. The bot may "
        "lack the permission to attach files there: once it has that, share the chart again. Discord's reason: "
        f"{escape(why, _MOST_WHY)}",
        setting,
    )


def refused_notice(number: int, channel: int, card: Card | None, why: str, setting: Setting) -> Card:
    """Return the notice that Discord refused a post for good. `why` is Discord's own reason."""
    notice = desk_notice(
        f"**Discord refuses #{number} in <#{channel}>,** and it was not posted. The next post there covers its "
        f"changes. Discord's reason: {escape(why, _MOST_WHY)}",
        setting,
    )
    return notice.below(*_quoted(card, _MOST_QUOTED))


def text_error_notice(number: int, channel: int, setting: Setting) -> Card:
    """Return the notice that the bot failed to write a post's text, and that the log has the error."""
    return desk_notice(
        f"**#{number} could not be worded,** and was not posted in <#{channel}>. That is the bot's fault; its "
        "operator can read the reason in the log. The next post there covers its changes if one already waits; "
        "`/margin` has the count.",
        setting,
    )


def doubtful_notice(row: int, number: int, channel: int, card: Card | None, why: str, setting: Setting) -> Card:
    """Return the notice that asks the desk whether a doubtful post arrived, with a button for each answer.

    `why` explains why the bot can't know. `card` is the post, and `row` its id in the outbox.
    """
    question = desk_notice(
        f"**Is #{number} in <#{channel}>?** It was sent, Discord did not answer, and the bot could not look: "
        f"{escape(why, _MOST_WHY)}. Until you answer, it will not be posted again.",
        setting,
        buttons=doubtful_buttons(row),
        asks=True,
    )
    return question.below(*_quoted(card, _MOST_QUOTED))


def _quoted(card: Card | None, most: int) -> list[str]:
    """Return the first lines of a post as a quotation, as many as fit into `most` UTF-16 units."""
    return fitted([f"> {text}" for line in card.labelled for text in line.text.split("\n")], most) if card else []


def doubtful_buttons(row: int, which: str = "") -> tuple[Button, ...]:
    """Return the three buttons with which the desk reports whether a doubtful post is in its channel.

    `which` begins the buttons' labels.
    """
    return (
        Button(f"{which}It is there", f"doubtful:there:{row}", "primary"),
        Button(f"{which}Not there: post it", f"doubtful:absent:{row}"),
        Button(f"{which}Discard it", f"doubtful:drop:{row}", "danger"),
    )


def desk_notice(
    text: str | Sequence[str],
    setting: Setting,
    *,
    quiet: bool = False,
    buttons: tuple[Button, ...] = (),
    asks: bool = False,
) -> Card:
    """Return a notice to the desk with the lines in `text`.

    `asks`: True if the notice is a question about a post, and names the post's number.
    """
    credit = f"Tallydesk{setting.mark}"
    return Card(
        lines(*([text] if isinstance(text, str) else text)),
        credit=credit,
        kind="notice",
        quiet=quiet,
        buttons=buttons,
        asks=asks,
    )


def thread_name(contest: Contest) -> str:
    """Return the name of a contest's thread, cut to Discord's limit."""
    where = f" · {contest.where}" if contest.where and contest.where != contest.name else ""
    return cut(" ".join(f"{contest.name}{where}".split()), _LONGEST_NAME)


def thread_post(contest: Contest, setting: Setting) -> Card:
    """Return the first message of a contest's thread, from which the thread is opened."""
    credit = f"Tallydesk{setting.mark}"
    headline = f"**{escape(thread_name(contest))}:** updates on the count are posted in this thread."
    return Card(lines(headline), credit, kind="thread")
