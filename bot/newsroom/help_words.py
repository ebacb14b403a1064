"""The card of `/help`: what a person can ask, enter and change in a channel. Also the greeting of a new server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.desk.desk_file import Contest
from bot.follows.levels import Level
from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Button, Card
from bot.wording.context import Setting
from bot.wording.escape import escape
from bot.wording.names import listed

_MAY = {
    Level.ANYONE: "You can ask, not enter.",
    Level.REPORTER: "You can ask and enter.",
    Level.DESK: "You can ask, enter and correct.",
    Level.MANAGER: "You can do all except set roles.",
    Level.OWNER: "You can do everything.",
}

_MOST_CONTESTS = 4

_LINE = 31
"""How many characters, mostly of commands, fit into one line on a phone 360 pixels wide."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A command that the asker may use, with its description."""

    name: str
    """The name as people type it, without the slash. A command in a message's menu begins with a capital letter."""
    does: str
    """The command's description."""
    id: int | None = None
    """Discord's id of the command or its group, which makes the name a link. None if not known."""

    def __str__(self) -> str:
        """Return the name in markdown, as a link to the command if its id is known."""
        if not self.name[0].islower():
            return f"**{self.name}**"
        return f"</{self.name}:{self.id}>" if self.id else f"`/{self.name}`"


Topics = Mapping[str, Sequence[HelpLine]]
"""The commands that the asker may use, by topic."""


def help_card(topics: Topics, level: Level, here: Sequence[Contest], *, public: bool) -> Card:
    """Return the card of `/help`, with a line and a button for each topic. It takes ten lines on a phone.

    Args:
        topics: the commands that the asker may use.
        level: the asker's level.
        here: the contests that the channel follows.
        public: True if the channel is public.
    """
    left_out = ["Public: answers leave out newsroom-only figures."] if public else []
    topic_lines = map(_topic_line, topics.items())
    end = "-# Buttons show the rest."
    return Card.of(_MAY[level], _about(here), *topic_lines, *left_out, end, buttons=_topic_buttons(topics))


def topic_card(topics: Topics, topic: str) -> Card:
    """Return a card that describes each command of a topic, with buttons to all topics."""
    commands = (f"{one} {one.does}." for one in topics[topic])
    return Card.of(f"**{topic}**", *commands, buttons=_topic_buttons(topics))


def data_card(topics: Topics) -> Card:
    """Return a card that lists the kinds of data stored about the asker, with a button that deletes the data."""
    return Card.of(
        "**Your data.** Tallydesk keeps your name and id beside what you entered, decided or changed; your drafts; the "
        "pictures of your entries; your reminders by direct message.",
        buttons=(*_topic_buttons(topics), Button("Forget me", "help:forget", "danger")),
    )


def forget_me_card() -> Card:
    """Return the card that asks a person to confirm that the data about them should be deleted."""
    return Card.of(
        "**Forget you, in every server?** Your name and id, your drafts, the pictures of your entries and your reminders "
        "are deleted. It can't be undone.",
        buttons=(Button("Yes, forget me", "help:sure", "danger"), Button("Keep it", "help:data")),
    )


def greeting(setting: Setting) -> Card:
    """Return the post with which the bot introduces itself in a new server."""
    return desk_notice(
        "**Tallydesk is here.** Nothing is posted until someone who can manage the server sets it up: `/desk setup`, "
        "about 12 clicks. `/help` shows what you can ask, enter and change.",
        setting,
        quiet=True,
        buttons=(Button("What can I do?", "help:all"),),
    )


def topic_slug(topic: str) -> str:
    """Return a topic's name in the form for the key of a button, such as "set-up"."""
    return topic.lower().replace(" ", "-")


def _topic_buttons(topics: Topics) -> tuple[Button, ...]:
    return (*(Button(topic, f"help:{topic_slug(topic)}") for topic in topics), Button("Your data", "help:data"))


def _topic_line(topic: tuple[str, Sequence[HelpLine]]) -> str:
    """Return a line with a topic and its commands.

    If the commands don't fit into a phone's line, the line ends with "…".
    """
    name, commands = topic
    shown = len(commands)
    while shown > 1 and len(_line(name, [one.name for one in commands[:shown]], more=shown < len(commands))) > _LINE:
        shown -= 1
    return _line(f"**{name}:**", [str(one) for one in commands[:shown]], more=shown < len(commands))


def _line(name: str, commands: Sequence[str], *, more: bool) -> str:
    return " ".join([name, *commands, *(["…"] if more else [])])


def _about(here: Sequence[Contest]) -> str:
    names = [f"**{escape(contest.name, 60)}**" for contest in here[:_MOST_CONTESTS]]
    more = len(here) - len(names)
    return f"This channel follows {listed(names, f'{more} more' if more else '') or 'no contest'}."
