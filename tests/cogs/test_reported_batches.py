"""Tests a reporter's batch, from the message that contains it until the leading source includes it."""

from tests.cogs.conftest import Room, last
from tests.cogs.entering import choose, entered, mend, offered, press, read
from tests.conftest import reading

TEXT = "Gwinnett just uploaded 3,600, Biden +2,100 from it"
POST = (
    "**Gwinnett County reported 3,600 more votes,** a net 2,100 for Biden, our reporter says. "
    "Whether the Times' count has them is not known."
)


async def test_one_press_enters_a_batch_that_a_text_has_and_another_takes_it_back(told: Room) -> None:
    seen = await offered(told, TEXT)
    line = "Right? 3,600 more votes from Gwinnett County, Biden +2,100 · “Gwinnett just uploaded 3,600, Biden +2,100 from it”"
    assert line in seen.content
    assert "Tick: 3,600 more votes from Gwinnett" in seen.buttons
    seen = await choose(told, seen, "source", ["reporter"])
    seen = await press(told, seen, "Tick: 3,600 more votes from Gwinnett")
    assert f"**This will go out in <#{told.count.id}>:**\n> {POST}" in seen.content
    done = await press(told, seen, "Enter")
    assert done.content.startswith("**Entered.** #2 goes out")
    await told.publish()
    assert last(told.count).content == f"{POST}\n-# #2 · our reporter, 7 a.m."
    (statement,) = await entered(told)
    assert statement.batch is not None
    await told.replace("retract", post="#2", why="misheard")
    await told.publish()
    assert (
        "We retract #2** (our reporter: 3,600 more votes from Gwinnett County, Biden +2,100)"
        in last(told.count).content
    )
    assert await entered(told) == []


async def test_what_was_misread_is_edited_in_a_form_of_its_own(told: Room) -> None:
    seen = await choose(told, await read(told, TEXT), "source", ["reporter"])
    form = await told.editor.click(seen, "Edit")
    assert [field.get("value") for field in form.fields][:3] == ["Gwinnett", "3,600", "Biden +2,100"]
    seen = await mend(told, seen, f0="Cobb, Floyd", f1="about 1,414", f2="Biden 824; Trump 568")
    assert "About 1,414 more votes from Cobb and Floyd counties (Biden 824, Trump 568)" in seen.content
    refused = await mend(told, seen, f0="Cobb", f1="1,414", f2="Biden 1,500")
    assert refused.content == "For whom: more than the 1,414 votes of the batch."


async def test_what_the_count_has_is_said_to_be_in_it_before_anything_is_entered(told: Room) -> None:
    await told.newsroom.take(reading(2_474_745, 2_458_544, 0.5, total=4_995_798, unit_batch={"Gwinnett": 3600}))
    seen = await choose(told, await read(told, TEXT), "source", ["reporter"])
    assert "**Will not be posted:** the Times' count has it already; `/entries` will keep it." in seen.content
