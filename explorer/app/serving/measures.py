"""What the program counts of itself, for those who look after it: ``/metrics`` in the text form of Prometheus.

Nothing here is about a person: labels are names of pages and outcomes, of which there are few. The address is for the
inside alone: a request that came through a proxy is told that there is nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime import Runtime

_BOUNDS = (0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)  # seconds
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded")

REGISTRY = CollectorRegistry()
RUNS = Histogram(
    "explorer_run_seconds",
    "From a reader's message to the end of the page's run",
    ("page", "kind", "outcome"),
    registry=REGISTRY,
    buckets=_BOUNDS,
)
FAULTS = Counter(
    "explorer_faults", "Faults of a page that its reader was told of in a sentence", ("kind",), registry=REGISTRY
)
FILES = Counter(
    "explorer_files", "Files that came in or went out, by the answer's code", ("way", "code"), registry=REGISTRY
)
READERS = Gauge("explorer_readers", "Pages that are open in readers' browsers", registry=REGISTRY)
REFUSED = Counter(
    "explorer_refused", "Readers and requests that were not let in, by the answer's code", ("code",), registry=REGISTRY
)
UNHEARD = Counter("explorer_unheard", "Messages that no page sends, which were left unheard", registry=REGISTRY)
UNWRITTEN = Counter(
    "explorer_unwritten", "Files kept out without a line of their own in the audit", ("outcome",), registry=REGISTRY
)
WRONG_CODES = Counter("explorer_wrong_codes", "Codes of meetings that nobody has", registry=REGISTRY)
WAITING = Gauge("explorer_waiting", "Pages that wait for their turn to be worked out", registry=REGISTRY)
WORKING = Gauge("explorer_working", "Pages that are being worked out in a turn", registry=REGISTRY)
WAITED = Histogram("explorer_wait_seconds", "How long a page waited for its turn", registry=REGISTRY, buckets=_BOUNDS)


class _OfStreamlit(Collector):
    """What Streamlit counts by itself: sessions, and how often something kept was found in a cache."""

    def collect(self) -> Iterator[Metric]:
        """The families, read at the moment when somebody asks."""
        if not Runtime.exists():
            return
        found = Runtime.instance().stats_mgr.get_stats(["active_sessions", "cache_lookups", "cache_evictions"])
        sessions = GaugeMetricFamily("explorer_sessions", "Sessions in memory")
        sessions.add_metric((), sum(stat.value for stat in found.get("active_sessions", ())))  # type: ignore[attr-defined]
        yield sessions
        for family, label, words in (
            ("cache_lookups", "result", "Looks into caches"),
            ("cache_evictions", "reason", "Entries that caches dropped"),
        ):
            counted = CounterMetricFamily(f"explorer_{family}", words, labels=("cache", label))
            for stat in found.get(family, ()):
                labels = stat.labels  # type: ignore[attr-defined]
                name = labels.get("cache", labels.get("cache_name", ""))
                counted.add_metric((name.rpartition(".")[2], labels[label]), stat.value)  # type: ignore[attr-defined]
            yield counted


REGISTRY.register(_OfStreamlit())
ProcessCollector(namespace="explorer", registry=REGISTRY)


@contextmanager
def in_turn(since: float, now: float) -> Iterator[None]:
    """A page that has its turn, after it waited from ``since`` to ``now`` (seconds of one clock)."""
    WAITED.observe(now - since)
    with WORKING.track_inprogress():
        yield


def counted(tell: Callable[[Exception], bool]) -> Callable[[Exception], bool]:
    """``tell``, which tells a reader of a fault, and the fault is counted by its kind."""

    def told(problem: Exception) -> bool:
        FAULTS.labels(type(problem).__name__).inc()
        return tell(problem)

    return told


async def _metrics(request: Request) -> Response:
    if any(name in request.headers for name in _FORWARDED):
        return PlainTextResponse("Not Found", 404)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


ROUTES = [Route("/metrics", _metrics)]
