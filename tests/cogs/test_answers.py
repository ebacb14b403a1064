"""Questions as members type them: seen by the asker only, shared by who may, once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from bot.answers.chart_words import Chart, CountyMap
from bot.answers.kept_answers_store import AnswerStore
from bot.count.recount_line import RecountLine
from bot.count.statement import Statement
from bot.database.failure import DatabaseError
from bot.desk.counties import counties_of
from bot.desk.desk_file import Desk
from bot.feeds.polling import SourceHealth
from bot.feeds.receivers import Delivery
from bot.follows.levels import sees_everything
from bot.rehearsal.standin.guild import Channel
from bot.wording.card import Block, Card, Line
from bot.wording.typed_times import past_time
from bot.wording.viewer import Viewer
from cogs.answers import HistoryPage
from tests.cogs.conftest import Person, Room, Seen, history, last
from tests.cogs.entering import choose, press, read
from tests.cogs.matrix import notice_with, questions
from tests.conftest import START, delivery, reading
from tests.pictures.guide import leaves

PNG = b"\x89PNG\r\n\x1a\n and so on"


async def say(room: Room, **fields: object) -> None:
    statement = {"source": "ga-sos", "contest": "ga", "as_of": START, **fields}
    await room.newsroom.desk_store.join(room.guild.id)
    await room.newsroom.statements.take_in(Statement.model_validate(statement), room.guild.id, "Olga")


def footer(answer: Seen) -> str:
    (embed,) = answer.embeds
    return embed.footer.text or ""


def card(answer: Seen) -> str:
    (embed,) = answer.embeds
    return embed.description or ""


async def morning(room: Room) -> None:
    """Take in what 11 November began with."""
    units = {"Floyd": {"total": 41160, "votes": {"biden": 11904, "trump": 28845}, "reported": [24, 25]}}
    later = {"Floyd": {"total": 41234, "votes": {"biden": 11917, "trump": 28906}, "reported": [25, 25]}}
    await room.newsroom.take(
        reading(2471882, 2457733, 0, total=4992124, units=units),
        reading(2471895, 2457794, 35, total=4992198, units=later),
    )


async def test_since_adds_up_what_changed(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    answer = await room.card("since", room.reporter, contest="ga", since="7:30")
    assert answer.content == (
        "**Biden's lead in Georgia is 14,101, down 48 since 7:30 a.m.,** after Floyd County reported 74 more votes "
        "(Trump 61, Biden 13).\n-# the Times, 7:35 a.m."
    )
    assert card(answer).endswith("\nOne update.")


async def test_since_a_minute_counts_from_after_the_update_stamped_with_it_as_posts_do(room: Room) -> None:
    await room.newsroom.take(reading(1000, 900), reading(1010, 900, 35.5), reading(1020, 900, 50.2))
    room.newsroom.at(60)
    assert (await room.ask("since", contest="ga", since="7:35")).startswith(
        "**Biden's lead in Georgia is 120, up 10 since 7:35 a.m.,**"
    )
    assert "**No new votes known in Georgia since 7:50 a.m.:**" in await room.ask("since", contest="ga", since="7:50")
    assert "Biden led in Georgia by 110 votes" in await room.ask("margin", contest="ga", at="7:35")


async def test_since_ends_with_what_else_came_and_only_where_something_did(room: Room) -> None:
    await morning(room)
    await say(room, certified=(92, 159), total=4991000)
    room.newsroom.at(60)
    assert "Also" not in card(await room.card("since", contest="ga", since="7:05"))
    later = START + timedelta(minutes=45)
    await say(room, as_of=later, certified=(96, 159))
    await say(room, as_of=later, leader="biden", margin=14101, total=4991741)
    await say(room, as_of=later, source="reporter", leader="biden", margin=14100)
    said = card(await room.card("since", contest="ga", since="7:05"))
    assert said.endswith(
        "\nAlso, the Secretary of State (7:45 a.m.): 96 of 159 counties certified; Biden +14,101, 4,991,741 votes, entered by staff."
    )
    assert "Also" not in card(await room.card("since", contest="ga", since="7:05", at="7:40"))
    assert "Also" not in card(await room.card("since", contest="ga", since="7:50"))


async def test_since_says_that_nothing_came(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    assert (await room.ask("since", contest="ga", since="7:40")).startswith(
        "**No new votes known in Georgia since 7:40 a.m.:** Biden leads by 14,101 as of 7:35 a.m., when the Times was last checked."
    )
    assert (await room.ask("since", contest="ga", since="7:10", at="7:20")).startswith(
        "**No new votes known in Georgia between 7:10 a.m. and 7:20 a.m.:** Biden led by 14,149 votes, by the Times' count as of 7 a.m.\n-#"
    )


async def test_since_a_time_before_the_first_reading_tells_the_change_from_there_and_says_so(room: Room) -> None:
    assert (await room.ask("since", contest="ga", since="6:30")).startswith("**No count is in yet for Georgia**")
    await morning(room)
    room.newsroom.at(60)
    answer = await room.card("since", contest="ga", since="6:30")
    assert answer.content.startswith("**Biden's lead in Georgia is 14,101, down 48 since 7 a.m.,** after Floyd County")
    assert "\n-#" in answer.content.partition(" No figures on record before 7 a.m.")[2]
    assert card(answer).endswith("\nOne update.")
    assert (await room.ask("since", contest="ga", since="6:30", at="7:10")).startswith(
        "As of 7:10 a.m.: **Biden leads in Georgia by 14,149 votes,** with 4,992,124 counted. "
        "No figures on record before 7 a.m."
    )


async def test_since_does_not_repeat_the_total_of_its_sentence(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    answer = await room.card("since", contest="ga", since="6:30", at="7:10")
    assert "with 4,992,124 counted." in answer.content
    assert "votes counted" not in card(answer)


async def test_since_zeros_does_not_repeat_the_total_of_its_sentence_either(room: Room) -> None:
    await room.newsroom.take(reading(0, 0), reading(1000, 500, 30))
    room.newsroom.at(60)
    answer = await room.card("since", contest="ga", since="7:05")
    assert answer.content.startswith("**Biden leads in Georgia by 500 votes,** with 1,500 counted.")
    assert "1,500 votes counted" not in card(answer)


async def test_since_tells_a_lead_that_changed_in_the_perfect_and_names_a_revision(room: Room) -> None:
    falls = [reading(1000, 1100, 10), reading(1200, 1150, 20), reading(1199, 1150, 30)]
    await room.newsroom.take(reading(1000, 900), *falls)
    room.newsroom.at(32)
    await room.newsroom.take(reading(1199, 1150, 30), reading(1200, 1250, 40))
    room.newsroom.at(60)
    answer = await room.card("since", contest="ga", since="7:05")
    assert answer.content.startswith(
        "**Trump has moved ahead in Georgia's count, by 50 votes.** Biden led by 100 at 7:05 a.m."
    )
    assert "That includes a revision by the source: \u22121 vote at 7:30 a.m." in card(answer)
    fell = await room.card("since", contest="ga", since="7:25", at="7:35")
    assert "total is down 1 vote." in fell.content
    assert "fewer" not in card(fell)


async def test_since_a_time_that_is_not_before_the_one_asked_about_is_refused(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    assert "not before" in await room.refused("since", contest="ga", since="7:40", at="7:20")
    assert "is not clearly a time" in await room.refused("since", contest="ga", since="then")


async def test_no_time_that_a_command_offers_as_an_example_is_asked_back(room: Room) -> None:
    offered = {
        example
        for name, command in leaves(room.bot.tree).items()
        for parameter in getattr(command, "parameters", ())  # a message's menu has none
        if parameter.name in ("at", "since", "as_of") and not name.startswith("schedule")
        for example in parameter.description.partition(": ")[2].partition(";")[0].split(", ")
        if example
    }
    assert {"11 p.m.", "yesterday 7pm", "20 min ago"} <= offered
    zone = room.newsroom.setting.desk.zone
    for hours in range(24):
        for example in offered:
            assert past_time(example, START + timedelta(hours=hours, minutes=7), zone)  # else it raises


async def twenty(room: Room) -> None:
    await room.newsroom.take(*(reading(1000 + 10 * step, 900, step) for step in range(20)))


async def test_history_is_paged_by_buttons_that_work_after_a_restart(room: Room) -> None:
    await twenty(room)
    answer = await room.card("history", room.reporter, contest="ga")
    assert answer.content.startswith("**Georgia: updates 20 to 13.**\n**7:19 a.m.**")
    assert list(answer.buttons) == ["Older"]
    room.bot.remove_dynamic_items(HistoryPage)
    room.bot.add_dynamic_items(HistoryPage)
    page = await room.reporter.click(answer, "Older")
    assert page.content.startswith("**Georgia: updates 12 to 5.**")
    assert set(page.buttons) == {"Newer", "Older"}
    back = await room.reporter.click(page, "Newer")
    assert back.content.startswith("**Georgia: updates 20 to 13.**")


async def test_history_says_of_each_batch_who_got_what_from_where(room: Room) -> None:
    await morning(room)
    said = await room.ask("history", contest="ga")
    assert "**7:35 a.m.** +74 (Trump 61, Biden 13), Floyd County; Biden +14,101 (−48)" in said  # noqa: RUF001 - as it is said
    assert "**7 a.m.** first figures: 4,992,124 votes; Biden +14,149" in said


async def test_history_says_of_a_total_that_stands_that_it_is_the_same(room: Room) -> None:
    await room.newsroom.take(reading(1000, 900, total=2000), reading(1010, 900, 1, total=2000))
    assert "**7:01 a.m.** same total (Biden 10); Biden +110 (+10)" in await room.ask("history", contest="ga")


async def test_since_counts_updates_once_where_the_total_lags_behind_its_candidates(room: Room) -> None:
    await room.newsroom.take(
        reading(1000, 900, total=2100), *(reading(1000, 900 + 60 * n, n, total=2100 + n) for n in (1, 2))
    )
    said = await room.ask("since", contest="ga", since="7 a.m.")
    assert "Biden led by 100 at 7 a.m. before two updates." in said


async def test_no_source_names_a_county_is_not_said_where_one_may_not_be_shown(room: Room) -> None:
    await morning(room)
    units = {"units": ["13115"], "own": False}
    await say(room, source="reporter", units_certified=units)
    assert "our reporter" in card(await room.card("county", contest="ga", county="Floyd"))
    await read_by_the_public(room)
    shown = card(await room.card("county", contest="ga", county="Floyd"))
    assert "Certification unknown: no source published here names this county." in shown
    assert "reporter" not in shown


async def test_county_says_where_it_stands_and_how_fresh_that_is(room: Room) -> None:
    await morning(room)
    await say(room, certified=(96, 159))
    await say(room, source="reporter", outstanding={"ballots": 444, "units": ["Floyd County"]})
    answer = await room.card("county", contest="ga", county="floyd county")
    assert answer.content.startswith("**Floyd County: Trump leads by 16,989 votes,** with 41,234 counted")
    assert "Latest update: 74 votes (Trump 61, Biden 13), as of 7:35 a.m.\n" in card(answer)
    assert "25 of 25 precincts have reported." in card(answer)
    assert footer(answer).startswith("Unofficial. Checked ")
    assert "Certification unknown: no source names this county. In all, 96 of 159 counties certified" in card(answer)
    assert (
        "\n444 ballots left (our reporter, 7 a.m.); 74 votes have come in from there since, and all its precincts have reported"
        in card(answer)
    )
    await say(room, certified=(159, 159), as_of=START + timedelta(minutes=50))
    room.newsroom.at(60)
    later = card(await room.card("county", contest="ga", county="floyd county"))
    assert "In all" not in later
    assert "Certified: all 159 counties have, the Secretary of State says, as of 7:50 a.m." in later
    assert "ballots left" not in later
    assert (await room.ask("outstanding", contest="ga")).startswith("**Unknown: no source has said how many ballots")


async def test_a_county_says_what_it_has_reported_since(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    said = "**Floyd County has reported 74 more votes since 7:05 a.m.,** a net gain of 48 votes for Trump (Trump 61, Biden 13)."
    answer = await room.card("county", contest="ga", county="floyd county", since="7:05 a.m.")
    assert answer.content.split("\n")[0] == said
    assert card(answer).split("\n")[0] == "**Floyd County: Trump leads by 16,989 votes,** with 41,234 counted."
    assert (await room.ask("since", contest="ga", county="Floyd", since="7:05 a.m.")).split("\n")[0] == said
    assert (await room.ask("since", contest="ga", county="Floyd", since="7:40 a.m.")).startswith(
        "**Floyd County has reported no new votes since 7:40 a.m.,** by the Times' count, last checked "
    )
    before = {"since": "7:05 a.m.", "at": "7:20 a.m."}
    assert (await room.ask("county", contest="ga", county="Floyd", **before)).startswith(
        "**Floyd County reported no new votes between 7:05 a.m. and 7:20 a.m.,** by the Times' count."
    )
    assert (await room.ask("since", contest="ga", county="Cobb", since="7:05 a.m.")).startswith(
        "**Cobb County: no figures.**"
    )
    refused = await room.refused("county", contest="ga", county="Floyd", since="7:20 a.m.", at="7:05 a.m.")
    assert refused.startswith("The time in since:")


async def test_a_county_that_was_not_listed_before_has_reported_all_it_has(room: Room) -> None:
    floyd = {"Floyd": {"total": 30, "votes": {"biden": 10, "trump": 20}}}
    cobb = {"Cobb": {"total": 9, "votes": {"biden": 6, "trump": 3}}}
    await room.newsroom.take(reading(10, 20, 5, units=floyd), reading(16, 23, 9, units=floyd | cobb))
    room.newsroom.at(60)
    said = "**Cobb County has reported nine more votes since 7:06 a.m.,** a net gain of 3 votes for Biden (Biden 6, Trump 3)."
    assert (await room.ask("since", contest="ga", county="Cobb", since="7:06 a.m.")).startswith(said)
    assert (await room.ask("since", contest="ga", county="Cobb", since="6:50 a.m.")).startswith(
        f"{said.replace('7:06', '6:50')} No figures on record before 7:05 a.m."
    )


async def test_a_county_of_which_a_source_says_next_to_nothing_is_told_so(room: Room) -> None:
    units = {"Bibb": {"reported": [0, 3]}, "Ware": {"votes": {"biden": 7}}}
    await room.newsroom.take(reading(100, 90, 1, units=units))
    assert (await room.ask("county", contest="ga", county="Bibb")).startswith(
        "**Bibb County: no figures.**\n-# the Times, 7:01 a.m."
    )
    assert (await room.ask("county", contest="ga", county="Ware")).startswith("**Ware County: 7 votes counted.**\n")


async def test_a_county_without_figures_is_unknown_and_one_that_is_none_is_refused(room: Room) -> None:
    await morning(room)
    assert (await room.ask("county", contest="ga", county="Cobb")).startswith(
        "**Cobb County: no figures.** No county totals"
    )
    assert "Did you mean Floyd" in await room.refused("county", contest="ga", county="Floid")


async def test_a_county_of_which_only_what_came_last_is_known_tells_that(room: Room) -> None:
    gains = {"as_of": START + timedelta(minutes=5), "unit_batch": {"DeKalb": 10}}
    await room.newsroom.take(reading(1000, 900), reading(1010, 900, 5, **gains))
    room.newsroom.at(60)
    answer = await room.card("county", contest="ga", county="Dekalb")
    assert answer.content.startswith(
        "**DeKalb County added 10 votes at 7:05 a.m.** (Biden 10). "
        "Its total is unknown: no county totals from the Times.\n-# the Times, 7:05 a.m."
    )
    assert "added" not in card(answer)
    assert "update" not in card(answer)


@pytest.mark.parametrize(
    ("typed", "first"), [("flo", "Floyd"), ("foyld", "Floyd"), ("dekal", "DeKalb"), ("st maries", None)]
)
async def test_counties_come_up_however_they_are_spelled(room: Room, typed: str, first: str | None) -> None:
    found = await room.reporter.autocomplete(room.count, "county", "county", typed, contest="ga")
    assert len(found) <= 25
    if first:
        assert found[0]["value"] == first
    everything = await room.reporter.autocomplete(room.count, "county", "county", "", contest="ga")
    assert len(everything) == 25


@pytest.mark.parametrize(
    ("ballots", "left"), [(300, "300 ballots"), (100, "100 ballots"), (99, "99 ballots"), (1, "1 ballot")]
)
async def test_outstanding_puts_the_lead_beside_the_ballots_left_and_says_no_more(
    room: Room, ballots: int, left: str
) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, outstanding={"ballots": ballots}, as_of=START + timedelta(minutes=6))
    answer = await room.card("outstanding", room.reporter, contest="ga")
    assert answer.content.split("\n")[0] == (
        f"**Biden leads by 100 votes in Georgia, with {left} left,** by the Secretary of State at 7:06 a.m."
    )
    assert answer.content.endswith("\n-# count: the Times, 7:05 a.m.; ballots: Sec. of State, 7:06 a.m.")
    assert card(answer) == f"**Georgia:** {left} left (the Secretary of State, 7:06 a.m., entered by staff)"


async def test_outstanding_says_as_of_first_where_votes_have_come_in_since(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, outstanding={"ballots": 300}, as_of=START + timedelta(minutes=6))
    await room.newsroom.take(reading(1300, 1020, 10))
    answer = await room.card("outstanding", contest="ga")
    assert answer.content.split("\n")[0] == (
        "**As of 7:06 a.m., 300 ballots were left in Georgia,** by the Secretary of State; 220 votes have come in since. "
        "Biden leads by 280 votes."
    )
    assert card(answer) == (
        "**Georgia:** 300 ballots left (the Secretary of State, 7:06 a.m., entered by staff); 220 votes have come in since"
    )
    assert (await room.ask("outstanding", contest="ga", at="7:06")).startswith(
        "As of 7:06 a.m.: **Biden leads by 100 votes in Georgia, with 300 ballots left,** by the Secretary of State"
    )


async def test_outstanding_marks_a_county_that_has_reported_since(room: Room) -> None:
    cobb, floyd = {"total": 500, "reported": [1, 2]}, {"total": 900, "reported": [3, 4]}
    await room.newsroom.take(reading(1100, 1000, 5, units={"Cobb": cobb, "Floyd": floyd}))
    for county, ballots, minute in (("Cobb", 100, 6), ("Floyd", 30, 7)):
        left = {"ballots": ballots, "units": [county]}
        await say(room, outstanding=left, as_of=START + timedelta(minutes=minute))
    now = {"Cobb": {"total": 600, "reported": [2, 2]}, "Floyd": floyd}
    await room.newsroom.take(reading(1150, 1050, 10, units=now))
    answer = await room.card("outstanding", contest="ga")
    assert answer.content.split("\n")[0] == (
        "**As of 7:06 a.m., 130 ballots were known to be left in two counties;** 100 votes have come in from there since, "
        "and there may be ballots elsewhere. Biden leads by 100 votes in Georgia."
    )
    assert card(answer).split("\n") == [
        "**Floyd County:** 30 ballots left (the Secretary of State, 7:07 a.m., entered by staff)",
        (
            "**Cobb County:** 100 ballots left (the Secretary of State, 7:06 a.m., entered by staff); "
            "100 votes have come in from there since, and all its precincts have reported"
        ),
    ]


async def test_what_rests_on_a_source_for_the_newsroom_alone_offers_no_share(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    for minute, source, offers in ((6, "ga-sos", ["Share here"]), (7, "reporter", [])):
        await say(room, source=source, outstanding={"ballots": 300}, as_of=START + timedelta(minutes=minute))
        answer = await room.card("outstanding", contest="ga")
        assert [one for one in answer.buttons if "Share" in one] == offers


async def test_what_a_source_expects_is_its_estimate_and_no_ballots_that_are_left(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5, expected_total=2400))
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**Unknown: no source has said how many ballots are left in Georgia.**\n"
        "The Times expects 2,400 votes in all, an estimate: 300 more than are counted, as of 7:05 a.m.\n"
    )


async def test_outstanding_of_parts_alone_puts_nothing_beside_the_lead(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, outstanding={"ballots": 300, "type": "provisional"})
    answer = await room.card("outstanding", contest="ga")
    assert answer.content.startswith("**One number of ballots left is known,** of one kind of ballot.")


async def test_outstanding_says_by_itself_what_a_source_says_with_its_figures(room: Room) -> None:
    left = [{"ballots": 70, "type": "early"}, {"ballots": 60, "units": ["Floyd"], "type": "early"}]
    await room.newsroom.take(reading(1100, 1000, 5, outstanding=left))
    answer = await room.card("outstanding", contest="ga")
    assert "**Floyd County:** 60 advance ballots left (the Times, 7:05 a.m.)" in card(answer)
    assert "**Georgia:** 70 advance ballots left (the Times, 7:05 a.m.)" in card(answer)


async def test_outstanding_adds_up_places_but_no_ballot_twice(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, outstanding={"ballots": 100, "units": ["Cobb"]})
    await say(room, source="reporter", outstanding={"ballots": 50, "units": ["Cobb"]}, as_of=START - timedelta(hours=1))
    await say(room, outstanding={"ballots": 30, "units": ["Floyd"], "type": "absentee-mail"})
    answer = await room.card("outstanding", contest="ga")
    assert answer.content.startswith(
        "**As of 7 a.m., 130 ballots were known to be left in two counties;** how many votes have come in since is unknown, "
        "and there may be ballots elsewhere. Biden leads by 100 votes in Georgia.\n"
    )
    assert "**Floyd County:** 30 absentee ballots left (the Secretary of State, 7 a.m., entered by staff)" in card(
        answer
    )


async def test_outstanding_says_how_many_of_159_counties_it_does_not_list(room: Room) -> None:
    await room.newsroom.take(reading(100_000, 1000, 5))
    for county in counties_of("GA"):
        await say(room, outstanding={"ballots": 10, "units": [county.short]})
    answer = await room.card("outstanding", contest="ga")
    assert "**As of 7 a.m., 1,590 ballots were known to be left in 159 counties;**" in answer.content
    assert "and 134 older numbers of ballots left." in card(answer)


async def test_what_is_left_is_unknown_until_somebody_says_it(room: Room) -> None:
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**Unknown: no source has said how many ballots are left"
    )


async def test_what_another_server_entered_is_in_no_answer(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await room.newsroom.desk_store.join(99)
    for fields in ({"outstanding": {"ballots": 5}}, {"certified": (5, 9)}, {"leader": "trump", "margin": 77}):
        said = Statement.model_validate({"source": "ga-sos", "contest": "ga", "as_of": START, **fields})
        await room.newsroom.statements.take_in(said, 99, "Eve")
    for command in ("outstanding", "certified", "margin > Everything known", "sources", "draft"):
        answer = await room.card(command, contest="ga")
        whole = answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)
        assert "77" not in whole
        assert "5 ballots" not in whole
        assert "5 of 9" not in whole


async def test_certified_says_by_whose_count(room: Room) -> None:
    assert (await room.ask("certified", contest="ga")).startswith("**Unknown: no source has said how many counties")
    await say(room, certified=(92, 159))
    await say(room, certified=(96, 159), as_of=START + timedelta(minutes=5))
    room.newsroom.at(10)
    assert (await room.ask("certified", contest="ga")).startswith(
        "**Georgia: 96 of 159 counties certified,** the Secretary of State says; up from 92.\n-# Sec. of State, 7:05 a.m."
    )
    assert "92 of 159" in await room.ask("certified", contest="ga", at="7:02")


async def test_results_that_a_source_calls_certified_are_said_to_be_by_that_source(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5, status="certified"))
    said = await room.ask("certified", contest="ga")
    assert said.startswith("**The Times calls its results certified, as of 7:05 a.m.**")


async def test_margin_finds_when_it_was_a_figure(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5), reading(130, 100, 6), reading(150, 100, 9))
    await room.newsroom.take(reading(131, 101, 7, source="ga-sos"))
    answer = await room.card("margin", contest="ga", figure="30")
    assert answer.content.startswith(
        "**Biden led in Georgia by 30 votes from 7:06 a.m. until 7:09 a.m.,** by the Times'"
    )
    assert card(answer) == "Biden leads by 50, as of 7:09 a.m.\nThe Secretary of State: Biden +30 since 7:07 a.m."
    assert (await room.ask("margin", contest="ga", figure="30", at="7:07 a.m.")).startswith(
        "**Biden leads in Georgia by 30"
    )
    assert "The nearest is Biden's lead of 50, since 7:09 a.m." in await room.ask(
        "margin", contest="ga", figure="9,400"
    )
    assert await room.ask("margin", contest="ga", figure="many") == (
        "Many is no margin; give it in votes, such as 9,400."
    )


async def test_sources_stand_side_by_side(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5), reading(130, 100, 6, source="ga-sos", total=231))
    await say(room, source="reporter", leader="biden", margin=19)
    answer = await room.card("sources", contest="ga")
    assert answer.content.startswith("**Georgia: posts follow the Times.**")
    assert "**The Times:** Biden +20, 220 votes. Changed and checked 7:05 a.m." in card(answer)
    assert "**Our reporter:** Biden +19, as of 7 a.m. When it last changed is unknown. Newsroom only." in card(answer)
    assert "It does not say" in card(answer)


async def test_sources_call_a_margin_about_only_where_it_is(room: Room) -> None:
    await say(room, source="reporter", leader="biden", margin=19, margin_change=-2, approximate=["margin_change"])
    assert "**Our reporter:** Biden +19, as of" in card(await room.card("sources", contest="ga"))
    later = START + timedelta(minutes=1)
    await say(room, source="reporter", leader="biden", margin=20, approximate=["margin"], as_of=later)
    room.newsroom.at(2)
    assert "**Our reporter:** Biden about +20, as of" in card(await room.card("sources", contest="ga"))


def stale_after(room: Room, minutes: int) -> None:
    """Let every source be silent after so many minutes."""
    room.change_sources(lambda _: {"stale_after": timedelta(minutes=minutes)})


COUNTING = {
    "units": {
        name: {"total": 10, "reported": (done, 4)}
        for name, done in (("Floyd", 4), ("De Kalb", 3), ("Echols", 1), ("Bibb", 2))
    }
}


async def counting(room: Room) -> None:
    """Take in a count of four counties, of which one is all in, two have been silent for an hour and one has not."""
    stale_after(room, 45)
    hour_ago = START - timedelta(minutes=20)
    uploads = {
        "Floyd": hour_ago,
        "DeKalb": hour_ago,
        "Echols": hour_ago - timedelta(minutes=2),
        "Bibb": START + timedelta(minutes=35),
        "Cobb": hour_ago,
    }
    feed = SimpleNamespace(source=SimpleNamespace(id="times"), uploads=uploads)
    room.bot.rooms.feeds.polling.feeds = [feed]  # type: ignore[list-item]  # no feed of a real source
    await room.newsroom.take(reading(20, 10, 0, **COUNTING))
    room.newsroom.at(40)
    await room.newsroom.ingest.accept(Delivery("times", standing={("ga", "election")}))
    room.newsroom.at(300)


async def test_sources_call_a_total_about_where_it_is_and_tell_of_a_feed_that_is_down(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 1))
    room.newsroom.health["times"] = SourceHealth(failing_since=START + timedelta(minutes=2), problem="no answer")
    await say(room, source="times", leader="biden", margin=22, as_of=START + timedelta(minutes=3))
    await say(room, total=2501, approximate=["total"])
    room.newsroom.at(5)
    said = card(await room.card("sources", contest="ga"))
    assert "Biden +22, as of 7:03 a.m., entered by staff. " in said
    assert "**Can't be read since 7:02 a.m.**: no answer." in said
    assert "**The Secretary of State:** about 2,501 votes, as of" in said


async def test_sources_name_the_counties_that_have_sent_nothing_for_long(room: Room) -> None:
    await counting(room)
    assert (
        "Two counties still counting, with nothing sent for 45 minutes or more: Echols County (last 6:38 a.m.) and "
        "DeKalb County (last 6:40 a.m.)." in card(await room.card("sources", contest="ga"))
    )
    assert "still counting" not in card(await room.card("sources", contest="ga", at="7:41"))


async def all_certified(room: Room) -> None:
    await say(room, certified=(159, 159))


async def certified_by_another_source(room: Room) -> None:
    await room.newsroom.take(reading(20, 10, 41, source="ga-sos", status="certified"))


@pytest.mark.parametrize("certify", [all_certified, certified_by_another_source])
async def test_no_county_is_silent_once_the_contest_is_certified(
    room: Room, certify: Callable[[Room], Awaitable[None]]
) -> None:
    await counting(room)
    await certify(room)
    assert "still counting" not in card(await room.card("sources", contest="ga"))


async def test_no_county_is_silent_of_a_source_without_a_limit(room: Room) -> None:
    await counting(room)
    room.change_sources(lambda _: {"stale_after": None})
    assert "still counting" not in card(await room.card("sources", contest="ga"))


async def test_margin_has_a_button_to_everything_on_one_card(room: Room) -> None:
    await morning(room)
    await say(room, certified=(96, 159))
    answer = await room.card("margin > Everything known", contest="ga")
    (embed,) = answer.embeds
    assert [field.name for field in embed.fields] == ["Latest updates", "Recount", "Certified", "Ballots left"]
    assert "96 of 159" in (embed.fields[2].value or "")


async def test_everything_known_says_once_how_many_are_counted_and_which_side_of_the_recount_line(room: Room) -> None:
    set_contest(room)
    await morning(room)
    answer = await room.card("margin > Everything known", contest="ga")
    assert card(answer) == "**Biden** (D) 2,471,895 · 49.52%\n**Trump** (R) 2,457,794 · 49.23%"
    recount = next(str(one.value) for one in answer.embeds[0].fields if one.name == "Recount")
    assert recount.startswith(
        "**Within Georgia's recount range by 10,859 votes:** Biden leads by 14,101 votes, 0.28 points"
    )


async def test_everything_known_is_of_the_time_that_was_asked_about(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    answer = await room.card("margin > Everything known", room.reporter, contest="ga", at="7:30")
    assert answer.content.startswith("**At 7:30 a.m., Biden led in Georgia by 14,149 votes,**")
    assert "14,101" not in str(answer.embeds[0].to_dict())


async def test_certified_names_every_county(room: Room) -> None:
    names = [county.short for county in counties_of("GA")]
    await room.follow("ga")
    card = await room.card("certify", contest="ga", what=", ".join(names[:96]), source="ga-sos")
    await room.editor.click(card, "Enter")
    room.newsroom.at(10)
    answer = await room.card("certified", room.reporter)
    assert answer.content.startswith(
        "**Georgia: 96 of 159 counties named as certified,** the Secretary of State says.\n-#"
    )
    said = answer.embeds[0].description or ""
    listed, left = said.split("**Still due, with no date in the schedule:**")
    assert [name for name in names[:96] if name not in listed] == []
    assert [name for name in names[96:] if name not in left] == []


async def test_a_county_s_count_of_certified_ones_is_the_officials_before_what_a_person_heard(room: Room) -> None:
    await morning(room)
    await say(room, certified=(96, 159))
    await say(room, certified=(97, 159), source="reporter", as_of=START + timedelta(minutes=10))
    said = card(await room.card("county", contest="ga", county="Floyd"))
    assert ("96 of 159" in said, "97" in said) == (True, False)


async def test_a_county_that_another_source_names_is_no_count_of_it_above_a_count(room: Room) -> None:
    await room.follow("ga")
    await say(room, certified=(96, 159))
    room.newsroom.at(10)
    shown = await room.card("certify", contest="ga", what="Cobb", source="times")
    await room.editor.click(shown, "Enter")
    room.newsroom.at(20)
    answer = await room.card("certified", room.reporter)
    assert answer.content.startswith("**Georgia: 96 of 159 counties certified,** the Secretary of State says")
    assert card(answer).startswith("Named so far by the Times, as of 7:10 a.m.: Cobb County.\n")
    assert card(answer).count("the Times") == 1  # the number of those names is said by them
    assert "In all, 96 of 159" in card(await room.card("county", contest="ga", county="Floyd"))


async def test_copy_of_an_earlier_time_is_of_that_time(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    shown = await room.card("draft", contest="ga", at="7:10")
    assert card(shown) == "Copy as of 7:10 a.m."
    assert shown.content.startswith("At 7:10 a.m., Biden led in Georgia by 14,149 votes")
    assert shown.content.endswith(
        "The margin was 0.28 percentage points, within the recount range of 0.5. Unofficial. Source: the Times."
    )


async def test_draft_fits_a_post_with_the_credit_and_the_time(room: Room) -> None:
    await morning(room)
    room.newsroom.at(65)
    answer = await room.card("draft", contest="ga")
    (about,) = answer.embeds
    ages = "Votes changed 7:35 a.m., checked 30 minutes ago."
    assert (about.description, about.footer.text) == (ages, "the Times, 7:35 a.m.")
    line = answer.content
    assert line.startswith("8:05 a.m.: Biden's lead in Georgia narrowed by 48 votes, to 14,101, after Floyd County")
    assert line.endswith("of 0.5. Unofficial, as of 7:35 a.m. Source: the Times.")
    assert len(line) <= 300
    assert "**" not in line
    room.newsroom.at(95)  # what happened an hour ago is no news of this minute
    assert (await room.ask("draft", contest="ga")).startswith(
        "8:35 a.m.: Biden leads in Georgia by 14,101 votes, with 4,992,198 counted. "
    )
    await room.newsroom.ingest.accept(Delivery("times", standing=[("ga", "election")]))
    assert card(await room.card("draft", contest="ga")).endswith(" changed 7:35 a.m., checked less than a minute ago.")


async def test_draft_leads_with_no_change_that_would_be_worth_no_post(room: Room) -> None:
    await morning(room)
    await room.newsroom.take(reading(2_471_896, 2_457_794, 60, total=4_992_199))
    line = await room.ask("draft", contest="ga")
    assert line.startswith("8 a.m.: Biden leads in Georgia by 14,102 votes, with 4,992,199 counted. The margin")


async def test_copy_gives_each_source_its_time_and_the_credit_that_it_demands(room: Room) -> None:
    demanded = {"times": "The New York Times", "ga-sos": "Georgia Secretary of State"}
    room.change_sources(lambda source: {"credit": demanded.get(source.id)})
    await morning(room)
    await say(room, certified=(96, 159), as_of=START + timedelta(minutes=5))
    room.newsroom.at(95)
    line = await room.ask("draft", contest="ga")
    assert line.endswith(
        "Unofficial, as of 7:35 a.m. The Secretary of State said 96 of 159 counties had certified as of 7:05 a.m. "
        "Sources: The New York Times; Georgia Secretary of State."
    )
    assert len(line) <= 300


async def test_copy_says_beside_it_that_a_later_reading_is_held(room: Room) -> None:
    await room.newsroom.take(reading(1000, 500, 0), reading(900, 500, 5))
    said = await room.card("draft", contest="ga")
    assert "\nLater figures are on hold: the count went down" in card(said)
    assert "hold" not in said.content


async def test_ballots_without_a_candidates_votes_are_no_tie(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(0, 0, total=100))
    await room.publish()
    (post,) = history(room.count)
    assert post.content.startswith("**No candidate's votes are in yet in Georgia,**")
    assert "margin" not in card(post)
    assert (await room.ask("recount", contest="ga")).startswith("**No margin is known in Georgia,**")
    assert "margin" not in await room.ask("draft", contest="ga")


async def test_copy_of_a_contest_led_by_an_inside_source_is_refused(room: Room) -> None:
    await morning(room)
    room.hide_the_times()
    assert "for the newsroom only" in await room.refused("draft", contest="ga")


async def read_by_the_public(room: Room) -> None:
    desk = room.guild.add_channel("desk")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)


async def test_only_the_desk_reads_a_feed_s_address_and_its_site_s_own_words(room: Room, desk: Channel) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    problem = "times: inner.example:443 answered 403 keep out"
    room.newsroom.health["times"] = SourceHealth(failing_since=START, problem=problem)
    await room.newsroom.ingest.accept(Delivery("times", refusals=["inner.example: ga: keep out"]))

    async def said(who: Person, command: str) -> str:
        card = await room.card(command, who, contest="ga")
        return card.content + "".join(embed.description or "" for embed in card.embeds)

    for command, words in (
        ("sources", "**Can't be read since 7 a.m.**. 1 part of its answers refused so far, last 7 a.m."),
        ("why", "**Refused:** the Times, last 7 a.m.\n"),
    ):
        to_desk, to_guest = await said(room.editor, command), await said(room.reporter, command)
        assert "keep out" in to_desk
        assert words in to_guest
        assert "inner.example" not in to_guest
        assert "keep out" not in to_guest
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    assert "keep out" not in await said(room.editor, "sources") + await said(room.editor, "why")


async def test_what_is_shared_has_no_site_s_own_words(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 500))
    room.newsroom.health["times"] = SourceHealth(failing_since=START, problem="times: inner.example answered 403")
    await room.newsroom.ingest.accept(Delivery("times", refusals=["inner.example: ga: keep out"]))
    answer = await room.card("sources", contest="ga")
    assert "inner.example" in whole(answer)
    said = await shared_words(room, answer)
    assert "**Can't be read since 7 a.m.**. 1 part of its answers refused so far, last 7 a.m." in said
    assert "inner.example" not in said


def whole(answer: Seen) -> str:
    return answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chart be a picture at once: drawing it takes a second."""

    async def png(*_: object) -> bytes:
        return PNG

    monkeypatch.setattr("bot.answers.chart.drawn", png)


