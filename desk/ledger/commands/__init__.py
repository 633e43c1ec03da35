"""What `manage.py ledger ...` does, a file for each word: its `HELP`, its `arguments`, and `run`, which returns the exit code.

0: it holds, or here it is. 1: the ledger is broken. 2: what was asked for makes no sense or is not there.
"""

from __future__ import annotations

import pkgutil
from argparse import ArgumentParser
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

HOLDS, BROKEN, USAGE = 0, 1, 2


class Say(Protocol):
    """Where a command writes: what was asked for, and what people should know beside it. Files, as Django wraps them."""

    stdout: Any
    stderr: Any


class Part(Protocol):
    """One file here."""

    HELP: str

    def arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Mapping[str, Any], say: Say) -> int: ...


def parts() -> dict[str, Part]:
    """Each word, and the file that answers to it."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast("Part", import_module(f"{__name__}.{name}")) for name in names}
