"""What the feed tells Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

sockets = Gauge("countersign_feed_sockets", "Open sockets")
frames = Counter("countersign_feed_frames_total", "Frames handed to sockets")
closed = Counter("countersign_feed_closed_total", "Sockets that the desk closed, by close code", ["code"])
faults = Counter("countersign_feed_faults_total", "Readings of the ledger that failed and were tried again")
lag = Histogram(
    "countersign_feed_lag_seconds",
    "From an entry's time to its hand-over to the sockets",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
