"""`make bench`: run the benchmarks, or those that are named, and print one table."""

from __future__ import annotations

import sys
from importlib import import_module

from tests.benchmarks.staging import stage
from tests.benchmarks.table import Figure, table

BENCHMARKS = (
    "approve",
    "intake",
    "pipeline",
    "redaction",
    "injection",
    "retrieval",
    "lists",
    "search",
    "helpdesk",
    "fan_out",
    "open_sockets",
    "keys",
    "sealing",
    "writers",
    "verify",
    "idle",
)


def main(wanted: list[str]) -> int:
    figures: list[Figure] = []
    with stage():
        for name in wanted or BENCHMARKS:
            print(f"{name} ...", flush=True)
            figures += import_module(f"tests.benchmarks.{name}").measure()
    print("\n" + table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