@pytest.mark.usefixtures("undrawn")
async def test_where_the_public_reads_nothing_of_an_inside_source_is_told(room: Room) -> None:
    await morning(room)
    await read_by_the_public(room)
    room.hide_the_times()
    for command, options in questions(room).items():
        assert "for the newsroom only" in await room.refused(command, **options), command


@pytest.mark.usefixtures("undrawn")
async def test_where_the_public_reads_an_inside_source_beside_is_not_named(room: Room) -> None:
    await morning(room)
    await say(room, source="reporter", outstanding={"ballots": 444, "units": ["Floyd"]})
    await say(room, source="reporter", certified=(33, 159))
    await say(room, source="reporter", leader="biden", margin=55)
    room.change_sources(lambda source: {"public": source.public and source.id != "nbc"})
    await say(room, source="nbc", call={"says": "called", "candidates": ["biden"], "verb": "projected"})
    await read_by_the_public(room)
    for command, options in {**questions(room), EVERYTHING: {"contest": "ga"}}.items():
        answer = whole(await room.card(command, **options))
        assert not [word for word in ("reporter", "444", "33 of", "by 55", "NBC") if word in answer], command


@pytest.mark.usefixtures("undrawn")
async def test_where_the_public_reads_no_question_tells_what_waits_for_publish(room: Room) -> None:
    await room.follow("ga")
    await morning(room)
    await say(room, certified=(92, 159), outstanding={"ballots": 321, "units": ["Floyd"]})
    await room.publish()
    await read_by_the_public(room)
    room.newsroom.at(60)
    await enter_all(room)
    await say(room, outstanding={"ballots": 118, "units": ["Floyd"]})
    await room.publish()
    asked = {**questions(room), EVERYTHING: {"contest": "ga"}}
    inside = [whole(await in_channel(room, "desk", command, options)) for command, options in asked.items()]
    for word in ("96 of", "NBC", "444", "118", "AP called"):
        assert any(word in answer for answer in inside), word
        for command, options in asked.items():
            assert word not in whole(await room.card(command, **options)), command


