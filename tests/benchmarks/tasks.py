"""Measures how many minutes an editor needs for 23 tasks of an election night, as a newcomer on a phone, on the bot's
real cards.

The times come from a keystroke-level model (Card, Moran and Newell, "The Keystroke-Level Model for User Performance
Time", CACM 23/7, 1980). A tap is the time to point and press, and a decision is the mental preparation. The speed of
typing is that of people on phones: 36 words a minute (Palin and others, "How do People Type on Mobile Devices?",
MobileHCI 2019). The speed of reading is that of silent reading of prose: 238 words a minute (Brysbaert, "How many
words do we read per minute?", Journal of Memory and Language 109, 2019).

Everything that a card shows for the first time is read word for word, including buttons and lists. A command's
description is read the first time. Pasting costs two taps. Where Discord suggests values, two or three letters are
typed.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.rehearsal.standin.interactions import InteractionAnswer
from tests.benchmarks.figures import Figure
from tests.pictures.guide import Commands, every_command
from tests.pictures.newsroom import Camera, Newsroom, Seen, played

TAP, CHARACTER, WORD, DECISION, ANSWER = 1.3, 60 / (36 * 5), 60 / 238, 1.35, 1.0
"""The time for each in seconds. `ANSWER` is Discord's round trip to the bot, which itself answers in milliseconds."""
MOST_MINUTES = 15.0
LETTERS = 3
"""The number of letters of a command that are typed before Discord suggests the command."""
DAY = "2020-11-11-georgia"

_WORD = re.compile(r"\S*\w\S*")
_PICTURE = re.compile(r"A picture: .*?(?= Buttons:|$)", re.DOTALL)
"""A screen reader's description of a picture. Somebody who sees the picture does not read it."""
_PHRASE = re.compile(r"(?<=[.;:?…,])\s+|\n")


@dataclass(slots=True)
class Task:
    """The work that one task took: counts of taps, characters, words, decisions and answers."""

    name: str
    taps: int = 0
    characters: int = 0
    words: int = 0
    decisions: int = 0
    answers: int = 0

    @property
    def seconds(self) -> float:
        """The time that a newcomer needs for the task."""
        costs = (TAP, CHARACTER, WORD, DECISION, ANSWER)
        counts = (self.taps, self.characters, self.words, self.decisions, self.answers)
        return sum(count * cost for count, cost in zip(counts, costs, strict=True))


@dataclass(frozen=True, slots=True)
class Picked:
    """The value of an option, chosen from Discord's suggestions after `letters` have been typed."""

    letters: str
    value: str


