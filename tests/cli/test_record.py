"""Tests `tallydesk record`, and a rehearsal from an operator's own desk file."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli.record import _record
from bot.clock import SystemClock
from bot.desk.desk_file import load_desk
from bot.desk.rehearsal_note import rehearsed_at
from bot.feeds.recording import Recorder, open_recording
from tests.cli.conftest import Cli
from tests.conftest import SOON


def desk_text(address: str) -> str:
    return f"""
[desk]
zone = "America/New_York"
[[contests]]
id = "lamp"
name = "Lamp Keeper"
leads = "sos"
candidates = [{{id = "quill", name = "Ann Quill", last = "Quill"}}, {{id = "reed", name = "Bo Reed", last = "Reed"}}]
[[sources]]
id = "sos"
name = "the Secretary of State"
format = "readings"
every = "1s"
own_network = true
url = "{address}/feed.jsonl?apikey=SECRET"
"""


def line(quill: int, minute: int = 0) -> str:
    votes = {"quill": quill, "reed": 40}
    return json.dumps({"source": "sos", "contest": "lamp", "as_of": f"2026-11-04T01:{minute:02}:00Z", "votes": votes})


@pytest.fixture
async def served() -> AsyncIterator[tuple[str, list[str]]]:
    """Serve the last item of a list of answers, on loopback."""
    answers = [line(50)]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=answers[-1])

    app = web.Application()
    app.router.add_get("/feed.jsonl", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", answers
    await runner.cleanup()


async def test_each_new_answer_is_kept_without_its_key(served: tuple[str, list[str]], tmp_path: Path) -> None:
    address, answers = served
    path = tmp_path / "desk.toml"
    path.write_text(desk_text(address), encoding="utf-8")
    recorder = Recorder(tmp_path / "night")
    recording = asyncio.create_task(_record(load_desk(path), recorder, SystemClock()))
    async with asyncio.timeout(SOON):
        while recorder.kept < 1:
            await asyncio.sleep(0.01)
        answers.append(line(60, 1))
        while recorder.kept < 2:
            await asyncio.sleep(0.01)
    recording.cancel()
    await asyncio.gather(recording, return_exceptions=True)
    found = await asyncio.to_thread(partial(open_recording, tmp_path / "night"))
    assert [one.address for one in found.answers] == [f"{address}/feed.jsonl"] * 2
    assert all("SECRET" not in file.read_text(errors="replace") for file in (tmp_path / "night").rglob("*.jsonl"))


def test_a_recording_is_played_with_the_desk_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(desk_text("http://127.0.0.1:1"), encoding="utf-8")
    recorder = Recorder(tmp_path / "night")
    for minute, quill in enumerate((50, 60)):
        reading = json.loads(line(quill, minute))
        at = SystemClock().now().replace(year=2026, month=11, day=4, hour=2, minute=minute)
        recorder.keep("sos", "http://127.0.0.1:1/feed.jsonl", json.dumps(reading).encode(), at, None, None)
    played = [
        cli(
            "rehearse",
            "--desk",
            path,
            "--feeds",
            tmp_path / "night",
            "--speed",
            "max",
            "--until-end",
            "--no-browser",
            "--transcript",
            tmp_path / f"{run}.jsonl",
        )
        for run in (1, 2)
    ]
    assert [(one.status, one.err) for one in played] == [(0, []), (0, [])]
    assert rehearsed_at(path, ["lamp"]) is not None
    first, second = (tmp_path / "1.jsonl").read_bytes(), (tmp_path / "2.jsonl").read_bytes()
    assert first == second
    posts = [json.loads(one)["content"].split("\n")[0] for one in first.splitlines()]
    assert any("Quill" in post and "20" in post for post in posts)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--grow",), "--feeds, --grow and --drill go with --desk"),
        (("--desk", "desk.toml", "--grow", "x", "--feeds", "night"), "give one"),
        (("x",), "x: a file goes with --desk and --grow"),
        (("--desk", "nowhere.toml", "--grow", "x"), "nowhere.toml: the desk file can't be read"),
    ],
)
def test_what_can_t_be_rehearsed_is_one_line(cli: Cli, words: tuple[str, ...], said: str) -> None:
    outcome = cli("rehearse", *words)
    assert outcome.status == 2
    assert len(outcome.err) == 1
    assert said in outcome.err[0]
