"""Tests the rehearsal's web page in a real Chromium, with clicks and keys as people use them."""

import asyncio
import io
import re
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import discord
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.rehearsal.page import actions, server
from bot.rehearsal.page.server import Page as Served
from bot.rehearsal.standin.message import Message
from tests.chromium import running, why_not
from tests.rehearsal.page.newsroom import Newsroom, Reminder, newsroom, plan

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not() or ""),
    pytest.mark.asyncio(loop_scope="module"),
]
Opened = Callable[..., Awaitable[Page]]
"""A function that opens the page as a given member, on a desktop or a phone."""
expect.set_options(timeout=10_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running() as browser:
        yield browser


_BEFORE: list[Served] = []
"""The page of the first newsroom. Later pages are served at the same address, so that the browser has cached the
files.
"""


@pytest_asyncio.fixture(loop_scope="module")
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    monkeypatch.setattr(server, "_static", kept)
    async with newsroom(where=_BEFORE[0] if _BEFORE else None) as room:
        _BEFORE[:] = [room.page]
        yield room


def kept(name: str, static: Callable[[str], web.Response] = server._static) -> web.Response:
    """Allow the browser to cache the page's files. Loading all of them takes longer than most tests."""
    answer = static(name)
    answer.headers["Cache-Control"] = "no-store" if name.endswith(".html") else "max-age=600, immutable"
    return answer


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, room: Newsroom) -> AsyncIterator[Opened]:
    """Give a function that opens the page in a window left by an earlier test. A new window takes longer than most
    tests.

    The windows' storage has been cleared. Each window is in its own browser context, since otherwise only one of them
    would be in front.
    """
    left = [page for context in browser.contexts for page in context.pages]
    used: list[Page] = []

    async def opened(who: str = "desk-editor", *, phone: bool = False) -> Page:
        size = ViewportSize(width=360, height=740) if phone else ViewportSize(width=1280, height=800)
        fitting = [page for page in left if page.viewport_size == size]
        if fitting:
            page = fitting[0]
            left.remove(page)
        else:
            page = await browser.new_page(
                viewport=size, is_mobile=phone, has_touch=phone, timezone_id="America/New_York"
            )
        used.append(page)
        await page.goto(f"{room.page.url}?as={who}&theme=dark")
        await page.locator("body[data-ready]").wait_for()
        return page

    yield opened
    for page in used:
        await page.evaluate("localStorage.clear(), sessionStorage.clear()")
        await page.goto(f"{room.page.url}static/face.svg")  # a file that sends no further requests


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the wait for the bot's first answer from three seconds to one."""
    monkeypatch.setattr(actions, "FIRST_ANSWER_WITHIN", timedelta(seconds=1))


async def problems(page: Page) -> list[str]:
    """Return the exceptions of the page's script, and the browser's error log, since the page was opened."""
    thrown = await page.page_errors(filter="since-navigation")
    logged = await page.console_messages(filter="since-navigation")
    return [*map(str, thrown), *(one.text for one in logged if one.type == "error")]


async def click(page: Page, selector: str, text: str = "", *, right: bool = False) -> None:
    """Click on the first element that matches the selector and contains the text."""
    await page.locator(selector, has_text=text).first.click(button="right" if right else "left")


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def ask(page: Page, text: str) -> None:
    """Type a text into the message box."""
    await page.locator("#composer textarea").click()
    await page.keyboard.type(text)