async def in_channel(room: Room, channel: str, command: str, options: dict[str, Any]) -> Seen:
    """Return what a question is answered in another channel."""
    here, room.count = room.count, room.guild.channel(channel)
    answer = await room.card(command, **options)
    room.count = here
    return answer


EVERYTHING = "margin > Everything known"

ENTERED = {
    "margin": ("Biden leads by 13,999", "13,999"),
    "sources": ("Biden leads by 13,999", "13,999"),
    "since": ("Biden leads by 13,999", "13,999"),
    "certified": ("98 of 159 counties certified", "98 of 159"),
    "margin > Everything known": ("98 of 159 counties certified", "98 of 159"),
    "county": ("98 of 159 counties certified", "98 of 159"),
    "draft": ("98 of 159 counties certified", "98 of 159"),
}
"""By question: what is entered, and what of it the answer has."""
UNPOSTED = {
    "outstanding": ("Biden leads by 13,999. 444 ballots left in Floyd County", "444"),
    "margin > Everything known": ("Biden leads by 13,999. 93 of 159 counties certified", "93 of 159"),
}
"""The same of what has no post of its own, as a source's first count."""


async def waiting(room: Room, text: str, source: str = "ga-sos") -> Seen:
    """Let a post of what is entered wait for Publish in the channel that the public reads; return the question."""
    await room.follow("ga")
    await morning(room)
    await say(room, certified=(92, 159))
    await room.publish()
    await read_by_the_public(room)
    room.newsroom.at(60)
    await press(room, await room.card("tally", text=text, contest="ga", source=source), "Enter")
    await room.publish()
    (question,) = [seen for seen in history(room.guild.channel("desk")) if "Publish" in seen.buttons]
    return question


async def tells(room: Room, command: str, words: str, channel: Channel) -> bool:
    """Return whether who asks in a channel is told that."""
    options = questions(room).get(command, {"contest": "ga"})
    return words in whole(await in_channel(room, channel.name, command, options))


@pytest.mark.parametrize("command", ENTERED)
async def test_where_the_public_reads_what_was_entered_is_told_once_it_is_published(room: Room, command: str) -> None:
    text, words = ENTERED[command]
    question = await waiting(room, text)
    assert await tells(room, command, words, room.guild.channel("desk"))
    assert not await tells(room, command, words, room.count)
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(room, command, words, room.count)


async def test_where_the_public_reads_a_count_is_up_from_one_that_its_published_post_names(room: Room) -> None:
    await room.follow("ga")
    await morning(room)
    await say(room, certified=(92, 159))  # a first count has no post
    await room.publish()
    await read_by_the_public(room)
    await say(room, certified=(96, 159))
    await room.publish()
    (question,) = [seen for seen in history(room.guild.channel("desk")) if "96 of 159" in seen.content]
    assert not await tells(room, "certified", "96 of 159", room.count)
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(
        room, "certified", "96 of 159 counties certified,** the Secretary of State says; up from 92.", room.count
    )


