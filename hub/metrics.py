"""The figures of one process in Prometheus' text form, on a port of its own; no label names a person, unit or child."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from hub import errors
from hub.audit.recorder import Recorder
from hub.health import Health
from hub.live.live import Live
from hub.query.answer import Answerer
from hub.query.readers import Readers
from hub.query.stages import ANSWERED, BOUNDS, Figures, Times
from hub.query.standby import Standby
from hub.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the figures are read."""

    figures: Figures
    readers: dict[str, Readers]
    recorder: Recorder
    answerer: Answerer
    health: Health
    standby: Standby | None = None
    live: Live | None = None


class Shown(Collector):
    """Reads the figures when they are asked for."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterable[Metric]:
        figures = self._sources.figures
        stages = HistogramMetricFamily("hub_stage_seconds", "Time of a request by stage", labels=["stage"])
        for stage, times in figures.times.items():
            stages.add_metric([stage], _buckets(times), times.total)
        yield stages
        outcomes = CounterMetricFamily("hub_requests", "Requests by code, or ANSWERED", labels=["code"])
        for code in (ANSWERED, *sorted({error.code for error in errors.all_errors()})):
            if code in figures.outcomes:
                outcomes.add_metric([code], figures.outcomes[code])
        yield outcomes
        yield from self._pools()
        yield from self._record()
        yield from self._standby()
        yield from self._live()
        yield _gauge("hub_plans", "Prepared operations that are kept", self._sources.answerer.kept)
        yield _gauge(
            "hub_policy_version", "Version of the policies in force", self._sources.health.policy().book.version
        )
        if self._sources.health.skew is not None:
            yield _gauge(
                "hub_clock_skew_seconds", "By how much the database's clock is ahead", self._sources.health.skew
            )

    def _pools(self) -> Iterator[Metric]:
        opened = GaugeMetricFamily("hub_reader_connections", "Open reading connections", labels=["pool"])
        load = GaugeMetricFamily("hub_reader_queries", "Queries under way or waiting", labels=["pool"])
        for name, readers in self._sources.readers.items():
            opened.add_metric([name], readers.open)
            load.add_metric([name], readers.load)
        yield opened
        yield load

    def _record(self) -> Iterator[Metric]:
        recorder = self._sources.recorder
        yield _gauge("hub_record_ready", "1 where accesses can be recorded", int(recorder.is_ready))
        yield _gauge("hub_record_waiting", "Access records that are not durable yet", recorder.waiting)
        yield _gauge("hub_record_lag_seconds", "Age of the oldest of them", recorder.lag)

    def _standby(self) -> Iterator[Metric]:
        standby = self._sources.standby
        if standby is not None:
            yield _gauge("hub_standby_usable", "1 where reads go to the standby", int(standby.is_usable))
            yield _gauge("hub_standby_lag_seconds", "By how much the standby may be behind", standby.lag)
            reads = CounterMetricFamily("hub_reads", "Reads by the server that answered", labels=["server"])
            reads.add_metric(["standby"], standby.reads)
            reads.add_metric(["primary"], standby.passed_over)
            yield reads

    def _live(self) -> Iterator[Metric]:
        live = self._sources.live
        if live is not None:
            yield _gauge("hub_subscriptions", "Subscriptions that are open", live.following)
            yield CounterMetricFamily("hub_events", "Events told to subscribers", value=live.figures.events)
            yield _gauge("hub_change_lag_seconds", "By how long open transactions hold back what is told", live.lag)


@contextlib.contextmanager
def exposed(settings: Settings, sources: Sources) -> Iterator[int | None]:
    """Serves the figures on the first free port from the setting's on, as many as there are processes; 0 for none."""
    if not settings.metrics_port:
        yield None
        return
    registry = CollectorRegistry()
    registry.register(Shown(sources))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    server, port = _listening(settings, registry)
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()


def _listening(settings: Settings, registry: CollectorRegistry) -> tuple[WSGIServer, int]:
    ports = range(settings.metrics_port, settings.metrics_port + settings.workers)
    for port in ports:
        with contextlib.suppress(OSError):
            server, _ = start_http_server(port, addr=settings.metrics_host, registry=registry)
            return server, port
    raise errors.AddressTaken(host=settings.metrics_host, port=ports.start, reason="HUB_METRICS_PORT")


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _buckets(times: Times) -> list[tuple[str, float]]:
    """Counted up to each bound, as the format has it."""
    shown, total = [], 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), times.counts, strict=True):
        total += count
        shown.append((bound, float(total)))
    return shown
