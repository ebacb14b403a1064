"""Tests race callers that the desk adds in Discord: they are suggested afterward, keep their name, and can be
removed.
"""

import pytest

from tests.cogs.conftest import Room, last


async def add(room: Room, typed: str = "CNN", *, name: str | None = None, verb: str = "projected") -> str:
    """Give `/call` a caller that is unknown, and fill in the form. Returns the reply."""
    form = await room.editor.slash(room.count, "call", caller=typed, candidate="biden", contest="ga")
    assert form.fields[0]["value"] == typed, form.fields
    return (await room.editor.submit(form, [name or typed, [verb]])).content


async def test_a_caller_is_added_by_naming_it_and_its_call_is_shown_and_posted(room: Room) -> None:
    await room.follow("ga")
    form = await room.editor.slash(room.count, "call", caller="CNN", candidate="biden", contest="ga")
    card = await room.editor.submit(form, ["CNN", ["projected"]])
    assert card.content.startswith("**CNN is a caller here now** (projected). `/desk setup`, step 5, removes it.\n")
    await room.editor.click(card, "Enter")
    await room.publish()
    assert last(room.count).content.startswith("**CNN has projected Biden as the winner in Georgia**")
    assert "CNN" in str((await room.card("calls", contest="ga")).message)
    choices = await room.editor.autocomplete(room.count, "call", "caller", "cn")
    assert choices == [{"name": "CNN", "value": "caller:projected:CNN"}]
    assert [what for _, what, *_ in await room.audit() if what.startswith("caller")] == ["caller add"]


async def test_what_it_called_can_be_withdrawn_and_retracted(room: Room) -> None:
    await room.follow("ga")
    form = await room.editor.slash(room.count, "call", caller="CNN", candidate="biden", contest="ga")
    await room.editor.click(await room.editor.submit(form, ["CNN", ["called"]]), "Enter")
    await room.publish()
    withdrew = await room.editor.click(await room.card("calls", contest="ga"), "Enter a withdrawal by CNN")
    await room.editor.click(withdrew, "Enter")
    await room.publish()
    assert last(room.count).content.startswith("**CNN has withdrawn its call of Georgia for Biden**")


async def test_it_is_removed_in_the_set_up_and_its_calls_stay(room: Room) -> None:
    await room.follow("ga")
    await add(room)
    step = await room.editor.click(await room.overview(), "5 Calls and events")
    assert "Callers added here with `/call`: CNN." in step.content
    done = await room.editor.choose(step, "setup:uncaller", "caller:projected:CNN")
    assert done.content.startswith("**Removed: CNN.** Calls on record stay; `/call` adds a caller again.")
    assert await room.editor.autocomplete(room.count, "call", "caller", "cnn") == []


async def test_its_call_is_edited_asked_for_and_exported_under_its_name(room: Room) -> None:
    await room.follow("ga")
    form = await room.editor.slash(room.count, "call", caller="ABC News", candidate="biden", contest="ga")
    card = await room.editor.submit(form, ["ABC News", ["projected"]])
    edit = await room.editor.click(card, "Edit")
    await room.editor.click(await room.editor.submit(edit, {}), "Enter")
    await room.publish()
    for command, options in {"margin": {}, "sources": {}, "why": {"post": "1"}, "entries": {}, "audit": {}}.items():
        where = {"contest": "ga"} if command in ("margin", "sources") else {}
        said = str((await room.card(command, **where, **options)).message)
        assert "caller:" not in said, command
        assert "ABC News" in said or command in ("sources", "entries"), command


async def test_its_call_is_read_in_a_text_once_it_is_added(room: Room) -> None:
    await room.follow("ga")
    text = "CNN projects Biden will win Georgia"
    unknown = await room.card("tally", text=text, contest="ga")
    assert "No caller of that name is set up; the desk can add it with `/call`." in unknown.content
    await add(room)
    card = await room.card("tally", text=text, contest="ga")
    assert "**CNN has projected Biden as the winner in Georgia**" in card.content
    await room.editor.click(card, "Enter")
    await room.publish()
    assert last(room.count).content.startswith("**CNN has projected Biden as the winner in Georgia**")


async def test_it_can_be_no_source_of_figures(room: Room) -> None:
    await room.follow("ga")
    await add(room)
    said = await room.refused("tally", text="Biden leads by 14,101", contest="ga", source="caller:projected:CNN")
    assert said.startswith("No source is called")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("the Times", "The Times makes no calls by the desk file"),
        ("NBC News", "NBC News is a caller already"),
        ("@everyone", "A caller's name has 1 to 60 characters, and mentions nobody"),
    ],
)
async def test_a_name_that_is_anothers_or_no_name_is_refused(room: Room, name: str, why: str) -> None:
    assert why in await add(room, "CNN", name=name)
    assert await room.newsroom.count("added_callers") == 0


async def test_a_reporter_adds_none_and_another_server_does_not_have_it(room: Room) -> None:
    await room.follow("ga")
    role = room.role("Reporters")
    await room.set_role(role, "reporter")
    rita = room.person("rita", role)
    assert (
        'No source is called "CNN"'
        in (await rita.slash(room.count, "call", caller="CNN", candidate="biden", contest="ga")).content
    )
    await add(room)
    there, eve = room.elsewhere()
    assert await eve.autocomplete(there, "call", "caller", "cnn") == []
