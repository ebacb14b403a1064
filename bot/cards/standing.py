"""What /standing answers: everything that is known of a contest, on one card."""

from bot.cards.answer import margin_answer
from bot.cards.asked import Asked
from bot.cards.certified import CertifiedStanding, certified_answer
from bot.cards.draft import Answer
from bot.cards.facts import MarginFacts
from bot.cards.limits import ALL_EMBEDS, FIELD_VALUE, FIELDS, embed_size, joined
from bot.cards.outstanding import OutstandingFacts, outstanding_answer
from bot.cards.recount import recount_answer
from bot.cards.since import Shown
from bot.wording.moves_sentences import batch_line

_MOST_BATCHES = 3
_LEFT_LINES = 5


def standing_answer(
    facts: MarginFacts,
    batches: tuple[Shown, ...],
    certified: CertifiedStanding,
    outstanding: OutstandingFacts,
    asked: Asked,
) -> Answer:
    """Return /margin's answer with the last batches, the recount line, certification and what is left below it."""
    whole = margin_answer(facts, asked.setting)
    told = asked.told(facts.reading.names if facts.reading else None)
    parts = [
        ("Last batches", [batch_line(told, shown.change) for shown in batches[:_MOST_BATCHES]]),
        ("Recount", _said(recount_answer(facts, asked), 2 if asked.setting.recount_line(asked.contest) else 3)),
        ("Certified", _said(certified_answer(certified, asked), 3)),
        ("Ballots left", _said(outstanding_answer(outstanding, asked), _LEFT_LINES)),
    ]
    card = dict(whole.embeds[0]) if whole.embeds else {}
    fields = list(card.get("fields", ()))
    for name, lines in parts:
        value = joined(lines, FIELD_VALUE, "and {} more")
        field = {"name": name, "value": value}
        fits = embed_size({**card, "fields": [*fields, field]}) <= ALL_EMBEDS
        if value and fits and len(fields) < FIELDS:
            fields.append(field)
    card["fields"] = fields
    return asked.shareable(Answer(whole.content, (card,)))


def _said(answer: Answer, most: int) -> list[str]:
    """Return an answer's sentence without its small last line, and the first lines of its card."""
    sentence = answer.content.rpartition("\n")[0]
    below = answer.embeds[0].get("description", "").split("\n") if answer.embeds else []
    return [*sentence.split("\n"), *below[: most - 1]]