class Newcomer:
    """A newcomer who does the tasks one after the other on a newsroom's cards. The work for each task is counted."""

    def __init__(self, commands: Commands) -> None:
        """Begin without having read any command's description."""
        self.done: list[Task] = []
        self._commands, self._known = commands, set[str]()
        self._read_already = set[str]()
        self._newsroom: Newsroom | None = None

    @property
    def newsroom(self) -> Newsroom:
        """The newsroom in which the tasks are done now."""
        assert self._newsroom is not None
        return self._newsroom

    async def enter(self, newsroom: Newsroom) -> None:
        """Do the next tasks in this newsroom."""
        self._newsroom = newsroom

    async def opened(self, _: str) -> Camera:
        """Return a camera that counts the words of everything shown."""
        return self._see

    async def _see(self, seen: Seen) -> None:
        phrases = [one for one in _PHRASE.split(_PICTURE.sub("", seen.words)) if one not in self._read_already]
        self._read_already.update(phrases)
        self.done[-1].words += sum(len(_WORD.findall(one)) for one in phrases)

    def begin(self, name: str) -> None:
        """Begin the next task. Whatever was read during the last task has to be read again."""
        self.done.append(Task(name))
        self._read_already.clear()

    async def ask(self, command: str, /, **options: str | Picked) -> InteractionAnswer:
        """Use a command. Options given as `str` are typed in full."""
        task = self.done[-1]
        task.decisions += 1
        task.taps += 2
        task.characters += 1 + LETTERS
        if command not in self._known:
            self._known.add(command)
            task.words += len(_WORD.findall(getattr(self._commands[command], "description", "")))
        for value in options.values():
            picked = isinstance(value, Picked)
            task.taps += 2 if picked else 1
            task.decisions += picked
            task.characters += len(value.letters if isinstance(value, Picked) else value)
        given = {name: one.value if isinstance(one, Picked) else one for name, one in options.items()}
        return await self._answered(self.newsroom.ask(command, **given))

    async def about(self, who: str, words: str) -> InteractionAnswer:
        """Use **Read as tally** in the context menu of somebody's message."""
        self._taps(3)
        return await self._answered(self.newsroom.about("Read as tally", self.newsroom.say(who, words)))

    async def press(self, answer: InteractionAnswer, label: str) -> InteractionAnswer:
        """Press the first button whose label begins with `label`."""
        self._taps(1)
        return await self._answered(self.newsroom.press(answer, _label(answer, label)))

    async def pick(self, answer: InteractionAnswer, place: int, *values: str) -> InteractionAnswer:
        """Choose from a list.

        Opening the list and choosing each value take one tap. Several values take one more tap to send.
        """
        self._taps(1 + len(values) + (len(values) > 1), decisions=len(values))
        return await self._answered(self.newsroom.pick(answer, place, *values))

    async def fill_in(self, answer: InteractionAnswer, *, pasted: bool = False, **values: str) -> InteractionAnswer:
        """Submit a form. Each field is tapped, and then typed or pasted."""
        self._taps((2 if pasted else 1) * len(values) + 1, decisions=0)
        self.done[-1].characters += 0 if pasted else sum(map(len, values.values()))
        return await self._answered(self.newsroom.fill_in(answer, **values))

    async def go(self, channel: str) -> None:
        """Open another channel."""
        self._taps(2, decisions=0)
        self.newsroom.go(channel)

    async def publish(self) -> None:
        """Press Publish under the newest question in the desk's channel, and come back."""
        back = self.newsroom.here
        await self.go("desk")
        question = self.newsroom.newest()
        await self.newsroom.picture("", "", question)
        await self.press(question, "Publish")
        await self.go(back)

    def _taps(self, count: int, *, decisions: int = 1) -> None:
        self.done[-1].taps += count
        self.done[-1].decisions += decisions

    async def _answered(self, answer: Awaitable[InteractionAnswer]) -> InteractionAnswer:
        self.done[-1].answers += 1
        shown = await answer
        await self.newsroom.picture("", "", shown)
        return shown


def _label(answer: InteractionAnswer, begins: str) -> str:
    labels = [str(part.get("label", "")) for row in answer.components for part in row["components"]]
    return next(one for one in labels if one.startswith(begins))


async def _ask(we: Newcomer) -> None:
    """Do the tasks 1 to 12, which are questions. Reading `/help` comes first."""
    we.begin("help")
    await we.ask("help")
    we.begin("1 who leads")
    await we.ask("margin")
    we.begin("2 at 3:05 a.m.")
    await we.ask("margin", at="3:05")
    we.begin("3 since 11 p.m.")
    await we.ask("since", since="11pm")
    we.begin("4 which county")
    await we.ask("history")
    we.begin("5 how many certified")
    await we.ask("certified")
    we.begin("6 recount range")
    await we.ask("recount")
    we.begin("7 the site's last change")
    await we.ask("sources")
    we.begin("8 today, and next")
    await we.ask("schedule show")
    we.begin("9 remind me")
    await we.ask("remindme", event=Picked("new", "news conf"), before="10 min")
    we.begin("10 why #3")
    await we.ask("why", post=Picked("3", "3"))
    we.begin("11 a line for the blog")
    await we.ask("draft")
    we.begin("12 a chart for air")
    await we.ask("chart", since="Monday", **{"for": Picked("", "wide")})


async def _enter(we: Newcomer) -> None:
    """Do the tasks 13 to 15: enter, correct and retract."""
    we.begin("13 a reporter's post")
    said = "Biden leads by 14,101 per the Secretary of State's office as of 8:30 a.m., 4,991,741 votes counted"
    await we.press(await we.press(await we.about("reporter", said), "Both are right"), "Enter")
    we.begin("14 correct a post")
    card = await we.ask("correct", post=Picked("3", "3"), text="The votes came from Fulton County.")
    await we.press(card, "Post correction")
    we.begin("15 retract an entry")
    card = await we.ask("retract", post=Picked("7", "7"), why="The clerk misread the screen")
    await we.press(card, "Retract")


