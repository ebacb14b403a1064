import json
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.desk.toml_file import shipped
from bot.errors import TallydeskError
from bot.operations.health_store import HealthStore
from bot.operations.healthz import METRICS_TYPE, serving_health
from bot.operations.metrics import Figures, exposition
from bot.operations.vitals import Gateway, JobVitals, OutboxVitals, SourceVitals, Vitals, WaitingPosts
from bot.outbox.rows import Action
from bot.outbox.states import State, Transition
from tests.conftest import COUNT, SERVER, START, Newsroom, reading

MINUTE = timedelta(minutes=1)
SECRET = "https://key@example.org/feed?token=hush"


def figures(outbox: OutboxVitals | None = None, vitals: Vitals | None = None) -> Figures:
    sources = (
        SourceVitals("times", SECRET, MINUTE, START - 2 * MINUTE, START, 3, SECRET),
        SourceVitals("county", "Floyd", MINUTE, None, None, 0, None),
    )
    seen = Vitals(START, START - 60 * MINUTE, Gateway(connected=True, since=START), None, outbox, sources)
    return Figures(
        vitals or seen,
        START + MINUTE,
        {("times", "accepted"): 5, ("times", "held"): 1},
        {"pending": 2, "doubtful": 0},
        {
            (Action.POST, Transition.ACCEPTED): 4,
            (Action.POST, Transition.FOUND): 1,
            (Action.EDIT, Transition.DECLINED): 2,
        },
        7,
        1,
        [JobVitals("boards", worked_at=START - MINUTE), JobVitals("mirror", problem=SECRET, failures=2)],
    )


