"""The answer to `/status`: what is stopped, closed, held, waiting or in doubt in a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bot.follows.levels import Sees
from bot.outbox.outbox_words import doubtful_buttons
from bot.tally.feed_proofs_words import FeedProof, proof_lines
from bot.tally.holds_words import MOST_DECIDED, HeldReading, held_line, held_tables, hold_buttons, which_series
from bot.wording.card import Button, Card, Line, Link
from bot.wording.context import Setting, SettledBy, source_name
from bot.wording.credit import SetBy
from bot.wording.escape import escape, stopped
from bot.wording.limits import cut
from bot.wording.names import name_of
from bot.wording.numbers import counted
from bot.wording.times import when

_MOST_WHY = 200

_MOST_QUOTED = 150

_MOST_LABEL = 37
"""The most characters of a contest's name on a button."""

_SECOND_PERSON_NOUNS = {
    "entry": "An entry",
    "correct": "A correction",
    "retract": "A retraction",
    "hold": "A decision on held figures",
}


@dataclass(frozen=True, slots=True)
class OpenPost:
    """A post on which an editor has to decide: it waits for Publish, or may not have arrived."""

    row: int
    number: int
    channel: int
    headline: str
    """The first line of the post's content, as Discord shows it."""
    question: Link | None
    """The desk's question about the post, or None if it is not posted yet."""


@dataclass(frozen=True, slots=True)
class AwaitedConfirmation:
    """An action that a second person on the desk must confirm."""

    what: Literal["entry", "correct", "retract", "hold"]
    by: str
    """The name of the person who asked for the action, as recorded in the audit."""
    channel: int
    """The channel of the question to the desk."""
    question: Link | None
    """The question, or None if it is not posted yet."""