async def _schedule(we: Newcomer) -> None:
    """Do the tasks 16 and 17, about the day's events."""
    we.begin("16 move one, call one off")
    await we.press(await we.ask("schedule move", event=Picked("new", "news conf"), to="1130am"), "Move")
    await we.press(await we.ask("schedule cancel", event=Picked("ral", "rally")), "Cancel event")
    we.begin("17 three pasted events")
    pasted = "9:30 a.m. Rally: Perdue, Cobb\n3pm Presser w/ Sec of State\ntmrw 1030am County board meets"
    await we.press(await we.fill_in(await we.ask("schedule import"), pasted=True, one=pasted), "Save")


async def _control(we: Newcomer) -> None:
    """Do the tasks 18 to 21, about what is posted, and where."""
    we.begin("18 mute, unmute, pause, resume")
    card = await we.ask("mute", source=Picked("", "times"))
    form = await we.press(card, "Mute")
    card = await we.fill_in(form, reason="numbers look off") if form.form else form
    await we.press(card, "Unmute")
    await we.press(await we.ask("pause"), "Resume")
    we.begin("19 a quieter channel")
    card = await we.ask("following")
    form = await we.press(card, "Minimum change, quiet hours")
    await we.fill_in(form, minimum="500", quiet="midnight to 5")
    we.begin("20 a public channel")
    card = await we.press(await we.ask("following"), "Public: ask before each post")
    await we.pick(card, 0, "#desk")
    card = await we.newsroom.ask("tally", text="Biden leads by 14,170, as of 8:47 a.m.", source="ga-sos")
    card = await we.newsroom.press(card, "Tick: Biden ahead by 14,170")
    await we.newsroom.press(card, "Enter")  # another person's work, so that a post waits
    await we.publish()
    we.begin("21 a fresh channel")
    await we.go("desk")
    await we.pick(await we.ask("following"), 0, "ga-2020-senate")


async def _certify_and_call(we: Newcomer) -> None:
    """Do the tasks 22 and 23 in the public channel: a certification, and a network's call."""
    we.newsroom.go("georgia-count")
    we.begin("22 a county by name")
    card = await we.ask("certify", what=Picked("Cobb", "Cobb"), source=Picked("Sec", "ga-sos"))
    await we.press(card, "Enter")
    we.begin("23 a call, and taken back")
    card = await we.ask("call", caller=Picked("", "ap"), candidate=Picked("bid", "biden"))
    entered = await we.press(card, "Enter")
    await we.press(entered, "Publish")
    card = await we.press(entered, "Enter a withdrawal by the AP")
    await we.press(await we.press(card, "Enter"), "Publish")


async def _why_not(we: Newcomer) -> None:
    """Do the second half of task 10, after Wheeler County has added its one vote."""
    we.begin("10 why not Wheeler")
    await we.ask("why")


NIGHT: list[tuple[str, tuple[Callable[[Newcomer], Awaitable[None]], ...]]] = [
    ("2020-11-11T10:30-05:00", (_why_not,)),
    ("2020-11-11T08:50-05:00", (_ask, _enter, _schedule, _control, _certify_and_call)),
]


async def run(_: float = 1.0) -> list[Figure]:
    """Do all tasks, whatever the size. Returns the minutes for each task and for all."""
    we = Newcomer(await every_command())
    for until, parts in NIGHT:

        async def act(newsroom: Newsroom, parts: tuple[Callable[[Newcomer], Awaitable[None]], ...] = parts) -> None:
            await we.enter(newsroom)
            for part in parts:
                await part(we)

        await played(DAY, until, act, we.opened)
    minutes = [Figure(f"tasks {task.name}", task.seconds / 60, "minutes") for task in we.done]
    return [*minutes, Figure("tasks", sum(one.value for one in minutes), "minutes", MOST_MINUTES)]