@pytest.mark.parametrize("command", ["margin", "certified"])
async def test_where_the_public_reads_another_channel_that_was_told_nothing_tells_no_more(
    room: Room, command: str
) -> None:
    text, words = ENTERED[command]
    question = await waiting(room, text)
    lobby = room.guild.add_channel("lobby")
    await room.set_public(lobby, public=True)
    assert not await tells(room, command, words, lobby)
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(room, command, words, lobby)


@pytest.mark.parametrize("command", ["certified", "margin > Everything known", "county"])
async def test_where_the_public_reads_a_correction_is_told_once_it_is_published(room: Room, command: str) -> None:
    question = await correction_waits(room)
    told = "It is 95 counties, not 96"
    assert await tells(room, command, told, room.guild.channel("desk"))
    assert not await tells(room, command, told, room.count)
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(room, command, told, room.count)


async def correction_waits(room: Room) -> Seen:
    """Let the correction of a count wait for Publish in a channel that the public reads; return the question."""
    await room.follow("ga")
    await morning(room)
    await say(room, certified=(92, 159))
    await say(room, certified=(96, 159))
    await room.publish()
    await read_by_the_public(room)
    await room.replace("correct", post="#3", text="It is 95 counties, not 96")
    await room.publish()
    (question,) = [seen for seen in history(room.guild.channel("desk")) if "Publish" in seen.buttons]
    return question


async def test_where_the_public_reads_there_is_no_copy_while_a_correction_waits(room: Room) -> None:
    question = await correction_waits(room)
    assert "no copy of that contest here now" in await room.refused("draft", contest="ga")
    await room.press(question, "Publish")
    await room.publish()
    assert "96 of 159" not in await room.ask("draft", contest="ga")


async def test_a_post_is_called_corrected_once_the_correction_is_posted(room: Room) -> None:
    question = await correction_waits(room)
    guest = room.person("guest")
    for who in (guest, room.editor):
        assert "Corrected in" not in await room.ask("why", who, post="3")
    await room.press(question, "Publish")
    await room.publish()
    await room.publish()
    for who in (guest, room.editor):
        assert "**Corrected in #4.**" in await room.ask("why", who, post="3")


async def test_of_a_correction_that_was_discarded_nobody_is_told(room: Room) -> None:
    await room.press(await correction_waits(room), "Discard")
    for who in (room.person("guest"), room.editor):
        assert "#4" not in await room.ask("why", who, post="3")


async def test_why_says_that_a_post_was_retracted_unless_that_was_undone(room: Room) -> None:
    await room.follow("ga", board=False)
    await say(room, certified=(92, 159))
    await say(room, certified=(96, 159))
    await room.publish()
    await room.replace("correct", post="#1", text="It is 95 counties, not 96")
    await room.publish()
    done = await room.editor.click(await room.card("retract", post="#1", why="misread"), "Retract")
    await room.publish()
    assert "**Retracted in #3.**" in await room.ask("why", post="1")
    await room.editor.click(done, "Undo until 7:02 a.m. (posts a correction)")
    await room.publish()
    assert "**Corrected in #2.**" in await room.ask("why", post="1")


async def test_where_the_public_reads_what_was_let_out_and_corrected_before_it_went_is_left_out(room: Room) -> None:
    await room.follow("ga", room.guild.add_channel("inside"))
    question = await waiting(room, "98 of 159 counties certified")
    await room.ask("pause")
    await room.press(question, "Publish")
    await room.publish()
    number = question.content.partition("Publish #")[2].partition(" ")[0]
    await room.replace("correct", post=f"#{number}", text="It is 97 counties, not 98")
    assert not await tells(room, "certified", "98 of 159", room.count)
    assert await tells(room, "certified", "98 of 159", room.guild.channel("desk"))


async def test_what_was_discarded_comes_up_as_such_for_retract_which_says_what_it_is(room: Room) -> None:
    async def offered() -> set[str]:
        found = [
            await room.editor.autocomplete(room.count, "retract", "post", typed) for typed in ("3", "#3", "98 of", "")
        ]
        return {f"{choice['name'].split(' · ')[0]} = {choice['value']}" for choices in found for choice in choices}

    question = await waiting(room, "98 of 159 counties certified")
    assert await offered() == {"#3, waits for Publish = 3"}
    await room.press(question, "Discard")
    assert "#3, discarded = 3" in await offered()
    card = await room.card("retract", post="#3", why="misread")
    assert card.content.startswith(
        "**Retract #3?** The Secretary of State: 98 of 159 counties certified, as of 8 a.m. "
    )
    await room.editor.click(card, "Retract")
    assert await offered() == set()


@pytest.mark.parametrize("command", UNPOSTED)
async def test_where_the_public_reads_nothing_is_told_that_no_question_showed(room: Room, command: str) -> None:
    text, words = UNPOSTED[command]
    question = await waiting(room, text, source="nbc")
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(room, command, words, room.guild.channel("desk"))
    assert not await tells(room, command, words, room.count)


USE = "Use in public answers"


@pytest.mark.parametrize("command", UNPOSTED)
async def test_where_the_public_reads_what_has_no_post_is_told_once_the_desk_lets_it_be(
    room: Room, command: str
) -> None:
    text, words = UNPOSTED[command]
    await room.follow("ga")
    await morning(room)
    await room.publish()
    await read_by_the_public(room)
    card = await room.card("tally", text=text, contest="ga", source="nbc")
    assert f", in public channels once you press **{USE}**" in card.content
    done = await press(room, card, "Enter")
    entered, labels = done.content, [*done.buttons]
    assert not await tells(room, command, words, room.count)
    used = await press(room, done, USE)
    assert used.content == f"{entered}\n**In public answers, too.** To take it out: **Undo**, or `/retract` entry 1."
    assert [*used.buttons] == [label for label in labels if label != USE]
    assert await tells(room, command, words, room.count)
    assert not await tells(room, "margin", "13,999", room.count)  # it has a post, which waits for Publish
    rows = await room.newsroom.database.rows("SELECT who, after FROM audit WHERE what = 'entry public'")
    assert rows == [(str(room.editor), '{"entry":1}')]
    await press(room, used, "Undo")
    assert not await tells(room, command, words, room.count)


async def test_where_the_public_reads_an_own_entry_is_let_out_later_and_retract_takes_it_back(room: Room) -> None:
    await room.follow("ga")
    await read_by_the_public(room)
    await press(room, await room.card("certify", contest="ga", what="Cobb", source="ga-sos"), "Enter")
    listed = await room.card("entries")
    shown = await room.editor.choose(listed, listed.lists[0], "1")
    await press(room, shown, USE)
    assert await tells(room, "certified", "Named so far, as of 7 a.m.: Cobb County.", room.count)
    assert USE not in (await room.editor.choose(listed, listed.lists[0], "1")).buttons
    await room.replace("retract", post="entry 1", why="misread")
    assert not await tells(room, "certified", "Cobb", room.count)


async def test_where_the_public_reads_nothing_is_offered_that_it_may_not_know_or_has_a_post_of(room: Room) -> None:
    await room.follow("ga")
    await morning(room)
    await room.publish()
    done = await press(room, await room.card("tally", text="444 ballots left", contest="ga", source="nbc"), "Enter")
    assert USE not in done.buttons  # the public reads nowhere
    await read_by_the_public(room)
    for text, source in (
        ("444 ballots left", "reporter"),  # for the newsroom only
        ("Biden leads by 13,999", "ga-sos"),  # has a post
        ("Biden's lead grew by 90 votes", "nbc"),  # in no answer
    ):
        card = await room.card("tally", text=text, contest="ga", source=source)
        assert USE not in card.content, text
        assert USE not in (await press(room, card, "Enter")).buttons, text


async def test_where_the_public_reads_nothing_is_said_to_be_unknown_that_staff_entered(room: Room) -> None:
    await morning(room)
    await read_by_the_public(room)
    desk = room.guild.channel("desk")
    for channel, words in ((room.count, "nothing published here"), (desk, "no source has said")):
        assert await tells(
            room, "certified", f"Unknown: {words} {'says' if channel is room.count else ''}".rstrip(), channel
        )
        assert await tells(room, "outstanding", f"Unknown: {words}", channel)
    assert await tells(room, "calls", "No call of Georgia is published here.", room.count)
    assert await tells(room, "calls", "No call of Georgia is on record.", desk)
    assert await tells(room, "county", "no source published here names this county", room.count)


async def test_where_the_public_reads_no_list_of_names_is_said_to_lack_what_staff_entered(room: Room) -> None:
    await room.follow("ga")
    await say(room, as_of=START - timedelta(minutes=5), certified=(92, 159))
    await say(room, certified=(96, 159))
    await room.publish()
    await read_by_the_public(room)
    await press(room, await room.card("certify", contest="ga", what="Cobb", source="ga-sos"), "Enter")
    desk = room.guild.channel("desk")
    assert await tells(room, "certified", "Named so far, as of 7 a.m.: Cobb County.", desk)
    shown = str(await room.card("certified", contest="ga"))
    assert "96 of 159" in shown
    assert "Cobb" not in shown
    assert "names" not in shown


@pytest.mark.parametrize("decided", ["Discard", None])
async def test_where_the_public_reads_what_is_entered_once_more_waits_as_it_did(
    room: Room, decided: str | None
) -> None:
    question = await waiting(room, ENTERED["margin"][0])
    if decided:
        await room.press(question, decided)
    room.newsroom.at(61)  # as of a minute later
    await press(room, await room.card("tally", text=ENTERED["margin"][0], contest="ga", source="ga-sos"), "Enter")
    await room.publish()
    assert not await tells(room, "margin", ENTERED["margin"][1], room.count)


@pytest.mark.parametrize("command", ["margin", "certified"])
async def test_where_the_public_reads_what_was_discarded_is_left_out(room: Room, command: str) -> None:
    text, words = ENTERED[command]
    await room.press(await waiting(room, text), "Discard")
    assert await tells(room, command, words, room.guild.channel("desk"))
    assert not await tells(room, command, words, room.count)


async def test_where_the_public_reads_a_call_is_told_once_it_is_published(room: Room) -> None:
    await room.follow("ga")
    await read_by_the_public(room)
    card = await room.card("call", caller="ap", says="called it", candidate="biden", contest="ga")
    await press(room, card, "Enter")
    await room.publish()
    (question,) = [seen for seen in history(room.guild.channel("desk")) if "Publish" in seen.buttons]
    assert not await tells(room, "calls", "called Georgia for Biden", room.count)
    await room.press(question, "Publish")
    await room.publish()
    assert await tells(room, "calls", "called Georgia for Biden", room.count)


async def test_who_may_write_shares_an_answer_once(room: Room) -> None:
    await morning(room)
    answer = await room.card("recount", contest="ga")
    assert list(answer.buttons) == ["Share here"]
    assert await share(room, answer) == f"Shared in <#{room.count.id}> as #1."
    assert await share(room, answer) == "That is in the channel already, as #1."
    await room.publish()
    (post,) = history(room.count)
    assert post.content == answer.content.replace("-# ", "-# #1 · ")
    assert [embed.description for embed in post.embeds] == [embed.description for embed in answer.embeds]
    (audit,) = [row for row in await room.audit() if row[1] == "share"]
    assert audit[0].startswith("olga")


async def share(room: Room, answer: Seen, who: Person | None = None) -> str:
    (label,) = (label for label in answer.buttons if label.startswith("Share "))
    result = await (who or room.editor).click(answer, label)
    return (result.later or (result,))[0].content


