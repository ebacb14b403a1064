"""The texts of a settings file's changes, of the audit, and of the questions before data is deleted."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.count.entry import Piece
from bot.desk.desk_file import Contest, Desk
from bot.entries.pieces_words import figures_of
from bot.follows.levels import Role, Sees
from bot.follows.preferences import FollowSettings, preference_changes, preferences_of
from bot.newsroom.audit_store import Audited
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from bot.newsroom.setup_words import lead_times_phrase
from bot.schedule.reminders_words import KINDS
from bot.wording.card import Button, Card, Line
from bot.wording.context import Setting, contest_context, source_name
from bot.wording.escape import escape, without_markdown
from bot.wording.names import listed, name_of
from bot.wording.numbers import counted
from bot.wording.times import when

_ROLES: dict[Role, str] = {
    "reporter": "Reporter role",
    "desk": "Desk role",
    "manager": "Manager role",
}

_MOST_SAID = 160

_MOST_KEY = 30

_MOST_VALUE = 80

_MOST_PARTS = 4
"""The most parts of a value that are shown."""

_LABELS = {"wall": "at"}
"""Labels of audit keys that differ from the key with spaces."""

_WALL_TIMES = ("wall", "ends")
"""Keys of times that are stored without a zone, and are in the newsroom's zone."""

_WORDS = ("kind", "approximate", "reason")
"""Keys of values that are stored with underscores for spaces."""

_DONE = {
    "calls posted": "calls posted automatically",
    "correct": "corrected",
    "correct ask": "asked the desk to confirm a correction",
    "correct reject": "rejected a correction",
    "correct undo": "withdrew a correction",
    "caller add": "added a caller",
    "caller remove": "removed a caller",
    "desk confirm": "second person for entries",
    "desk forget": "deleted the records of this server",
    "desk import": "applied a settings file",
    "desk test": "sent a test post",
    "entry ask": "sent to the desk",
    "entry dropped": "discarded",
    "entry public": "allowed in public answers",
    "entry undo": "undone",
    "entry entered": "confirmed",
    "events shown": "events shown in Discord",
    "export": "exported the history",
    "hold ask": "asked the desk to confirm a decision on held figures",
    "hold drop": "discarded held figures",
    "hold post": "posted held figures",
    "hold reject": "rejected a decision on held figures",
    "hold undo": "undid a decision on held figures",
    "hold wait": "kept figures on hold",
    "hold withdraw": "withdrew figures",
    "hold withdraw undo": "undid a withdrawal of figures",
    "new thread": "opened another thread",
    "pause": "paused all posts",
    "pause until": "changed how long posts are paused",
    "post absent": "said that the post is not there",
    "post changed": "asked the desk again",
    "post dropped": "discarded",
    "post freed": "posted without Publish",
    "post given up": "discarded",
    "post published": "published",
    "post there": "said that the post is there",
    "restored": "restored the database",
    "restored drop": "discarded what waited after a restore",
    "restored resume": "posted what waited after a restore",
    "resume": "resumed posts",
    "resume ask": "looked at what Resume would post",
    "retract": "retracted",
    "retract ask": "asked the desk to confirm a retraction",
    "retract reject": "rejected a retraction",
    "retract undo": "withdrew a retraction",
    "schedule add": "added to the schedule",
    "schedule cancel": "canceled an event",
    "schedule edit": "changed an event",
    "schedule move": "moved an event",
    "schedule undo": "undid a change to the schedule",
    "share": "shared an answer",
    "source lead": "leading source",
    "source mute": "muted",
    "source mute why": "said why it is muted",
    "source unmute": "unmuted",
    "source unmute ask": "looked at what Unmute would post",
    "statement": "entered figures",
    "tally forget": "deleted a person's name and ID",
}
"""The text for editors of each audited action whose name in the audit differs."""

_OF_A_POST = ("number", "channel", "content", "said", "state")
"""Keys of a post that its line already shows."""

_MOST_POSTS = 2

_FIGURES = frozenset(Piece.model_fields) - {"words", "kept", "likely", "as_of", "source"}

_SAID_ALREADY = ("paused", "entry", "hold")
"""Keys that are not shown, because the action already implies them or only the bot needs them."""


