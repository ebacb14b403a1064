"""Writes docs/first-post.md by running each command: from the address of a results page to the first post."""

import contextlib
import io
import json
import os
import shlex
import tempfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bot.__main__ import main
from bot.desk.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "first-post.md"
SITE = "https://results.example.org"
"""The address that the page shows in place of the local server's."""

STEPS = (
    ("Find out where your state publishes:", ("tallydesk new --state GA",)),
    (
        "Write a desk file from the results page:",
        (f"tallydesk new {SITE}/results/public/Georgia --election 2026-11-03 --contest lamp", "cat desk.toml"),
    ),
    ("See what the bot will post:", ("tallydesk rehearse --desk desk.toml --grow",)),
    ("Check the feed's candidates beside yours:", ("tallydesk check",)),
    ("See what is left to do in Discord:", ("tallydesk run",)),
)

HEAD = """# From an address to the first post

What a terminal shows, with a made-up site. `make pictures ARGS=--text` writes this page. How to go on: [operator.md](operator.md).
"""

_API = "results/public/api"


def page(before: str = "") -> str:
    """Return the page, from the output of each command.

    If `before` is an earlier version of the page, the output of the rehearsal is copied from it.
    """
    parts = [HEAD]
    with _newcomer() as (folder, base):
        for words, commands in STEPS:
            shown = [_again(command, before) or f"$ {command}\n{_ran(command, folder, base)}" for command in commands]
            parts.append(f"{words}\n\n```text\n" + "\n".join(shown) + "```\n")
    return "\n".join(parts)


def _again(command: str, before: str) -> str | None:
    """Return the output of a rehearsal from an earlier version of the page, or None for other commands.

    A rehearsal takes longer than a test may.
    """
    if not before or not command.startswith("tallydesk rehearse"):
        return None
    return before[before.index(f"$ {command}") :].partition("```")[0]


def _ran(command: str, folder: Path, base: str) -> str:
    """Return the output of a command, with the local server's address replaced by `SITE`."""
    words = [word.replace(SITE, base) for word in shlex.split(command)][1:]
    if command.startswith("cat "):
        return _plain((folder / words[0]).read_text(encoding="utf-8"), folder, base)
    if words[0] == "rehearse":
        words += ["--speed", "max", "--until-end", "--no-browser"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        main(words)
    return _without_the_middle(_plain(said.getvalue(), folder, base))


def _without_the_middle(said: str) -> str:
    """Shorten long output to its beginning and end. A night has forty batches."""
    lines = said.splitlines(keepends=True)
    return said if len(lines) <= 24 else "".join([*lines[:15], "…\n", *lines[-3:]])


def _plain(said: str, folder: Path, base: str) -> str:
    lines = [line.rstrip() for line in said.replace(base, SITE).replace(f"{folder}/", "").splitlines()]
    kept = [
        line
        for line in lines
        if "Watch it" not in line and "still working" not in line and line != "own_network = true"
    ]
    return "\n".join(kept).rstrip("\n") + "\n"


@contextlib.contextmanager
def _newcomer() -> Iterator[tuple[Path, str]]:
    """Change to an empty folder, with no settings in the environment. Gives the folder and the address of a local
    server.
    """
    before, there = dict(os.environ), Path.cwd()
    with tempfile.TemporaryDirectory() as name, _site() as base:
        folder = Path(name).resolve()
        for setting in Settings.model_fields:
            os.environ.pop(f"TALLYDESK_{setting.upper()}", None)
        os.environ["TALLYDESK_DATABASE"] = str(folder / "tallydesk.sqlite3")
        os.chdir(folder)
        try:
            yield folder, base
        finally:
            os.chdir(there)
            os.environ.clear()
            os.environ.update(before)


@contextlib.contextmanager
def _site() -> Iterator[str]:
    """Serve an invented site of the vendor Enhanced Voting on loopback."""
    with tempfile.TemporaryDirectory() as name:
        for path, answer in _answers().items():
            file = Path(name) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(answer), encoding="utf-8")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=name))
        serving = Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
            server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        del args


def _answers() -> dict[str, object]:
    elections = [
        {"publicElectionId": key, "electionDate": day, "name": _text(name)}
        for key, day, name in (
            ("2026NovGen", "2026-11-03", "November 3, 2026 General Election"),
            ("2026JunRun", "2026-06-16", "June 16, 2026 General Primary Runoff"),
        )
    ]
    contests = {
        "Keeper of the State's Lamps": (
            ("Ann Quill (Dem)", 1_204_411),
            ("Bo Reed (Rep)", 1_198_027),
            ("Cy Lund (Lib)", 41_220),
        ),
        "Amendment 2": (("Yes", 1_310_772), ("No", 1_101_004)),
    }
    items = [
        {
            "id": str(number),
            "name": _text(name),
            "reportingStatus": {"reportingUnits": 151, "totalUnits": 159},
            "summaryResults": {"ballotOptions": [{"name": _text(who), "voteCount": votes} for who, votes in options]},
        }
        for number, (name, options) in enumerate(contests.items(), 1)
    ]
    election = {
        "lastUpdated": "2026-11-04T04:10:00Z",
        "electionDate": "2026-11-03",
        "isProduction": True,
        "name": _text("November 3, 2026 General Election"),
    }
    return {
        f"{_API}/jurisdictions/Georgia": {"elections": elections},
        f"{_API}/elections/Georgia/2026NovGen/data": {"election": election, "ballotItems": items},
    }


def _text(said: str) -> list[dict[str, str]]:
    return [{"languageId": "en", "text": said}]
