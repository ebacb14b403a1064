"""`make pictures`: takes the docs' pictures in a headless Chromium while the real bot plays, and writes
docs/commands.md.

If Chromium is missing, it is installed where that is possible (as root, with Debian's apt-get).
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.logs import set_up_logs
from tests.chromium import chromium, running
from tests.cogs import permissions
from tests.pictures import alerts, command_line, desk_file_keys, first_post, guide, posts, settings, states, texts
from tests.pictures import page as of_page
from tests.pictures.camera import camera, name_of
from tests.pictures.guide import Example
from tests.pictures.newsroom import Camera, Opened, Seen, played
from tests.pictures.scenes import SCENES

PAGE = "page"
ZONE = "America/New_York"
MOST_BYTES, MOST_BYTES_IN_ALL = 90_000, 3_000_000
DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for. Returns the exit status."""
    asked = options().parse_args(arguments)
    commands = asyncio.run(guide.every_command())
    wanted = frozenset(asked.only or [*commands, PAGE])
    if unknown := wanted - {*commands, PAGE}:
        print(
            f"no such picture: {', '.join(sorted(unknown))}; there are {PAGE}, {', '.join(commands)}", file=sys.stderr
        )
        return USAGE
    if asked.theme != "dark" and not asked.into:
        print("the docs' pictures are dark: --theme light goes with --into FOLDER", file=sys.stderr)
        return USAGE
    if asked.stale:
        return _told_stale(asyncio.run(_asked_only()))
    if asked.text:
        return _written(commands, {})
    if chromium() is None and not _installed():
        print("no pictures taken: there is no Chromium, and it can't be installed here (Debian: apt install chromium)")
        return FAILED
    seen = asyncio.run(_taken(wanted, asked.into or guide.FOLDER, asked.theme))
    return DONE if asked.into else _written(commands, seen) or _too_large()


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make pictures ARGS=", description="Take the docs' pictures.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"these commands, as margin or 'desk setup'; {PAGE}")
    parser.add_argument(
        "--text",
        action="store_true",
        help="write docs/commands.md anew with the pictures there are, and every other page that is made",
    )
    parser.add_argument("--stale", action="store_true", help="say which pictures no longer show what is answered")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="take them into another folder, to look at")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="with --into: how Discord looks")
    return parser


def _installed() -> bool:
    """Install Chromium from Debian if possible. Returns True if Chromium is available."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    done = subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return done.returncode == 0 and chromium() is not None


async def _taken(wanted: frozenset[str], folder: Path, theme: str) -> dict[str, Example]:
    """Take the pictures of the wanted commands. Returns what was shown for every command."""
    async with running() as browser:
        seen = await _asked(camera(browser, folder, ZONE, theme, wanted))
        if PAGE in wanted and folder == guide.FOLDER:
            await of_page.take_all(browser)
    for name in sorted(wanted & seen.keys()):
        path = folder / name_of(name)
        print(f"{path.name} {path.stat().st_size} bytes")
    return {name: example for name, example in seen.items() if name in wanted}


async def _asked(opened: Opened) -> dict[str, Example]:
    """Play every scene without taking pictures. Returns what was shown for each command."""
    seen: dict[str, Example] = {}

    async def watched(url: str) -> Camera:
        take = await opened(url)

        async def note(one: Seen) -> None:
            seen[one.command] = Example(one.typed, one.words)
            await take(one)

        return note

    for scene in SCENES:
        await played(scene.day, scene.until, scene.act, watched)
    return seen


async def _asked_only() -> dict[str, Example]:
    async def opened(_: str) -> Camera:
        async def take(_: Seen) -> None:
            """Take no picture. Only the text of the answers is needed."""

        return take

    return await _asked(opened)


def _written(commands: guide.Commands, seen: dict[str, Example]) -> int:
    """Write docs/commands.md. Returns the exit status.

    A command that was not used in this run keeps the example that the page has.
    """
    before = guide.PAGE.read_text(encoding="utf-8") if guide.PAGE.exists() else ""
    guide.PAGE.write_text(guide.page(commands, guide.examples_of(before) | seen), encoding="utf-8")
    levels = asyncio.run(guide.who_may())
    permissions.PAGE.write_text(permissions.page(levels), encoding="utf-8")
    for made in (posts, texts, states, first_post, desk_file_keys, settings, alerts, command_line):
        made.PAGE.write_text(made.page(), encoding="utf-8")
    print("written: docs/commands.md, and every other page that is made")
    return DONE


def _told_stale(seen: dict[str, Example]) -> int:
    """Print which pictures differ from today's answers. Returns the exit status."""
    there = guide.examples_of(guide.PAGE.read_text(encoding="utf-8"))
    for name in sorted(seen):
        if seen[name] != there.get(name):
            print(f"{name} is answered:\n  {seen[name].words}\nand its picture shows:")
            print(f"  {there[name].words if name in there else 'nothing: there is none'}")
    return FAILED if seen != there else DONE


def _too_large() -> int:
    sizes = {path: path.stat().st_size for path in guide.FOLDER.parent.rglob("*.png")}
    large = [path.name for path, size in sizes.items() if size > MOST_BYTES]
    if large:
        print(f"over {MOST_BYTES} bytes: {', '.join(large)}", file=sys.stderr)
    if sum(sizes.values()) > MOST_BYTES_IN_ALL:
        print(f"over {MOST_BYTES_IN_ALL} bytes in all: {sum(sizes.values())}", file=sys.stderr)
    return FAILED if large or sum(sizes.values()) > MOST_BYTES_IN_ALL else DONE


if __name__ == "__main__":
    set_up_logs("error")
    sys.exit(main())
