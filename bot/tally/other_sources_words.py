"""Posts that confirm or contradict the posted margin, and reasons for no post."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from bot.count.reading import Reading
from bot.count.relation import PostedMargin, Relation
from bot.desk.desk_file import Contest, Source
from bot.wording.card import Block, Card, Line, StatedMargin, lines
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.credit import credit_line, credit_of_two
from bot.wording.entered_before import EnteredBefore, confirmed_headline, without_unnameable_source
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.limits import DESCRIPTION, joined, size
from bot.wording.lines import required_share, share_of_leader
from bot.wording.margin import ahead_by, source_margin_phrase
from bot.wording.numbers import commas, counted, votes

SkipReason: TypeAlias = Literal[
    "leads", "first", "skipped", "older", "passed", "posted", "differs", "moving", "counted"
]
"""Why another source's margin, or a batch, is not posted in a channel.

- `leads`: the source leads there.
- `first`: nothing was posted yet to compare it with.
- `skipped`: the channel wants no such posts, or has quiet hours.
- `older`: the posted margin is newer.
- `passed`: the leading source had the margin earlier.
- `posted`: it is the posted margin.
- `differs`: the difference was posted already, or may have been before a restore.
- `moving`: two feeds differ, and the leading source has only just moved.
- `counted`: the leading source's count includes the batch.
"""


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """Another source's margin and the posted margin, for a post that compares them."""

    contest: Contest
    source: Source
    """The other source."""
    leading: Source
    relation: Relation
    leader: str
    margin: int
    """The leader's margin according to the other source."""
    total: int | None
    """All votes counted according to the other source."""
    posted: PostedMargin
    as_of: datetime
    """The time of the other source's figures."""
    now: datetime
    count: str = "election"
    """The count that both margins belong to."""
    approximate: bool = False
    """True if `margin` was reported as approximate."""
    desk_figure: EnteredBefore | None = None
    """The figure that the desk had entered and this source has now, or None."""
    entered: bool = False
    """True if staff entered the source's figures. The source itself then confirms nothing."""
    reading: Reading | None = None
    """The source's reading; None if the margin comes from a statement."""
    instead_of: tuple[int, str, int] | None = None
    """(number, leader, margin) of the post with another margin of the source for the same minute, which this one
    corrects.
    """

    @property
    def moved_on(self) -> bool:
        """True if the source confirms a margin that was posted, but somebody else leads by the leading source now."""
        newer = self.posted.newer
        return self.relation is Relation.CONFIRMS and newer is not None and (newer[0] != self.leader or not newer[1])


def relation_post(facts: RelationFacts, setting: Setting) -> Card:
    """Return the post about another source's margin that confirms or contradicts the posted margin."""
    context = contest_context(facts.contest, setting, facts.now)
    credit = credit_line(setting, facts.source, facts.as_of, facts.now, entered=facts.entered)
    if facts.instead_of is not None:
        sentence = entry_corrected(context, facts, facts.instead_of)
    elif facts.desk_figure is not None:
        said = (facts.leader, facts.margin, facts.total)
        posted = (facts.leading, *facts.posted.margin_posted, facts.posted.as_of)
        sentence = confirmed_headline(
            context,
            facts.source,
            without_unnameable_source(facts.desk_figure, setting),
            said,
            posted,
            facts.posted.newer,
        )
    else:
        sentence = related(context, facts)
        if facts.moved_on and facts.posted.newer is not None:
            credit = credit_of_two(setting, facts.leading, facts.posted.newer[2], facts.now, credit)
    stands = facts.posted.newer or (*facts.posted.margin_posted, facts.posted.as_of)
    total = facts.posted.total if facts.posted.newer is None else None
    contest, count = facts.contest.id, facts.count
    desk_figure = facts.desk_figure.number if facts.desk_figure is not None else None
    named = (
        facts.instead_of[0] if facts.instead_of is not None else None,
        desk_figure,
        None if facts.desk_figure else facts.posted.number,
    )
    return Card(
        (Line(sentence, posts=tuple(one for one in named if one is not None)),),
        credit,
        kind="statement",
        corrects=facts.instead_of is not None,
        states=(
            StatedMargin(contest, facts.source.id, count, facts.leader, facts.margin, facts.total),
            StatedMargin(contest, facts.leading.id, count, stands[0], stands[1], total),
        ),
    )


def entry_corrected(context: ContestContext, facts: RelationFacts, before: tuple[int, str, int]) -> str:
    """Return the correction of a margin that staff entered wrongly, followed by the leading source's margin.

    `before` is the (number, leader, margin) of the post with the wrong margin.
    """
    number, leader, margin = before
    now = ahead_by(context, facts.leader, facts.margin, about=facts.approximate, place=f" in {context.place}")
    same_leader = leader == facts.leader and margin and facts.margin
    was = f"by {commas(margin)}" if same_leader else ahead_by(context, leader, margin)
    posted = facts.posted
    ours = source_margin_phrase(
        context,
        source_name(facts.leading),
        posted.margin_posted,
        posted.as_of,
        posted.newer,
        posted.number,
        held=posted.held,
    )
    right = f"**Correction: {source_name(facts.source)} has {now},** not {was} (#{number}), as of {context.when(facts.as_of)}"
    return stopped(f"{right}; {ours}")


