"""Tests the operator's log: one line for each event, and no line repeated all night."""

import json
import logging
import subprocess
import sys
from datetime import datetime

import aiohttp
import discord
import pytest

from bot.logs import FORGOTTEN_AFTER, RepeatFilter, shorten_errors, worth_a_line

SCRIPT = """
import logging, structlog, aiohttp
from bot.logs import set_up_logs
set_up_logs("info")
log = structlog.get_logger()
log.debug("too quiet")
log.info("running", contests=2)
library = logging.getLogger("discord.shard")
library.info("too quiet")
for seconds in range(5):
    try:
        try:
            raise OSError(111, "refused")
        except OSError as error:
            raise aiohttp.ClientConnectionError("can't connect") from error
    except aiohttp.ClientError:
        library.exception("Attempting a reconnect in %ds", seconds)
try:
    {}["bug"]
except KeyError:
    log.exception("a source could not be taken in", source="times")
    library.exception("an error of its own")
library.warning("two\\nlines")
"""


def test_what_we_and_what_libraries_say_are_lines_of_one_kind() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    stamps, lines = zip(*(line.split(" ", 1) for line in done.stderr.splitlines()), strict=True)
    assert all(datetime.fromisoformat(stamp).tzinfo for stamp in stamps)
    words = "logger='discord.shard' error=\"ClientConnectionError: can't connect\""
    assert lines[:4] == (
        "info running contests=2",
        f"error Attempting a reconnect in 0s {words}",
        f"error Attempting a reconnect in 1s {words}",
        f"error Attempting a reconnect in 3s {words}",
    )
    assert lines[6:] == (r"warning two\nlines logger='discord.shard'",)
    for line, event in zip(lines[4:6], ["a source could not be taken in", "an error of its own"], strict=True):
        assert line.startswith(f"error {event} ")
        assert "KeyError" in line  # a bug keeps its traceback, in one line


def test_a_program_reads_each_line_as_json() -> None:
    script = SCRIPT.replace('set_up_logs("info")', 'set_up_logs("info", "json")')
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(event["level"], event["event"]) for event in events[:2]] == [
        ("info", "running"),
        ("error", "Attempting a reconnect in 0s"),
    ]
    assert events[0]["contests"] == 2
    assert "KeyError" in events[-2]["exception"]


def test_nothing_in_a_line_of_json_steers_a_terminal_or_turns_its_words_round() -> None:
    said = "caf\u00e9 \x1b[2J \x9b2J \u202e\u2066\u200b\ufeff\u2028 \U000e0041 \ud800 \U0001f5f3"
    script = f"from bot.logs import set_up_logs; import structlog; set_up_logs('info', 'json'); structlog.get_logger().info('x', why={said!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8")
    assert json.loads(done.stderr)["why"] == said
    assert done.stderr.removesuffix("\n").isprintable()
    assert "caf\u00e9" in done.stderr


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (ConnectionResetError("gone"), True),
        (TimeoutError(), True),
        (aiohttp.ServerDisconnectedError(), True),
        (discord.ClientException("gone"), True),
        (KeyError("bug"), False),
        (RuntimeError("bug"), False),
    ],
)
def test_errors_of_the_network_need_no_traceback(error: Exception, *, short: bool) -> None:
    for given in (error, (type(error), error, None)):
        event = shorten_errors(None, "error", {"event": "x", "exc_info": given})
        assert ("error" in event, "exc_info" in event) == (short, not short)
    assert shorten_errors(None, "info", {"event": "x"}) == {"event": "x"}


def test_what_fails_again_and_again_is_worth_a_line_at_each_doubling() -> None:
    assert [times for times in range(70) if worth_a_line(times)] == [1, 2, 4, 8, 16, 32, 64]


def record(message: str, value: float, logger: str = "discord.shard") -> logging.LogRecord:
    return logging.LogRecord(logger, logging.ERROR, "", 0, message, (value,), None)


def test_a_library_s_line_is_thinned_until_it_has_not_come_for_an_hour() -> None:
    now = [0.0]
    thinned = RepeatFilter(lambda: now[0])
    assert [thinned.filter(record("again in %s", value)) for value in range(8)] == [
        True,
        True,
        False,
        True,
        False,
        False,
        False,
        True,
    ]
    assert thinned.filter(record("another in %s", 1))
    assert thinned.filter(record("again in %s", 1, "discord.http"))
    now[0] = FORGOTTEN_AFTER + 1
    assert thinned.filter(record("again in %s", 9))
