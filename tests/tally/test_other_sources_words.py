"""What is posted of another source's margin, and the line of a card that names who agrees."""

from datetime import timedelta

from bot.count.relation import PostedMargin, Relation
from bot.desk.desk_file import Desk
from bot.tally.other_sources_words import RelationFacts, also_said, relation_post, with_also
from bot.wording.card import Block, Card, lines
from bot.wording.context import Setting
from bot.wording.message import embeds_of, render
from tests.conftest import START, small_desk


def test_a_confirmation_is_credited_to_the_source_that_confirms() -> None:
    desk = small_desk()
    times, official, *_ = desk.sources
    later = START + timedelta(minutes=29)
    posted = PostedMargin(None, "biden", 14_101, START, 4_991_741)
    facts = RelationFacts(
        desk.contests[0], official, times, Relation.CONFIRMS, "biden", 14_101, 4_991_741, posted, later, later
    )
    draft = relation_post(facts, Setting(desk))
    assert render(draft, 217).content == (
        "**The Secretary of State also has Biden ahead in Georgia by 14,101,** with 4,991,741 votes counted, as many as "
        "the Times.\n-# #217 · Sec. of State, 7:29 a.m."
    )
    assert (draft.kind, draft.quiet, render(draft).embeds) == ("statement", True, ())


def test_a_card_names_a_few_and_says_how_many_more() -> None:
    desk = small_desk()
    five = [(key, START) for key in ("times", "ga-sos", "reporter", "ap", "nbc")]
    line = also_said(five, Setting(desk), START)
    assert line == (
        "Also: the Times, 7 a.m.; the Secretary of State, 7 a.m.; our reporter, 7 a.m.; the AP, 7 a.m.; and 1 more."
    )
    assert also_said([("gone", START)], Setting(desk), START) == ""
    (long,) = (
        one["description"] for one in embeds_of(Card((), blocks=with_also([Block(lines(*["x" * 99] * 45))], line)))
    )
    assert long.startswith("x" * 99)
    assert long.endswith(f"\n\n{line}")
    assert len(long) <= 4096
    assert with_also([], line) == (Block(lines(line)),)
    assert with_also([Block(lines("x"))], "") == (Block(lines("x")),)


def test_a_source_s_name_acts_nowhere_on_the_card() -> None:
    nasty = "@everyone <@&1> **b** [x](https://e.vil) `c`"
    desk = small_desk()
    sources = [source.model_copy(update={"name": nasty}) for source in desk.sources]
    line = also_said(
        [("reporter", START)], Setting(Desk(desk=desk.desk, contests=desk.contests, sources=sources)), START
    )
    assert line.startswith("Also: ")
    assert not any(part in line.replace("\\]", "") for part in ("@everyone", "<@&1>", "](https"))
