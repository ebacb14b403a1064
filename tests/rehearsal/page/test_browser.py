"""The page in a real Chromium, used as people use it."""

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import discord
import pytest
import pytest_asyncio

from bot.rehearsal.page import doings
from bot.rehearsal.standin.message import Message
from tests.chromium import Browser, Tab, running, why_not
from tests.rehearsal.page.newsroom import Newsroom, Reminder, newsroom, plan

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not() or ""),
    pytest.mark.asyncio(loop_scope="module"),
]
READY = "document.body.dataset.ready"
LAST = "[...document.querySelectorAll('.message')].at(-1)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def room(browser: Browser) -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room
        await browser.close_tabs()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a second, not three, for the bot's first answer."""
    monkeypatch.setattr(doings, "FIRST_ANSWER_WITHIN", timedelta(seconds=1))


async def opened(browser: Browser, room: Newsroom, who: str = "desk-editor", *, phone: bool = False) -> Tab:
    width, height = (360, 740) if phone else (1280, 800)
    url = f"{room.page.url}?as={who}&theme=dark"
    tab = await browser.open(url, width=width, height=height, touch=phone)
    await tab.until(READY)
    return tab


async def ask(tab: Tab, text: str) -> None:
    """Type into the message box."""
    await tab.click("#composer textarea")
    await tab.type(text)