async def test_the_margin_is_shared_like_every_answer(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    assert "Shared in" in await share(room, await room.card("margin", contest="ga"))
    assert set((await room.card("margin", room.reporter, contest="ga")).buttons) == {"Everything known"}


async def test_an_answer_that_could_not_be_kept_is_given_and_not_shared(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await morning(room)

    async def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(AnswerStore, "keep", fail)
    assert list((await room.card("margin", contest="ga")).buttons) == ["Everything known"]


@pytest.mark.parametrize("what", ["retract", "correct"])
async def test_an_answer_from_before_a_retraction_or_a_correction_is_not_shared(room: Room, what: str) -> None:
    await room.follow("ga", board=False)
    await morning(room)
    for done in (92, 98):
        await say(room, certified=(done, 159))
    await room.publish()
    answer = await room.card("certified", contest="ga")
    options = {"why": "misread"} if what == "retract" else {"text": "It is 97 counties, not 98"}
    await room.replace(what, post="#3", **options)
    assert "was retracted or corrected since; ask again" in await share(room, answer)
    room.newsroom.at(90)
    assert "Shared in" in await share(room, await room.card("certified", contest="ga"))


async def test_a_page_that_is_gone_is_shared_as_the_last_one(room: Room) -> None:
    await morning(room)
    answer = await room.card("recount", contest="ga")
    seen = await notice_with(room, room.count, answer.buttons["Share here"].removesuffix(":0") + ":7")
    result = await room.editor.click(seen, "Press")
    assert "Shared in" in (result.later or (result,))[0].content


async def test_who_may_not_write_has_no_share_button(room: Room) -> None:
    await morning(room)
    assert (await room.card("recount", room.reporter, contest="ga")).buttons == {}


async def test_an_answer_made_inside_is_not_shared_once_the_public_reads_the_channel(room: Room) -> None:
    await morning(room)
    answer = await room.card("margin > Everything known", contest="ga")
    await read_by_the_public(room)
    assert "for the newsroom only" in await share(room, answer)
    again = await room.card("margin > Everything known", contest="ga")
    assert "> for Publish." in await share(room, again)


async def test_an_answer_that_is_too_old_is_not_shared(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await morning(room)
    answer = await room.card("recount", contest="ga")
    monkeypatch.setattr("bot.answers.sharing.GOOD_FOR", timedelta(seconds=-1))
    assert "ask again" in await share(room, answer)
    assert await room.newsroom.count("outbox") == 0


async def test_why_tells_a_posts_way(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.post(reading(1000, 900, 1), reading(1000, 1100, 2))
    said = await room.ask("why", post="#2")
    assert said.startswith("**#2 reports a lead change.**\nFrom the Times' reading of 7:02 a.m.\n")
    assert "lead changes and revisions always post" in said
    assert f"Posted in <#{room.count.id}>" in said
    assert "there is no #9" in (await room.refused("why", post="9")).lower()


async def test_figures_of_a_source_that_was_last_asked_long_ago_are_said_to_be_old(room: Room) -> None:
    await room.newsroom.take(reading(1000, 900, 1))
    room.newsroom.at(30)
    assert "ago" not in (await room.card("margin", contest="ga")).content
    room.newsroom.at(150)
    for command in ("margin", "margin > Everything known"):
        card = await room.card(command, contest="ga")
        assert "\nThe Times was last checked 2 hr 29 min ago.\n-# " in card.content, command
    assert "ago" not in (await room.card("margin", contest="ga", at="7:30")).content


async def test_what_is_asked_of_an_earlier_time_says_nothing_of_a_later_look(room: Room) -> None:
    await room.newsroom.take(reading(1000, 900, 1))
    room.newsroom.at(30)
    await room.newsroom.ingest.accept(Delivery("times", standing={("ga", "election")}))
    assert "checked 7:30 a.m." in footer(await room.card("margin", contest="ga"))
    for command, options in (("margin", {}), ("since", {"since": "7:02"}), ("recount", {})):
        earlier = await room.card(command, contest="ga", at="7:05", **options)
        assert "checked" not in footer(earlier), command


async def test_why_holds_the_move_of_the_margin_against_the_minimum_that_was_set_when_it_was_posted(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(15000, 900, 1))
    await room.publish()
    await room.newsroom.take(reading(15048, 900, 2))
    await room.publish()
    said = await room.ask("why", post="#2")
    assert said.startswith("**#2 reports a margin change.**\nFrom the Times' reading of 7:02 a.m.\n")
    assert "The margin moved by 48 votes since the last post; the minimum was 43 (0.3% of the lead)." in said
    await room.follow("ga", at_least=500)
    assert await room.ask("why", post="#2") == said  # the minimum of then
    await room.newsroom.take(reading(15648, 900, 3))
    await room.publish()
    await room.unfollow("ga")
    later = await room.ask("why", post="#3")
    assert "The margin moved by 600 votes since the last post; the minimum was 500." in later


async def test_why_names_the_batch_that_waits_with_the_numbers(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900, 1, units={"Wheeler": {"total": 100}}))
    await room.publish()
    await room.newsroom.take(reading(1001, 900, 2, units={"Wheeler": {"total": 101}}))
    said = await room.ask("why", contest="ga")
    assert f"**Not posted yet in <#{room.count.id}>:** the margin moved by 1 vote; the minimum is 25." in said
    assert "It will be in a post by 8:02 a.m." in said
    assert "> **7:02 a.m.** +1 (Biden 1), Wheeler County; Biden +101 (+1)" in said
    # What has no post has no number to ask by.
    asked = await room.ask("why", post="Wheeler")
    assert asked == f"“Wheeler” is not a post number. What has no post:\n{said}"
    room.newsroom.at(62)
    await room.newsroom.ingest.roll_up()
    await room.publish()
    one = await room.ask("why", post="#2")
    assert one.startswith(
        "**#2, at 8:02 a.m., reports a change that had waited since 7:02 a.m.**\nFrom the Times' reading of"
    )
    await room.newsroom.take(reading(1002, 900, 63))
    await room.newsroom.take(reading(1003, 900, 70))
    room.newsroom.at(123)
    await room.newsroom.ingest.roll_up()
    await room.publish()
    several = await room.ask("why", post="#3")
    assert several.startswith(
        "**#3, at 9:03 a.m., reports changes that had waited since 8:03 a.m.**\nFrom the Times' reading of"
    )


async def test_why_of_a_post_that_went_out_in_one_channel_says_beside_it_where_it_did_not_and_why(room: Room) -> None:
    other = room.guild.add_channel("other")
    await room.follow("ga")
    await room.follow("ga", channel=other)
    await room.newsroom.take(reading(1000, 900, 1))
    await room.publish()
    await room.newsroom.database.write(
        lambda one: one.execute(
            "UPDATE outbox SET state = 'dropped', why = 'nobody published it before 8 a.m.' WHERE channel = ?",
            (room.count.id,),
        )
    )
    said = await room.ask("why", post="#1")
    number = said.partition(f"Posted in <#{other.id}> ([#1]")[2]
    assert number.split("\n")[1] == f"Not in <#{room.count.id}>: nobody published it before 8 a.m."


async def test_the_posts_that_an_answer_names_are_in_a_list_that_opens_where_each_comes_from(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900))
    await room.publish()
    shown = await room.card("draft", contest="ga")
    assert shown.lists == []  # it names none
    await room.set_desk(room.guild.add_channel("desk"))
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1100, 900, 5))
    await room.publish()
    shown = await room.card("why", contest="ga")
    assert "#2" in shown.content
    opened = await room.editor.choose(shown, "why", "2")
    assert opened.ephemeral
    assert opened.content == (await room.card("why", post="#2")).content
    asked = (await room.card("why", post="#3")).content
    assert asked == opened.content.replace("\n-# ", "\nQuestion 3 to the desk is about it.\n-# ")


async def test_sources_say_when_each_last_changed_and_was_asked_from_feeds_and_entries_alike(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 1))
    await say(room, last_updated=START - timedelta(hours=13), approximate=["last_updated"])
    room.newsroom.at(65)
    said = card(await room.card("sources", contest="ga"))
    assert "Biden +20, 220 votes. Changed 7:01 a.m. Last checked 7:01 a.m., 1 hr 4 min ago." in said
    assert (
        "**The Secretary of State:** no figures yet. Changed about 6 p.m. Tuesday, as entered by staff; "
        "unchanged for 13 hours by 7 a.m. No feed." in said
    )


async def test_a_source_is_called_silent_only_until_somebody_last_looked(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 1), reading(120, 100, 41))
    entered = {"total": 4989046, "leader": "biden", "margin": 20}
    await say(room, as_of=START + timedelta(minutes=30), last_updated=START - timedelta(hours=13), **entered)
    await say(room, as_of=START + timedelta(minutes=50), certified=(92, 159))
    room.newsroom.at(85)
    said = card(await room.card("sources", contest="ga"))
    assert "Changed 7:01 a.m.; unchanged for 40 minutes by 7:41 a.m. Checked 7:41 a.m." in said
    room.newsroom.at(300)
    said = card(await room.card("sources", contest="ga"))
    assert "Changed 7:01 a.m.; unchanged for 40 minutes by 7:41 a.m. Last checked 7:41 a.m., 4 hr 19 min ago." in said
    assert (
        "Biden +20, 4,989,046 votes, as of 7:30 a.m., entered by staff. "
        "Changed 6 p.m. Tuesday; unchanged for 14 hours by 7:30 a.m. Staff last looked 7:30 a.m.; no feed; no newer vote figures for 4 hr 30 min."
        in said
    )
    assert "unchanged for 29 minutes" in card(await room.card("sources", contest="ga", at="7:30"))
    await say(room, as_of=START + timedelta(minutes=60), total=4989046)
    said = card(await room.card("sources", contest="ga"))
    assert (
        "votes, as of 8 a.m., entered by staff. Changed 6 p.m. Tuesday; unchanged for 14 hours by 8 a.m. "
        "Staff last looked 8 a.m.; no feed; no newer vote figures for 4 hours." in said
    )


async def test_of_an_earlier_time_a_source_is_called_unchanged_only_until_its_figures_of_then(room: Room) -> None:
    """Between them and the next nobody may have looked."""
    reported = {"precincts": (2, 3)}
    await room.newsroom.take(reading(120, 100, 1), reading(120, 100, 11, reporting=reported), reading(130, 100, 41))
    said = card(await room.card("sources", contest="ga", at="7:30"))
    assert "Biden +20, 220 votes, as of 7:11 a.m. Changed 7:01 a.m.; unchanged for 10 minutes by 7:11 a.m." in said
    then = await room.card("margin", contest="ga", at="7:30")
    assert "by the Times' count as of 7:11 a.m." in then.content
    assert footer(then) == "Unofficial. Votes last changed 7:01 a.m."
    assert footer(await room.card("margin", contest="ga", at="7:05")) == "Unofficial."


async def test_figures_of_after_a_source_was_seen_standing_may_have_changed_since(room: Room) -> None:
    await morning(room)
    await say(room, last_updated=START - timedelta(hours=13), as_of=START + timedelta(minutes=35))
    await say(room, leader="biden", margin=14_101, as_of=START + timedelta(minutes=65))
    room.newsroom.at(70)
    said = card(await room.card("sources", contest="ga"))
    assert "as of 8:05 a.m., entered by staff. When it last changed is unknown." in said


async def test_other_figures_entered_later_replace_when_a_source_was_said_to_have_changed(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 1))
    room.newsroom.at(390)
    entered = {"total": 4989046, "last_updated": START - timedelta(hours=14)}
    await say(room, as_of=START + timedelta(minutes=30), approximate=["last_updated"], **entered)
    await say(room, as_of=START + timedelta(minutes=65), total=4991741)
    await say(room, as_of=START + timedelta(minutes=90), total=4991741)
    said = card(await room.card("sources", contest="ga"))
    assert (
        "4,991,741 votes, as of 8:30 a.m., entered by staff. Changed between 7:30 a.m. and 8:05 a.m. "
        "Staff last looked 8:30 a.m.; no feed; no newer vote figures for 5 hours." in said
    )


async def test_figures_entered_again_of_one_time_are_no_change_of_their_source(room: Room) -> None:
    await morning(room)
    for margin in (14_000, 14_500):
        await say(room, leader="biden", margin=margin)
    room.newsroom.at(70)
    said = card(await room.card("sources", contest="ga"))
    assert "Biden +14,500, as of 7 a.m., entered by staff. When it last changed is unknown." in said
    await say(room, leader="biden", margin=14_600, as_of=START + timedelta(seconds=30))
    assert "Changed by 7 a.m. Staff last looked 7 a.m.;" in card(await room.card("sources", contest="ga"))


CORRECTED = "**Corrected (#3):** It is 95 counties, not 96."


async def ninety_six(room: Room) -> None:
    """Post the Times' first figures as #1, and 96 counties as #2; correct that in #3."""
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900))
    await say(room, as_of=START - timedelta(minutes=5), certified=(92, 159))
    await say(room, certified=(96, 159))
    await room.publish()
    room.newsroom.at(2)
    assert "96 of 159 counties had certified" in await room.ask("draft", contest="ga")
    await room.replace("correct", post="#2", text="it is 95 counties, not 96")
    await room.publish()


async def test_an_update_whose_post_was_corrected_is_marked_wherever_it_is_told(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.post(
        reading(1000, 900, units={"Floyd": {"total": 100}, "DeKalb": {"total": 5}}),
        reading(1060, 900, 5, units={"Floyd": {"total": 160}, "DeKalb": {"total": 5}}),
        reading(1130, 900, 9, units={"Floyd": {"total": 160}, "DeKalb": {"total": 75}}),
    )
    await room.replace("correct", post="#2", text="The votes came from Fulton County.")
    await room.publish()
    right = "The votes came from Fulton County.\n"
    marked = f"**7:05 a.m.** +60 (Biden 60), Floyd County; Biden +160 (+60). **Corrected (#4):** {right}"
    told = await room.ask("history", contest="ga")
    assert marked in told
    assert told.count("Corrected") == 1
    assert marked.strip() in str(await room.card("margin > Everything known", contest="ga"))
    since = await room.ask("since", contest="ga", since="7:02")
    assert since.startswith("**Biden's lead in Georgia is 230, up 130 since 7:02 a.m.,**")
    assert f"(Biden 130).\n**7:05 a.m. update corrected (#4):** {right}-#" in since
    assert "\nBy county, before correction #4: DeKalb +70 and Floyd +60." in card(
        await room.card("since", contest="ga", since="7:02")
    )
    assert "corrected" not in await room.ask("since", contest="ga", since="7:06")
    note = "**Corrected (#4):** The votes came from Fulton County."
    assert note in str(await room.card("county", contest="ga", county="Floyd"))
    assert note not in str(await room.card("county", contest="ga", county="DeKalb"))


async def test_a_county_that_a_correction_names_is_answered_with_it(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900, units={"Floyd": {"total": 100}, "DeKalb": {"total": 5}}))
    await room.newsroom.take(reading(1060, 900, 5, units={"Floyd": {"total": 160}, "DeKalb": {"total": 5}}))
    room.newsroom.at(10)
    await say(room, certified=(92, 159))
    await say(room, certified=(96, 159))
    await room.publish()
    await room.replace("correct", post="#2", text="The votes came from Fulton County, not Floyd.")
    await room.replace("correct", post="#3", text="Fulton has certified, too")
    await room.publish()

    async def of(county: str, **options: str) -> str:
        answer = await room.card("county", contest="ga", county=county, **options)
        return f"{answer.content}\n{card(answer)}"

    fulton, floyd = await of("Fulton"), await of("Floyd")
    assert "\n**7:05 a.m. update corrected (#4):** The votes came from Fulton County, not Floyd.\n" in fulton
    assert fulton.count("**Corrected (#5):** Fulton has certified, too.") == 1
    assert floyd.count("(#4)") == 1
    assert "#4" not in await of("Fulton", at="7:03")
    assert "#4" not in await of("DeKalb")


async def test_where_the_public_reads_a_correction_that_names_a_county_is_told_once_it_is_published(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900), reading(1060, 900, 5))
    await room.publish()
    await read_by_the_public(room)
    await room.replace("correct", post="#2", text="The votes came from Fulton County.")
    await room.publish()
    (question,) = [seen for seen in history(room.guild.channel("desk")) if "Publish" in seen.buttons]
    assert "Fulton County." not in str(await room.card("county", contest="ga", county="Fulton"))
    await room.press(question, "Publish")
    await room.publish()
    assert "The votes came from Fulton County." in str(await room.card("county", contest="ga", county="Fulton"))


async def test_where_the_public_reads_no_correction_is_named_that_it_has_not_got(room: Room, desk: Channel) -> None:
    public = room.guild.add_channel("public")
    await room.set_desk(desk)
    for channel in (room.count, public):
        await room.follow("ga", channel, board=False)
    await room.set_public(public, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.press(last(desk), "Discard")
    await room.replace("correct", post="#1", text="It is 501.")
    await room.publish()
    mark = "\n**Corrected{}:** It is 501.\n"
    assert mark.format(" (#3)") in await room.ask("margin", contest="ga")
    assert mark.format("") in (await room.editor.slash(public, "margin", contest="ga")).content
    assert " **Corrected:** It is 501." in (await room.editor.slash(public, "history", contest="ga")).content
    await room.newsroom.take(reading(1500, 500, 1))
    assert "no copy" not in (await room.editor.slash(public, "draft", contest="ga")).content


async def test_a_post_of_several_updates_that_was_corrected_marks_each_of_them(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900))
    await room.publish()
    await room.newsroom.take(reading(1001, 900, 2), reading(1002, 900, 5))
    room.newsroom.at(62)
    await room.newsroom.ingest.roll_up()
    await room.publish()
    await room.replace("correct", post="#2", text="Those were absentee ballots.")
    await room.publish()
    listed = await room.ask("history", contest="ga")
    assert listed.count("Corrected (#3)") == 2
    assert listed.count("Those were absentee ballots.") == 1


