"""Tests questions during a night: about a figure, a minute, the posts of a source, or a county since a given time."""

from datetime import timedelta

from bot.count.statement import Statement
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Room, Seen, history
from tests.conftest import START, reading


async def say(room: Room, **fields: object) -> None:
    statement = {"source": "ga-sos", "contest": "ga", "as_of": START, **fields}
    await room.newsroom.desk_store.join(room.guild.id)
    await room.newsroom.statements.take_in(Statement.model_validate(statement), room.guild.id, "Olga")


def card(answer: Seen) -> str:
    (embed,) = answer.embeds
    return embed.description or ""


async def morning(room: Room) -> None:
    """Store the first readings of Nov. 11."""
    units = {"Floyd": {"total": 41160, "votes": {"biden": 11904, "trump": 28845}, "reported": [24, 25]}}
    later = {"Floyd": {"total": 41234, "votes": {"biden": 11917, "trump": 28906}, "reported": [25, 25]}}
    await room.newsroom.take(
        reading(2471882, 2457733, 0, total=4992124, units=units),
        reading(2471895, 2457794, 35, total=4992198, units=later),
    )


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


async def test_a_figure_stood_from_the_first_of_the_batches_that_kept_it(room: Room) -> None:
    await room.newsroom.take(reading(130, 100, 5), reading(140, 110, 6), reading(160, 110, 9))
    assert (await room.ask("margin", contest="ga", figure="30")).startswith(
        "**Biden led in Georgia by 30 votes from 7:05 a.m. until 7:09 a.m.,** by the Times'"
    )


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
        "**Nothing on Georgia is stamped 6:59 a.m., or came in then.** `/history` lists all updates.\n-# 7 a.m."
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
    assert others.endswith("No post of its own: posts here follow the Times.")
    _, waits, entry, _ = (await room.ask("why", contest="ga", at="7:02 a.m.")).split("\n")
    assert waits.endswith(f"Too small for a post of its own; it waits for the next one in <#{room.count.id}>.")
    assert entry == "Our reporter, **7:02 a.m.**, entered by staff: Biden +101. No post of its own."
    assert "**Held:** the Times, 7:03 a.m.: the count went down" in await room.ask("why", contest="ga", at="7:03 a.m.")
    room.newsroom.at(9)
    assert (await room.ask("why", contest="ga", at="7:06 a.m.")).split("\n")[1:-1] == [
        "Before it: **7:02 a.m.** +1 (Biden 1); Biden +101 (+1)."
    ]
    assert (await room.refused("why", post="1", at="7:06 a.m.")) == "Give post: or at:, not both."


async def test_why_names_the_posts_that_compared_another_source_s_batch(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900, 0))
    await room.publish()
    for theirs in (reading(800, 700, 1, source="ga-sos"), reading(1000, 800, 20, source="ga-sos")):
        await room.newsroom.take(theirs)
        await room.publish()
    await room.newsroom.take(reading(1001, 800, 21, source="ga-sos"))
    agrees, differs, moves = [
        (await room.ask("why", contest="ga", at=f"7:{minute:02} a.m.")).split("\n")[1] for minute in (1, 20, 21)
    ]
    assert agrees.endswith("Biden +100. Posted in #2.")
    assert differs.endswith("Biden +200 (+100). Posted in #3.")
    assert moves.endswith("No post of its own: posts here follow the Times.")


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
