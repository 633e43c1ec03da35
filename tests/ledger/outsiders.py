"""The programs for outsiders, as somebody runs them: with arguments, an exit code, and what they say."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from desk.ledger.programs import countersign_verify
from tests.ledger.made import Files, Log


def run(program: ModuleType, *arguments: object, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """In this process, which is quicker: its exit code, what it says, and what it says beside it."""
    said, beside = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(beside), patch.dict(os.environ, environment or {}):
        try:
            code = program.main([str(each) for each in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, said.getvalue(), beside.getvalue()


def run_apart(program: ModuleType, *arguments: object) -> tuple[int, str, str]:
    """As on a machine that has nothing of ours: isolated from all but the standard library and packages."""
    done = subprocess.run(
        [sys.executable, "-I", str(Path(str(program.__file__))), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd="/",
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


class Auditor:
    """Somebody with countersign_verify.py, a folder, and what they brought."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def checks(
        self,
        log: Log,
        *arguments: str,
        note: str | None = None,
        change: Callable[[Files], object] = lambda _files: None,
    ) -> tuple[int, str]:
        """The exit code, and all that is said of a bundle of this ledger, with something changed in it."""
        return self.runs(str(log.bundle(self.folder / "bundle.zip", note=note, change=change)), *arguments)

    def runs(self, *arguments: str) -> tuple[int, str]:
        code, said, beside = run(countersign_verify, *arguments)
        return code, said + beside
