"""Takes pictures of what the rehearsal's page shows, as a phone would, in Chromium."""

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.pictures.newsroom import Camera, Opened, Seen

WIDTH, HEIGHT, SCALE = 390, 3000, 2
"""Of the phone, in CSS pixels, so high that nothing has to be scrolled; and how many pixels one of these is."""
FORM_HEIGHT = 1000
COLOURS = 32
_NOTICED = 12
"""Of 255: by how much a pixel's colour has to differ for a picture to be another one."""

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
"""Waits until a message stays as it is, since what a button changed comes a little later, and lays a copy on a sheet of
its own: in the channel it could stand between two pixels, now so and now so."""


def name_of(command: str) -> str:
    """Return the name of the picture of a command's answer."""
    return command.lower().replace(" ", "-") + ".png"


def camera(browser: Browser, folder: Path, zone: str, theme: str, wanted: frozenset[str]) -> Opened:
    """Return what opens a page and takes the pictures of the wanted commands into a folder."""

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
    """Go to the rehearsal's page, and wait until it shows something."""
    await page.goto(url)
    await page.locator("body[data-ready]").wait_for()
    await page.locator("dialog button", has_text="Begin").click()
    await page.locator(".message").first.wait_for()


async def images_are_there(page: Page) -> None:
    """Wait until all images can be shown; to wait for the fonts is a screenshot's own business."""
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
    """Write a picture with few colours, unless the one that is there looks the same."""
    with Image.open(io.BytesIO(taken)) as whole:
        new = _with_few_colours(whole.convert("RGB"), colours)
    if path.exists() and _same(new, path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(path, optimize=True)


def _with_few_colours(whole: Image.Image, colours: int) -> Image.Image:
    """Return a picture with a palette: text on a ground needs no more than a few colours, and is a third as large.

    A half is the colours that there is most of, as they are, since a ground has to stay what it is; a quarter is what
    stands out, however little there is of it; the rest is what lies between.
    """
    counts = sorted(whole.getcolors(whole.width * whole.height) or (), reverse=True)
    exact = [channel for _, colour in counts[: colours // 2] for channel in _rgb(colour)]
    rare = _chosen(whole, colours // 4, Image.Quantize.MAXCOVERAGE)
    between = _chosen(whole, colours // 4, Image.Quantize.MEDIANCUT)
    return _mapped(whole, np.array([*exact, *rare, *between]).reshape(-1, 3))


def _mapped(whole: Image.Image, palette: npt.NDArray[np.int_]) -> Image.Image:
    """Return a picture in which each colour is the nearest of a palette; Pillow's own mapping is only about right."""
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
    """Tell whether nobody sees a difference: Chromium rounds a height now up and now down, by a CSS pixel."""
    with Image.open(path) as there:
        old = np.asarray(there.convert("RGB")).astype(int)
    fresh = np.asarray(new.convert("RGB")).astype(int)
    if old.shape[1] != fresh.shape[1] or abs(len(old) - len(fresh)) > SCALE:
        return False
    height = min(len(old), len(fresh))
    return int(np.abs(old[:height] - fresh[:height]).max()) <= _NOTICED
