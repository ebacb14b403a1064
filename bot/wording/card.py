"""Cards: what a post or an answer says, as data. `bot/wording/message.py` makes Discord's strings of them.

Whoever makes a sentence says who may read it, whose figures it has and which posts it names; nobody finds that out
afterwards by reading it. The bar beside a block has no party's colour, and is never the only sign of anything: the words say
it too.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Literal, Self

from pydantic import TypeAdapter
from pydantic_core import to_json

ButtonStyle = Literal["primary", "secondary", "danger"]

PictureShape = Literal["square", "wide", "tall"]
"""A picture's shape: 1080 x 1080 pixels for a post, 1920 x 1080 for air, 1080 x 1920 for a phone held upright."""
SLATE = 0x5B6770
"""The colour of the bar beside most cards."""

CHALK = 0xD9D5CB
"""Where the lead changes."""

AMBER = 0xC08A2D
"""Where care is due."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post. The cog that registered its key handles it."""

    label: str
    key: str
    """At most 100 characters; Discord's custom id."""
    style: ButtonStyle = "secondary"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from."""

    label: str
    """At most 100 characters, without markdown."""
    value: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from under an answer; 25 choices at most."""

    key: str
    """At most 100 characters; Discord's custom id."""
    hint: str
    """Shown while nothing is chosen."""
    choices: tuple[Choice, ...] = ()
    least: int = 1
    most: int = 1
    of: Literal["choices", "channels", "roles"] = "choices"
    """For `channels` and `roles` Discord lists the server's own, and `choices` is empty."""
    chosen: int | None = None
    """The id of the channel or role that is chosen now."""


@dataclass(frozen=True, slots=True)
class Link:
    """A post that another one points to."""

    number: int
    address: str

    def __str__(self) -> str:
        """Return it as Discord shows a link."""
        return f"[{'DM ' if '/@me/' in self.address else '#'}{self.number}]({self.address})"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with a post or an answer."""

    png: bytes
    words: str
    """Alternative text; at most 1,024 characters, Discord's limit for a file's description."""
    name: str = "chart.png"


@dataclass(frozen=True, slots=True)
class StatedMargin:
    """A margin that a post states in the present tense. `/margin` must answer the same when the post is sent."""

    contest: str
    source: str
    """Whose count it is."""
    count: str
    """Which count: `election`, `audit`, `recount` …"""
    leader: str | None
    """None: no votes are in, or nobody is said to lead."""
    margin: int | None
    """None: there is one candidate only."""
    total: int | None = None
    """All votes counted; None: the source does not say, or the post doesn't."""


Readers = Literal["public", "newsroom", "desk"]
"""Who may read a line: everybody, whoever is of the newsroom, or its desk alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card, in Discord's markdown; or several that belong together."""

    text: str
    sources: tuple[str, ...] = ()
    """Ids of the sources that it names, or whose figures it states. Who may not read of one of them does not read the line."""
    posts: tuple[int, ...] = ()
    """Numbers of the posts that it names, which the Why list offers."""
    readers: Readers = "public"
    otherwise: "Line | None" = None
    """What everybody else reads in its place, who may; None: nothing."""
    note: bool = False
    """True: a note beside what the card says, which does not rest on the sources that it names."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a block under a title of their own: Discord's field."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block beside a coloured bar: Discord's embed."""

    lines: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str = ""
    footer: str = ""
    """The small print below it, without markdown."""
    colour: int | None = SLATE

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Its lines, and those of its sections."""
        return (*self.lines, *(line for section in self.sections for line in section.lines))

    def reworded(self, change: Callable[[str], str]) -> Self:
        """Return the block with each of its texts as `change` returns it."""
        sections = tuple(replace(one, lines=_reworded(one.lines, change)) for one in self.sections)
        return replace(self, lines=_reworded(self.lines, change), sections=sections, footer=change(self.footer))


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of a post, whose own words are below this: struck through, unless its source revised its count."""

    word: str
    """Revised or Withdrawn by its source, Corrected or Retracted by us, Changed."""
    by: int | None
    """The number of the post that replaces it; None: that waits."""
    see: str
    """Where that post is: a link, or its number; empty: it waits."""
    says: tuple[str, ...] = ()
    """Its lines."""

    @property
    def brief(self) -> str:
        """What became of it, in bold: "**Corrected; see #18.**"."""
        return f"**{self.word}; see {self.see}.**" if self.see else f"**{self.word}.**"

    @property
    def lines(self) -> tuple[str, ...]:
        """The same, with what the other post says."""
        first, *rest = self.says or ("",)
        return (f"{self.brief} {first[:1].upper()}{first[1:]}".rstrip(), *rest)