def difference(before: ServerSettings, after: ServerSettings, desk: Desk) -> list[str]:
    """Return a line for each setting that `after` changes, adds or removes compared with `before`."""
    lines = [
        f"~ {named}: {_role(before.role(may))} → {_role(after.role(may))}"
        for may, named in _ROLES.items()
        if before.role(may) != after.role(may)
    ]
    if before.desk_channel != after.desk_channel:
        lines.append(f"~ Desk channel: {_channel(before.desk_channel)} → {_channel(after.desk_channel)}")
    if before.two_person != after.two_person:
        lines.append(f"~ Second person for entries: {_on(before.two_person)} → {_on(after.two_person)}")
    led, leads = ({one.contest: one.source for one in each.leads} for each in (before, after))
    for contest in sorted(led.keys() | leads.keys()):
        if led.get(contest) != leads.get(contest):
            was, is_now = (_leads(desk, contest, each.get(contest)) for each in (led, leads))
            lines.append(f"~ **{_contest(desk, contest)}** leading source: {was} → {is_now}")
    lines += [
        f"~ Reminders, {KINDS[kind].lower()}: {lead_times_phrase(before.reminders.get(kind))} → "
        f"{lead_times_phrase(after.reminders.get(kind))}"
        for kind in KINDS
        if before.reminders.get(kind) != after.reminders.get(kind)
    ]
    had = {channel.channel: channel for channel in before.channels}
    has = {channel.channel: channel for channel in after.channels}
    for key in sorted(had.keys() | has.keys()):
        lines += _of_channel(
            had.get(key, ChannelSettings(channel=key)), has.get(key, ChannelSettings(channel=key)), desk
        )
    return lines


def import_card(key: int, lines: Sequence[str]) -> Card:
    """Return the preview of a settings file, with buttons to apply or discard the file.

    `key` is the file's id, and `lines` are the changes that it makes.
    """
    first = "**This file changes the settings of this server.** Nothing changes until you press Apply."
    buttons = (Button("Apply", f"settings:{key}:apply", "primary"), Button("Discard", f"settings:{key}:drop"))
    return Card.of(first, *lines, buttons=buttons)


def audit_card(rows: Sequence[Audited], newer: bool, older: bool, setting: Setting, now: datetime, sees: Sees) -> Card:
    """Return a page of the audit log, newest row first, with buttons to newer and older pages.

    A row about a channel that the asker can't see shows only its time.

    Args:
        rows: the page's rows.
        newer: True if there are newer rows.
        older: True if there are older rows.
        setting: the desk file and the reader.
        now: the present time.
        sees: returns True for channels that the asker sees.
    """
    if not rows:
        return Card.of("No changes in this server yet.")
    lines = [_audited(row, setting, now, sees) for row in rows]
    buttons: tuple[Button, ...] = ()
    if newer:
        buttons += (Button("Newer", f"audit:after:{rows[0].id}"),)
    if older:
        buttons += (Button("Older", f"audit:before:{rows[-1].id}"),)
    return Card.of("**Who did what,** newest first.", *lines, buttons=buttons)


def forgotten_answer(rows: int) -> str:
    """Return the answer to a person whose data was deleted. `rows` is how many records had such data."""
    if not rows:
        return "**Nothing to forget.** Tallydesk has no record with your name or ID."
    return (
        f"**Forgotten.** Your name and ID are deleted from {counted(rows, 'record')} in every server, with your "
        "drafts, entry pictures and DM reminders. Your entries stay, without your name. Messages in channels stay "
        "until someone deletes them, and so do copies of the database. What you do from now on carries your name again."
    )


def forget_card(asked_at: int | None) -> Card:
    """Return the card that asks whether to delete a server's data.

    With None, it is the first question; otherwise, the second. `asked_at` is when the second question is asked, in
    seconds since 1970.
    """
    stays = (
        "What stays: messages in Discord's channels, the feeds' readings, the operator's desk file, copies of the "
        "database, and a record that this was done."
    )
    if asked_at is None:
        return Card.of(
            "**Forget this server?** This deletes everything about it: follows, settings, entries and their "
            f"pictures, schedule, record of posts, and audit. {stays} To keep a copy, first use **Export settings** "
            "and `/export`.",
            buttons=(Button("Forget", "forget:ask", "danger"), Button("Keep everything", "forget:keep")),
        )
    return Card.of(
        "**Really?** You can't undo it, and waiting posts will not be sent.",
        buttons=(
            Button("Yes, forget everything", f"forget:sure:{asked_at}", "danger"),
            Button("Keep everything", "forget:keep"),
        ),
    )