async def test_a_count_whose_post_was_corrected_says_so_in_certified_and_is_not_copied(room: Room) -> None:
    await ninety_six(room)
    said = await room.card("certified", contest="ga")
    assert f"the Secretary of State says; up from 92. {CORRECTED}\n-#" in said.content
    assert said.embeds == []  # nothing is worked out from it: how many are left is unknown
    drafted = await room.card("draft", contest="ga")
    assert "certified" not in drafted.content
    assert "\nLeft out: 96 of 159 counties certified, corrected in #3: It is 95 counties, not 96." in card(drafted)
    assert CORRECTED in await room.ask("certified", contest="ga", at="7:01")
    assert CORRECTED not in await room.ask("margin", contest="ga")
    assert f"says, as of 7 a.m. {CORRECTED}" in card(await room.card("county", contest="ga", county="Floyd"))


async def test_a_correction_of_a_correction_is_told_and_one_that_is_undone_or_overtaken_is_not(room: Room) -> None:
    await ninety_six(room)
    done = await room.replace("correct", post="#3", text="it is 94 counties")
    await room.publish()
    assert "**Corrected (#4):** It is 94 counties." in await room.ask("certified", contest="ga")
    await room.press(done, "Undo")
    await room.publish()
    assert CORRECTED in await room.ask("certified", contest="ga")
    await say(room, as_of=START + timedelta(minutes=3), certified=(95, 159))
    await room.publish()
    room.newsroom.at(5)
    said = await room.ask("certified", contest="ga")
    assert "95 of 159 counties certified,** the Secretary of State says.\n-# Sec. of State, 7:03 a.m." in said
    assert "96" not in said
    assert "95 of 159" in await room.ask("draft", contest="ga")


async def test_a_margin_whose_post_was_corrected_says_so_and_is_not_copied_until_it_moves(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900, total=1900))
    await say(room, leader="biden", margin=101)
    await room.publish()
    await room.replace("correct", post="#1", text="The lead is 99.")
    await room.replace("correct", post="#2", text="It is 98.")
    await room.publish()
    shown = await room.card("margin", contest="ga")
    assert shown.content.startswith(
        "**Biden leads in Georgia by 100 votes,** with 1,900 counted.\n**Corrected (#3):** The lead is 99.\n-#"
    )
    (others,) = [one.value for embed in shown.embeds for one in embed.fields if one.name == "Other sources"]
    assert others == "The Secretary of State: Biden +101 (7 a.m., entered by staff); corrected in #4: It is 98"
    listed = card(await room.card("sources", contest="ga"))
    assert "1,900 votes; corrected in #3: The lead is 99. Changed" in listed
    assert "as of 7 a.m., entered by staff; corrected in #4: It is 98. When" in listed
    assert "\n**7 a.m. update corrected (#3):** The lead is 99.\n-#" in await room.ask(
        "since", contest="ga", since="6:50"
    )
    assert await room.ask("draft", contest="ga") == (
        "**Nothing to copy:** our post that Biden leads in Georgia by 100 was corrected in #3: The lead is 99. "
        "/margin has the source's figures.\n-# the Times, 7 a.m."
    )
    await room.newsroom.take(reading(1010, 900, 5, total=1910))
    assert "Corrected" not in (await room.card("margin", contest="ga")).content
    assert "Votes changed" in card(await room.card("draft", contest="ga"))


async def test_a_time_ahead_of_the_check_that_saw_it_is_said_to_be_the_source_s(told: Room) -> None:
    told.newsroom.at(5)
    await told.newsroom.ingest.accept(delivery([reading(2_471_995, 2_457_794, 9, total=4_992_298)]))
    await told.publish()
    ahead = "hanged 7:09 a.m. by the source's clock"
    assert footer(history(told.count)[-1]) == f"Unofficial. Votes last c{ahead}, last checked 7:05 a.m."
    assert footer(await told.card("margin")) == f"Unofficial. C{ahead}, checked 7:05 a.m."
    assert f"C{ahead}. Checked 7:05 a.m." in card(await told.card("sources"))
    assert f"Votes c{ahead}, checked less than a minute ago." in card(await told.card("draft"))
    told.newsroom.at(10)
    await told.newsroom.ingest.accept(delivery([reading(2_471_995, 2_457_794, 9, total=4_992_298)]))
    assert footer(await told.card("margin")) == "Unofficial. Changed 7:09 a.m., checked 7:10 a.m."


async def test_why_tells_times_as_the_desk_s_clock_shows_them(told: Room) -> None:
    await told.newsroom.ingest.accept(delivery([reading(1, 1, -5), reading(2_472_000, 2_457_794, 90)]))
    said = await told.ask("why")
    assert "**Ignored:** the Times, 8:30 a.m.: as of 8:30 a.m., which is still ahead." in said
    assert "**Ignored:** the Times, 6:55 a.m.: older than the reading as of 7 a.m." in said


async def test_why_quotes_what_staff_typed_to_the_desk_alone_and_not_where_the_public_reads(
    told: Room, desk: Channel
) -> None:
    card = await read(told, "Jo in the back office says Biden leads by 14,000 votes, she wants no credit")
    card = await press(told, await choose(told, card, "source", ["ga-sos"]), "Tick: Biden ahead by 14,000")
    await press(told, card, "Enter")
    assert 'As typed: "Jo in the back office says' in await told.ask("why", post="2")
    assert "Jo" not in await told.ask("why", told.person("guest"), post="2")
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    said = await told.ask("why", post="2")
    assert "entered by someone in the newsroom" in said
    assert not [word for word in ("Jo", "olga") if word in said]


async def test_why_says_that_a_correction_is_the_desks_own_word(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900, 1))
    await room.publish()
    await room.replace("correct", post="#1", text="The lead is 100.")
    said = await room.ask("why", post="#2")
    assert said.startswith(
        "**#2 corrects a post of ours** at 7:01 a.m. It is the newsroom's own post: olga entered it."
    )
    assert "the Times" not in said
    assert "It replaces #1." in said


async def test_why_tells_nothing_of_a_channel_that_the_asker_does_not_see(room: Room) -> None:
    hidden = room.guild.add_channel("hidden")
    await room.newsroom.follow(hidden.id, server=room.guild.id)
    await room.newsroom.take(reading(1000, 900, 1))
    hidden.forbid("VIEW_CHANNEL", to=room.guild.everyone)
    assert "or none that you can see" in await room.refused("why", room.reporter, post="1")


async def test_history_lists_the_posts_by_source_and_time(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900, 1))
    await room.publish()
    await room.newsroom.take(reading(1100, 900, 2), reading(1100, 900, 2, source="ga-sos"))
    await room.publish()
    first, second = (seen.jump_url for seen in history(room.count)[:2])
    room.newsroom.at(30)
    everything = (await room.ask("history", contest="ga", since="1 hour ago")).split("\n")
    assert everything[0].startswith("**Georgia: ")
    assert everything[0].endswith(" posts since 6:30 a.m., newest first.**")
    assert [line for line in everything if ", the Times: " in line] == [
        f"[#2]({second}), 7:02 a.m., the Times: {history(room.count)[1].content.splitlines()[0]}",
        f"[#1]({first}), 7:01 a.m., the Times: {history(room.count)[0].content.splitlines()[0]}",
    ]
    theirs = await room.ask("history", contest="ga", source="the Times", since="7:01 a.m.")
    assert theirs.startswith(
        f"**Georgia: one post from the Times since 7:01 a.m.**\n[#2]({second}), 7:02 a.m.: **Biden's"
    )
    assert (await room.ask("history", contest="ga", source="ap")).startswith("**Georgia: no posts from the AP.**")
    assert (await room.refused("history", contest="ga", source="our reportr")).startswith("No source is called")
    assert (await room.refused("history", contest="ga", since="7:10 a.m.", at="7:05 a.m.")).startswith(
        "The time in since:"
    )


async def test_history_offers_only_sources_that_may_be_read_of_there(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    offered = await room.editor.autocomplete(room.count, "history", "source", "reporter")
    assert "our reporter" in [one["name"] for one in offered]
    await room.set_public(room.count, public=True)
    assert await room.editor.autocomplete(room.count, "history", "source", "reporter") == []


async def test_why_tells_what_became_of_a_minutes_batches(room: Room) -> None:
    assert await room.ask("why", contest="ga", at="6:59 a.m.") == (
        "**Nothing on Georgia is stamped 6:59 a.m., or came in then.**\n-# 7 a.m."
    )
    await room.newsroom.take(reading(900, 890, 0))
    assert (
        (await room.ask("why", contest="ga", at="7:00 a.m."))
        .split("\n")[1]
        .endswith("No channel in this server follows the contest.")
    )
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900, 1), reading(1000, 901, 1, source="ga-sos"))
    await room.publish()
    await room.newsroom.take(reading(1001, 900, 2), reading(990, 900, 3))
    await say(room, source="reporter", leader="biden", margin=101, as_of=START + timedelta(minutes=2))
    head, theirs, others, _ = (await room.ask("why", contest="ga", at="7:01 a.m.")).split("\n")
    assert head == "**Georgia, stamped or received at 7:01 a.m.:**"
    assert theirs == "The Times, **7:01 a.m.** +110 (Biden 100, Trump 10); Biden +100 (+90). Posted in #1."
    assert others.endswith("No post of its own: only the leading source's changes make posts.")
    _, waits, entry, _ = (await room.ask("why", contest="ga", at="7:02 a.m.")).split("\n")
    assert waits.endswith(f"Too small for a post of its own; it waits for the next one in <#{room.count.id}>.")
    assert entry == "Our reporter, **7:02 a.m.**, entered by staff: Biden +101. No post of its own."
    assert "**Held:** the Times, 7:03 a.m.: the count went down" in await room.ask("why", contest="ga", at="7:03 a.m.")
    room.newsroom.at(9)
    assert (await room.ask("why", contest="ga", at="7:06 a.m.")).split("\n")[1:-1] == [
        "Before it: **7:02 a.m.** +1, for Biden; Biden +101 (+1)."
    ]
    assert (await room.refused("why", post="1", at="7:06 a.m.")) == "Give post: or at:, not both."


async def test_why_says_that_what_passed_the_minimum_waits_to_be_told_with_more(room: Room) -> None:
    await room.follow("ga", without=("margin",))
    await room.newsroom.take(reading(1000, 900, 1))
    await room.publish()
    room.newsroom.at(31)
    await room.newsroom.take(reading(1040, 900, 31))
    said = await room.ask("why", contest="ga")
    assert (
        f"**Not posted yet in <#{room.count.id}>:** the margin moved by 40 votes, past the minimum of 25; changes are"
        in said
    )


async def test_why_tells_what_was_not_posted(room: Room) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 900, 1), reading(990, 900, 2), reading(1000, 900, 0))
    await room.newsroom.ingest.accept(Delivery("times", refusals=["contests.3: votes: should be a whole number"]))
    said = await room.ask("why", contest="ga")
    assert "**Held:** the Times, 7:02 a.m.: the count went down" in said
    assert "**Ignored:** the Times, 7 a.m.: " in said
    assert "**Refused:** the Times" in said
    assert await room.ask("why") == said  # the channel follows one