def samples(text: bytes) -> dict[tuple[str, ...], float]:
    """Return the samples as Prometheus reads them: (name, labels) → value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_figures_are_told_by_source_state_and_outcome() -> None:
    waiting = OutboxVitals((WaitingPosts(SERVER, COUNT, 2, START - 4 * MINUTE, None, closed=False),), (), 0)
    told = samples(exposition(figures(waiting)))
    assert told["tallydesk_readings_total", "accepted", "times"] == 5
    assert told["tallydesk_readings_total", "held", "times"] == 1
    assert told["tallydesk_source_reached_seconds_ago", "times"] == 180
    assert told["tallydesk_source_failures", "times"] == 3
    assert told["tallydesk_outbox_rows", "pending"] == 2
    assert told["tallydesk_outbox_oldest_waiting_seconds",] == 300
    assert told["tallydesk_deliveries_total", "post", "sent"] == 5
    assert told["tallydesk_deliveries_total", "edit", "put_off"] == 2
    assert told["tallydesk_deliveries_total", "post", "failed"] == 0
    assert (told["tallydesk_discord_refusals_total",], told["tallydesk_discord_stops_total",]) == (7, 1)


def test_jobs_are_told_by_name() -> None:
    told = samples(exposition(figures()))
    assert told["tallydesk_job_success_seconds_ago", "boards"] == 120
    assert ("tallydesk_job_success_seconds_ago", "mirror") not in told
    assert (told["tallydesk_job_failures", "boards"], told["tallydesk_job_failures", "mirror"]) == (0, 2)


def test_what_is_not_known_is_not_there_and_what_is_none_is_0() -> None:
    told = samples(exposition(figures()))
    assert ("tallydesk_source_reached_seconds_ago", "county") not in told
    assert ("tallydesk_outbox_oldest_waiting_seconds",) not in told  # the database did not say
    assert samples(exposition(figures(OutboxVitals((), (), 0))))["tallydesk_outbox_oldest_waiting_seconds",] == 0


def test_before_the_first_look_the_rest_is_told() -> None:
    before = figures()
    told = samples(exposition(Figures(None, START, before.readings, {}, {}, 0, 0, [])))
    assert told["tallydesk_readings_total", "accepted", "times"] == 5
    assert ("tallydesk_gateway_connected",) not in told


def test_nothing_secret_and_nothing_of_a_single_post_is_told() -> None:
    text = exposition(
        figures(OutboxVitals((WaitingPosts(SERVER, 998877, 2, START, SECRET, closed=True),), (), 0))
    ).decode()
    assert "hush" not in text
    assert "example.org" not in text
    assert "998877" not in text


async def test_readings_and_deliveries_are_counted_where_they_happen(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(100, 90), reading(150, 90, 1), reading(140, 90, 2), reading(1, 1, -5))
    assert newsroom.ingest.taken_in == {("times", "accepted"): 2, ("times", "held"): 1, ("times", "ignored"): 1}
    assert (await HealthStore(newsroom.rooms.outbox.outbox).open_rows())["pending"] == 2
    newsroom.will(COUNT, "later")
    await newsroom.publish()
    assert newsroom.publisher.outcomes == {(Action.POST, Transition.DECLINED): 1, (Action.POST, Transition.ACCEPTED): 1}
    assert set((await HealthStore(newsroom.rooms.outbox.outbox).open_rows()).values()) == {0}


async def test_they_are_served_beside_healthz() -> None:
    async def metrics() -> bytes:
        return exposition(figures())

    async def fails() -> bytes:
        raise TallydeskError("the database is locked")

    async with (
        serving_health("127.0.0.1", 0, lambda: None, lambda: START, MINUTE, list, metrics) as port,
        serving_health("127.0.0.1", 0, lambda: None, lambda: START, MINUTE, list, fails) as broken,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
            assert (response.status, response.headers["Content-Type"]) == (200, METRICS_TYPE)
            assert ("tallydesk_source_failures", "times") in samples(await response.read())
        async with session.get(f"http://127.0.0.1:{broken}/metrics") as response:
            assert response.status == 503
        async with session.post(f"http://127.0.0.1:{port}/metrics") as response:
            assert response.status == 405


def queries() -> dict[str, str]:
    """Return each query that comes with the bot: name of the alert or panel → query."""
    (group,) = yaml.safe_load(shipped("service", "alerts.yaml").read_text())["groups"]
    panels = json.loads(shipped("service", "grafana-dashboard.json").read_text())["panels"]
    shown = {f"{panel['title']} {target['refId']}": target["expr"] for panel in panels for target in panel["targets"]}
    return {rule["alert"]: rule["expr"] for rule in group["rules"]} | shown


def selected(query: object) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the metric and the labels of each selector in a parsed query."""
    if isinstance(query, promql_parser.VectorSelector):
        labels = {one.name: one.value for one in query.matchers.matchers if str(one.op).split(".")[-1] == "Equal"}
        yield query.name or "", labels
    for name in ("vector_selector", "expr", "lhs", "rhs"):
        if (inside := getattr(query, name, None)) is not None:
            yield from selected(inside)
    for argument in getattr(query, "args", None) or ():
        yield from selected(argument)


def test_every_query_that_ships_asks_for_metrics_and_labels_that_there_are() -> None:
    waiting = OutboxVitals((WaitingPosts(SERVER, COUNT, 2, START, None, closed=False),), (), 0)
    told = {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(exposition(figures(waiting)).decode())
        for sample in family.samples
    }
    asked = set()
    for what, query in queries().items():
        found = list(selected(promql_parser.parse(query)))
        assert found, what
        for name, labels in found:
            assert name == "up" or name in told, what
            assert name == "up" or set(labels) <= told[name], what
            asked.add(name)
    assert asked >= told.keys()  # whatever is told is shown or watched


def test_an_alert_of_a_state_names_one_that_there_is() -> None:
    states = {
        labels["state"]
        for query in queries().values()
        for _, labels in selected(promql_parser.parse(query))
        if "state" in labels
    }
    assert states <= {state.value for state in State}
    jobs = {
        labels["job"]
        for name, query in queries().items()
        for metric, labels in selected(promql_parser.parse(query))
        if "job" in labels and metric != "up"
    }
    assert jobs == {"backup"}


def test_every_alert_says_what_to_do() -> None:
    (group,) = yaml.safe_load(shipped("service", "alerts.yaml").read_text())["groups"]
    assert all(rule["annotations"]["description"] for rule in group["rules"])