async def test_posts_come_live_with_everything_that_is_on_them(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    message = room.post(
        "**Biden's lead narrows** <t:1605098103:t>\n-# #2 · the Times",
        embeds=[
            {
                "description": "A\nB",
                "color": 0x336699,
                "fields": [{"name": str(n), "value": "x", "inline": True} for n in range(3)],
                "footer": {"text": "Unofficial"},
            }
        ],
    )
    await expect(page.locator(".embed")).to_have_css("border-left-color", "rgb(51, 102, 153)")
    await expect(page.locator(".message .text strong")).to_have_text(["Biden's lead narrows"])
    await expect(page.locator(".message .subtext")).to_have_text(["#2 · the Times"])
    tops = await page.locator(".field").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(tops) == 3
    assert len(set(tops)) == 1
    message.content, message.edited = "Correction: less", message.timestamp
    room.count.changed(message)
    await expect(page.locator(".message .text").first).to_have_text("Correction: less (edited)")
    room.count.remove(message)
    await expect(page.locator(".message")).to_have_count(0)
    assert await problems(page) == []


async def test_messages_of_one_author_are_grouped(opened: Opened, room: Newsroom) -> None:
    for text in ("one", "two"):
        room.post(text)
    room.count.say(room.reporter, "three")
    page = await opened()
    await expect(page.locator(".message")).to_have_count(3)
    await expect(page.locator(".message .byline .name")).to_have_text(["Tallydesk", "reporter"])
    await expect(page.locator(".divider")).to_have_text(["November 11, 2020"])


async def test_a_command_is_picked_filled_in_and_answered_for_one(opened: Opened, room: Newsroom) -> None:
    editor, guest = await asyncio.gather(opened(), opened("guest"))
    await ask(editor, "/rol")
    await expect(editor.locator(".popup li .first")).to_have_text([re.compile("^/roles"), re.compile("^/desk role")])
    await editor.locator("#composer textarea").fill("")
    await ask(editor, "/mar")
    await expect(editor.locator(".popup li .first").first).to_have_text(re.compile("^/margin"))
    await press(editor, "Tab")
    await expect(editor.locator(".popup")).to_contain_text("Nevada")
    await editor.keyboard.type("sen")
    await expect(editor.locator(".popup li")).to_have_count(1)
    await press(editor, "Enter")
    await expect(editor.locator(".pill input").first).to_have_value("Georgia Senate")
    await editor.keyboard.type("at:7:30")
    await press(editor, "Enter")
    await expect(editor.locator(".message.private:last-of-type")).to_be_visible()
    (answer,) = await editor.locator(".message").all_inner_texts()
    for part in ("desk editor", "used", "/margin", "id-georgia-senate at 7:30", "Only you can see this"):
        assert part in answer
    room.post("for all")
    await expect(guest.locator(".message").last).to_contain_text("for all")
    assert "georgia" not in " ".join(await guest.locator("#messages").all_inner_texts())
    await click(editor, ".channel", "other")
    await expect(editor.locator(".message")).to_have_count(0)
    await click(editor, ".channel", "count")
    await expect(editor.locator(".message.private")).to_be_visible()
    await click(editor, ".note button")
    await expect(editor.locator(".message.private")).to_have_count(0)
    assert await problems(editor) == await problems(guest) == []


async def test_a_command_that_a_message_names_is_begun_by_a_press(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    room.post("</margin:7> says who leads")
    await click(page, ".mention", "/margin")
    await expect(page.locator("#composer .pill, #composer .command").first).to_be_visible()
    assert "margin" in await page.locator("#composer").inner_text()
    assert await problems(page) == []


async def test_on_a_phone_a_command_that_is_typed_and_sent_is_begun_and_no_message(
    opened: Opened, room: Newsroom
) -> None:
    page = await opened(phone=True)
    await ask(page, "/margin")
    await page.locator("#composer .send").click()
    await expect(page.locator("#composer .pill, #composer .command").first).to_be_visible()
    assert len(room.count.messages) == 0


async def test_two_people_see_what_the_other_does(opened: Opened) -> None:
    editor, reporter = await asyncio.gather(opened(), opened("reporter"))
    await ask(reporter, "Clayton has **4,355** left")
    await press(reporter, "Enter")
    await expect(editor.locator(".message").last).to_contain_text("Clayton has 4,355 left")
    await ask(editor, "/every style:long")
    await press(editor, "Enter", "Enter")
    await expect(reporter.locator(".message").last).to_contain_text("('long', 0")
    await expect(reporter.locator(".answering").last).to_contain_text("desk editor used /every", use_inner_text=True)


async def test_wrong_input_is_refused_in_discords_words(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    box, wrongs = page.locator("#composer textarea"), page.locator(".wrongs")
    await ask(page, "/margin ")
    await expect(page.locator(".pill input").first).to_be_focused()
    await press(page, "Escape")
    await expect(page.locator(".popup")).to_have_count(0)
    await press(page, "Enter")
    await expect(wrongs).to_have_text(["This option is required. Specify a value."])
    await expect(page.locator(".pill.wrong input")).to_be_focused()
    await press(page, "Escape", "Escape")
    await box.fill("")
    await ask(page, "/every style:huge")
    await press(page, "Enter")
    await expect(wrongs).to_have_text(["Input a valid choice."])
    await press(page, "Escape", "Escape")
    await box.fill("x" * 2001)
    await page.keyboard.type("y")
    await expect(page.locator("#composer .left")).to_have_text(["-2"])
    await press(page, "Enter")
    await expect(page.locator(".toast")).to_have_text("Your message is too long.")
    assert len(room.count.messages) == 0


@pytest.mark.usefixtures("hasty")
async def test_a_text_that_belongs_to_no_option_keeps_a_command_from_being_sent(opened: Opened) -> None:
    page = await opened()
    more = page.locator(".command .more")
    for typed in ("/slow soon", "/silent please"):
        await ask(page, typed)
        await press(page, "Enter")
        await expect(more).to_have_value(re.compile("."))
        await press(page, "Enter")
        await expect(more).to_have_attribute("aria-invalid", re.compile("."))
        await expect(page.locator(".popup")).to_contain_text("No such option.")
        await press(page, "Escape", "Escape")
        await page.locator("#composer textarea").wait_for()
    assert await page.locator(".message").count() == 0
    assert await problems(page) == []


@pytest.mark.usefixtures("hasty")
async def test_a_deferred_answer_thinks_and_a_silent_one_fails(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    await ask(page, "/slow")
    await press(page, "Tab", "Enter")
    await expect(page.locator(".thinking")).to_have_text(["Tallydesk is thinking…"])
    assert room.bot is not None
    room.bot.let_go.set()
    await expect(page.locator(".message").last).to_contain_text("At last")
    assert await page.locator(".edited").count() == 0
    await ask(page, "/silent")
    await press(page, "Tab", "Enter")
    await expect(page.locator(".sending")).to_be_visible()
    await expect(page.locator(".failed")).to_have_text(["The application did not respond"])


async def posted(room: Newsroom) -> Message:
    assert room.bot is not None
    channel = room.bot.get_channel(room.count.id)
    sent = await channel.send("**In 30 minutes: press conference**", view=Reminder(timeout=None))  # type: ignore[union-attr]  # the count's channel takes messages
    found = room.count.messages.get(sent.id)
    assert found is not None
    return found


async def test_buttons_menus_and_forms_work(opened: Opened, room: Newsroom) -> None:
    await posted(room)
    page = await opened()
    last = page.locator(".message").last
    await click(page, ".button", "Delay 15 min")
    await expect(last).to_contain_text("Pushed by 15 minutes")
    await click(page, ".pick", "Choose a county")
    await click(page, ".menu button", "Clayton")
    await expect(last).to_contain_text("County 13063")
    await click(page, ".pick", "Whom to ping")
    await click(page, ".menu button", "@Desk")
    await press(page, "Escape")
    await expect(last).to_contain_text("Roles Desk")
    await click(page, ".pick", "Where")
    await click(page, ".menu button", "#other")
    await expect(last).to_contain_text("Channel other")
    await click(page, ".button", "Enter")
    await expect(page.locator("dialog[open]")).to_be_visible()
    await page.keyboard.type("1")
    await press(page, "Enter")
    await expect(page.locator("dialog .words").first).to_have_text("Must be between 2 and 10 in length.")
    await expect(page.locator("dialog .fields > .hint")).to_have_text("Only what is certain.")
    await page.keyboard.type("4,101")
    await page.locator("dialog input[type=file]").set_input_files(
        {"name": "printout.png", "mimeType": "image/png", "buffer": b"12345"}
    )
    await expect(page.locator("dialog .pick")).to_have_text("The reporter")
    await click(page, "dialog .pick")
    await click(page, ".menu button", "The desk")
    await press(page, "Escape")
    await expect(page.locator("dialog .pick")).to_have_text("The reporter, The desk")
    await click(page, "dialog button[type=submit]")
    await expect(last).to_contain_text("Entered: 14,101, seen by reporter and desk with printout.png of 5 bytes")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator(".button:disabled")).to_have_text("Closed")
    await click(page, ".button", "Started")
    await expect(page.locator(".message").first).to_contain_text("Started, says desk editor")
    assert await page.locator(".message .button").count() == 0
    assert await problems(page) == []


async def test_a_long_choice_of_a_form_stays_within_a_phone(opened: Opened, room: Newsroom) -> None:
    await posted(room)
    phone = await opened(phone=True)
    await click(phone, ".button", "Enter")
    await phone.locator("dialog .pick .value").evaluate("one => { one.textContent = 'every 15 minutes '.repeat(9); }")
    fields = await phone.locator("dialog .fields").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert fields[0] == fields[1]


@pytest.mark.usefixtures("hasty")
async def test_a_button_that_nobody_answers_says_so(opened: Opened, room: Newsroom) -> None:
    await posted(room)
    page = await opened()
    await click(page, ".button", "Cancel event")
    await expect(page.locator(".complaint")).to_have_text("This interaction failed")


async def test_right_click_and_long_press_bring_up_the_bots_commands(opened: Opened, room: Newsroom) -> None:
    room.count.say(room.reporter, "Clayton has 4,355 left")
    page, phone = await asyncio.gather(opened(), opened("guest", phone=True))
    await click(page, ".message", "Clayton", right=True)
    await click(page, ".menu button", "Read as tally")
    box = await phone.locator(".message", has_text="Clayton").bounding_box()
    assert box is not None
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    screen = await phone.context.new_cdp_session(phone)
    await screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    await expect(phone.locator(".menu.sheet")).to_be_visible()
    await screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await click(phone, ".menu button", "Read as tally")
    for one in (page, phone):
        await expect(one.locator(".message").last).to_contain_text("Read: Clayton has 4,355 left")


async def test_who_uses_a_command_on_a_message_further_up_is_taken_to_its_answer(
    opened: Opened, room: Newsroom
) -> None:
    for number in range(60):
        room.post(f"post {number}")
    page = await opened(phone=True)
    # A press brings it into view by itself, and anew where it was drawn anew meanwhile.
    await page.locator(".message", has_text="post 20").click(button="right")
    await click(page, ".menu button", "Read as tally")
    await expect(page.locator(".message", has_text="Read: post 20")).to_be_in_viewport()


async def test_lifting_the_finger_after_a_long_press_presses_nothing_of_the_menu_under_it(
    opened: Opened, room: Newsroom
) -> None:
    room.count.say(room.reporter, "Clayton has 4,355 left")
    phone = await opened("guest", phone=True)
    touch = """(message, what) => {
      const finger = new Touch({ identifier: 1, target: message, clientX: 9, clientY: 9 });
      const touches = what === "touchstart" ? [finger] : [];
      return !message.dispatchEvent(new TouchEvent(what, { bubbles: true, cancelable: true, touches, changedTouches: [finger] }));
    }"""
    message = phone.locator(".message").last
    await message.evaluate(touch, "touchstart")
    assert not await message.evaluate(touch, "touchend")  # a tap: what is there is pressed
    await message.evaluate(touch, "touchstart")
    await expect(phone.locator(".menu.sheet")).to_be_visible()
    assert await message.evaluate(touch, "touchend")
    await expect(phone.locator(".menu.sheet")).to_be_visible()
    assert await problems(phone) == []


async def test_the_desk_can_delete_a_post_once_it_is_sure(opened: Opened, room: Newsroom) -> None:
    room.post("a post")
    page, guest = await asyncio.gather(opened(), opened("guest"))
    await click(guest, ".message", "a post", right=True)
    await expect(guest.locator(".menu")).to_be_visible()
    assert "Delete Message" not in await guest.locator(".menu button").all_inner_texts()
    await click(page, ".message", "a post", right=True)
    await click(page, ".menu button", "Delete Message")
    await click(page, "dialog .button", "Delete")
    for one in (page, guest):
        await expect(one.locator(".message")).to_have_count(0)


async def test_keys_alone_are_enough(opened: Opened, room: Newsroom) -> None:
    room.count.say(room.reporter, "one")
    room.post("two")
    page = await opened()
    await page.locator(".message[tabindex='0']").focus()
    await press(page, "ArrowUp", "Enter")
    await expect(page.locator(".menu [role=menuitem]:focus")).to_have_text("Reply")
    await press(page, "Enter")
    await expect(page.locator(".replying")).to_be_visible()
    await expect(page.locator("#composer textarea")).to_be_focused()
    await page.keyboard.type("why?")
    await press(page, "Enter")
    await expect(page.locator(".message").last).to_contain_text("why?")
    await expect(page.locator(".message").last.locator(".answering")).to_be_visible()
    await page.locator(".who").focus()
    await press(page, "Enter")
    await expect(page.locator(".menu")).to_be_visible()
    await press(page, "Escape")
    await expect(page.locator(".menu")).to_have_count(0)
    await expect(page.locator(".who")).to_be_focused()
    unnamed = await page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, [role=button], nav, section, aside')]"
        ".filter((one) => !one.getAttribute('aria-label') && !one.innerText.trim() && !one.closest('[hidden]')).length"
    )
    assert unnamed == 0
    assert await page.locator("#live").inner_text() == ""
    room.post("**Biden moves ahead**")
    await expect(page.locator("#live")).to_contain_text("Tallydesk: Biden moves ahead")


async def test_of_posts_at_once_the_last_is_read_out_and_the_others_are_counted(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    for number in range(5):
        room.post(f"post {number}")
    await expect(page.locator("#live")).to_have_text(re.compile("4 more messagesTallydesk: post 4$"))


async def test_who_one_is_can_be_switched(opened: Opened) -> None:
    page = await opened()
    channels = page.locator("[data-channel] .name")
    await expect(channels).to_have_text(["count", "other", "desk"])
    await click(page, ".who")
    await click(page, ".menu button", "guest")
    await expect(page.locator(".who .name")).to_have_text("guest")
    await expect(channels).to_have_count(2)
    assert "as=guest" in page.url


async def test_other_channels_show_what_is_unread(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    other = room.guild.channel("other")
    room.post("news", other)
    await expect(page.locator(".channel.unread .name")).to_have_text("other")
    room.count.guild.channel("other").say(room.reporter, f"<@{room.editor.id}> look")
    await expect(page.locator(".channel .pings:not([hidden])")).to_have_text("1")
    await click(page, ".channel", "other")
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".channel.unread")).to_have_count(0)
    await expect(page.locator(".message.pinged .text")).to_have_text(["@desk editor look"])


async def test_what_is_new_is_marked_off(opened: Opened, room: Newsroom) -> None:
    other = room.guild.channel("other")
    old = room.post("old", other)
    page = await opened()
    await click(page, ".channel", "other")
    await expect(page.locator(".message").last).to_contain_text("old")
    await click(page, ".channel", "count")
    await expect(page.locator(".message")).to_have_count(0)
    other.remove(old)  # so that the new one is the day's first
    room.post("fresh", other)
    await expect(page.locator(".channel.unread")).to_be_visible()
    await click(page, ".channel", "other")
    await expect(page.locator(".divider.new + .message")).to_contain_text("fresh")
    date = page.locator(".divider.new span").first
    await expect(date).to_have_text("November 11, 2020")
    ground, letters = await date.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]")
    assert ground != letters
    await press(page, "Escape")
    await expect(page.locator(".divider.new")).to_have_count(0)


async def test_a_long_channel_scrolls_both_ways_and_keeps_the_page_small(opened: Opened, room: Newsroom) -> None:
    for place in range(900):
        room.post(f"number {place}")
    page = await opened()
    last, bar = page.locator(".message").last, page.locator(".bar")
    await expect(last).to_contain_text("number 899")
    for _ in range(12):
        await page.locator("#scroller").evaluate(
            "async (one) => { one.scrollTop = 0; while (!one.scrollTop && !document.querySelector('.opening'))"
            " await new Promise((done) => setTimeout(done, 15)); }"
        )
    first = await page.locator(".message .text").first.inner_text()
    assert int(first.split(" ")[1]) < 400
    assert await page.locator(".message").count() <= 260
    await expect(bar).to_contain_text("Jump To Present")
    room.post("the newest")
    await expect(bar).to_contain_text("1 new message")
    await click(page, ".bar")
    await expect(last).to_contain_text("the newest")
    await expect(bar).to_have_count(0)


async def test_a_lost_connection_is_said_and_taken_up_again(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    port = int(room.page.url.split(":")[2].split("/")[0])
    await room.page.stop()
    await expect(page.locator(".lost")).to_be_visible()
    room.post("meanwhile")
    await room.page.start(port)
    await expect(page.locator(".message").last).to_contain_text("meanwhile")
    await expect(page.locator(".lost")).to_have_count(0)


async def test_the_clock_is_the_desks_and_can_be_set(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    await expect(page.locator("#clock .now")).to_have_text(re.compile("7:35:00 AM EST$"))
    await click(page, "#clock button[aria-label='Pause']")
    await expect(page.locator("#clock button[aria-label='Go on']")).to_be_visible()
    assert room.pace.timing.paused
    await click(page, "#clock [data-speed='600']")
    await expect(page.locator("#clock [data-speed='600']")).to_have_attribute("aria-checked", "true")
    assert room.pace.timing.speed == 600.0


async def test_the_clock_still_shows_the_time_after_one_has_become_somebody_else_while_it_stood(opened: Opened) -> None:
    page = await opened()
    await click(page, "#clock button[aria-label='Pause']")
    await expect(page.locator("#clock button[aria-label='Go on']")).to_be_visible()
    before = await page.locator("#clock .now").all_inner_texts()
    await click(page, ".who")
    await click(page, ".menu button", "guest")
    await expect(page.locator(".who .name")).to_have_text("guest")
    assert await page.locator("#clock .now").all_inner_texts() == before


async def test_times_are_the_readers_and_go_on(opened: Opened, room: Newsroom) -> None:
    room.post("<t:1605098100:t> <t:1605098100:R>")
    page = await opened("guest")
    await expect(page.locator(".stamp")).to_have_text(["7:35 AM", "now"])
    room.pace.clock.set(room.pace.clock.now().replace(hour=15))
    room.pace.set_speed(60)
    await expect(page.locator(".stamp").last).to_have_text("3 hours ago")


async def test_hostile_text_does_nothing_in_a_browser(opened: Opened, room: Newsroom) -> None:
    bad = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>[a](javascript:window.hit=1)'
    room.post(
        bad,
        embeds=[
            {
                "title": bad,
                "description": bad,
                "footer": {"text": bad},
                "author": {"name": bad},
                "fields": [{"name": bad, "value": bad}],
                "url": "javascript:window.hit=1",
            }
        ],
    )
    room.guild.add_member(bad)
    page = await opened()
    await expect(page.locator(".embed")).to_be_visible()
    assert await page.locator("#messages img:not([src='static/face.svg']), #messages script").count() == 0
    assert await page.evaluate("[...document.querySelectorAll('a')].every((one) => !one.href.startsWith('javascript'))")
    assert await page.evaluate("window.hit") is None


async def test_a_phone_has_all_of_it_in_a_drawer(opened: Opened, room: Newsroom) -> None:
    room.post("x" * 300, embeds=[{"description": "y" * 300}])
    page = await opened(phone=True)
    wide = "document.documentElement.scrollWidth > 360 || document.querySelector('#scroller').scrollWidth > 360"
    assert not await page.evaluate(wide)
    drawer = page.locator("#drawer")
    await expect(drawer).to_have_css("visibility", "hidden")
    await click(page, ".burger")
    await expect(drawer).to_be_in_viewport(ratio=1)
    await click(page, ".channel", "other")
    await expect(page.locator("#top h2")).to_have_text("other")
    await expect(drawer).to_have_css("visibility", "hidden")
    members, toggle = page.locator("#members"), page.locator("#members-toggle")
    for way in ("its button", "beside", "Escape"):
        await toggle.tap()
        await expect(members).to_be_visible()
        if way == "its button":
            await toggle.tap()
        else:
            await (page.touchscreen.tap(20, 400) if way == "beside" else page.keyboard.press("Escape"))
        await expect(members).to_be_hidden()


async def test_a_phone_says_that_it_is_a_rehearsal_and_has_all_of_the_clock(opened: Opened, room: Newsroom) -> None:
    page = await opened(phone=True)
    await expect(page.locator("#clock .what").first).to_have_text(re.compile("^Rehearsal"))
    seen = "[...document.querySelectorAll('#clock button, #clock .now')].every((one) => {"
    seen += " const box = one.getBoundingClientRect(); return box.width > 0 && box.left >= 0 && box.right <= 360; })"
    assert await page.evaluate(seen)
    skips = page.locator("#clock .skips")
    await expect(skips).to_have_text(["Skip quiet hours"])
    await skips.click()
    await expect(skips).to_have_attribute("aria-pressed", "false")
    assert not room.pace.timing.skips_quiet


async def test_a_servers_initials_are_letters(opened: Opened, room: Newsroom) -> None:
    room.guild.name = "Newsroom (drill)"
    page = await opened()
    await expect(page.locator(".server")).to_have_text(["Nd"])
    await expect(page.locator("#clock .what")).to_have_attribute("title", re.compile("^Rehearsal: "))


async def test_a_reaction_is_added_from_the_menu_and_taken_back_by_a_press(opened: Opened, room: Newsroom) -> None:
    room.count.say(room.reporter, "Clayton has 4,355 left")
    page, guest = await asyncio.gather(opened(), opened("guest"))
    await click(page, ".message", "Clayton", right=True)
    await click(page, ".menu button", "React with ✅")
    await expect(guest.locator(".reactions button")).to_have_text(["✅ 1"])
    await guest.locator(".reactions button").click()
    await expect(page.locator(".reactions button")).to_have_text(["✅ 2"])
    await page.locator(".reactions button").click()
    await expect(guest.locator(".reactions .mine")).to_have_text(["✅ 1"])
    for one in (page, guest):
        assert await problems(one) == []


async def test_a_direct_message_comes_where_one_is_looking(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    world = room.standin.world
    world.direct(room.editor.user).write(world.bot, "**In 30 minutes:** a rally")
    shown = page.locator(".message.private", has_text="In 30 minutes")
    await expect(shown).to_contain_text("Direct message")
    await shown.locator("button", has_text="Dismiss message").click()
    await expect(shown).to_have_count(0)
    assert await problems(page) == []


async def test_what_the_day_asks_of_the_desk_is_shown_once(opened: Opened, room: Newsroom) -> None:
    room.page._opening += ["Read what is posted.", "Decide on what is held."]
    page = await opened()
    await expect(page.locator("dialog h2")).to_have_text("Georgia")
    await expect(page.locator("dialog li")).to_have_text(["Read what is posted.", "Decide on what is held."])
    pause = page.locator("#clock .pause")
    await expect(pause).to_have_attribute("aria-label", "Go on")
    await press(page, "Enter")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(pause).to_have_attribute("aria-label", "Pause")
    await page.reload()
    await page.locator("body[data-ready]").wait_for()
    await expect(page.locator("dialog")).to_have_count(0)
    assert await problems(page) == []


async def test_on_a_phone_each_of_the_clocks_buttons_can_be_touched(opened: Opened) -> None:
    page = await opened(phone=True)
    for button in await page.locator("#clock button").all():
        box = await button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


async def test_a_person_picked_in_the_box_is_named_there_and_sent_by_id(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    box = page.locator("#composer textarea")
    await box.click()
    await page.keyboard.type("ask @repo")
    await press(page, "Enter")
    await expect(box).to_have_value("ask @reporter ")
    await page.keyboard.type("now, not @reporters")
    await press(page, "Enter")
    await expect(page.locator(".message", has_text="now, not")).to_be_visible()
    assert room.count.messages.page(1)[0].content == f"ask <@{room.reporter.id}> now, not @reporters"


async def test_pins_are_listed(opened: Opened) -> None:
    page = await opened()
    await click(page, "#top button[aria-label='Pinned Messages']")
    await expect(page.locator(".pins .nothing")).to_be_visible()
    await press(page, "Escape")
    await expect(page.locator(".pins")).to_have_count(0)


async def test_a_thread_is_entered_from_its_message(opened: Opened, room: Newsroom) -> None:
    source = room.post("Biden's lead narrows")
    page = await opened()
    thread = room.guild.start_thread(room.count, "Floyd's batch", room.editor.user, source=source)
    thread.say(room.reporter, "Where from?")
    branch = page.locator(".branch")
    await expect(branch).to_contain_text("1 Message")
    await expect(branch).to_contain_text("Where from?")
    await branch.click()
    await expect(page.locator("#top h2")).to_have_text("Floyd's batch")
    await expect(page.locator(".message").last).to_contain_text("Where from?")
    assert await problems(page) == []


async def test_what_is_planned_is_listed(opened: Opened, room: Newsroom) -> None:
    page = await opened()
    row = page.locator(".events .name")
    await expect(row).to_have_text(["Events"])
    await click(page, ".events")
    await expect(page.locator(".planned .nothing")).to_be_visible()
    event = plan(room, "Press conference: the Secretary of State", 3)
    shown = await page.locator(".planned .event").inner_text()
    when, name, where = shown.split("\n")
    assert (when, name, where) == ("Today at 10:35 AM", event.name, "Atlanta")
    await press(page, "Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(row).to_have_text(["1 Event"])


async def test_a_tall_picture_keeps_its_shape(opened: Opened, room: Newsroom) -> None:
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
    await channel.send(file=discord.File(io.BytesIO(png), "chart.png"))  # type: ignore[union-attr]  # the count's channel takes messages
    for phone in (False, True):
        picture = (await opened(phone=phone)).locator(".picture img")
        await expect(picture).to_have_js_property("naturalWidth", 200)
        box = await picture.bounding_box()
        assert box is not None
        assert (round(box["width"]), round(box["height"])) == (117, 350)


async def test_on_a_phone_a_menu_to_choose_from_comes_up_from_below(opened: Opened, room: Newsroom) -> None:
    await posted(room)
    page = await opened(phone=True)
    await click(page, ".pick", "Choose a county")
    menu = page.locator(".menu.sheet.list")
    await menu.wait_for()
    box = await menu.evaluate(
        "(one) => { const { left, right, bottom } = one.getBoundingClientRect(); return [left, right, bottom]; }"
    )
    assert box == [0, 360, 740]
    await click(page, ".menu button", "Clayton")
    await expect(page.locator(".message").last).to_contain_text("County 13063")
