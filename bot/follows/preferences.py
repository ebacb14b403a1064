"""Follow preferences: how a channel's posts about a contest differ from the default.

Each preference is declared once, as a field of `FollowPreferences`, or of `FollowSettings` if the database has a
column for it. The field has a default, limits and a `Preference` with its texts and control. The settings card under
`/following`, its buttons and lists, the audit texts, and the preview of a settings file are all made from
`PREFERENCES`.

Preferences are applied when changes are routed to channels (`bot/tally/changes.py`), not when posts are sent. A change
in quiet hours, or of a kind without its own post, waits like a change under the minimum. Each change is thus in only
one post.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.count.reading import Id
from bot.errors import BadInputError
from bot.outbox.kinds import PUBLISHED, Published
from bot.wording.card import Choice
from bot.wording.escape import capitalised
from bot.wording.numbers import votes
from bot.wording.times import length, of_day

Skippable = Literal["margin", "lead_change", "status", "other_sources"]
"""Kinds of changes that a channel may skip; the next post then includes them. First readings and revisions can't be
skipped, because figures already broadcast may have become wrong.
"""

SKIPPABLE: tuple[Skippable, ...] = get_args(Skippable)

Minute = Annotated[int, Field(ge=0, lt=24 * 60)]
"""Minutes since midnight, in the desk's zone."""

MIXED, BY_RULE = "mixed", "rule"
"""Values of a form's field. `mixed`: the channel's contests differ, and stay so. `rule`: small changes follow the default rule."""

_VOTES_WORD = re.compile(r"(?<=[0-9])\s*votes?$", re.IGNORECASE)

_SHARE = re.compile(r"[0-9]\s*(?:%|percent|per cent|points?|pts?\b|pp\b)", re.IGNORECASE)

_MOST_VOTES = 1_000_000

_ROLL_UPS = (None, 0, 5, 15, 30, 120, 240)

_STEPS = (10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)

_KINDS: dict[Skippable, str] = {
    "margin": "Margin changes past the minimum",
    "lead_change": "Lead changes",
    "status": "Reporting and status: complete, certified",
    "other_sources": "Other sources that confirm or contradict",
}

_PUBLISHED_AS: dict[Published, str] = {
    "lead_change": "Lead changes",
    "revision": "Revisions, corrections and retractions",
    "certified": "Certifications, and calls by others",
    "rest": "Everything else, up to Discord's 10 an hour",
}


@dataclass(frozen=True, slots=True)
class FollowThread:
    """The thread that the bot opened for a contest in a channel."""

    thread: int
    """The thread's Discord id."""
    closed: bool
    """True if the bot can't post in the thread."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A control of a preference: a button that turns the preference on or off."""

    turn_on: str
    """The button's label while the preference is off."""
    turn_off: str
    shown: "Callable[[FollowSettings], bool] | None" = None
    """Returns True if the card should show the button; None means always."""


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A control of a preference: a drop-down list on the settings card that sets the preference."""

    key: str
    """The list's name in its Discord component's key."""
    hint: str
    """The placeholder, shown while nothing is chosen."""
    choices: Callable[[Any], tuple[Choice, ...]]
    """Returns the options, with the preference's current value marked as chosen."""
    read: Callable[[Sequence[str]], object]
    """Returns the preference's new value for the options that the user chose."""
    several: bool = False
    """True if the user may choose any number of options, or none."""


@dataclass(frozen=True, slots=True)
class RoleList:
    """A control of a preference: a drop-down list of the server's roles. The value is a role's id, or None."""

    key: str
    hint: str

    @staticmethod
    def read(chosen: Sequence[str]) -> int | None:
        """Return the id of the chosen role, or None if none was chosen."""
        return int(chosen[0]) if chosen else None


@dataclass(frozen=True, slots=True)
class FollowersForm:
    """A control of a preference: a button that opens a form with checkboxes.

    Only announcement channels have this button.
    """

    button: str
    choices: Callable[[Any], tuple[Choice, ...]]
    """Returns the checkboxes, ticked according to the preference's current value."""
    read: Callable[[Sequence[str]], object]
    """Returns the preference's new value for the ticked checkboxes."""


@dataclass(frozen=True, slots=True)
class ChannelForm:
    """A control of a preference: a field of the form "Minimum change, quiet hours".

    The form can also be used for all contests of a channel.
    """


@dataclass(frozen=True, slots=True)
class FollowView:
    """A follow and the facts that its settings card shows."""

    settings: "FollowSettings"
    public: bool = False
    """True if the public can read the channel."""
    thread: FollowThread | None = None
    """The contest's thread in the channel; None if none was opened."""


Control: TypeAlias = Switch | ChoiceList | RoleList | FollowersForm | ChannelForm