async def test_a_chart_is_deferred_and_comes_with_its_words(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await twenty(room)
    drawn: list[object] = []

    async def png(_: object, __: object, chart: object) -> bytes:
        drawn.append(chart)
        return PNG

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    answer = await room.editor.slash(room.count, "chart", contest="ga")
    (callback,) = [sent for sent in room.requests if sent.path.endswith("/callback") and sent.json][-1:]
    assert callback.json["type"] == 5  # thinking, while it is drawn
    assert answer.ephemeral
    (file,) = answer.attachments
    assert file.filename == "chart.png"
    assert file.description is not None
    assert file.description.startswith("Line chart of the margin in Georgia by the Times' count, 19 updates")
    assert len(drawn) == 1


async def test_the_answer_above_a_chart_says_where_the_record_begins_and_is_as_of_what_the_picture_says(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []

    async def png(_: object, __: object, chart: object) -> bytes:
        drawn.append(chart)
        return PNG

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    await room.newsroom.take(reading(120, 100), reading(120, 100, 60, reporting={"precincts": (90, 100)}))
    said = (await room.card("chart", contest="ga", since="Monday")).content
    assert said.endswith("\nNo figures on record before 7 a.m.\n-# the Times, 8 a.m.")
    assert "\nAs of 8 a.m. ET Nov. 11, 2020." in drawn[-1].small
    assert drawn[-1].subtitle.endswith("from 7 a.m. Nov. 11")
    await room.newsroom.take(reading(130, 100, 70))
    assert "on record" not in (await room.card("chart", contest="ga", since="7 a.m.")).content
    assert drawn[-1].subtitle.endswith("from 7 a.m. Nov. 11")


async def test_a_map_shows_the_counties_of_a_source_that_has_their_votes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []

    async def png(_: object, __: object, shown: object) -> bytes:
        drawn.append(shown)
        return PNG

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    await room.newsroom.take(reading(1000, 990))
    assert await room.refused("chart", contest="ga", show="map") == "There is no map: no county votes from the Times."
    floyd = {"votes": {"biden": 13, "trump": 61}}
    await room.newsroom.take(reading(1000, 990, 1, units={"Floyd": {"votes": {"biden": 10, "trump": 50}}}))
    await room.newsroom.take(reading(1013, 1051, 2, units={"Floyd": floyd}))
    answer = await room.editor.slash(room.count, "chart", contest="ga", show="map", shape="wide")
    (file,) = answer.attachments
    assert file.description == (
        "County map of Georgia by the Times' count. Trump leads in one county. No figures for 158 counties. "
        "Last in: Floyd (14)."
    )
    assert answer.content.startswith("**Trump leads in Georgia by 38 votes,**")
    assert isinstance(drawn[0], CountyMap)
    assert (drawn[0].shape, dict(drawn[0].counties)) == ("wide", {"13115": "first"})
    assert "shows one moment" in await room.refused("chart", contest="ga", show="map", since="7 a.m.")


async def test_an_answer_about_an_earlier_time_says_as_of_when(room: Room) -> None:
    await room.newsroom.take(reading(1000, 990, 0), reading(1010, 1100, 10))
    await say(room, outstanding={"ballots": 300})
    room.newsroom.at(40)
    assert (await room.ask("since", contest="ga", since="6:30", at="7:05")).startswith(
        "As of 7:05 a.m.: **Biden leads in Georgia by 10 votes,**"
    )
    assert (await room.ask("since", contest="ga", since="7:05", at="7:15")).startswith(
        "As of 7:15 a.m.: **Trump has moved ahead in Georgia's count, by 90 votes.**"
    )
    assert (await room.ask("outstanding", contest="ga", at="7:05")).startswith(
        "As of 7:05 a.m.: **Biden leads by 10 votes in Georgia, with 300 "
    )
    assert (await room.ask("county", contest="ga", county="Floyd", at="7:05")).startswith("As of 7:05 a.m.: **Floyd ")
    assert (await room.ask("outstanding", contest="ga", at="7:15")).startswith(
        "As of 7:15 a.m.: **300 ballots were left in Georgia at 7 a.m.,** by the Secretary of State; 120 votes have come in since."
    )
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**As of 7 a.m., 300 ballots were left in Georgia,**"
    )
    assert "As of" not in await room.ask("since", contest="ga", since="7:05")


@pytest.mark.parametrize("command", ["outstanding", "certified"])
async def test_what_was_unknown_at_a_time_ends_in_one_full_stop(room: Room, command: str) -> None:
    room.newsroom.at(40)
    said = await room.ask(command, contest="ga", at="7:05")
    assert "by 7:05 a.m.**\n" in said


async def test_before_any_vote_is_in_nobody_is_tied(room: Room) -> None:
    await room.newsroom.take(reading(0, 0, 5))
    await room.newsroom.ingest.accept(delivery([reading(0, 0, 5, source="ga-sos")]))
    await say(room, outstanding={"ballots": 300})
    for command in ("outstanding", "sources", "history", "margin", "margin > Everything known"):
        answer = await room.card(command, contest="ga")
        whole = answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)
        assert "tied" not in whole
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**No votes are in yet in Georgia, with 300 ballots left,** by "
    )


async def test_with_the_first_votes_nobody_moves_ahead(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await room.newsroom.take(reading(0, 0, 1), reading(100, 200, 2), reading(300, 200, 3))
    said = await room.ask("history", contest="ga")
    assert "**7:02 a.m.** +300 (Trump 200, Biden 100); Trump +100\n" in said
    assert "**7:03 a.m.** +200 (Biden 200); Biden moves ahead, +100 (+200)" in said
    drawn: list[Chart] = []

    async def png(_: object, __: object, chart: Chart) -> bytes:
        drawn.append(chart)
        return PNG

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    await room.editor.slash(room.count, "chart", contest="ga")
    (chart,) = drawn
    assert chart.y == [-100, 100]
    assert [mark.words for mark in chart.marks] == ["Biden moves ahead\n7:03 a.m. Nov. 11"]


async def test_results_that_are_certified_are_said_once(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5, status="certified"))
    answer = await room.card("certified", contest="ga")
    whole = answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)
    assert whole.count("calls its results certified") == 1


async def test_no_ballots_left_is_said_as_any_number_is(room: Room) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, outstanding={"ballots": 0}, as_of=START + timedelta(minutes=5))
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**Biden leads by 100 votes in Georgia, with 0 ballots left,** by the Secretary of State at 7:05 a.m."
    )


GEORGIA = RecountLine(
    "GA",
    True,
    Fraction(1, 200),
    "all_votes",
    "on_request",
    "the losing candidate",
    "within two business days of certification",
    "O.C.G.A. 21-2-495",
    "2026-11-25",
    True,
)


def set_contest(room: Room, **fields: object) -> None:
    """Let the first contest of the desk file have another rule, and Georgia its recount line."""
    desk = room.bot.rooms.setting.desk
    contest = desk.contests[0].model_copy(update=fields)
    desk = Desk(desk=desk.desk, contests=[contest, *desk.contests[1:]], sources=desk.sources)
    following = room.bot.rooms.follows
    object.__setattr__(following, "_desk", desk)
    object.__setattr__(room.newsroom.setting, "desk", desk)
    object.__setattr__(room.newsroom.setting, "recount_lines", (GEORGIA,))


async def test_recount_about_an_earlier_time_says_as_of_when(room: Room) -> None:
    set_contest(room)
    await room.newsroom.take(reading(1000, 999, 0), reading(1010, 1100, 10))
    room.newsroom.at(40)
    assert (await room.ask("recount", contest="ga", at="7:05")).startswith(
        "As of 7:05 a.m.: **Within Georgia's recount range by 8 votes:** Biden leads by 1 vote, 0.05 points (limit 0.5, "
        "now 9 votes).\n"
    )
    assert (await room.ask("recount", contest="ga")).startswith(
        "**Outside Georgia's recount range by 80 votes:** Trump leads by 90 votes, 4.27 points (limit 0.5, now 10 votes).\n"
    )
    await room.newsroom.take(reading(1700, 1717, 40))
    assert (await room.ask("recount", contest="ga")).startswith(
        "**Within Georgia's recount range, at its limit:** Trump leads by 17 votes, 0.498 points (limit 0.5, now 17 votes).\n"
    )


async def test_recount_says_the_rule_the_limit_in_votes_and_where_the_law_is_from_in_short(room: Room) -> None:
    set_contest(room)
    await room.newsroom.take(reading(1000, 999, 0, total=2000))
    assert card(await room.card("recount", contest="ga")).split("\n") == [
        "In range, the losing candidate may ask within two business days of certification.",
        "Rule: O.C.G.A. 21-2-495; read Nov. 25, 2026.",
    ]
    cited = replace(GEORGIA, cited_by="the Secretary of State (a paper, Aug. 2020) and a nonprofit (its page)")
    object.__setattr__(room.newsroom.setting, "recount_lines", (cited,))
    said = await room.card("recount", contest="ga")
    assert said.content.startswith(
        "**Within Georgia's recount range by 9 votes:** Biden leads by 1 vote, 0.05 points (limit"
    )
    assert card(said).endswith("\nRule: O.C.G.A. 21-2-495; read Nov. 25, 2026.")


async def test_since_says_only_what_has_changed_of_how_far_the_count_is(room: Room) -> None:
    set_contest(room)
    for minute, votes, done in ((0, 2471895, 5), (10, 2471905, 5)):
        await room.newsroom.take(reading(votes, 2457794, minute, reporting={"precincts": (done, 9)}))
    said = card(await room.card("since", contest="ga", since="7:05"))
    assert said.endswith("\n\n4,929,699 votes counted.\nOne update.")
    await room.newsroom.take(reading(2501905, 2457794, 20, reporting={"precincts": (6, 9)}))
    said = card(await room.card("since", contest="ga", since="7:05"))
    assert said.endswith("\nOutside recount range: 0.89 points (limit 0.5).\n6 of 9 precincts have reported.")


async def test_of_a_measure_that_takes_more_than_half_no_lead_is_told_as_enough(room: Room) -> None:
    set_contest(room, rule="measure", threshold=Fraction(3, 5))
    await room.newsroom.take(reading(1500, 1000, 5))
    await say(room, outstanding={"ballots": 300}, as_of=START + timedelta(minutes=5))
    assert (await room.ask("outstanding", contest="ga")).startswith(
        "**2,500 votes are counted in Georgia, with 300 ballots left,** by "
    )
    assert "the rule asks for 60%, not a lead" in await room.ask("recount", contest="ga")


async def test_standing_gives_an_unverified_rule_with_its_source(room: Room) -> None:
    set_contest(room)
    line = replace(GEORGIA, verified=False, source="from memory")
    object.__setattr__(room.newsroom.setting, "recount_lines", (line,))
    await morning(room)
    (embed,) = (await room.card("margin > Everything known", contest="ga")).embeds
    said = next(field.value or "" for field in embed.fields if field.name == "Recount")
    assert "Unverified" in said
    assert "Rule: from memory; read Nov. 25, 2026." in said


# Sources that are set apart for now.


@pytest.mark.parametrize("words", ["margin", "margin > Everything known", "recount", "history", "outstanding"])
async def test_an_answer_that_rests_on_a_muted_source_says_since_when_by_whom_and_why(told: Room, words: str) -> None:
    before = (await told.ask(words, contest="ga")).split("\n")
    await told.mute("times", "figures of another count")
    lines = (await told.ask(words, contest="ga")).split("\n")
    assert lines == [
        *before[:-1],
        "The Times has been muted here since 7 a.m. by olga: figures of another count.",
        before[-1],
    ]


async def test_the_public_reads_that_a_source_is_muted_but_not_by_whom_or_why(told: Room, desk: Channel) -> None:
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    await told.mute("times", "figures of another count")
    assert (await told.ask("margin", contest="ga")).split("\n")[-2] == "The Times has been muted here since 7 a.m."


async def test_who_is_not_of_the_desk_reads_since_when_alone(told: Room) -> None:
    """A channel that is not marked public may still be open to guests."""
    await told.mute("times", "figures of another count")
    for words in ("margin", "draft", "sources", "why"):
        said = str((await told.card(words, told.reporter, contest="ga")).message)
        assert ("since 7 a.m." in said, "olga" in said, "another count" in said) == (True, False, False), words
    await told.ask("correct", post="#1", text="the lead is 501")
    assert "olga" in await told.ask("why", contest="ga")


async def test_what_is_shared_names_nobody_who_muted(told: Room) -> None:
    await told.mute("times", "figures of another count")
    card = await told.card("margin", contest="ga")
    assert "by olga: figures" in card.content
    await share(told, card)
    (content,) = [row.content for row in await told.newsroom.posts() if row.kind == "shared"]
    assert "\nThe Times has been muted here since 7 a.m.\n" in (content or "")
    assert "olga" not in (content or "")


async def test_copy_of_a_muted_source_begins_with_that(told: Room) -> None:
    await told.mute("times", "figures of another count")
    assert (await told.ask("draft", contest="ga")).startswith("SOURCE MUTED. ")
    said = card(await told.card("draft", contest="ga"))
    assert said.endswith("\nThe Times has been muted here since 7 a.m. by olga: figures of another count.")


async def test_an_answer_that_rests_on_a_source_that_is_not_reached_says_so(told: Room) -> None:
    health = SourceHealth(failures=3, failing_since=told.newsroom.clock.now())
    told.newsroom.health["times"] = health
    told.newsroom.at(9)
    assert "\nThe Times has not been reached since 7 a.m.\n" in await told.ask("margin", contest="ga")


async def test_what_another_source_says_is_not_marked(told: Room) -> None:
    await told.mute("times")
    assert "muted" not in await told.ask("certified", contest="ga")


async def test_no_new_votes_says_until_when_the_source_was_asked(told: Room) -> None:
    told.newsroom.at(60)
    await told.newsroom.ingest.accept(Delivery("times", standing={("ga", "election")}))
    told.newsroom.at(95)
    assert (await told.ask("since", contest="ga", since="7:10")).startswith(
        "**No new votes in Georgia between 7:10 a.m. and 8 a.m.,** when the Times was last checked: Biden"
    )
    assert (await told.ask("since", contest="ga", since="8:20")).startswith(
        "**No new votes known in Georgia since 8:20 a.m.:** Biden leads by 14,101 as of 8 a.m., when the Times was last checked"
    )


async def test_sharing_says_what_its_post_waits_for(told: Room) -> None:
    card = await told.card("margin", contest="ga")
    await told.mute("times")
    assert await share(told, card) == (
        "Not posted yet. #2 waits: the Times has been muted since 7 a.m. by olga (`/mute`)."
    )
    await told.ask("pause")
    assert await share(told, await told.card("margin", contest="ga")) == (
        "Not posted yet. #3 waits: this server's posts have been paused since 7 a.m. by olga (`/pause`)."
    )


