"""Measures a new user's way from nothing to the first correct post on a rehearsal, in seconds and typed characters, by
vendor.

A local server serves a recorded feed at the vendor's own path. The user types `tallydesk new ADDRESS --contest …` and
then `tallydesk rehearse --desk desk.toml`. A post is correct if it has the known lead of the recorded file.

Recorded feeds are not part of the project. Without them, only the invented spreadsheet is tried.
"""

import asyncio
import io
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bot.__main__ import main
from tests.benchmarks.figures import Figure
from tests.recorded import recorded_feeds

MOST_SECONDS, MOST_TYPED = 600, 200

SHEET = b"""Race,Candidate,County,Votes
Sheriff,Ann Quill,Floyd,120
Sheriff,Bo Reed,Floyd,100
Sheriff,Ann Quill,Bibb,20
Sheriff,Bo Reed,Bibb,70
"""

Answers = Mapping[str, bytes]
"""URL path without the query → content."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A results page to start from, and the lead that the first post has to show."""

    name: str
    path: str
    picks: str
    """The pattern that chooses the contest. Empty if the page has only one."""
    right: str
    """The lead in the first correct post."""
    answers: Callable[[Path, str], Answers]
    """Makes the content to serve from the folder of recorded feeds and the address of the local server."""
    key: str | None = None


TRIALS = (
    Trial("sheet", "/sheet.csv", "", "by 30 votes", lambda _folder, _base: {"/sheet.csv": SHEET}),
    Trial(
        "georgia-export",
        "/cdn/results/Georgia/export-2020NovGenRec.json",
        "",
        "11,779",
        lambda folder, _: {
            "/cdn/results/Georgia/export-2020NovGenRec.json": (
                folder / "georgia-export/export-2020NovGenRec.json"
            ).read_bytes()
        },
    ),
    Trial(
        "clarity",
        "/GA/105369",
        "president*",
        "14,045",
        lambda folder, _: {
            "/GA/105369/current_ver.txt": b"271066",
            "/GA/105369/271066/json/en/summary.json": (folder / "clarity-ga-2020-11-12/summary.json").read_bytes(),
        },
    ),
    Trial(
        "ap",
        "/v3/elections/2012-11-06?statePostal=FL",
        "fl-10005",
        "62,277",
        lambda folder, base: {
            "/v3/elections/2012-11-06": (folder / "ap/20121106_me_fl_senate.json")
            .read_bytes()
            .replace(b"https://api.ap.org", base.encode()),
        },
        key="AP_KEY",
    ),
    Trial(
        "enhanced-voting",
        "/results/public/Georgia/elections/06162026GeneralPrimaryRunoff",
        "us senate*",
        "77,835",
        lambda folder, _: {
            "/results/public/api/elections/Georgia/06162026GeneralPrimaryRunoff/data": (
                folder / "enhanced-voting/georgia-2026-06-16-data.json"
            ).read_bytes(),
        },
    ),
    Trial(
        "minnesota",
        "/20241105/ussenate.txt",
        "",
        "500,729",
        lambda folder, _: {
            "/20241105/ussenate.txt": (folder / "tables/minnesota-2024-11-05-ussenate.txt").read_bytes()
        },
    ),
)


async def run(size: float = 1.0) -> list[Figure]:
    """Run the trials one after the other. With a size below 1, run only the first command of the first trial."""
    folder = recorded_feeds()
    if size < 1:
        return await asyncio.to_thread(_begun, TRIALS[0])
    tried = TRIALS if folder else TRIALS[:1]
    return [figure for trial in tried for figure in await asyncio.to_thread(_tried, trial, folder or Path())]


def _begun(trial: Trial) -> list[Figure]:
    with served(trial, Path()) as base, tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        line, _ = typed(trial, base)
        began = time.monotonic()
        if main([*shlex.split(line)[1:], "--output", f"{folder}/desk.toml"]):
            raise RuntimeError(f"{line}: no desk file was written")
        return [Figure(f"first-post-{trial.name}", time.monotonic() - began, "s", MOST_SECONDS)]


def _tried(trial: Trial, feeds: Path) -> list[Figure]:
    with served(trial, feeds) as base, tempfile.TemporaryDirectory() as folder:
        lines = typed(trial, base)
        began = time.monotonic()
        for line in lines:
            _type(line, Path(folder), trial)
        seconds = time.monotonic() - began
        transcript = (Path(folder) / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [json.loads(line)["content"] for line in transcript]
    if not any(trial.right in post for post in posts):
        raise RuntimeError(f"{trial.name}: no post says {trial.right}: {posts[:3]}")
    return [
        Figure(f"first-post-{trial.name}", seconds, "s", MOST_SECONDS),
        Figure(f"first-post-{trial.name}-typed", sum(map(len, lines)), "characters", MOST_TYPED),
    ]


def typed(trial: Trial, base: str) -> Sequence[str]:
    """Return the commands that a newcomer types. The address counts as typed, although it would be pasted."""
    picks = f" --contest '{trial.picks}'" if trial.picks else ""
    address = f"'{base}{trial.path}'" if "?" in trial.path else f"{base}{trial.path}"
    return f"tallydesk new {address}{picks}", "tallydesk rehearse --desk desk.toml"


def _type(line: str, folder: Path, trial: Trial) -> None:
    words = shlex.split(line)[1:]
    if words[0] == "rehearse":  # to its end, and nobody looks
        words += ["--speed", "max", "--until-end", "--no-browser", "--transcript", "posts.jsonl"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])} | (
        {trial.key: "key"} if trial.key else {}
    )
    command = [sys.executable, "-m", "bot", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{trial.name}: {line}: {done.stderr.strip()}")


@contextmanager
def served(trial: Trial, feeds: Path) -> Iterator[str]:
    """Serve a trial's content on loopback, and give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path.partition("?")[0])
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    answers = trial.answers(feeds, base)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