@dataclass(frozen=True, slots=True)
class ClosedChannel:
    """A channel that the bot can't post in."""

    channel: int
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The content of the answer to `/status`: what is stopped, closed, held, waiting or in doubt in a server."""

    paused: SetBy | None = None
    muted: Mapping[str, SetBy] = field(default_factory=dict)
    closed: Sequence[ClosedChannel] = ()
    awaiting: Sequence[OpenPost] = ()
    doubtful: Sequence[OpenPost] = ()
    waiting: int = 0
    """How many posts wait to be sent."""
    oldest: datetime | None = None
    """Since when the oldest post waits, by the news clock."""
    desk_channel: int | None = None
    public: Sequence[int] = ()
    """The ids of the public channels."""
    held: Sequence[HeldReading] = ()
    asked: Sequence[AwaitedConfirmation] = ()
    proofs: Mapping[str, FeedProof] = field(default_factory=dict)
    """What each source's feed has been seen to do, by source id."""
    unseen: int = 0
    """How many closed channels, posts and questions are missing because the asker can't see the channel."""

    def seen_by(self, sees: Sees) -> "ServerStatus":
        """Return the status without posts, questions and channels that the asker can't see."""
        closed = [one for one in self.closed if sees(one.channel)]
        awaiting, doubtful = (
            [post for post in posts if sees(post.channel)] for posts in (self.awaiting, self.doubtful)
        )
        asked = [one for one in self.asked if sees(one.channel)]
        had = len(self.closed) + len(self.awaiting) + len(self.doubtful) + len(self.asked)
        unseen = had - len(closed) - len(awaiting) - len(doubtful) - len(asked)
        return replace(self, closed=closed, awaiting=awaiting, doubtful=doubtful, asked=asked, unseen=unseen)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The state of the background jobs, each as a pair of name and wall-clock time."""

    next: tuple[str, datetime] | None = None
    """The job that runs next, or None if there are no jobs, as in a rehearsal."""
    failed: tuple[str, datetime] | None = None
    """The job that failed last, or None if none has failed since the start."""
    works_again: bool = False
    """True if the job that failed has succeeded since."""


def status_answer(
    status: ServerStatus,
    lacking: Sequence[str],
    jobs: Jobs,
    setting: Setting,
    now: datetime,
    settled: SettledBy = "here",
) -> Card:
    """Return the answer to `/status`, with buttons for held readings and for doubtful posts.

    A doubtful post may or may not have arrived.

    Args:
        status: the server's status.
        lacking: lines with missing permissions, one for each channel.
        jobs: the background jobs.
        setting: the desk file and the reader.
        now: the present time.
        settled: whose desk decides on held readings: this server's, another server's, or nobody's.
    """
    desk, jobs_line = _settings(status), _jobs(jobs, setting, now)
    lines: list[str | Line] = [*_stopped(status, setting, now), *lacking]
    held = [(line, one) for one in status.held if (line := held_line(one, setting, now, settled))]
    lines += [line for line, _ in held]
    lines += [_asked(post, "may or may not be in") for post in status.doubtful]
    lines += [_asked(post, "waits for Publish in") for post in status.awaiting]
    lines += [_second_person_line(one) for one in status.asked]
    if status.unseen:
        lines.append(f"{status.unseen} more in channels you can't see.")
    proofs = proof_lines(status.proofs, setting, now)
    feeds = ["**Feeds**", *(f"- {line}" for line in proofs)] if proofs else []
    if not lines:
        nothing = (
            "Nothing is paused, muted, blocked or on hold, and no post is waiting; `/why` shows small changes that have no "
            f"post yet. {desk}"
        )
        return Card.of(nothing, *jobs_line, *feeds)
    ours = [one for _, one in held] if settled == "here" else []
    card = Card.of(desk, *jobs_line, *lines, *feeds, buttons=_buttons(status, ours, setting))
    return replace(card, blocks=held_tables([one for _, one in held], setting, now))


def _stopped(status: ServerStatus, setting: Setting, now: datetime) -> list[str]:
    lines = []
    if status.paused:
        ends = "before then unless" if status.paused.until else "until"
        paused = stopped(f"Paused since {status.paused.words(setting, now)}")
        lines.append(f"**{paused}** Nothing is posted {ends} someone resumes posts (`/pause`).")
    for key, since in status.muted.items():
        source = setting.desk.source(key)
        lines.append(f"Muted: {source_name(source) if source else escape(key)}, since {since.words(setting, now)}.")
    if status.waiting and status.oldest:
        wait = f"{counted(status.waiting, 'post')} {'waits' if status.waiting == 1 else 'wait'}"
        oldest = when(status.oldest, now, setting.desk.zone)
        lines.append(stopped(f"{wait} to be sent, the oldest since {oldest}"))
    for closed in status.closed:
        # The time is by the machine's clock, which differs from the news clock in a rehearsal.
        since_when = "" if setting.rehearsal else f" since <t:{int(closed.since.timestamp())}:f>"
        why = escape(closed.why, _MOST_WHY)
        lines.append(f"The bot can't post in <#{closed.channel}>{since_when}. Discord's reason: {why}")
    return lines


def _jobs(jobs: Jobs, setting: Setting, now: datetime) -> list[str]:
    """Return a line with the background job that runs next and the one that failed last.

    Returns an empty list if there are no jobs.
    """
    said = []
    for how, job in (("Runs next", jobs.next), ("Failed last", jobs.failed)):
        if job is not None:
            name, at = job
            again = "; it works again" if job is jobs.failed and jobs.works_again else ""
            said.append(stopped(f"{how}: {escape(name)}, {when(at, now, setting.desk.zone)}{again}"))
    return [" ".join(said)] if said else []


def _settings(status: ServerStatus) -> str:
    desk = f"Desk channel: <#{status.desk_channel}>." if status.desk_channel else "No desk channel set (`/desk setup`)."
    read = ", ".join(f"<#{channel}>" for channel in status.public)
    return f"{desk} Posts to {read} wait for Publish." if read else desk


def _asked(post: OpenPost, how: str) -> Line:
    where = f" Decide on {post.question}." if post.question else ""
    text = f"#{post.number} {how} <#{post.channel}>: {_quoted(post.headline)}{where}"
    return Line(text, posts=(post.number, *_number_of(post.question)))


def _second_person_line(one: AwaitedConfirmation) -> Line:
    where = f": {one.question}" if one.question else ""
    by = f"{_SECOND_PERSON_NOUNS[one.what]} by {name_of(one.by)}"
    return Line(f"{by} waits for someone else on the desk, in <#{one.channel}>{where}.", posts=_number_of(one.question))


def _number_of(question: Link | None) -> tuple[int, ...]:
    return (question.number,) if question else ()


def _quoted(headline: str) -> str:
    """Return a post's first line without bold, cut to `_MOST_QUOTED` characters."""
    plain = headline.replace("**", "")
    return plain if len(plain) <= _MOST_QUOTED else plain[: _MOST_QUOTED - 1].rstrip("\\ ") + "…"


def _buttons(status: ServerStatus, held: Sequence[HeldReading], setting: Setting) -> tuple[Button, ...]:
    """Return rows of buttons: first for posts that may or may not have arrived, then for held readings."""
    alone = [post for post in status.doubtful if post.question is None]
    rows = [doubtful_buttons(post.row, f"#{post.number}: ") for post in alone]
    for one in held:
        contest = setting.desk.contest(one.contest)
        if one.key and contest is not None:
            which = (cut(contest.name, _MOST_LABEL), which_series(one, status.held, setting))
            rows.append(hold_buttons(one.key, f"{', '.join(filter(None, which))}: "))
    return tuple(button for row in rows[:MOST_DECIDED] for button in row)
