"""What tests of answers share: statements that staff enter, questions, and the full texts of answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.wording.card import Card
from bot.wording.message import Message, render
from bot.wording.viewer import seen_by
from tests.conftest import SERVER, START, WHO, Newsroom, question_in, reading

MORNING = (
    reading(
        2471882,
        2457733,
        total=4992124,
        units={"Floyd": {"total": 41160, "votes": {"biden": 11904, "trump": 28845}, "reported": [24, 25]}},
    ),
    reading(
        2471895,
        2457794,
        35,
        total=4992198,
        units={"Floyd": {"total": 41234, "votes": {"biden": 11917, "trump": 28906}, "reported": [25, 25]}},
    ),
)
"""The readings and statements at the start of November 11."""


News: TypeAlias = tuple[Reading | Statement, ...]


def entered(minute: float = 0, **fields: object) -> Statement:
    """Return a statement that staff enter, by default from the secretary of state."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), **fields}
    return Statement.model_validate(said)


async def take(newsroom: Newsroom, *news: Reading | Statement) -> None:
    """Store readings, and statements that staff enter, in this order and each at its own time."""
    await newsroom.desk_store.join(SERVER)
    for one in news:
        if isinstance(one, Reading):
            await newsroom.take(one)
        else:
            newsroom.clock.set(max(one.as_of, newsroom.clock.now()))
            await newsroom.statements.take_in(one, SERVER, WHO)


async def ask(newsroom: Newsroom, question: str) -> str:
    """Return all text of an answer about Georgia, as an editor sees it. A question is typed as in "county Floyd at
    7:05".
    """
    command, _, at = question.partition(" at ")
    name, _, typed = command.partition(" ")
    answers = newsroom.questions
    asked = await question_in(answers, at=at or None)
    ways: dict[str, Callable[..., Awaitable[Card]]] = {
        "margin": answers.standing.margin,
        "known": answers.standing.standing,
        "certified": answers.standing.certified,
        "recount": answers.standing.recount,
        "draft": answers.standing.draft,
        "since": answers.history.since,
        "history": answers.history.history,
        "county": answers.units.county,
        "outstanding": answers.units.outstanding,
        "sources": answers.provenance.sources,
        "why": answers.provenance.why_not,
    }
    return words(render(seen_by(await ways[name](asked, *([typed] if typed else [])), asked.viewer).card))


Says: TypeAlias = Mapping[str, Sequence[str]]
"""By question: the words, one string or several, that the answer must contain."""


async def missing(newsroom: Newsroom, says: Says) -> dict[str, str]:
    """Return the expected words that the answers lack, each with the whole answer."""
    found: dict[str, str] = {}
    for question, has in says.items():
        answer = await ask(newsroom, question)
        found |= {words: answer for words in ([has] if isinstance(has, str) else has) if words not in answer}
    return found


async def correct(newsroom: Newsroom, post: int, text: str) -> None:
    await newsroom.corrections.correct(SERVER, post, text, WHO)
    await newsroom.publish()


def words(message: Message) -> str:
    """Return all text of a message: its lines, then the descriptions, fields and footers of its embeds."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.get("description", ""), *(f"{one['name']}: {one['value']}" for one in embed.get("fields", ()))]
        parts.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(part for part in parts if part)