@dataclass(frozen=True, slots=True)
class Preference:
    """The texts for a preference, and the control that sets it. The type and default are in `FollowPreferences`."""

    label: str
    """The text before the value in the audit and in a settings file's preview; empty if none is needed."""
    words: Callable[[Any], str]
    """Returns the text for a value, for the audit and the preview."""
    control: Control
    line: Callable[[FollowView], str] | None = None
    """Returns the preference's line on the settings card, or "" for no line. None if another preference's line
    covers it.
    """


def _on(value: bool) -> str:
    return "on" if value else "off"


def _smaller(minutes: int | None) -> str:
    if minutes == 0:
        return "with the next post"
    return "hourly" if minutes in (None, 60) else f"every {length(timedelta(minutes=minutes))}"


def _kinds_words(without: Sequence[Skippable]) -> str:
    return "; ".join(text.lower() for kind, text in _KINDS.items() if kind in without)


def _classes_words(publish: Sequence[Published]) -> str:
    return "; ".join(_PUBLISHED_AS[one].lower() for one in PUBLISHED if one in publish)


def _minimum_line(shown: FollowView) -> str:
    follow = shown.settings
    minimum = f"Minimum change: {minimum_words(follow.at_least)} ({smaller_changes_words(follow.preferences)})."
    if not follow.board:
        return minimum
    if shown.public:
        return f"{minimum} No board while the channel is public: boards update without Publish."
    return f"{minimum} A pinned board shows the count{', with a chart' if follow.preferences.board_chart else ''}."


def _kinds_line(follow: FollowView) -> str:
    left_out = _kinds_words(follow.settings.preferences.without)
    return f"No posts of their own, included in the next one: {left_out}." if left_out else ""


def _quiet_line(follow: FollowView) -> str:
    if follow.settings.preferences.quiet is None:
        return ""
    start, end = map(of_day, follow.settings.preferences.quiet)
    through = (
        "lead changes and revisions still post"
        if follow.settings.preferences.through
        else "lead changes and revisions wait too, each for a post of its own"
    )
    return f"Quiet from {start} to {end}: what waits comes in one post at the end; {through}."


def _thread_line(follow: FollowView) -> str:
    if not follow.settings.preferences.thread:
        return ""
    if follow.thread is None:
        return "Posts go to a thread, which the first one opens."
    closed = "; the bot can't post there, so they go to the channel" if follow.thread.closed else ""
    return f"Posts go to <#{follow.thread.thread}>{closed}."


def _night_line(follow: FollowView) -> str:
    if follow.settings.preferences.night:
        return "On election night: a digest, and lead changes without a notification."
    return "Election night is like any other night."


def _mention_line(follow: FollowView) -> str:
    role = follow.settings.preferences.mention
    return f"Lead changes mention <@&{role}>; nothing else mentions anyone." if role else ""


def _marks_words(step: int | None) -> str:
    return f"every {votes(step)}" if step else "off"


def _marks_chosen(step: int | None) -> tuple[Choice, ...]:
    steps = sorted({*_STEPS, *([step] if step else [])})
    return (
        Choice("No turnout marks", "0", step is None),
        *(Choice(f"Turnout marks {_marks_words(one)}", str(one), one == step) for one in steps),
    )


def _marks_line(follow: FollowView) -> str:
    step = follow.settings.preferences.turnout_marks
    return f"Turnout marks: a margin post says when the count has passed another {votes(step)}." if step else ""


def _added_line(follow: FollowView) -> str:
    return "" if follow.settings.preferences.added_events else "Events added after the morning list are not announced."


def _publish_line(follow: FollowView) -> str:
    classes = _classes_words(follow.settings.preferences.publish)
    return f"Published to servers that follow the channel, at most 10 posts an hour: {classes}." if classes else ""


