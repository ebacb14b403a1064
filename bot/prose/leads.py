"""Leads that a stream speaks of: who leads, by how much, and by how much that has changed."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.prose import patterns
from bot.prose.causes import Role
from bot.prose.places import may_be_caused_elsewhere
from bot.prose.search import FEWEST_WITHOUT_VOTES, Found, Search
from bot.prose.stream import Item

_OF_LEADS = frozenset({"LEAD", "LEADS", "UP", "DOWN", "PASSES", "TRAILS", "PLUS", "IT", "WHICH"})


_OF_CHANGES = frozenset({"LESS", "MORE", "UP", "DOWN", "ADD", "GAIN", "NETS", "NET"})
"""Without one of these classes no pattern of that kind can match: most sentences need not be searched."""

_OF_A_BATCH = frozenset("batch batches upload update drop dump tranche".split())


def leaders(search: Search) -> Iterator[str]:
    """Yield who is said to lead now, in the whole contest."""
    if "NAME" not in search.kinds or not search.kinds & _OF_LEADS:
        return
    for match, _ in search.matches(patterns.LEADER):
        name = search.item(match, "leader")
        first, last = search.span(match)
        objects = search.context.objection("margin", first, last)
        if name.said is not None and objects is None and not search.is_local(first, last):
            yield name.said


def margins(search: Search) -> Iterator[Found]:
    """Yield margins."""
    if not search.kinds & _OF_LEADS:
        return
    for match, name in search.matches(patterns.MARGIN, patterns.AFTER_NUMBER):
        one = search.numbered("margin", match)
        if one and _is_margin(search, one, name):
            yield replace(one, candidate=search.item(match, "leader").said)


def _is_margin(search: Search, one: Found, name: str) -> bool:
    if search.is_local(one.first, one.last):
        return False
    if name in ("is up", "plus") and _OF_A_BATCH & search.zone_words(one):
        return False
    if name == "plus":
        alone = sum(item.kind == "PLUS" for item in search.items) == 1
        return alone and search.context.names_own_state and one.votes >= FEWEST_WITHOUT_VOTES
    return True


def changes(search: Search) -> Iterator[Found]:
    """Yield changes of a lead; of net gains `who` is set, and the sign is not the leader's yet."""
    if not search.kinds & _OF_CHANGES:
        return
    for match, _ in search.matches(patterns.CHANGE, patterns.AFTER_CHANGE):
        if one := search.numbered("margin_change", match):
            moved = -one.votes if search.item(match, "dir").kind in ("LESS", "DOWN") else one.votes
            yield from _caused(search, replace(one, votes=moved, candidate=search.item(match, "leader").said))
    for match, _ in search.matches(patterns.GAIN, patterns.AFTER_CHANGE):
        if one := search.numbered("margin_change", match):
            yield from _caused(search, replace(one, who=search.item(match, "who").said))


def _caused(search: Search, one: Found) -> Iterator[Found]:
    """Yield the change with the counties that caused it, or nothing where they are not certain."""
    if search.is_local(one.first, one.last):
        return
    causes: list[Item] = [item for item, role in search.roles if role is Role.CAUSE]
    tokens, state = search.stream.tokens, search.contest.state
    if not causes and (search.other_counties or may_be_caused_elsewhere(tokens, state)):
        return
    yield replace(
        one,
        units=tuple(dict.fromkeys(item.said for item in causes if item.said)),
        start=min([one.start, *(tokens[item.first].start for item in causes)]),
        end=max([one.end, *(tokens[item.last].end for item in causes)]),
    )