def _audited(row: Audited, setting: Setting, now: datetime, sees: Sees) -> Line:
    """Return an audit row as a line: "8:50 a.m., desk editor: **paused all posts** (a wrong number)".

    Details in channels that the asker can't see, according to `sees`, are not shown.
    """
    at = when(row.at, now, setting.desk.zone)
    if not row.is_seen(sees):
        return Line(f"{at}: something in a channel you can't see")
    of_contest = setting.desk.contest(row.why or "")
    why = f" ({escape(of_contest.name if of_contest else row.why, 80)})" if row.why else ""
    before, after = (json.loads(part) if part is not None else None for part in (row.before, row.after))
    entry = after.get("entry") if row.what.startswith("entry ") and isinstance(after, dict) else None
    done = escape(_DONE.get(row.what, row.what.removeprefix("entry ") if entry else row.what), 60)
    done, said = f"entry {entry} {done}" if entry else done, _changed(row.what, before, after, setting, now)
    posts = _numbers_in([before, after])
    if row.what == "statement":
        done = f"entry {row.entry}" if row.entry else done
    elif row.what == "desk public" and isinstance(after, dict):
        done, said = f"made <#{after.get('channel')}> {'public' if after.get('public') else 'private'}", ""
    elif row.what in ("follow", "unfollow"):
        done, said = _follow_phrase(before, after, setting)
    text = f"{at}, {name_of(row.who)}: **{done}**{why}{f': {said}' if said else ''}"
    return Line(text, posts=tuple(dict.fromkeys(posts)))


def _numbers_in(kept: object) -> list[int]:
    """Return all post numbers in an audit row's values."""
    if isinstance(kept, dict):
        own = [kept["number"]] if isinstance(kept.get("number"), int) else []
        return own + _numbers_in(list(kept.values()))
    return [number for one in kept for number in _numbers_in(one)] if isinstance(kept, list) else []


def _follow_phrase(before: dict[str, Any] | None, after: dict[str, Any] | None, setting: Setting) -> tuple[str, str]:
    """Return two texts about a changed follow: the contest, and the preferences or the changes in them."""
    kept = after or before or {}
    where, name = f"<#{kept['channel']}>", _contest(setting.desk, kept["contest"])
    if after is None:
        return f"{where} no longer follows {name}", ""
    sentence = _shortened(preference_changes(_follow_of(after), _follow_of(before) if before else None))
    return f"{where}, {name}" if before else f"{where} follows {name}", sentence


def _follow_of(kept: dict[str, Any]) -> FollowSettings:
    """Return the settings of a follow from the values in an audit row."""
    told = preferences_of(json.dumps(kept["preferences"]) if "preferences" in kept else None)
    return FollowSettings(contest=kept["contest"], at_least=kept["least"], board=kept["board"], preferences=told)


def _changed(what: str, before: object, after: object, setting: Setting, now: datetime) -> str:
    """Return the change in an audit row as text, with names for ids: "place State Capitol → Cobb County".

    `what` is the kind of change; `before` and `after` are the row's values.
    """
    if said := [posts for value in (before, after) if (posts := _posts_phrase(value, setting, now))]:
        return " → ".join(said)
    if not isinstance(before, dict) and not isinstance(after, dict):
        key = "role" if what.endswith(" role") else what.removeprefix("desk ")
        return " → ".join(_named(key, value, setting, now) for value in (before, after) if value is not None)
    old, new = (value if isinstance(value, dict) else {} for value in (before, after))
    if what == "statement" and (contest := setting.desk.contest(str(new.get("contest")))):
        return _entered(new, contest, setting, now)
    if what == "desk reminders":
        return ", ".join(
            f"{escape(key.replace('_', ' '), _MOST_KEY)} {lead_times_phrase(old.get(key))} → {lead_times_phrase(new.get(key))}"
            for key in new
        )
    if what.startswith("source ") and (old or new).keys() >= {"source"} and what != "source lead":
        return _source_phrase(old, new, setting, now)
    if what == "resume" and "at" in old:
        return f"they had been paused {_since_phrase(old, setting, now)}"
    both = before is not None and after is not None and what != "restored"  # its two values are about different things
    if what == "schedule cancel":
        old, new = ({key: one for key, one in value.items() if key != "status"} for value in (old, new))
    if what.startswith("schedule ") and (old or new).get("title"):
        parts = _event_parts(old, new, setting, now)
    else:
        parts = [_part(key, old.get(key), new.get(key), setting, now, both=both) for key in {**old, **new}]
    kept = _shortened([part for part in parts if part])
    return f"{'was ' if after is None else ''}{kept}" if kept else ""