async def test_posts_come_live_with_everything_that_is_on_them(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    message = room.post(
        "**Biden's lead narrows** <t:1605098103:t>\n-# #2 · the Times",
        embeds=[{"description": "A\nB", "color": 0x336699, "fields": [{"name": str(n), "value": "x", "inline": True} for n in range(3)], "footer": {"text": "Unofficial"}}],
    )  # fmt: skip
    await tab.until("document.querySelector('.embed')")
    assert await tab.texts(".message .text strong") == ["Biden's lead narrows"]
    assert await tab.texts(".message .subtext") == ["#2 · the Times"]
    assert await tab.run("getComputedStyle(document.querySelector('.embed')).borderLeftColor") == "rgb(51, 102, 153)"
    tops = await tab.run("[...document.querySelectorAll('.field')].map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    message.content, message.edited = "Correction: less", message.timestamp
    room.count.changed(message)
    await tab.until("document.querySelector('.edited')")
    assert (await tab.texts(".message .text"))[0] == "Correction: less (edited)"
    room.count.remove(message)
    await tab.until("!document.querySelector('.message')")
    assert tab.problems == []


async def test_messages_of_one_author_are_grouped(browser: Browser, room: Newsroom) -> None:
    for text in ("one", "two"):
        room.post(text)
    room.count.say(room.reporter, "three")
    tab = await opened(browser, room)
    await tab.until("document.querySelectorAll('.message').length === 3")
    assert await tab.texts(".message .byline .name") == ["Tallydesk", "reporter"]
    assert await tab.texts(".divider") == ["November 11, 2020"]


async def test_a_command_is_picked_filled_in_and_answered_for_one(browser: Browser, room: Newsroom) -> None:
    editor, guest = await asyncio.gather(opened(browser, room), opened(browser, room, "guest"))
    await ask(editor, "/mar")
    await editor.until("document.querySelector('.popup li')")
    assert (await editor.texts(".popup li .first"))[0].startswith("/margin")
    await editor.press("Tab")
    await editor.until("document.querySelector('.popup')?.innerText.includes('Nevada')")
    await editor.type("sen")
    await editor.until("document.querySelectorAll('.popup li').length === 1")
    await editor.press("Enter")
    assert await editor.run("document.querySelector('.pill input').value") == "Georgia Senate"
    await editor.type("at:7:30")
    await editor.press("Enter")
    await editor.until(f"{LAST}?.classList.contains('private')")
    (answer,) = await editor.texts(".message")
    for part in ("desk editor", "used", "/margin", "id-georgia-senate at 7:30", "Only you can see this"):
        assert part in answer
    room.post("for all")
    await guest.until(f"{LAST}?.innerText.includes('for all')")
    assert "georgia" not in " ".join(await guest.texts("#messages"))
    await editor.click(".channel", "other")
    await editor.until("!document.querySelector('.message')")
    await editor.click(".channel", "count")
    await editor.until("document.querySelector('.message.private')")
    await editor.click(".note button")
    await editor.until("!document.querySelector('.message.private')")
    assert editor.problems == guest.problems == []


async def test_two_people_see_what_the_other_does(browser: Browser, room: Newsroom) -> None:
    editor, reporter = await asyncio.gather(opened(browser, room), opened(browser, room, "reporter"))
    await ask(reporter, "Clayton has **4,355** left")
    await reporter.press("Enter")
    await editor.until(f"{LAST}?.innerText.includes('Clayton has 4,355 left')")
    await ask(editor, "/every style:long")
    await editor.press("Enter", "Enter")
    await reporter.until(f"{LAST}?.innerText.includes(\"('long', 0\")")
    assert "desk editor used /every" in (await reporter.texts(".answering"))[-1].replace("\n", " ")


async def test_wrong_input_is_refused_in_discords_words(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    await ask(tab, "/margin ")
    await tab.until("document.activeElement.matches('.pill input')")
    await tab.press("Escape")
    await tab.until("!document.querySelector('.popup')")
    await tab.press("Enter")
    await tab.until("document.querySelector('.wrongs')")
    assert await tab.texts(".wrongs") == ["This option is required. Specify a value."]
    assert await tab.run("document.activeElement.matches('.pill.wrong input')")
    await tab.press("Escape", "Escape")
    await tab.until("document.querySelector('#composer textarea')")
    await tab.run("document.querySelector('#composer textarea').value = ''")
    await ask(tab, "/every style:huge")
    await tab.press("Enter")
    await tab.until("document.querySelector('.wrongs')?.innerText === 'Input a valid choice.'")
    await tab.press("Escape", "Escape")
    await tab.run("document.querySelector('#composer textarea').value = 'x'.repeat(2001)")
    await tab.click("#composer textarea")
    await tab.type("y")
    assert await tab.texts("#composer .left") == ["-2"]
    await tab.press("Enter")
    await tab.until("document.querySelector('.toast')?.innerText === 'Your message is too long.'")
    assert len(room.count.messages) == 0


@pytest.mark.usefixtures("hasty")
async def test_a_text_that_belongs_to_no_option_keeps_a_command_from_being_sent(
    browser: Browser, room: Newsroom
) -> None:
    tab = await opened(browser, room)
    for typed in ("/slow soon", "/silent please"):
        await ask(tab, typed)
        await tab.press("Enter")
        await tab.until("document.querySelector('.command .more')?.value")
        await tab.press("Enter")
        await tab.until("document.querySelector('.command .more')?.getAttribute('aria-invalid')")
        assert "No such option." in " ".join(await tab.texts(".popup"))
        await tab.press("Escape")
        await tab.press("Escape")
        await tab.until("document.querySelector('#composer textarea')")
    assert await tab.texts(".message") == []
    assert tab.problems == []


@pytest.mark.usefixtures("hasty")
async def test_a_deferred_answer_thinks_and_a_silent_one_fails(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    await ask(tab, "/slow")
    await tab.press("Tab", "Enter")
    await tab.until("document.querySelector('.thinking')")
    assert await tab.texts(".thinking") == ["Tallydesk is thinking…"]
    assert room.bot is not None
    room.bot.let_go.set()
    await tab.until(f"{LAST}.innerText.includes('At last')")
    assert await tab.texts(".edited") == []
    await ask(tab, "/silent")
    await tab.press("Tab", "Enter")
    await tab.until("document.querySelector('.sending')")
    await tab.until("document.querySelector('.failed')")
    assert await tab.texts(".failed") == ["The application did not respond"]


async def posted(room: Newsroom) -> Message:
    assert room.bot is not None
    channel = room.bot.get_channel(room.count.id)
    sent = await channel.send("**In 30 minutes: press conference**", view=Reminder(timeout=None))  # type: ignore[union-attr]
    found = room.count.messages.get(sent.id)
    assert found is not None
    return found


async def test_buttons_menus_and_forms_work(browser: Browser, room: Newsroom) -> None:
    await posted(room)
    tab = await opened(browser, room)
    await tab.click(".button", "Pushed 15")
    await tab.until(f"{LAST}.innerText.includes('Pushed by 15 minutes')")
    await tab.click(".pick", "Choose a county")
    await tab.click(".menu button", "Clayton")
    await tab.until(f"{LAST}.innerText.includes('County 13063')")
    await tab.click(".pick", "Whom to ping")
    await tab.click(".menu button", "@Desk")
    await tab.press("Escape")
    await tab.until(f"{LAST}.innerText.includes('Roles Desk')")
    await tab.click(".pick", "Where")
    await tab.click(".menu button", "#other")
    await tab.until(f"{LAST}.innerText.includes('Channel other')")
    await tab.click(".button", "Enter")
    await tab.until("document.querySelector('dialog[open]')")
    await tab.type("1")
    await tab.press("Enter")
    await tab.until("document.querySelector('dialog .words')?.innerText === 'Must be between 2 and 10 in length.'")
    await tab.type("4,101")
    await tab.press("Enter")
    await tab.until(f"{LAST}.innerText.includes('Entered: 14,101') && !document.querySelector('dialog')")
    assert await tab.run("document.querySelector('.button:disabled').innerText") == "Closed"
    await tab.click(".button", "Started")
    await tab.until("document.querySelector('.message').innerText.includes('Started, says desk editor')")
    assert await tab.run("document.querySelector('.message .button')") is None
    assert tab.problems == []


@pytest.mark.usefixtures("hasty")
async def test_a_button_that_nobody_answers_says_so(browser: Browser, room: Newsroom) -> None:
    await posted(room)
    tab = await opened(browser, room)
    await tab.click(".button", "Called off")
    await tab.until("document.querySelector('.complaint').innerText === 'This interaction failed'")


async def test_right_click_and_long_press_bring_up_the_bots_commands(browser: Browser, room: Newsroom) -> None:
    room.count.say(room.reporter, "Clayton has 4,355 left")
    tab, phone = await asyncio.gather(opened(browser, room), opened(browser, room, "guest", phone=True))
    await tab.click(".message", "Clayton", button="right")
    await tab.click(".menu button", "Read as tally")
    await phone.hold(".message", "Clayton")
    await phone.until("document.querySelector('.menu.sheet')")
    await phone.lift()
    await phone.click(".menu button", "Read as tally")
    for one in (tab, phone):
        await one.until(f"{LAST}.innerText.includes('Read: Clayton has 4,355 left')")


async def test_the_desk_can_delete_a_post_once_it_is_sure(browser: Browser, room: Newsroom) -> None:
    room.post("a post")
    tab, guest = await asyncio.gather(opened(browser, room), opened(browser, room, "guest"))
    await guest.click(".message", "a post", button="right")
    await guest.until("document.querySelector('.menu')")
    assert "Delete Message" not in await guest.texts(".menu button")
    await tab.click(".message", "a post", button="right")
    await tab.click(".menu button", "Delete Message")
    await tab.click("dialog .button", "Delete")
    for one in (tab, guest):
        await one.until("!document.querySelector('.message')")


async def test_keys_alone_are_enough(browser: Browser, room: Newsroom) -> None:
    room.count.say(room.reporter, "one")
    room.post("two")
    tab = await opened(browser, room)
    await tab.run("document.querySelector('.message[tabindex=\"0\"]').focus()")
    await tab.press("ArrowUp", "Enter")
    await tab.until("document.activeElement.matches('.menu [role=menuitem]')")
    assert await tab.run("document.activeElement.innerText") == "Reply"
    await tab.press("Enter")
    await tab.until("document.querySelector('.replying') && document.activeElement.matches('textarea')")
    await tab.type("why?")
    await tab.press("Enter")
    await tab.until(f"{LAST}.innerText.includes('why?') && {LAST}.querySelector('.answering')")
    await tab.run("document.querySelector('.who').focus()")
    await tab.press("Enter")
    await tab.until("document.querySelector('.menu')")
    await tab.press("Escape")
    await tab.until("!document.querySelector('.menu') && document.activeElement.matches('.who')")
    unnamed = await tab.run(
        "[...document.querySelectorAll('button, input, textarea, [role=button], nav, section, aside')]"
        ".filter((one) => !one.getAttribute('aria-label') && !one.innerText.trim() && !one.closest('[hidden]')).length"
    )
    assert unnamed == 0
    assert await tab.run("document.querySelector('#live').innerText") == ""
    room.post("**Biden moves ahead**")
    await tab.until("document.querySelector('#live').textContent.includes('Tallydesk: Biden moves ahead')")


async def test_of_posts_at_once_the_last_is_read_out_and_the_others_are_counted(
    browser: Browser, room: Newsroom
) -> None:
    tab = await opened(browser, room)
    for number in range(5):
        room.post(f"post {number}")
    await tab.until("document.querySelector('#live').textContent.includes('Tallydesk: post 4')")
    assert (await tab.run("document.querySelector('#live').textContent")).endswith("4 more messagesTallydesk: post 4")


async def test_who_one_is_can_be_switched(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    assert await tab.texts("[data-channel] .name") == ["count", "other", "desk"]
    await tab.click(".who")
    await tab.click(".menu button", "guest")
    await tab.until("document.querySelector('.who .name').innerText === 'guest'")
    await tab.until("document.querySelectorAll('[data-channel]').length === 2")
    assert "as=guest" in await tab.run("location.search")


async def test_other_channels_show_what_is_unread(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    other = room.guild.channel("other")
    room.post("news", other)
    await tab.until("document.querySelector('.channel.unread .name')?.innerText === 'other'")
    room.count.guild.channel("other").say(room.reporter, f"<@{room.editor.id}> look")
    await tab.until("document.querySelector('.channel .pings:not([hidden])')?.innerText === '1'")
    await tab.click(".channel", "other")
    await tab.until("document.querySelectorAll('.message').length === 2")
    await tab.until("!document.querySelector('.channel.unread')")
    assert await tab.texts(".message.pinged .text") == ["@desk editor look"]


async def test_what_is_new_is_marked_off(browser: Browser, room: Newsroom) -> None:
    other = room.guild.channel("other")
    room.post("old", other)
    tab = await opened(browser, room)
    await tab.click(".channel", "other")
    await tab.until(f"{LAST}?.innerText.includes('old')")
    await tab.click(".channel", "count")
    await tab.until("!document.querySelector('.message')")
    room.post("fresh", other)
    await tab.until("document.querySelector('.channel.unread')")
    await tab.click(".channel", "other")
    await tab.until("document.querySelector('.divider.new + .message')?.innerText.includes('fresh')")
    await tab.press("Escape")
    await tab.until("!document.querySelector('.divider.new')")


async def test_a_long_channel_scrolls_both_ways_and_keeps_the_page_small(browser: Browser, room: Newsroom) -> None:
    for place in range(900):
        room.post(f"number {place}")
    tab = await opened(browser, room)
    await tab.until(f"{LAST}.innerText.includes('number 899')")
    for _ in range(12):
        await tab.run("document.querySelector('#scroller').scrollTop = 0")
        await tab.until("document.querySelector('#scroller').scrollTop > 0 || document.querySelector('.opening')")
    first = await tab.run("Number(document.querySelector('.message .text').innerText.split(' ')[1])")
    assert first < 400
    assert await tab.run("document.querySelectorAll('.message').length") <= 260
    await tab.until("document.querySelector('.bar')?.innerText.includes('Jump To Present')")
    room.post("the newest")
    await tab.until("document.querySelector('.bar')?.innerText.includes('1 new message')")
    await tab.click(".bar")
    await tab.until(f"{LAST}.innerText.includes('the newest') && !document.querySelector('.bar')")


async def test_a_lost_connection_is_said_and_taken_up_again(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    port = int(room.page.url.split(":")[2].split("/")[0])
    await room.page.stop()
    await tab.until("document.querySelector('.lost')")
    room.post("meanwhile")
    await room.page.start(port)
    await tab.until(f"{LAST}?.innerText.includes('meanwhile') && !document.querySelector('.lost')")


async def test_the_clock_is_the_desks_and_can_be_set(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    assert (await tab.texts("#clock .now"))[0].endswith("7:35:00 AM EST")
    await tab.click("#clock button[aria-label='Pause']")
    await tab.until("document.querySelector('#clock button[aria-label=\"Go on\"]')")
    assert room.pace.timing.paused
    await tab.click("#clock [data-speed='600']")
    await tab.until("document.querySelector('#clock [data-speed=\"600\"]').getAttribute('aria-checked') === 'true'")
    assert room.pace.timing.speed == 600.0


async def test_the_clock_still_shows_the_time_after_one_has_become_somebody_else_while_it_stood(
    browser: Browser, room: Newsroom
) -> None:
    tab = await opened(browser, room)
    await tab.click("#clock button[aria-label='Pause']")
    await tab.until("document.querySelector('#clock button[aria-label=\"Go on\"]')")
    before = await tab.texts("#clock .now")
    await tab.click(".who")
    await tab.click(".menu button", "guest")
    await tab.until("document.querySelector('.who .name').innerText === 'guest'")
    assert await tab.texts("#clock .now") == before


async def test_what_is_on_the_screen_when_the_day_is_over_counts_as_read(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    for number in range(3):
        message = room.post(f"post {number}")
    reads = await room.page.last_reads()
    assert (reads[-1].person, reads[-1].channel, reads[-1].up_to) == ("desk editor", room.count.id, message.id)
    assert tab.problems == []


async def test_times_are_the_readers_and_go_on(browser: Browser, room: Newsroom) -> None:
    room.post("<t:1605098100:t> <t:1605098100:R>")
    tab = await opened(browser, room)
    await tab.zone("America/New_York")
    await tab.go(f"{room.page.url}?as=guest")
    await tab.until("document.querySelectorAll('.stamp').length === 2")
    assert await tab.texts(".stamp") == ["7:35 AM", "now"]
    room.pace.clock.set(room.pace.clock.now().replace(hour=15))
    room.pace.set_speed(60)
    await tab.until("document.querySelectorAll('.stamp')[1].innerText === '3 hours ago'")


async def test_hostile_text_does_nothing_in_a_browser(browser: Browser, room: Newsroom) -> None:
    bad = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>[a](javascript:window.hit=1)'
    room.post(bad, embeds=[{"title": bad, "description": bad, "footer": {"text": bad}, "author": {"name": bad}, "fields": [{"name": bad, "value": bad}], "url": "javascript:window.hit=1"}])  # fmt: skip
    room.guild.add_member(bad)
    tab = await opened(browser, room)
    await tab.until("document.querySelector('.embed')")
    assert (
        await tab.run(
            "document.querySelectorAll('#messages img:not([src=\"static/face.svg\"]), #messages script').length"
        )
        == 0
    )
    assert await tab.run("[...document.querySelectorAll('a')].every((one) => !one.href.startsWith('javascript'))")
    assert await tab.run("window.hit") is None


async def test_a_phone_has_all_of_it_in_a_drawer(browser: Browser, room: Newsroom) -> None:
    room.post("x" * 300, embeds=[{"description": "y" * 300}])
    tab = await opened(browser, room, phone=True)
    wide = "document.documentElement.scrollWidth > 360 || document.querySelector('#scroller').scrollWidth > 360"
    assert not await tab.run(wide)
    assert await tab.run("getComputedStyle(document.querySelector('#drawer')).visibility") == "hidden"
    await tab.click(".burger")
    await tab.until("document.querySelector('#drawer').getBoundingClientRect().left === 0")
    await tab.click(".channel", "other")
    await tab.until("document.querySelector('#top h2').innerText === 'other'")
    await tab.until("getComputedStyle(document.querySelector('#drawer')).visibility === 'hidden'")


async def test_a_phone_says_that_it_is_a_rehearsal_and_has_all_of_the_clock(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room, phone=True)
    assert (await tab.texts("#clock .what"))[0].startswith("Rehearsal")
    seen = "[...document.querySelectorAll('#clock button, #clock .now')].every((one) => {"
    seen += " const box = one.getBoundingClientRect(); return box.width > 0 && box.left >= 0 && box.right <= 360; })"
    assert await tab.run(seen)
    assert await tab.texts("#clock .skips") == ["Skip quiet hours"]
    await tab.click("#clock .skips")
    await tab.until("document.querySelector('#clock .skips').getAttribute('aria-pressed') === 'false'")
    assert not room.pace.timing.skips_quiet


async def test_a_servers_initials_are_letters(browser: Browser, room: Newsroom) -> None:
    room.guild.name = "Newsroom (drill)"
    tab = await opened(browser, room)
    assert await tab.texts(".server") == ["Nd"]
    assert (await tab.run("document.querySelector('#clock .what').title")).startswith("Rehearsal: ")


async def test_pins_are_listed(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    await tab.click("#top button[aria-label='Pinned Messages']")
    await tab.until("document.querySelector('.pins .nothing')")
    await tab.press("Escape")
    await tab.until("!document.querySelector('.pins')")


async def test_a_thread_is_entered_from_its_message(browser: Browser, room: Newsroom) -> None:
    source = room.post("Biden's lead narrows")
    tab = await opened(browser, room)
    thread = room.guild.start_thread(room.count, "Floyd's batch", room.editor.user, source=source)
    thread.say(room.reporter, "Where from?")
    await tab.until("document.querySelector('.branch')?.innerText.includes('1 Message')")
    assert "Where from?" in (await tab.texts(".branch"))[0]
    await tab.click(".branch")
    await tab.until("document.querySelector('#top h2').innerText === \"Floyd's batch\"")
    await tab.until(f"{LAST}?.innerText.includes('Where from?')")
    assert tab.problems == []


async def test_what_is_planned_is_listed(browser: Browser, room: Newsroom) -> None:
    tab = await opened(browser, room)
    assert await tab.texts(".events .name") == ["Events"]
    await tab.click(".events")
    await tab.until("document.querySelector('.planned .nothing')")
    event = plan(room, "Press conference: the Secretary of State", 3)
    await tab.until("document.querySelector('.planned .event')")
    when, name, where = (await tab.texts(".planned .event"))[0].split("\n")
    assert (when, name, where) == ("Today at 3:35 PM", event.name, "Atlanta")
    await tab.press("Escape")
    await tab.until("!document.querySelector('dialog')")
    assert await tab.texts(".events .name") == ["1 Event"]


async def test_a_tall_picture_keeps_its_shape(browser: Browser, room: Newsroom) -> None:
    assert room.bot is not None
    parts = (
        b"IHDR" + struct.pack(">IIBBBBB", 200, 600, 8, 0, 0, 0, 0),
        b"IDAT" + zlib.compress((b"\0" * 201) * 600),
        b"IEND",
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts
    )
    channel = room.bot.get_channel(room.count.id)
    await channel.send(file=discord.File(io.BytesIO(png), "chart.png"))  # type: ignore[union-attr]
    for phone in (False, True):
        tab = await opened(browser, room, phone=phone)
        await tab.until("document.querySelector('.picture img')?.naturalWidth === 200")
        wide, high = await tab.run(
            "(() => { const box = document.querySelector('.picture img').getBoundingClientRect(); return [box.width, box.height]; })()"
        )
        assert (round(wide), round(high)) == (117, 350)


async def test_on_a_phone_a_menu_to_choose_from_comes_up_from_below(browser: Browser, room: Newsroom) -> None:
    await posted(room)
    tab = await opened(browser, room, phone=True)
    await tab.click(".pick", "Choose a county")
    await tab.until("document.querySelector('.menu.sheet.list')")
    box = "document.querySelector('.menu').getBoundingClientRect()"
    assert await tab.run(f"[{box}.left, {box}.right, {box}.bottom]") == [0, 360, 740]
    await tab.click(".menu button", "Clayton")
    await tab.until(f"{LAST}.innerText.includes('County 13063')")
