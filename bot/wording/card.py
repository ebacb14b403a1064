"""Cards: the content of a post or an answer, as data. `bot/wording/message.py` turns them into Discord messages.

Code that writes a line also records who may read it, whose figures it states and which posts it names. Nothing is parsed
out of the text later. The bar beside a block never has a party's colour, and never adds anything to the text.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Literal, Self

from pydantic import TypeAdapter
from pydantic_core import to_json

ButtonStyle = Literal["primary", "secondary", "danger"]

PictureShape = Literal["square", "wide", "tall"]
"""A picture's shape: 1080 x 1080 pixels for a post, 1920 x 1080 for TV, 1080 x 1920 for a phone held upright."""
SLATE = 0x5B6770
"""The colour of the bar beside most cards."""

CHALK = 0xD9D5CB
"""The bar's colour for a lead change."""

AMBER = 0xC08A2D
"""The bar's colour for warnings."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post. The cog that registered the button's key handles it."""

    label: str
    key: str
    """Discord's custom id; at most 100 characters."""
    style: ButtonStyle = "secondary"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a menu (`Select`)."""

    label: str
    """At most 100 characters, without markdown."""
    value: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A select menu under an answer, with up to 25 choices."""

    key: str
    """Discord's custom id; at most 100 characters."""
    hint: str
    """The placeholder, shown while nothing is chosen."""
    choices: tuple[Choice, ...] = ()
    least: int = 1
    most: int = 1
    of: Literal["choices", "channels", "roles"] = "choices"
    """For `channels` and `roles`, Discord lists the server's own, and `choices` is empty."""
    chosen: int | None = None
    """The id of the channel or role that is chosen now."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another post."""

    number: int
    address: str

    def __str__(self) -> str:
        """Return the link in Discord's markdown: "[#14](https://…)", or "[DM 3](https://…)" for a direct message."""
        return f"[{'DM ' if '/@me/' in self.address else '#'}{self.number}]({self.address})"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture attached to a post or an answer."""

    png: bytes
    words: str
    """Alternative text; at most 1,024 characters, Discord's limit for a file's description."""
    name: str = "chart.png"


@dataclass(frozen=True, slots=True)
class StatedMargin:
    """A margin that a post states in the present tense. `/margin` must give the same margin when the post is sent."""

    contest: str
    source: str
    """The source of the count."""
    count: str
    """The count of the contest: `election`, `audit`, `recount` …"""
    leader: str | None
    """A candidate's id; None if there are no votes, or the post names no leader."""
    margin: int | None
    """The margin in votes; None if there is only one candidate."""
    total: int | None = None
    """All votes counted; None if the source or the post gives no total."""


Readers = Literal["public", "newsroom", "desk"]
"""Who may read a line: everybody, the newsroom's staff, or only its desk."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card in Discord's markdown, or several lines that belong together."""

    text: str
    sources: tuple[str, ...] = ()
    """Ids of the sources that the line names or whose figures it states. Viewers who may not see one of them don't
    see the line.
    """
    posts: tuple[int, ...] = ()
    """Numbers of the posts that the line names; the Why list offers them."""
    readers: Readers = "public"
    otherwise: "Line | None" = None
    """The line shown to readers who may not read this one, if they may read the other; None for nothing."""
    note: bool = False
    """True for an added note: the card's meaning does not depend on the sources that the note names."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a block with their own title: a field of a Discord embed."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block with a coloured bar: a Discord embed."""

    lines: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str = ""
    footer: str = ""
    """The small print below the block, without markdown."""
    colour: int | None = SLATE

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The block's lines and those of its sections."""
        return (*self.lines, *(line for section in self.sections for line in section.lines))

    def reworded(self, change: Callable[[str], str]) -> Self:
        """Return a copy with `change` applied to each text of the block."""
        sections = tuple(replace(one, lines=_reworded(one.lines, change)) for one in self.sections)
        return replace(self, lines=_reworded(self.lines, change), sections=sections, footer=change(self.footer))