async def test_what_a_reporter_counted_never_stands_above_the_official_list(told: Room) -> None:
    for minute, source, done in ((1, "ga-sos", 96), (2, "reporter", 97)):
        said = {"source": source, "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
        await told.newsroom.statements.take_in(Statement.model_validate(said), told.guild.id, "olga (1)")
    assert "96 of 159" in (await told.ask("certified", contest="ga")).split("\n")[0]


async def test_copy_however_long_says_rehearsal_unofficial_and_its_source(told: Room) -> None:
    setting = told.newsroom.setting
    object.__setattr__(setting, "rehearsal", True)
    desk = setting.desk
    (contest, *rest) = desk.contests
    long = contest.model_copy(update={"where": "the Honourable Consolidated Unified District of " + "Longname " * 3})
    object.__setattr__(setting, "desk", Desk(desk=desk.desk, contests=[long, *rest], sources=desk.sources))
    said = {"source": "ga-sos", "contest": "ga", "as_of": START, "certified": (96, 159)}
    await told.newsroom.statements.take_in(Statement.model_validate(said), told.guild.id, "olga (1)")
    copy = await told.ask("draft", contest="ga")
    assert copy.startswith("REHEARSAL. ")
    assert "nofficial" in copy
    assert "Source" in copy


# What a muted source says beside the one that leads.

WHY = "figures of another count"


async def beside(room: Room) -> None:
    """Let the Secretary of State, and a reporter, say figures beside the Times'."""
    await morning(room)
    await say(room, leader="biden", margin=14101, certified=(92, 159))
    await say(room, source="reporter", leader="biden", margin=55)
    room.newsroom.at(60)
    await room.mute("ga-sos", WHY)


async def shared_words(room: Room, answer: Seen) -> str:
    """Share an answer; return all that the post says."""
    assert "Shared in" in await share(room, answer)
    await room.publish()
    post = history(room.count)[-1]
    return post.content + "".join(str(embed.to_dict()) for embed in post.embeds)


@pytest.mark.parametrize("command", ["margin", "margin > Everything known", "sources", "certified"])
async def test_the_desk_reads_of_a_muted_source_that_it_is_muted(room: Room, command: str) -> None:
    await beside(room)
    said = str((await room.card(command, contest="ga")).message)
    assert said.count(f"The Secretary of State has been muted here since 8 a.m. by olga: {WHY}.") == 1


@pytest.mark.parametrize("command", ["margin", "margin > Everything known", "sources"])
async def test_what_is_shared_has_nothing_of_a_muted_source_or_one_for_the_newsroom_only(
    room: Room, command: str
) -> None:
    await beside(room)
    answer = await room.card(command, contest="ga")
    assert "Share without the Secretary of State's and our reporter's figures" in answer.buttons
    said = await shared_words(room, answer)
    assert "Biden" in said
    for word in ("Secretary", "92 of", WHY, "olga", "reporter", "by 55"):
        assert word not in said, word


async def test_an_answer_that_rests_on_a_muted_source_is_not_shared(room: Room) -> None:
    await morning(room)
    await say(room, certified=(92, 159))
    answer = await room.card("certified", contest="ga")
    await room.mute("ga-sos", WHY)
    said = await share(room, answer)
    assert "Share here" not in (await room.card("certified", contest="ga")).buttons
    assert "rests on the Secretary of State, which is muted here (`/mute`), so it is not shared" in said


async def kept_pages(room: Room, *head: Line) -> Seen:
    """Keep an answer of two pages that a reporter has asked for; return a message with its Next button."""
    rows = (Line("The Times has it.", ("times",)), Line("Ours alone.", readers="desk"), Line("The list.", ("ga-sos",)))
    card = Card(head or (Line("Two pages"),), blocks=tuple(Block((Line("x" * 4000), *rows)) for _ in range(2)))
    viewer = Viewer(room.guild.id, room.count.id, sees_everything, leads="times")
    key = await room.newsroom.rooms.answers.kept.keep(viewer, room.reporter.id, card, paged=True)
    return await notice_with(room, room.count, f"page:{key}:1")


async def test_a_page_is_turned_to_what_the_reader_may_read_by_now(room: Room) -> None:
    await morning(room)
    seen = await kept_pages(room)
    await room.mute("ga-sos", WHY)
    await room.mute("times", WHY)
    said = card(await room.reporter.click(seen, "Press"))
    assert ("The Times" in said, "Ours" in said, "The list" in said) == (True, False, False)


async def test_no_page_is_turned_of_an_answer_that_rests_on_what_its_reader_may_not_read(room: Room) -> None:
    await morning(room)
    seen = await kept_pages(room, Line("The Secretary of State has it.", ("ga-sos",)))
    await room.mute("ga-sos", WHY)
    assert (await room.reporter.click(seen, "Press")).content == (
        "That answer rests on what you can't read any more; ask again."
    )
    room.hide_the_times()
    await read_by_the_public(room)
    assert "for the newsroom only" in (await room.reporter.click(seen, "Press")).content


async def test_what_is_shared_is_not_posted_once_another_source_in_it_is_muted(room: Room) -> None:
    await morning(room)
    await say(room, leader="biden", margin=14101, certified=(92, 159))
    room.newsroom.at(60)
    assert "Shared in" in await share(room, await room.card("sources", contest="ga"))
    await room.mute("ga-sos", WHY)
    await room.publish()
    assert history(room.count) == []


async def test_no_answer_rests_on_a_source_for_its_mark_alone(room: Room) -> None:
    await morning(room)
    room.change_sources(lambda source: {"public": source.public and source.id != "ap"})
    room.newsroom.health["ap"] = SourceHealth(failures=3, failing_since=START)
    await say(room, source="ap", call={"says": "called", "candidates": ["biden"]})
    answer = await room.card("calls", contest="ga")
    assert "\nThe AP has not been reached since 7 a.m.\n" in answer.content
    assert "Share without the AP's figures" in answer.buttons
    assert "AP" not in await shared_words(room, answer)


@pytest.mark.usefixtures("undrawn")
async def test_a_guest_reads_nothing_of_a_muted_source_or_one_for_the_newsroom_only(room: Room) -> None:
    await beside(room)
    await say(room, source="reporter", outstanding={"ballots": 444, "units": ["Floyd"]})
    for command, options in {**questions(room), EVERYTHING: {"contest": "ga"}}.items():
        said = whole(await room.card(command, room.reporter, **options))
        assert not [word for word in ("Secretary", "92 of", "reporter", "by 55", "444") if word in said], command


async def test_copy_has_nothing_of_a_muted_source_beside_the_count(room: Room) -> None:
    await beside(room)
    said = await room.ask("draft", contest="ga")
    assert "Biden" in said
    assert "92 of" not in said


async def test_what_is_shared_does_not_say_who_chose_the_leading_source(room: Room) -> None:
    await morning(room)
    await room.newsroom.take(reading(2471895, 2457794, 36, source="ga-sos"))
    await room.lead("ga", "ga-sos", WHY)
    answer = await room.card("sources", contest="ga")
    assert "Chosen 7:36 a.m. by olga." in answer.content
    said = await shared_words(room, answer)
    assert "Chosen 7:36 a.m." in said
    assert "olga" not in said


# What waits is in no public answer.


@pytest.fixture
async def guest(room: Room) -> Person:
    """Return somebody who is not of the newsroom, which follows Georgia and was told of a lead of 500."""
    await room.follow("ga")
    await room.set_role(room.role("Reporters"), "reporter")
    await room.newsroom.take(reading(1000, 500))
    await say(room, certified=(92, 159), as_of=START - timedelta(minutes=30))
    await room.publish()
    return room.person("guest")


async def enter_all(room: Room) -> None:
    """Enter a call, a count of certified counties, certified results and a margin, each of which has a post."""
    await say(room, source="ap", call={"says": "called", "candidates": ["biden"], "verb": "called"})
    await say(room, certified=(96, 159))
    await say(room, source="nbc", results_certified={"taken_back": False})
    await say(room, leader="biden", margin=444)


WAITING = {
    "margin": ["the AP called", "NBC News", "444"],
    "calls": ["the AP called", "NBC News"],
    "certified": ["96 of", "NBC News"],
    "sources": ["444"],
}


def in_answer(answer: Seen) -> str:
    return str(answer.message).lower()


@pytest.mark.usefixtures("undrawn")
async def test_what_waits_while_paused_is_in_no_guests_answer_and_the_newsroom_reads_that_it_is_not_posted_yet(
    room: Room, guest: Person
) -> None:
    await room.ask("pause")
    await enter_all(room)
    for command, words in WAITING.items():
        for who, knows in ((guest, False), (room.editor, True)):
            said = in_answer(await room.card(command, who, contest="ga"))
            assert [word.lower() in said for word in words] == [knows] * len(words), (command, who.name)
            assert said.count("not posted yet") == (len(words) if knows else 0), (command, who.name)
    for command, options in questions(room).items():
        said = whole(await room.card(command, guest, **options))
        assert not [word for words in WAITING.values() for word in words if word in said], command
    assert "92 of" in in_answer(await room.card("certified", guest, contest="ga"))
    await room.resume()
    await room.publish()
    for command, words in WAITING.items():
        for who in (guest, room.editor):
            said = in_answer(await room.card(command, who, contest="ga"))
            assert [word.lower() in said for word in words] == [True] * len(words), (command, who.name)
            assert "not posted yet" not in said


async def share_once_resumed(room: Room, answer: Seen) -> str:
    """Share an answer while posts wait, then resume them; return all that the shared post says."""
    assert "Not posted yet" in await share(room, answer)
    await room.resume()
    await room.publish()
    (number,) = [row.message for row in await room.newsroom.posts() if row.kind == "shared"]
    return next(whole(post) for post in history(room.count) if post.message and post.message.id == number)


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize("command", ["margin", EVERYTHING, "sources", "calls", "since", "county"])
async def test_what_waits_while_paused_is_in_nothing_that_is_shared(room: Room, command: str) -> None:
    await room.ask("pause")
    await enter_all(room)
    options = {"contest": "ga", "since": "6:55"} if command == "since" else {"contest": "ga"}
    options |= {"county": "Floyd"} if command == "county" else {}
    said = await share_once_resumed(room, await room.card(command, **options))
    for word in ("not posted yet", "96 of", *(word for words in WAITING.values() for word in words)):
        assert word.lower() not in said.lower(), word
    if command == "calls":
        assert said.startswith("**No call of Georgia is on record.**")


@pytest.fixture
async def names_wait(room: Room, guest: Person) -> None:  # noqa: ARG001 - the newsroom that follows Georgia
    """Enter counties by name: Floyd's and Fulton's words are posted or have no post, Cobb's wait."""
    await say(room, source="ap", units_certified={"units": ["13121"]})
    await say(room, source="nbc", units_certified={"units": ["13115"]})
    await say(room, units_certified={"units": ["13115"], "own": True, "taken_back": True})
    await room.publish()
    await room.ask("pause")
    await say(room, source="nbc", units_certified={"units": ["13067"]})
    await say(room, units_certified={"units": ["13067"], "own": True, "taken_back": True})


@pytest.mark.usefixtures("names_wait")
async def test_counties_by_name_that_wait_while_paused_are_in_no_list_that_is_shared(room: Room) -> None:
    answer = await room.card("certified", contest="ga")
    said = card(answer)
    assert "Named so far by NBC News, as of 7 a.m.: Cobb and Floyd counties." in said
    assert "Withdrawn by the counties, the Secretary of State says, as of 7 a.m.: Cobb and Floyd counties." in said
    assert "still on NBC News" in said
    shared = await share_once_resumed(room, answer)
    assert "Named so far by the AP, as of 7 a.m.: Fulton County." in shared
    assert "Withdrawn by the counties, the Secretary of State says, as of 7 a.m.: Floyd County." in shared
    for word in ("Cobb", "NBC News"):
        assert word not in shared, word
    assert "Cobb" in await shared_words(room, await room.card("certified", contest="ga"))


@pytest.mark.usefixtures("names_wait")
async def test_what_waits_while_paused_of_one_county_is_not_shared(room: Room) -> None:
    await say(room, source="ap", units_certified={"units": ["13115"]})
    answer = await room.card("county", contest="ga", county="Floyd")
    assert "Certified, the AP says, 7 a.m. Certification withdrawn by the county" in card(answer)
    shared = await share_once_resumed(room, answer)
    assert "AP" not in shared
    assert "Certification withdrawn by the county, the Secretary of State says, 7 a.m." in shared


@pytest.mark.usefixtures("names_wait")
async def test_a_county_of_which_all_waits_while_paused_is_not_called_unknown(room: Room) -> None:
    answer = await room.card("county", contest="ga", county="Cobb")
    assert "Certified, NBC News says, 7 a.m." in card(answer)
    shared = await share_once_resumed(room, answer)
    assert "ertifi" not in shared


@pytest.mark.usefixtures("guest")
async def test_times_of_a_change_that_wait_while_paused_are_in_nothing_that_is_shared(room: Room) -> None:
    later = reading(1000, 500, 41, source="ga-sos", reporting={"precincts": (2, 3)})
    await room.newsroom.take(reading(1000, 500, 1, source="ga-sos"), later)
    room.newsroom.at(60)
    await say(room, source="nbc", last_updated=START - timedelta(hours=12), as_of=START - timedelta(hours=11))
    await room.publish()
    await room.ask("pause")
    await say(room, source="times", last_updated=START + timedelta(minutes=50), as_of=START + timedelta(minutes=55))
    await say(room, source="nbc", last_updated=START - timedelta(hours=9), as_of=START)
    for minute, margin in ((10, 443), (20, 444)):
        await say(room, leader="biden", margin=margin, as_of=START + timedelta(minutes=minute))
    answer = await room.card("sources", contest="ga")
    said = card(answer)
    for words in (
        "Biden +500, 1,500 votes, as of 7 a.m. Changed 7:50 a.m., as entered by staff; unchanged for 5 minutes by 7:55 a.m.",
        "**NBC News:** no figures yet. Changed 10 p.m. Tuesday, as entered by staff",
        "Changed between 7:10 a.m. and 7:20 a.m., as entered by staff.",
    ):
        assert words in said, words
    shared = await share_once_resumed(room, answer)
    assert "**The Times:** Biden +500, 1,500 votes. Changed 7 a.m. Last checked" in shared
    assert "**The Secretary of State:** Biden +500, 1,500 votes, as of 7:41 a.m. Changed 7:01 a.m.; unchanged" in shared
    for words in ("NBC News", "entered by staff", "7:50"):
        assert words not in shared, words
    assert "Changed 7:50 a.m., as entered by staff" in await shared_words(
        room, await room.card("sources", contest="ga")
    )


async def test_a_count_that_waits_while_paused_is_not_offered_to_share(room: Room, guest: Person) -> None:
    await room.ask("pause")
    await enter_all(room)
    assert "Share here" not in (await room.card("certified", contest="ga")).buttons
    assert "92 of" in await room.ask("certified", guest, contest="ga")
    await room.resume()
    await room.publish()
    assert "Share here" in (await room.card("certified", contest="ga")).buttons


async def test_what_was_published_while_paused_is_in_no_public_answer_before_it_is_posted(
    room: Room, guest: Person, desk: Channel
) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await say(room, source="ap", call={"says": "called", "candidates": ["biden"], "verb": "called"})
    await room.publish()
    await room.ask("pause")
    await room.press(last(desk), "Publish")
    assert "the ap called" not in in_answer(await room.card("calls", guest, contest="ga"))
    await room.resume()
    await room.publish()
    assert "the ap called" in in_answer(await room.card("calls", guest, contest="ga"))


async def test_the_figures_of_feeds_are_answered_while_paused(room: Room, guest: Person) -> None:
    await room.ask("pause")
    await room.newsroom.take(reading(1111, 500, 1))
    assert "**Biden leads in Georgia by 611 votes,**" in await room.ask("margin", guest, contest="ga")


async def test_what_has_no_post_waits_for_nothing(room: Room, guest: Person) -> None:
    await room.ask("pause")
    await say(room, outstanding={"ballots": 118, "units": ["Floyd"]})
    for who in (guest, room.editor):
        said = in_answer(await room.card("outstanding", who, contest="ga"))
        assert ("118" in said, "not posted yet" in said) == (True, False)