def with_line_below(blocks: Sequence[Block], line: str) -> tuple[Block, ...]:
    """Return a post's blocks with `line` below the text of the first. An empty `line` changes nothing."""
    if not line:
        return tuple(blocks)
    if not blocks:
        return (Block(lines(line)),)
    first, *rest = blocks
    texts = [text for one in first.lines for text in one.text.split("\n")]
    above = joined(texts, DESCRIPTION - size(line) - 2)
    return (replace(first, lines=lines(above, "", line) if above else lines(line)), *rest)


def margin_not_posted(why: SkipReason, leading: Source, post: int | None = None) -> str:
    """Return why a margin or batch that staff entered is not posted. Empty for reasons that need no explanation.

    `leading` is the leading source, and `post` the number of the last post about that source's margin.
    """
    name = source_name(leading)
    match why:
        case "leads":
            return f"{possessive(name)} margin is posted from a feed alone"
        case "first":
            return f"nothing of {name} is posted to compare it with"
        case "passed":
            return f"{name} had that margin earlier"
        case "older":
            return "it is older than the margin " + (f"of #{post}" if post is not None else "posted")
        case "counted":
            return f"{possessive(name)} count has it already"
        case "differs":
            return f"a post says already that it differs from {name}"
        case _:
            return ""


def related(context: ContestContext, facts: RelationFacts) -> str:
    """Return the headline that compares another source's margin with the posted one.

    It never judges which one is right.
    """
    if facts.relation is Relation.CONFIRMS:
        return _also_has(context, facts)
    source, posted = facts.source, facts.posted
    # A person has no count of their own.
    who = f"Figures from {source_name(source)} have" if source.person else f"{capitalised(source_name(source))} has"
    tally = f" with {votes(facts.total)} counted," if facts.total is not None else ""
    has = ahead_by(context, facts.leader, facts.margin, about=facts.approximate, place=f" in {context.place}")
    other = f"**{who} {has},**{tally} as of {context.when(facts.as_of)}"
    leading = source_name(facts.leading)
    ours = source_margin_phrase(
        context, leading, posted.margin_posted, posted.as_of, posted.newer, posted.number, held=posted.held
    )
    return stopped(f"{other}; {ours}")


def _also_has(context: ContestContext, facts: RelationFacts) -> str:
    """Return the headline about another source that agrees with the leading source.

    Example: "**… also has Biden ahead by 14,101,** with 457 fewer votes counted than the Times (#3).". If a share of
    the vote decides, the headline begins with the share. If the leading source's margin has changed since it was
    posted, the headline has both margins; if its leader has changed, the new leader comes first.
    """
    posted, name, leading = facts.posted, source_name(facts.source), source_name(facts.leading)
    post, place = f" (#{posted.number})" if posted.number is not None else "", f" in {context.place}"
    has = ahead_by(context, facts.leader, facts.margin, about=facts.approximate, place=place)
    then = f"{possessive(leading)} margin at {context.when(posted.as_of)}{post}"
    if facts.moved_on and posted.newer is not None:
        leader, margin, at = posted.newer
        first = f"**{capitalised(leading)} now has {ahead_by(context, leader, margin, place=place)},**"
        other = ahead_by(context, facts.leader, facts.margin, about=facts.approximate)
        second = f"{capitalised(name)}, as of {context.when(facts.as_of)}, has {other}, which was {then}"
        return f"{stopped(f'{first} as of {context.when(at)}')} {stopped(second)}"
    now = ""
    if posted.newer is not None:
        now = f"by {context.when(posted.newer[2])} {leading} had {ahead_by(context, *posted.newer[:2])}"
    if facts.margin and facts.reading is not None and (share := _share(context, facts.reading)):
        same = f"had at {context.when(posted.as_of)}{post}; {now}" if now else f"has{post}"
        has = ahead_by(context, facts.leader, facts.margin)
        return f"**By {possessive(name)} count, {share}.** {stopped(f'That count has {has}, as {leading} {same}')}"
    if now:
        first = stopped(f"**{capitalised(name)} has {has},** as of {context.when(facts.as_of)}")
        return f"{first} {stopped(f'That was {then}; {now}')}"
    also = f"{capitalised(name)} also has {has}"
    if facts.approximate:
        return stopped(f"**{also}**; {leading} has {commas(posted.margin)}{post}")
    if facts.total is None:
        return stopped(f"**{also}**{post}")
    return stopped(f"**{also},** with {_beside_total(facts.total, posted.total, leading)}{post}")


def _share(context: ContestContext, reading: Reading) -> str:
    share = required_share(context, reading)
    return share.sentence if share else share_of_leader(context, reading)


def _beside_total(total: int, posted: int | None, leading: str) -> str:
    """Return a total compared with the leading source's: "457 fewer votes counted than the Times"."""
    if posted is None or total == posted:
        return f"{votes(total)} counted{'' if posted is None else f', the same as {leading}'}"
    way = "more" if total > posted else "fewer"
    return f"{counted(abs(total - posted), f'{way} vote')} counted than {leading}"