def _shortened(parts: Sequence[str]) -> str:
    """Join as many parts as fit into a line of the audit, but at least one."""
    kept = list(parts)
    while len(", ".join(kept)) > _MOST_SAID and len(kept) > 1:
        kept.pop()
    return ", ".join(kept)


def _source_phrase(old: dict[str, object], new: dict[str, object], setting: Setting, now: datetime) -> str:
    """Return a source and its mute as text: "the Times, muted since 8:50 a.m. by desk editor"."""
    name = _named("source", (new or old)["source"], setting, now)
    return f"{name}, muted {_since_phrase(old, setting, now)}" if "at" in old else name


def _since_phrase(kept: dict[str, object], setting: Setting, now: datetime) -> str:
    """Return when and by whom something was paused or muted: "since 8:50 a.m. by desk editor"."""
    return f"since {_named('at', kept['at'], setting, now)} by {_named('by', kept['by'], setting, now)}"


def _event_parts(old: dict[str, object], new: dict[str, object], setting: Setting, now: datetime) -> list[str]:
    """Return two texts about an event: its title, and its time or its changes.

    For example "Rally: Sen. Doe" and "at 10:30 a.m. → 11 a.m.".
    """
    event = new or old
    parts = [
        _part(key, old.get(key), new.get(key), setting, now, both=bool(old and new))
        for key in {**old, **new}
        if (old.get(key) != new.get(key) if old and new else key in ("wall", "place")) and key != "title"
    ]
    renamed = f" → {escape(str(new['title']), _MOST_VALUE)}" if old and new and old["title"] != new["title"] else ""
    title = f"{escape(str((old or event)['title']), _MOST_VALUE)}{renamed}"
    return [title, *parts]


def _posts_phrase(value: object, setting: Setting, now: datetime) -> str:
    """Return the posts in an audit row's value as text: "#22 in #count: “The AP has called Georgia …”"."""
    kept = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    posts = [one for one in kept if isinstance(one.get("number"), int) and isinstance(one.get("channel"), int)]
    parts = [_post_phrase(one, setting, now) for one in posts[:_MOST_POSTS]]
    return listed(parts, f"{len(posts) - _MOST_POSTS} more" if len(posts) > _MOST_POSTS else "")


def _post_phrase(post: dict[str, object], setting: Setting, now: datetime) -> str:
    """Return a post as text: its number, channel and first line, and the other values stored with the post."""
    rest = [_part(key, None, value, setting, now, both=False) for key, value in post.items() if key not in _OF_A_POST]
    first = without_markdown(str(post.get("said") or ""))
    quoted = f": “{escape(first, _MOST_VALUE)}”" if first else ""
    return ", ".join([f"#{post['number']} in <#{post['channel']}>{quoted}", *(part for part in rest if part)])


def _entered(said: dict[str, object], contest: Contest, setting: Setting, now: datetime) -> str:
    """Return a statement as text: "…, 118 ballots left in Floyd (our reporter, 8:45 a.m.)"."""
    figures = {name: value for name, value in said.items() if name in _FIGURES}
    piece = Piece.model_validate_json(json.dumps(figures))
    source = setting.desk.source(str(said.get("source")))
    at = when(datetime.fromisoformat(str(said["as_of"])), now, setting.desk.zone)
    whose = f"{source_name(source)}, {at}" if source else at
    return f"{escape(contest.name, 60)}, {figures_of(contest_context(contest, setting, now), piece)} ({whose})"


def _part(key: str, old: object, new: object, setting: Setting, now: datetime, *, both: bool) -> str:
    """Return one value of an audit row as text, together with its key.

    If `both` is True, the row has old and new values, and both are shown if they differ.
    """
    none: tuple[object, ...] = (None, "", [], {})
    if key in _SAID_ALREADY or (key, new or old) == ("count", "election"):
        return ""
    label = escape(_LABELS.get(key, key.replace("_", " ")), _MOST_KEY)
    parts = [_named(key, value, setting, now) if value not in none else "none" for value in (old, new)]
    if old in none and new in none:
        return ""
    if not both or parts[0] in (parts[1], "none"):
        return f"{label} {parts[0] if new in none else parts[1]}"
    return f"{label} {parts[0]} → {parts[1]}"