class FollowPreferences(BaseModel):
    """A channel's preferences for a contest, as stored in the column `preferences`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    roll_up: Annotated[
        Annotated[int, Field(ge=5, le=24 * 60)] | Literal[0] | None,
        Preference("smaller changes", _smaller, ChannelForm()),
    ] = None
    """When changes under the minimum are posted: together after so many minutes, or included in the next post if 0.
    On election night the next post comes within 15 minutes. Unset, the interval is an hour, and 15 minutes on
    election night.
    """
    without: Annotated[
        tuple[Skippable, ...],
        Preference(
            "no posts of their own:",
            lambda kinds: _kinds_words(kinds) or "nothing",
            ChoiceList(
                "kinds",
                "Nothing but first figures and revisions",
                lambda without: tuple(Choice(label, kind, kind not in without) for kind, label in _KINDS.items()),
                lambda chosen: tuple(kind for kind in SKIPPABLE if kind not in chosen),
                several=True,
            ),
            _kinds_line,
        ),
    ] = ()
    """The kinds of changes without a post of their own; the next post includes them. First figures and revisions
    are always posted.
    """
    quiet: Annotated[
        tuple[Minute, Minute] | None,
        Preference(
            "quiet hours",
            lambda hours: " to ".join(map(of_day, hours)) if hours else "none",
            ChannelForm(),
            _quiet_line,
        ),
    ] = None
    """The quiet hours, in which nothing is posted (`11 p.m.-6:30 a.m.`). One post at the end covers what happened
    in them.
    """
    through: Annotated[
        bool,
        Preference(
            "in quiet hours lead changes",
            lambda on: "post" if on else "wait",
            Switch(
                "Post lead changes in quiet hours",
                "Hold lead changes in quiet hours",
                lambda follow: follow.preferences.quiet is not None,
            ),
        ),
    ] = True
    """Whether lead changes and revisions are posted even in quiet hours."""
    night: Annotated[
        bool,
        Preference(
            "election-night mode", _on, Switch("Use election-night mode", "No election-night mode"), _night_line
        ),
    ] = True
    """Whether the channel uses election-night mode. Until 90% of precincts have reported on election night, it gets
    a digest every 15 minutes. Lead changes have no post of their own and no notification.
    """
    mention: Annotated[
        Annotated[int, Field(gt=0)] | None,
        Preference(
            "lead changes mention",
            lambda role: f"<@&{role}>" if role else "nobody",
            RoleList("mention", "Mention a role on lead changes"),
            _mention_line,
        ),
    ] = None
    """The role that posts about lead changes mention, except on election night. Discord notifies the role if anyone
    may mention it.
    """
    thread: Annotated[
        bool,
        Preference(
            "",
            lambda on: "in a thread" if on else "in the channel",
            Switch("Use a thread", "Stop using a thread"),
            _thread_line,
        ),
    ] = False
    """Whether posts and the board go into a thread for the contest, which the first post opens."""
    publish: Annotated[
        tuple[Published, ...],
        Preference(
            "published to followers:",
            lambda classes: _classes_words(classes) or "nothing",
            FollowersForm(
                "Publish to followers",
                lambda classes: tuple(Choice(label, one, one in classes) for one, label in _PUBLISHED_AS.items()),
                lambda chosen: tuple(one for one in PUBLISHED if one in chosen),
            ),
            _publish_line,
        ),
    ] = ()
    """The kinds of posts that are published to the channels that follow this announcement channel. Discord allows
    ten an hour.
    """
    board_chart: Annotated[
        bool,
        Preference(
            "board's chart",
            _on,
            Switch("Add chart to board", "Remove chart from board", lambda follow: follow.board),
        ),
    ] = False
    """Whether the board includes the chart of the margin."""
    turnout_marks: Annotated[
        Annotated[int, Field(ge=1_000, le=10_000_000)] | None,
        Preference(
            "turnout marks",
            _marks_words,
            ChoiceList("turnout", "Turnout marks", _marks_chosen, lambda chosen: int(chosen[0]) or None),
            _marks_line,
        ),
    ] = None
    """A margin post notes when the count passes a multiple of this number: "More than 4,500,000 votes are counted
    in Georgia".
    """
    added_events: Annotated[
        bool,
        Preference("added events", _on, Switch("Announce added events", "Don't announce added events"), _added_line),
    ] = True
    """Whether an event is announced when it is added to a day whose morning list is already posted."""

    def quiet_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the current quiet hours end, or None if `now` is outside them."""
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        start, end = self.quiet
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        inside = start <= minute < end if start < end else minute >= start or minute < end
        if not inside:
            return None
        day = local.date() if minute < end else local.date() + timedelta(days=1)
        over = datetime(day.year, day.month, day.day, end // 60, end % 60, tzinfo=zone)
        if over <= now:  # both are in the hour that the clocks repeat: the second one is meant
            over = over.replace(fold=1)
        return over.astimezone(now.tzinfo)


DEFAULT_PREFERENCES = FollowPreferences()


class FollowSettings(BaseModel):
    """All settings of a channel's follow of a contest.

    These are the preferences, and the settings with their own database column.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    contest: Id
    at_least: Annotated[
        Annotated[int, Field(ge=1, le=_MOST_VOTES)] | None,
        Preference(
            "minimum change", lambda least: "default" if least is None else votes(least), ChannelForm(), _minimum_line
        ),
    ] = None
    """By how many votes the margin must change for a post of its own. Unset, this is 25 votes, or 0.3% of the lead
    if that is more.
    """
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    board: Annotated[
        bool,
        Preference("", lambda on: "with a board" if on else "without a board", Switch("Show a board", "Remove board")),
    ] = False
    """Whether the channel has a pinned message with the contest's current result. Channels that the public reads
    have none.
    """

    def value(self, name: str) -> object:
        """Return the value of the preference with this field name."""
        return getattr(self.preferences if name in FollowPreferences.model_fields else self, name)

    def with_values(self, values: Mapping[str, object]) -> "FollowSettings":
        """Return a copy in which some preferences have new values. The keys of `values` are names of preferences."""
        inner = {name: value for name, value in values.items() if name in FollowPreferences.model_fields}
        outer = {name: value for name, value in values.items() if name not in inner}
        return self.model_copy(update={**outer, "preferences": self.preferences.model_copy(update=inner)})


def _declared(model: type[BaseModel]) -> Iterator[tuple[str, Preference]]:
    for name, field in model.model_fields.items():
        if field.annotation is FollowPreferences:
            yield from _declared(FollowPreferences)
        yield from ((name, one) for one in field.metadata if isinstance(one, Preference))


PREFERENCES: Mapping[str, Preference] = dict(_declared(FollowSettings))
"""All preferences by field name, in the order of the settings card and the audit."""

SWITCHES = tuple(name for name, one in PREFERENCES.items() if isinstance(one.control, Switch))
"""The preferences that a button turns on or off."""

FORMS = tuple(name for name, one in PREFERENCES.items() if isinstance(one.control, FollowersForm))
"""The preferences that have a form of their own."""

LISTS: Mapping[str, str] = {
    one.control.key: name for name, one in PREFERENCES.items() if isinstance(one.control, ChoiceList | RoleList)
}
"""The preferences that are chosen from a list, by the list's key."""


def preference_changes(follow: FollowSettings, before: FollowSettings | None = None) -> list[str]:
    """Return a line for each preference that differs from the default: "quiet hours midnight to 5 a.m.".

    With `before`, the lines are for the preferences that differ from `before` instead.
    """
    plain, lines = FollowSettings(contest=follow.contest), []
    for name, preference in PREFERENCES.items():
        default, was, now = (preference.words(one.value(name)) for one in (plain, before or plain, follow))
        if was != now:
            lines.append(f"{preference.label} {now if was == default else f'{was} → {now}'}".strip())
    return lines


@lru_cache(maxsize=1024)
def preferences_of(stored: str | None) -> FollowPreferences:
    """Return the preferences stored as JSON in a database column. None gives the defaults."""
    return DEFAULT_PREFERENCES if stored is None else FollowPreferences.model_validate_json(stored)


def parse_minimum(typed: str) -> int | None:
    """Return the minimum change, in votes, that somebody typed.

    Returns None if nothing was typed, so that the default rule applies.

    Raises:
        BadInputError: the text is not a number of votes.

    """
    digits = _VOTES_WORD.sub("", typed.strip()).replace(",", "")
    if digits and not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= _MOST_VOTES):
        if _SHARE.search(typed):
            raise BadInputError(
                f'"{typed[:20]}" is a share; type a number of votes, such as 500, or leave it empty for 25 votes or 0.3% of '
                "the lead, whichever is more"
            )
        raise BadInputError(
            f'"{typed[:20]}" is not a number of votes from 1 to {_MOST_VOTES:,}; leave it empty for the default'
        )
    return int(digits) if digits else None


