"""How far sealing is and what stands in its way: for pages, for /health/ready and for /metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from desk import health
from desk.ledger import refusals
from desk.ledger.models import Anchor, Checkpoint

LAGS = 60.0  # seconds after which a ledger that is not sealed is something to look at

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnchorState:
    """`entries` and `seconds` are how far the place is behind the last checkpoint."""

    place: str
    size: int
    at: datetime | None
    entries: int
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """`entries` are not sealed, the oldest of them since `seconds`; `refuses` says why, "" when only time is missing."""

    size: int
    root: str
    at: datetime | None
    entries: int
    seconds: float
    refuses: str
    seq: int | None
    since: datetime | None
    anchors: list[AnchorState] = field(default_factory=list)

    @property
    def why(self) -> str:
        return refusals.words(self.refuses) if self.refuses else ""

    @property
    def trouble(self) -> str:
        """A code when somebody should look: why nothing is sealed, that it takes too long, or that an anchor fails."""
        if self.refuses:
            return self.refuses
        if self.seconds > LAGS:
            return "behind"
        return next((f"anchor_{each.place}_fails" for each in self.anchors if each.error), "")


_STATE = """
    SELECT coalesce(last.size, 0), coalesce(encode(last.root, 'hex'), ''), last.at,
           counter.value - coalesce(last.size, 0),
           coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - at)) FROM ledger_entry
                     WHERE seq = coalesce(last.size, 0) + 1), 0)::float8,
           sealer.refuses, sealer.seq, sealer.since
    FROM ledger_counter counter CROSS JOIN ledger_sealer sealer
         LEFT JOIN (SELECT * FROM ledger_checkpoint ORDER BY size DESC LIMIT 1) last ON true
"""


def sealing() -> Sealing:
    """How things stand now."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        found: Any = cursor.fetchone()
    size, root, at, entries, seconds, refuses, seq, since = found
    return Sealing(size, root, at, entries, seconds, refuses, seq, since, _anchors(size))


def _anchors(size: int) -> list[AnchorState]:
    from desk.ledger.anchors import places

    rows = {row.place: row for row in Anchor.objects.all()}
    states = []
    for place in places():
        row = rows.get(place) or Anchor(place=place)
        first = Checkpoint.objects.filter(size__gt=row.size).order_by("size").values_list("at", flat=True).first()
        states.append(AnchorState(place, row.size, row.at, max(0, size - row.size), _since(first), row.error))
    return states


def _since(at: datetime | None) -> float:
    if at is None:
        return 0.0
    return max(0.0, (datetime.now(at.tzinfo) - at).total_seconds())


def tell(code: str, seq: int | None = None) -> None:
    """Keep why nothing is sealed, where every process sees it; "" when all is well. Says it in the log once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE ledger_sealer SET refuses = %(code)s, seq = %(seq)s,
                      since = CASE WHEN %(code)s = '' THEN NULL ELSE clock_timestamp() END
               WHERE refuses <> %(code)s OR seq IS DISTINCT FROM %(seq)s""",
            {"code": code, "seq": seq},
        )
        changed = cursor.rowcount
    if changed and code:
        log.error("ledger_not_sealed", code=code, seq=seq)


@health.part("ledger", vital=False)
def ready() -> str:
    """The desk works without a sealed ledger, and somebody has to know."""
    return sealing().trouble


class _Metrics(Collector):
    """Read when they are asked for, by whichever process is asked: the sealer itself runs elsewhere."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            now = sealing()
        except DatabaseError:
            return
        yield _gauge("sealed_entries", "Entries below the last checkpoint", now.size)
        yield _gauge("unsealed_entries", "Entries that are not sealed yet", now.entries)
        yield _gauge("seal_lag_seconds", "How long the oldest entry that is not sealed waits", now.seconds)
        refuses = GaugeMetricFamily(
            "countersign_ledger_refuses", "1 while the sealer refuses to sign, with the reason", labels=["code"]
        )
        if now.refuses:
            refuses.add_metric([now.refuses], 1)
        yield refuses
        for name, words in (("entries", "Entries"), ("seconds", "Seconds")):
            lag = GaugeMetricFamily(
                f"countersign_ledger_anchor_lag_{name}", f"{words} that an anchor is behind", labels=["anchor"]
            )
            for each in now.anchors:
                lag.add_metric([each.place], getattr(each, name))
            yield lag


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"countersign_ledger_{name}", words, value=value)


REGISTRY.register(_Metrics())