def _named(key: str, value: object, setting: Setting, now: datetime) -> str:
    """Return an audit row's value as readers know it: a channel mention, a name or a time.

    `key` is the value's key in the row.
    """
    if isinstance(value, bool):
        return _on(value)
    if isinstance(value, list):
        return _list_named(key, value, setting, now)
    if isinstance(value, dict):
        return _dict_named(value, setting, now)
    if isinstance(value, int):
        return {"channel": f"<#{value}>", "role": f"<@&{value}>", "mention": f"<@&{value}>"}.get(key, str(value))
    return _text_named(key, str(value), setting, now)


def _list_named(key: str, value: list[object], setting: Setting, now: datetime) -> str:
    match value:
        case [certified, total] if key == "certified":
            return f"{certified} of {total}"
    parts = [_named(key, one, setting, now) for one in value]
    while len(", ".join(parts)) > _MOST_VALUE and len(parts) > 1:
        parts.pop()
    return ", ".join(parts)


def _dict_named(value: dict[str, object], setting: Setting, now: datetime) -> str:
    """Return a dictionary in an audit row's value as text.

    This is the post's number if the dictionary describes a post, or else its first few parts.
    """
    if isinstance(value.get("number"), int):
        return f"#{value['number']}"
    parts = [_part(key, None, one, setting, now, both=False) for key, one in value.items()]
    return ", ".join([part for part in parts if part][:_MOST_PARTS])


def _text_named(key: str, text: str, setting: Setting, now: datetime) -> str:
    if key in ("by", "entered_by"):
        return name_of(text)
    contest, source = setting.desk.contest(text), setting.desk.source(text)
    moment = _moment(text, setting.desk.zone if key in _WALL_TIMES else None)
    if key == "contest" and contest:
        text = contest.name
    elif key == "source" and source:
        text = source.name
    elif key in ("leader", "candidates"):
        text = next((one.last for each in setting.desk.contests for one in each.candidates if one.id == text), text)
    elif key in _WORDS:
        text = text.replace("_", " ")
    elif moment:
        return when(moment, now, setting.desk.zone)
    return escape(text, _MOST_VALUE)


def _moment(text: str, zone: ZoneInfo | None) -> datetime | None:
    """Return the time that `text` means, or None if the text is no time.

    `zone` is the zone to assume for a time without a zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None and zone else moment if moment.tzinfo else None


def _of_channel(before: ChannelSettings, after: ChannelSettings, desk: Desk) -> list[str]:
    lines = []
    where = f"<#{before.channel}>"
    if before.public != after.public:
        lines.append(f"~ {where}: {'now public' if after.public else 'no longer public'}")
    had = {follow.contest: follow for follow in before.follows}
    has = {follow.contest: follow for follow in after.follows}
    for contest in sorted(had.keys() | has.keys()):
        was, is_now = had.get(contest), has.get(contest)
        name = f"**{_contest(desk, contest)}**"
        if was is None and is_now is not None:
            lines.append(f"+ {', '.join([f'{where} follows {name}', *preference_changes(is_now)])}")
        elif is_now is None:
            lines.append(f"~ {where} no longer follows {name}")
        elif was is not None and was != is_now:
            lines.append(f"~ {where}, {name}: {', '.join(preference_changes(is_now, was))}")
    return lines


def _contest(desk: Desk, key: str) -> str:
    known = desk.contest(key)
    return escape(known.name if known else key, 60)


def _leads(desk: Desk, contest: str, chosen: str | None) -> str:
    """Return the name of the source that leads a contest.

    `chosen` is the source that the server chose, or None if the desk file decides.
    """
    source = desk.source(chosen or desk.leading(contest, None) or "")
    name = escape(source.name if source else chosen or "nobody", 60)
    return name if chosen else f"{name}, as in the desk file"


def _role(key: int | None) -> str:
    return f"<@&{key}>" if key else "none"


def _channel(key: int | None) -> str:
    return f"<#{key}>" if key else "none"


def _on(on: bool) -> str:
    return "yes" if on else "no"