@dataclass(frozen=True, slots=True)
class Variant:
    """What a card says instead in a case that may come while it waits or once it is posted."""

    case: str
    head: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line that came below a card later; another of its name takes its place."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a post says before it has its number, or what an answer says, however long it is."""

    head: tuple[Line, ...]
    """Its sentences, which notifications and copies show."""
    credit: str = ""
    """Whose figures and when, for the small last line: "the Times, 7:35 a.m."; empty: an answer without that line."""
    blocks: tuple[Block, ...] = ()
    kind: str = ""
    """The name of a post's kind (`bot/outbox/kinds.py`); empty: an answer."""
    label: str = ""
    """What its first line begins with, but where a mark on another post repeats it: "**Correction** to #3: "."""
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    a_row: int = 5
    """How many buttons stand in a row."""
    picture: Picture | None = None
    share: Button | None = None
    """The Share button of an answer (`share_button`); None if it can't be shared."""
    quiet: bool = True
    """True: posted without a notification."""
    asks: bool = False
    """True: a question to the desk about another post. People use that post's number, so its own stands last."""
    states: tuple[StatedMargin, ...] = ()
    """The margins that it states in the present tense."""
    replaced: tuple[Replaced, ...] = ()
    """What became of it since it was posted, the newest last."""
    notes: tuple[Note, ...] = ()
    """What was added to it since."""
    corrects: bool = False
    """True: it puts an error of our own right, without being an editor's correction."""
    variants: tuple[Variant, ...] = ()
    """Its sentences in cases that may come."""

    @classmethod
    def of(
        cls, *texts: str | Line, credit: str = "", buttons: tuple[Button, ...] = (), selects: tuple[Select, ...] = ()
    ) -> Self:
        """Return a card of lines that everybody may read."""
        return cls(lines(*texts), credit, buttons=buttons, selects=selects)

    @property
    def headline(self) -> str:
        """What it says above its blocks and its small last line, as it was posted."""
        return "\n".join(line.text for line in self.labelled)

    @property
    def says(self) -> tuple[str, ...]:
        """The lines of its head, without its label."""
        return tuple(line.text for line in self.head)

    @property
    def labelled(self) -> tuple[Line, ...]:
        """Its head with its label."""
        if not self.label:
            return self.head
        first, *rest = self.head
        return (replace(first, text=f"{self.label}{first.text}"), *rest)

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The lines of its head and of its blocks."""
        return (*self.head, *(line for block in self.blocks for line in block.all_lines))

    @property
    def first_line(self) -> str:
        """The first line of its head."""
        return self.labelled[0].text if self.head else ""

    @property
    def words(self) -> tuple[object, ...]:
        """All that it says but its number; equal for two cards of the same post."""
        return (self.label, self.head, self.credit, self.blocks)

    @property
    def posts(self) -> tuple[int, ...]:
        """The numbers of the posts that it names, in its order."""
        return tuple(dict.fromkeys(number for line in self.all_lines for number in line.posts))

    def states_json(self) -> str | None:
        """Return `states` as compact JSON, or None if empty."""
        return to_json([astuple(one) for one in self.states]).decode() if self.states else None

    def below(self, *more: str | Line) -> Self:
        """Return the card with these lines at the end of its head."""
        return replace(self, head=(*self.head, *lines(*more)))

    def struck(self, word: str, says: Sequence[str] = (), by: int | None = None, see: str = "") -> Self:
        """Return the card as it reads once another one replaces it, or revises its figures.

        A mark of our own error stays below one of its source's.

        Args:
            word: as in `Replaced`.
            says: the lines of what replaces it, without its label.
            by: the number of that post; None: it waits.
            see: where that post is.

        """
        return replace(self, replaced=(*self.replaced, Replaced(word, by, see, tuple(says))))

    def unstruck(self, by: int | None) -> Self:
        """Return the card without the mark of a post that was withdrawn; None: without those of posts that wait."""
        return replace(self, replaced=tuple(one for one in self.replaced if one.by != by))

    def in_case(self, case: str) -> Self:
        """Return the card as it is in that case; where it says nothing else then, as it is."""
        head = next((one.head for one in self.variants if one.case == case), self.head)
        return replace(self, head=head, variants=tuple(one for one in self.variants if one.case != case))

    def answered(self, text: str, buttons: tuple[Button, ...] = ()) -> Self:
        """Return a question once it is answered: with that in place of its first line."""
        return replace(self, head=(Line(text), *self.head[1:]), buttons=buttons)

    def reworded(self, change: Callable[[str], str]) -> Self:
        """Return the card with each of its texts as `change` returns it."""
        return replace(
            self,
            head=_reworded(self.head, change),
            credit=change(self.credit),
            blocks=tuple(block.reworded(change) for block in self.blocks),
            replaced=tuple(replace(one, says=tuple(map(change, one.says))) for one in self.replaced),
            notes=tuple(replace(note, text=change(note.text)) for note in self.notes),
            variants=tuple(replace(one, head=_reworded(one.head, change)) for one in self.variants),
        )

    def noted(self, name: str, text: str) -> Self:
        """Return the card with a note, in place of one of the same name."""
        return replace(self, notes=(*self.without_note(name).notes, Note(name, text)))

    def without_note(self, name: str) -> Self:
        """Return the card without a note."""
        return replace(self, notes=tuple(note for note in self.notes if note.name != name))

    def above(self, *more: str) -> Self:
        """Return the card with these lines at the beginning of its head."""
        return replace(self, head=(*lines(*more), *self.head))

    def then(self, *sentences: str) -> Self:
        """Return the card with more sentences in the last line of its head."""
        *first, last = self.head
        return replace(self, head=(*first, replace(last, text=" ".join([last.text, *sentences]))))

    def naming(self, *sentences: tuple[str, int]) -> Self:
        """Return the card with more sentences in the last line of its head, each with the number of the post that it names."""
        *first, last = self.then(*(sentence for sentence, _ in sentences)).head
        return replace(self, head=(*first, replace(last, posts=(*last.posts, *(number for _, number in sentences)))))


def _reworded(lines: tuple[Line, ...], change: Callable[[str], str]) -> tuple[Line, ...]:
    return tuple(
        replace(
            line,
            text=change(line.text),
            otherwise=_reworded((line.otherwise,), change)[0] if line.otherwise else None,
        )
        for line in lines
    )


def lines(*texts: str | Line) -> tuple[Line, ...]:
    """Return lines of texts that everybody may read; what is a line already stays as it is."""
    return tuple(Line(text) if isinstance(text, str) else text for text in texts)


def buttons_json(buttons: Sequence[Button]) -> str:
    """Return buttons as compact JSON."""
    return to_json([(button.label, button.key, button.style) for button in buttons]).decode()


@dataclass(frozen=True, slots=True)
class _StoredCard:
    version: Literal[1]
    """Another number, and a migration that rewrites what is stored, once a field means something else. A field that is new has
    its default in what was stored before, and one that is gone is passed over."""
    card: Card


_STORED = TypeAdapter(_StoredCard)


def card_json(card: Card) -> str:
    """Return a card without its picture, as it is stored."""
    return _STORED.dump_json(_StoredCard(1, replace(card, picture=None)), exclude_defaults=True).decode()


def card_of(stored: str) -> Card:
    """Return a card that was stored.

    Raises:
        ValueError: it is no card, or one of another version.

    """
    return _STORED.validate_json(stored).card


def address_of(server: int, channel: int, message: int) -> str:
    """Return the address under which Discord shows a message; server 0: a direct message."""
    return f"https://discord.com/channels/{server or '@me'}/{channel}/{message}"
