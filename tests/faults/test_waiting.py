"""Runs a small part of `make faults ARGS="--only waiting"`, and tests that failures would be noticed."""

import re

import pytest

from bot.outbox import merging_store
from bot.tally import changes_store
from tests.faults import waiting


async def test_what_waited_is_told_as_margin_answers_it_whatever_it_waited_for() -> None:
    outcome = await waiting.run(36, histories=50)
    assert outcome.details == []
    assert outcome.clean
    assert re.search(r" untrue=0 .* histories=50$", str(outcome))


async def test_a_bot_that_says_what_was_so_when_a_post_was_written_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_store, "_up_to_now", lambda *of: of[-1])
    monkeypatch.setattr(merging_store, "to_merge", lambda *_: [])
    outcome = await waiting.run(36, histories=25)
    assert outcome.tally.untrue > 0
    assert not outcome.clean
