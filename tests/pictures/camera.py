"""Takes pictures of the rehearsal's web page in Chromium, at the size of a phone."""

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.pictures.newsroom import Camera, Opened, Seen

WIDTH, HEIGHT, SCALE = 390, 3000, 2
"""The size of the phone in CSS pixels, and the pixels to a CSS pixel. It is so high that nothing has to be scrolled."""
FORM_HEIGHT = 1000
COLOURS = 32
_NOTICED = 12
"""By how much the colour of a pixel has to differ for a picture to count as new, on a scale of 255."""

_ALONE = """
async (one) => {
  for (let before = "", now = one.outerHTML; before !== now; before = now, now = one.outerHTML)
    await new Promise((done) => setTimeout(done, 250));
  const sheet = document.createElement("ol");
  sheet.id = "alone";
  sheet.className = "messages";
  sheet.style = "position: fixed; inset: 0; z-index: 99; background: var(--ground); justify-content: flex-start";
  sheet.append(one.cloneNode(true));
  document.body.append(sheet);
}
"""
"""A script that lays a copy of a message on a sheet of its own.

It first waits until the message no longer changes, because a button may change it a little later. In the channel, a
message could start between two pixels, and its picture would vary.
"""


def name_of(command: str) -> str:
    """Return the file name of the picture of a command's answer."""
    return command.lower().replace(" ", "-") + ".png"


def camera(browser: Browser, folder: Path, zone: str, theme: str, wanted: frozenset[str]) -> Opened:
    """Return a function that opens a page and takes the pictures of the wanted commands."""

    async def opened(url: str) -> Camera:
        page = await browser.new_page(
            viewport=ViewportSize(width=WIDTH, height=HEIGHT),
            device_scale_factor=SCALE,
            is_mobile=True,
            has_touch=True,
            timezone_id=zone,
        )
        await begin(page, f"{url}?theme={theme}")

        async def take(seen: Seen) -> None:
            if seen.command in wanted:
                taken = await (_form(page, seen) if seen.form is not None else _message(page, seen))
                keep(taken, folder / name_of(seen.command))

        return take

    return opened


async def begin(page: Page, url: str) -> None:
    """Open the rehearsal's page, begin the rehearsal, and wait for the first message."""
    await page.goto(url)
    await page.locator("body[data-ready]").wait_for()
    await page.locator("dialog button", has_text="Begin").click()
    await page.locator(".message").first.wait_for()


async def images_are_there(page: Page) -> None:
    """Wait until all images are decoded. Screenshots wait for fonts by themselves."""
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")


async def _message(page: Page, seen: Seen) -> bytes:
    one = page.locator(f"[data-id='{seen.message}']")
    await one.wait_for()
    await expect(one.locator(".thinking")).to_have_count(0)
    await expect(one.locator(".edited")).to_have_count(int(seen.edited))
    await one.evaluate(_ALONE)
    await images_are_there(page)
    taken = await page.locator("#alone > .message").screenshot()
    await page.locator("#alone").evaluate("(sheet) => sheet.remove()")
    return taken


async def _form(page: Page, seen: Seen) -> bytes:
    await page.set_viewport_size(ViewportSize(width=WIDTH, height=FORM_HEIGHT))
    await page.evaluate(
        "async (form) => (await import(new URL('static/form.js', document.baseURI))).formFor(form)",
        {**(seen.form or {}), "key": "none"},
    )
    form = page.locator("dialog.form[open]")
    await form.locator("footer").wait_for()
    await page.evaluate("document.activeElement.blur()")
    taken = await form.screenshot()
    await form.evaluate("(dialog) => dialog.remove()")
    await page.set_viewport_size(ViewportSize(width=WIDTH, height=HEIGHT))
    return taken


def keep(taken: bytes, path: Path, colours: int = COLOURS) -> None:
    """Write a picture with few colours, unless the existing file looks the same."""
    with Image.open(io.BytesIO(taken)) as whole:
        new = _with_few_colours(whole.convert("RGB"), colours)
    if path.exists() and _same(new, path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(path, optimize=True)


def _with_few_colours(whole: Image.Image, colours: int) -> Image.Image:
    """Reduce a picture to a palette of colours. The file is then a third as large.

    Half of the palette are the most frequent colours, unchanged, so that backgrounds stay exact. A quarter are colours
    that stand out, however rare. The rest lie in between.
    """
    counts = sorted(whole.getcolors(whole.width * whole.height) or (), reverse=True)
    exact = [channel for _, colour in counts[: colours // 2] for channel in _rgb(colour)]
    rare = _chosen(whole, colours // 4, Image.Quantize.MAXCOVERAGE)
    between = _chosen(whole, colours // 4, Image.Quantize.MEDIANCUT)
    return _mapped(whole, np.array([*exact, *rare, *between]).reshape(-1, 3))


def _mapped(whole: Image.Image, palette: npt.NDArray[np.int_]) -> Image.Image:
    """Return a picture in which each pixel has the nearest colour of the palette. Pillow's own mapping is less
    exact.
    """
    pixels = np.asarray(whole).astype(int)
    codes, places = np.unique(pixels @ [1 << 16, 1 << 8, 1], return_inverse=True)
    found = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    nearest = ((found[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    image = Image.fromarray(nearest[places].reshape(whole.height, whole.width).astype(np.uint8), "P")
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image


def _rgb(colour: object) -> tuple[int, ...]:
    assert isinstance(colour, tuple)
    return colour


def _chosen(whole: Image.Image, colours: int, how: Image.Quantize) -> list[int]:
    return (whole.quantize(colours, how).getpalette() or [])[: 3 * colours]


def _same(new: Image.Image, path: Path) -> bool:
    """Return True if the two pictures look the same.

    Chromium rounds heights differently from run to run, so one CSS pixel more or less is ignored.
    """
    with Image.open(path) as there:
        old = np.asarray(there.convert("RGB")).astype(int)
    fresh = np.asarray(new.convert("RGB")).astype(int)
    if old.shape[1] != fresh.shape[1] or abs(len(old) - len(fresh)) > SCALE:
        return False
    height = min(len(old), len(fresh))
    return int(np.abs(old[:height] - fresh[:height]).max()) <= _NOTICED
