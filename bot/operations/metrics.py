"""The figures for Prometheus. They are about the whole bot, never about a single post.

Names and units follow Prometheus's conventions (https://prometheus.io/docs/practices/naming/, read Nov. 2026).
Counters count from the start of the process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.operations.vitals import JobVitals, Vitals
from bot.outbox.rows import Action
from bot.outbox.states import Transition
from bot.tally.intake import Fate

_OUTCOMES = {
    Transition.ACCEPTED: "sent",
    Transition.FOUND: "sent",
    Transition.REFUSED: "failed",
    Transition.UNREADABLE: "doubtful",
    Transition.DEFERRED: "put_off",
    Transition.DECLINED: "put_off",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers and states that `exposition` writes as metrics."""

    vitals: Vitals | None
    """The result of the last health check; None before the first."""
    now: datetime
    readings: Mapping[tuple[str, Fate], int]
    """The number of readings by source and outcome."""
    open_rows: Mapping[str, int]
    """The number of outbox rows by unsettled state."""
    outcomes: Mapping[tuple[Action, Transition], int]
    """The number of claimed rows by action and outcome."""
    invalid_requests: int
    stops: int
    jobs: Sequence[JobVitals]


def exposition(figures: Figures) -> bytes:
    """Return the figures in Prometheus's text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_FiguresCollector(figures))
    return generate_latest(registry)


class _FiguresCollector(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        version = GaugeMetricFamily("tallydesk_info", "1; its label says which version runs.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        yield self._readings()
        if self._figures.vitals is not None:
            yield from self._sources(self._figures.vitals)
            yield from self._waiting(self._figures.vitals)
        yield from self._jobs()
        yield self._rows()
        yield self._deliveries()
        yield CounterMetricFamily(
            "tallydesk_discord_refusals",
            "Requests that Discord counts as invalid (401, 403, 429).",
            value=self._figures.invalid_requests,
        )
        yield CounterMetricFamily(
            "tallydesk_discord_stops",
            "How often nothing was sent for a while because of too many of them.",
            value=self._figures.stops,
        )

    def _readings(self) -> Metric:
        text = "Readings by source and by what became of them: accepted, unchanged, held or ignored."
        family = CounterMetricFamily("tallydesk_readings", text, labels=["source", "outcome"])
        for (source, fate), count in sorted(self._figures.readings.items()):
            family.add_metric([source, fate], count)
        return family

    def _sources(self, vitals: Vitals) -> Iterator[Metric]:
        reached = GaugeMetricFamily(
            "tallydesk_source_reached_seconds_ago",
            "Since a source last answered, or last pushed. None for one that has not since the start.",
            labels=["source"],
        )
        failures = GaugeMetricFamily("tallydesk_source_failures", "Failures in a row of a source.", labels=["source"])
        for source in vitals.sources:
            if source.reached_at is not None:
                reached.add_metric([source.id], self._since(source.reached_at))
            failures.add_metric([source.id], source.failures)
        yield reached
        yield failures

    def _waiting(self, vitals: Vitals) -> Iterator[Metric]:
        up = "1: there is a connection to Discord's gateway."
        yield GaugeMetricFamily("tallydesk_gateway_connected", up, value=int(vitals.gateway.connected))
        yield GaugeMetricFamily("tallydesk_uptime_seconds", "Since the start.", value=self._since(vitals.started))
        if vitals.outbox is not None:
            oldest, text = vitals.outbox.oldest, "How long the oldest post has waited that may be sent; 0: none waits."
            waited = 0.0 if oldest is None else self._since(oldest)
            yield GaugeMetricFamily("tallydesk_outbox_oldest_waiting_seconds", text, value=waited)

    def _jobs(self) -> Iterator[Metric]:
        text = "Since a job last ran well. None for one that has not since the start."
        worked = GaugeMetricFamily("tallydesk_job_success_seconds_ago", text, labels=["job"])
        failures = GaugeMetricFamily("tallydesk_job_failures", "Failures in a row of a job.", labels=["job"])
        for job in self._figures.jobs:
            if job.worked_at is not None:
                worked.add_metric([job.name], self._since(job.worked_at))
            failures.add_metric([job.name], job.failures)
        yield worked
        yield failures

    def _rows(self) -> Metric:
        text = "Rows of the outbox that are not settled, by state: pending, sending, awaiting an editor, doubtful."
        family = GaugeMetricFamily("tallydesk_outbox_rows", text, labels=["state"])
        for state, count in sorted(self._figures.open_rows.items()):
            family.add_metric([state], count)
        return family

    def _deliveries(self) -> Metric:
        text = "What became of rows that were taken up: sent, failed (never will be), doubtful, put_off (each time)."
        family = CounterMetricFamily("tallydesk_deliveries", text, labels=["action", "outcome"])
        counts = {
            (action.value, outcome): 0 for action in Action for outcome in ("sent", "failed", "doubtful", "put_off")
        }
        for (kind, event), count in self._figures.outcomes.items():
            counts[kind.value, _OUTCOMES[event]] += count
        for (action, outcome), count in counts.items():
            family.add_metric([action, outcome], count)
        return family

    def _since(self, moment: datetime) -> float:
        return max(0.0, (self._figures.now - moment).total_seconds())