def minimum_as_typed(least: int | None) -> str:
    """Return the minimum change as the initial text of the form's field; "" for None."""
    return str(least) if least is not None else ""


def roll_up_of(value: str) -> dict[str, object]:
    """Return the preferences to set when somebody chose the option `value` of `smaller_choices`; empty for `MIXED`."""
    return {} if value == MIXED else {"roll_up": None if value == BY_RULE else int(value)}


def minimum_words(least: int | None) -> str:
    """Return a minimum change of `least` votes as text.

    None gives the default: "25 votes, or 0.3% of the lead if more".
    """
    return votes(least) if least is not None else "25 votes, or 0.3% of the lead if more"


def smaller_changes_words(preferences: FollowPreferences) -> str:
    """Return a text that states when changes under the minimum are posted: "smaller ones hourly"."""
    return f"smaller ones {_smaller(preferences.roll_up)}"


def smaller_choices(follows: Sequence[FollowPreferences]) -> tuple[Choice, ...]:
    """Return the options of the list that sets when changes under the minimum are posted.

    The current option is chosen. If `follows` differ, the first option is `MIXED`, which leaves all of them unchanged.
    """
    now = {preferences.roll_up for preferences in follows}
    known = dict.fromkeys([*_ROLL_UPS, *now])
    rule = Choice("Hourly, or every 15 minutes on election night", BY_RULE, now == {None})
    choices = tuple(
        rule if one is None else Choice(capitalised(_smaller(one)), str(one), now == {one}) for one in known
    )
    return choices if len(now) == 1 else (Choice("Set by contest", MIXED, chosen=True), *choices)


def refuse_everyone(server: int, role: object) -> None:
    """Refuse the role @everyone, which has the same id as its server.

    Raises:
        BadInputError: the role is @everyone.

    """
    if role == server:
        raise BadInputError("@everyone can't be chosen; choose another role")
