"""The card of `/help`: what somebody can ask, enter and change, where they ask; and the post that greets a server."""

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
"""Letters that a phone of 360 pixels has room for in one line, where most of them are of commands."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A command, for who may use it."""

    name: str
    """As it is typed; one of a message's menu begins with a capital letter."""
    does: str
    """Its description."""
    id: int | None = None
    """Discord's, of the command or of its group: a tap on its name then begins it; None: not known."""

    def __str__(self) -> str:
        """Return its name as it is shown."""
        if not self.name[0].islower():
            return f"**{self.name}**"
        return f"</{self.name}:{self.id}>" if self.id else f"`/{self.name}`"


Topics = Mapping[str, Sequence[HelpLine]]
"""By topic, the commands that who asks may use."""


def help_card(topics: Topics, level: Level, here: Sequence[Contest], *, public: bool) -> Card:
    """Return what somebody can do, in ten lines on a phone: a line a topic, with a button to all that the topic has.

    Args:
        topics: what they may use.
        level: what they may do.
        here: the contests that the channel follows.
        public: the public reads the channel.

    """
    left_out = ["Public: answers leave out newsroom-only figures."] if public else []
    topic_lines = map(_topic_line, topics.items())
    end = "-# Buttons show the rest."
    return Card.of(_MAY[level], _about(here), *topic_lines, *left_out, end, buttons=_topic_buttons(topics))


def topic_card(topics: Topics, topic: str) -> Card:
    """Return what each command of one of the topics does, with a button to each."""
    commands = (f"{one} {one.does}." for one in topics[topic])
    return Card.of(f"**{topic}**", *commands, buttons=_topic_buttons(topics))


def data_card(topics: Topics) -> Card:
    """Return what is kept of who asks, with the way to take it out."""
    return Card.of(
        "**Your data.** Tallydesk keeps your name and id beside what you entered, decided or changed; your drafts; the "
        "pictures of your entries; your reminders by direct message.",
        buttons=(*_topic_buttons(topics), Button("Forget me", "help:forget", "danger")),
    )


def forget_me_card() -> Card:
    """Return the question before somebody is taken out of all that is kept."""
    return Card.of(
        "**Forget you, in every server?** Your name and id, your drafts, the pictures of your entries and your reminders "
        "are deleted. It can't be undone.",
        buttons=(Button("Yes, forget me", "help:sure", "danger"), Button("Keep it", "help:data")),
    )


def greeting(setting: Setting) -> Card:
    """Return what is posted once in a server that the bot has joined."""
    return desk_notice(
        "**Tallydesk is here.** Nothing is posted until someone who can manage the server sets it up: `/desk setup`, "
        "about 12 clicks. `/help` shows what you can ask, enter and change.",
        setting,
        quiet=True,
        buttons=(Button("What can I do?", "help:all"),),
    )


def topic_slug(topic: str) -> str:
    """Return a topic's part of its button's key, as "set-up"."""
    return topic.lower().replace(" ", "-")


def _topic_buttons(topics: Topics) -> tuple[Button, ...]:
    return (*(Button(topic, f"help:{topic_slug(topic)}") for topic in topics), Button("Your data", "help:data"))


def _topic_line(topic: tuple[str, Sequence[HelpLine]]) -> str:
    """Return a topic with the first of its commands that fit into a phone's line, and whether there are more."""
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
