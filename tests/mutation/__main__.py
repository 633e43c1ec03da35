"""`python -m tests.mutation`: see the package."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from tests import servers
from tests.mutation.trial import Score, Trial

LEAST = 0.85
MINUTES = 4.0
"""For the mutants of one part: all parts together, tests as they are included, end in well under 40 minutes on two cores."""
SIDE_BY_SIDE = 2
SCORE = re.compile(r" *[0-9.]+%  +([0-9]+) of +([0-9]+) ")
LEDGER, TESTS = Path("desk/ledger"), Path("tests/ledger")

PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "tree": (("tree.py",), ("test_tree", "test_another_library")),
    "notes": (("notes.py",), ("test_notes", "test_another_library")),
    "policy": (("policy.py",), ("test_policy",)),
    "outside": (
        ("programs/countersign_verify.py",),
        (
            "test_programs",
            "test_policy",
            "test_outside_story",
            "test_outside_verify",
            "test_outside_trust",
            "test_outside_archive",
        ),
    ),
    "witness": (
        ("programs/countersign_witness.py",),
        ("test_witness_apart", "test_witness_asks", "test_programs", "test_witness"),
    ),
    "verify": (
        (
            "verify/__init__.py",
            "verify/contents.py",
            "verify/opened.py",
            "verify/report.py",
            "verify/seals.py",
            "verify/signatures.py",
        ),
        ("test_verify_words", "test_verify_openings", "test_verify_edges", "test_verify"),
    ),
    "seal": (("seal.py", "append.py"), ("test_seal",)),
    "proofs": (
        ("nodes.py", "prove.py", "compare.py"),
        ("test_nodes", "test_proving", "test_comparing", "test_commands"),
    ),
    "keys": (("keys.py", "anchors.py"), ("test_key_file", "test_anchor_file", "test_keys", "test_anchors")),
    "bundles": (
        ("evidence.py", "witnesses.py", "texts.py"),
        ("test_evidence", "test_cosignatures", "test_verify_openings", "test_bundle"),
    ),
}
"""What is tried by a name, and the tests that it is tried with: those of its subject, not all that pass through it."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Have small faults noticed by tests.")
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for each part")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.alone:
        _try(asked.part[0], minutes=asked.minutes)
    servers.start()
    killed = tried = 0
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as some:
        for done in some.map(lambda name: _in_a_process(name, minutes=asked.minutes), asked.part or PARTS):
            print(done.stdout, end="", flush=True)
            if done.returncode:
                return 2
            for line in done.stdout.splitlines():
                if told := SCORE.match(line):
                    killed, tried = killed + int(told[1]), tried + int(told[2])
    print(f"\n{killed} of {tried} noticed: {killed / max(1, tried):.1%}; at least {LEAST:.0%} are wanted")
    return 0 if killed >= LEAST * tried else 1


def _in_a_process(name: str, *, minutes: float) -> subprocess.CompletedProcess[str]:
    """A process for each part: its tests, and what they leave in it, are its own."""
    command = [sys.executable, "-m", "tests.mutation", "--alone", "--minutes", str(minutes), name]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True)


def _try(name: str, *, minutes: float) -> NoReturn:
    files, tests = PARTS[name]
    trial = Trial([LEDGER / each for each in files], seconds=minutes * 60)
    _run(trial, [str(TESTS / f"{each}.py") for each in tests])
    _tell(trial.scores)
    if trial.broken:
        print(f"{name}: {trial.broken}")
    sys.stdout.flush()
    # Threads of the desk that a test began would hold the end up.
    os._exit(2 if trial.broken else 0)


def _run(trial: Trial, tests: list[str]) -> None:
    from hypothesis import settings

    # What one mutant was caught by is nothing that the next run should begin with.
    settings.register_profile("mutation", database=None, derandomize=True)
    settings.load_profile("mutation")
    pytest.main(
        [
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--capture=sys",
            "--no-header",
            "--no-summary",
            # What a test says of its failing nobody reads here, and it takes longer than the test.
            "--tb=native",
            "--assert=plain",
            "-W",
            "ignore",
            *tests,
        ],
        plugins=[trial],
    )


def _tell(scores: dict[Path, Score]) -> None:
    for path, score in scores.items():
        sample = "" if score.tried >= score.made else f" (a sample of {score.made})"
        print(f"{score.share:6.1%}  {score.killed:4} of {score.tried:4} {sample} {path}")
        for mutant in sorted(score.alive, key=lambda each: each.line):
            print(f"          {mutant}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
