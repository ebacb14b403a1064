import asyncio
import sqlite3
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.desk.desk_file import Source
from bot.feeds.polling import SourceHealth
from bot.operations import health_check as health_check_module
from bot.operations.health_check import HealthCheck
from bot.operations.health_store import HealthStore
from bot.operations.vitals import Vitals
from tests.conftest import START, Newsroom

MINUTE = timedelta(minutes=1)


class Line:
    """The connection to Discord, as the health check sees it."""

    up = True

    def __call__(self) -> bool:
        return self.up


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def health() -> dict[str, SourceHealth]:
    return {"times": SourceHealth()}


@pytest.fixture
def health_check(newsroom: Newsroom, health: dict[str, SourceHealth], line: Line) -> HealthCheck:
    sources = [Source.model_validate({"id": key, "name": f"the {key}", "every": "5m"}) for key in ("times", "typed")]
    return HealthCheck(HealthStore(newsroom.rooms.outbox.outbox), sources, health, line, newsroom.clock.now, MINUTE)


async def test_a_look_finds_gateway_database_outbox_and_what_is_fetched(
    health_check: HealthCheck, health: dict[str, SourceHealth]
) -> None:
    health["times"] = SourceHealth(2, "times: down", START - MINUTE, START)
    vitals = await health_check.look()
    assert health_check.last is vitals
    assert (vitals.at, vitals.started, vitals.database) == (START, START, None)
    assert (vitals.gateway.connected, vitals.gateway.since) == (True, START)
    assert vitals.outbox is not None
    assert vitals.outbox.posts == 0
    (source,) = vitals.sources
    assert (source.id, source.name, source.every) == ("times", "the times", 5 * MINUTE)
    assert (source.failures, source.problem, source.reached_at, source.failing_since) == (
        2,
        "times: down",
        START - MINUTE,
        START,
    )


async def test_it_knows_since_when_the_gateway_is_there_or_away(
    health_check: HealthCheck, newsroom: Newsroom, line: Line
) -> None:
    seen = []
    with capture_logs() as logged:
        for minute, up in enumerate([False, True, True, False, False, True]):
            newsroom.at(minute)
            line.up = up
            gateway = (await health_check.look()).gateway
            seen.append((gateway.connected, (gateway.since - START) / MINUTE))
    assert seen == [(False, 0), (True, 1), (True, 1), (False, 3), (False, 3), (True, 5)]
    assert [(entry["log_level"], entry.get("away")) for entry in logged] == [("warning", None), ("info", "two minutes")]


async def test_a_gateway_that_was_never_there_is_away_since_the_start(health_check: HealthCheck, line: Line) -> None:
    line.up = False
    vitals = await health_check.look()
    assert (vitals.gateway.connected, vitals.gateway.since) == (False, vitals.started)


async def test_a_database_that_takes_nothing_is_found_and_not_raised(
    health_check: HealthCheck, newsroom: Newsroom
) -> None:
    def forbid(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TRIGGER full BEFORE UPDATE ON alive BEGIN SELECT RAISE(ABORT, 'disk full'); END")

    await newsroom.database.write(forbid)
    vitals = await health_check.look()
    assert (vitals.database, vitals.outbox) == ("it takes no transaction (disk full)", None)


async def test_a_database_that_does_not_answer_is_found(
    health_check: HealthCheck, monkeypatch: pytest.MonkeyPatch, newsroom: Newsroom
) -> None:
    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(health_check_module, "DATABASE_TIMEOUT_SECONDS", 0.02)
    monkeypatch.setattr(newsroom.database, "write", hang)
    assert (await health_check.look()).database == "it took no transaction within 0.02 seconds"


async def test_it_looks_again_sooner_while_there_is_no_connection(health_check: HealthCheck, line: Line) -> None:
    seen: list[Vitals] = []

    async def then(vitals: Vitals) -> None:
        seen.append(vitals)

    waits = []
    for line.up in (False, False, True):
        waits.append(await health_check.run(then))
    assert waits == [
        HealthCheck.DISCONNECTED_EVERY_SECONDS,
        HealthCheck.DISCONNECTED_EVERY_SECONDS,
        HealthCheck.EVERY_SECONDS,
    ]
    assert seen[-1] is health_check.last
    assert len(seen) == 3