@dataclass(frozen=True, slots=True)
class Replaced:
    """The notice above a post that a later post has replaced.

    The replaced text is struck through, unless it was replaced because the source revised its count.
    """

    word: str
    """Revised or Withdrawn (by its source), Corrected or Retracted (by us), or Changed."""
    by: int | None
    """The number of the replacing post; None while it is not sent."""
    see: str
    """A link to the replacing post, or its number; empty while it is not sent."""
    says: tuple[str, ...] = ()
    """The lines of the post that replaces this one."""

    @property
    def brief(self) -> str:
        """The notice in bold, without the other post's lines: "**Corrected; see #18.**"."""
        return f"**{self.word}; see {self.see}.**" if self.see else f"**{self.word}.**"

    @property
    def lines(self) -> tuple[str, ...]:
        """The notice in bold, followed by the other post's lines."""
        first, *rest = self.says or ("",)
        return (f"{self.brief} {first[:1].upper()}{first[1:]}".rstrip(), *rest)


@dataclass(frozen=True, slots=True)
class Variant:
    """An alternative head for a card, used once the fact named by `case` is known, even after the card was posted."""

    case: str
    head: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line that is added below a card after it was posted. A new note replaces the note with the same name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a post before it has a number, or of an answer before it is fitted to Discord's limits."""

    head: tuple[Line, ...]
    """The sentences above the blocks, which notifications and copied text show."""
    credit: str = ""
    """The source and time, for the small last line: "the Times, 7:35 a.m."; empty for an answer without that line."""
    blocks: tuple[Block, ...] = ()
    kind: str = ""
    """The kind of post (`bot/outbox/kinds.py`); empty for an answer."""
    label: str = ""
    """The beginning of the first line: "**Correction** to #3: ". Omitted when a notice on another post quotes the
    line.
    """
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    a_row: int = 5
    """The number of buttons in a row."""
    picture: Picture | None = None
    share: Button | None = None
    """The Share button of an answer (`share_button`); None if it can't be shared."""
    quiet: bool = True
    """True if the card is posted without a notification."""
    asks: bool = False
    """True for a question to the desk about another post. People refer to the other post, so the question's number
    comes last.
    """
    states: tuple[StatedMargin, ...] = ()
    """The margins that the card states in the present tense."""
    replaced: tuple[Replaced, ...] = ()
    """Notices that the post was replaced, newest last."""
    notes: tuple[Note, ...] = ()
    """Lines added after the card was posted."""
    corrects: bool = False
    """True if the post fixes our own error without being an editor's correction."""
    variants: tuple[Variant, ...] = ()
    """Other wordings, by case."""

    @classmethod
    def of(
        cls, *texts: str | Line, credit: str = "", buttons: tuple[Button, ...] = (), selects: tuple[Select, ...] = ()
    ) -> Self:
        """Return a card of lines that everybody may read."""
        return cls(lines(*texts), credit, buttons=buttons, selects=selects)

    @property
    def headline(self) -> str:
        """The card's head as text, with its label. Notices that the post was replaced are not included."""
        return "\n".join(line.text for line in self.labelled)

    @property
    def says(self) -> tuple[str, ...]:
        """The lines of the head, without its label."""
        return tuple(line.text for line in self.head)

    @property
    def labelled(self) -> tuple[Line, ...]:
        """The head with its label."""
        if not self.label:
            return self.head
        first, *rest = self.head
        return (replace(first, text=f"{self.label}{first.text}"), *rest)

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The lines of the head and of the blocks."""
        return (*self.head, *(line for block in self.blocks for line in block.all_lines))

    @property
    def first_line(self) -> str:
        """The first line of the head."""
        return self.labelled[0].text if self.head else ""

    @property
    def words(self) -> tuple[object, ...]:
        """The card's text without the post's number, to compare cards for equal content."""
        return (self.label, self.head, self.credit, self.blocks)

    @property
    def posts(self) -> tuple[int, ...]:
        """The numbers of the posts that the card names, in the order of the text, without duplicates."""
        return tuple(dict.fromkeys(number for line in self.all_lines for number in line.posts))

    def states_json(self) -> str | None:
        """Return `states` as compact JSON, or None if empty."""
        return to_json([astuple(one) for one in self.states]).decode() if self.states else None

    def below(self, *more: str | Line) -> Self:
        """Return a copy with these lines at the end of the head."""
        return replace(self, head=(*self.head, *lines(*more)))

    def marked_replaced(self, word: str, says: Sequence[str] = (), by: int | None = None, see: str = "") -> Self:
        """Return a copy with a notice saying that another post replaces this one.

        Args:
            word: as in `Replaced`.
            says: the lines of the replacing post, without its label.
            by: the number of the replacing post; None while it is not sent.
            see: a link to the replacing post, or its number; empty while it is not sent.
        """
        return replace(self, replaced=(*self.replaced, Replaced(word, by, see, tuple(says))))

    def without_replaced_mark(self, by: int | None) -> Self:
        """Return a copy without the notice saying that post `by` replaces this one.

        With None, the notices about unsent posts are removed.
        """
        return replace(self, replaced=tuple(one for one in self.replaced if one.by != by))

    def with_variant(self, case: str) -> Self:
        """Return a copy with the wording for `case`; unchanged if there is no such wording."""
        head = next((one.head for one in self.variants if one.case == case), self.head)
        return replace(self, head=head, variants=tuple(one for one in self.variants if one.case != case))

    def answered(self, text: str, buttons: tuple[Button, ...] = ()) -> Self:
        """Return a copy of a question, changed because the question was answered.

        `text` replaces the first line of the question, and `buttons` replace its buttons.
        """
        return replace(self, head=(Line(text), *self.head[1:]), buttons=buttons)

    def reworded(self, change: Callable[[str], str]) -> Self:
        """Return a copy with `change` applied to each text."""
        return replace(
            self,
            head=_reworded(self.head, change),
            credit=change(self.credit),
            blocks=tuple(block.reworded(change) for block in self.blocks),
            replaced=tuple(replace(one, says=tuple(map(change, one.says))) for one in self.replaced),
            notes=tuple(replace(note, text=change(note.text)) for note in self.notes),
            variants=tuple(replace(one, head=_reworded(one.head, change)) for one in self.variants),
        )

    def with_note(self, name: str, text: str) -> Self:
        """Return a copy with a note, which replaces any note of the same name."""
        return replace(self, notes=(*self.without_note(name).notes, Note(name, text)))

    def without_note(self, name: str) -> Self:
        """Return a copy without the note of this name."""
        return replace(self, notes=tuple(note for note in self.notes if note.name != name))

    def above(self, *more: str) -> Self:
        """Return a copy with these lines at the beginning of the head."""
        return replace(self, head=(*lines(*more), *self.head))

    def then(self, *sentences: str) -> Self:
        """Return a copy with these sentences added to the last line of the head."""
        *first, last = self.head
        return replace(self, head=(*first, replace(last, text=" ".join([last.text, *sentences]))))

    def naming(self, *sentences: tuple[str, int]) -> Self:
        """Return a copy with more sentences in the last line of the head.

        Each sentence comes with the number of the post that it names.
        """
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
    """Turn texts into lines that everybody may read. A `Line` is returned unchanged."""
    return tuple(Line(text) if isinstance(text, str) else text for text in texts)


def buttons_json(buttons: Sequence[Button]) -> str:
    """Return buttons as compact JSON."""
    return to_json([(button.label, button.key, button.style) for button in buttons]).decode()


@dataclass(frozen=True, slots=True)
class _StoredCard:
    version: Literal[1]
    """Raise this when a field's meaning changes, and write a migration for stored cards. A new field gets its default in cards
    stored earlier; removed fields are ignored.
    """
    card: Card


_STORED = TypeAdapter(_StoredCard)


def card_json(card: Card) -> str:
    """Return a card as JSON to store, without the card's picture."""
    return _STORED.dump_json(_StoredCard(1, replace(card, picture=None)), exclude_defaults=True).decode()


def card_of(stored: str) -> Card:
    """Parse a card stored by `card_json`.

    Raises:
        ValueError: the text is not a card, or has another version.
    """
    return _STORED.validate_json(stored).card


def address_of(server: int, channel: int, message: int) -> str:
    """Return the URL of a message on Discord; server 0 means a direct message."""
    return f"https://discord.com/channels/{server or '@me'}/{channel}/{message}"
