"""VAR, the folder that holds one desk's state on this machine: what runs in it, its keys, its lock.

Nothing here needs Django or an installed package, so the supervisor stays small and `make reset` needs no virtual
environment.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
MARK = ".countersign"


class CannotStart(Exception):
    """Something that a desk needs is missing; the message is the sentence that says what, and what to do."""


def var_path() -> Path:
    """Where this desk keeps its state: `VAR`, or `var/` in the checkout."""
    return Path(os.environ.get("VAR") or REPOSITORY / "var").absolute()


def open_var(var: Path) -> None:
    """Make VAR where it is missing and mark it as ours while it is empty. Raises CannotStart when it is not writable.

    Only a folder made here gets its mode from here: one that was there keeps its own.
    """
    try:
        if not var.exists():
            var.mkdir(parents=True)
            # As root PostgreSQL runs as somebody else, who has to pass through to its own folder, but need not look.
            var.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not any(var.iterdir()):
            (var / MARK).touch()
        if not os.access(var, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise CannotStart(f"the folder {var} cannot be written; name another one with VAR=") from error


def hold(var: Path) -> int:
    """Keep VAR for this one run, until the process ends. Raises CannotStart when a run already has it."""
    holder = os.open(var / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(holder)
        raise CannotStart(f"a desk already runs in {var}; stop it, or name another folder with VAR=") from error
    return holder


def closed_home(var: Path) -> Path:
    """Where PostgreSQL lives when it runs as somebody else who may not enter VAR."""
    return Path("/var/lib") / f"countersign-{hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]}"


def write_secretly(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def secret_key(var: Path) -> str:
    """This desk's own secret key, made once."""
    if found := read_secret_key(var):
        return found
    write_secretly(var / "secret_key", secrets.token_urlsafe(50))
    return read_secret_key(var) or ""


def read_secret_key(var: Path | None = None) -> str | None:
    """The secret key that `make run` once made in VAR, or None."""
    try:
        return ((var or var_path()) / "secret_key").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def data_key(var: Path) -> str:
    """The key that wraps this desk's data keys, made once. Whoever loses it loses what it encrypts."""
    if found := read_data_key(var):
        return found
    write_secretly(var / "data_key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return read_data_key(var) or ""


def read_data_key(var: Path | None = None) -> str | None:
    """The data key that `make run` once made in VAR, or None."""
    try:
        return ((var or var_path()) / "data_key").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def write_run(var: Path, run: dict[str, Any]) -> None:
    """Say where the servers of this run are. The file holds their passwords, so only its owner reads it."""
    pid = os.getpid()
    write_secretly(var / "run.json", json.dumps({**run, "pid": pid, "started": _started(pid)}, indent=1) + "\n")


def read_run(var: Path | None = None) -> dict[str, Any] | None:
    """Where the servers of the run in VAR are, or None when none runs there (a file left by a crash is no run)."""
    try:
        run = json.loads(((var or var_path()) / "run.json").read_text(encoding="utf-8"))
        os.kill(int(run["pid"]), 0)
    except PermissionError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # After a crash another process may have got the same number, in a restarted container it even does so often.
    return run if run.get("started") == _started(int(run["pid"])) else None


def _started(pid: int) -> str | None:
    """When a process started, in ticks since boot; None where the kernel does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def reset(var: Path) -> None:
    """Empty VAR and forget its database. Raises CannotStart while a desk runs in it, or when it holds other things."""
    if not var.is_dir():
        return
    if any(var.iterdir()) and not (var / MARK).exists():
        raise CannotStart(f"the folder {var} was not made by `make run`; empty it yourself")
    open_var(var)
    holder = hold(var)
    for path in var.iterdir():
        if path.name == MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    if closed_home(var).is_dir():
        shutil.rmtree(closed_home(var))
    os.close(holder)


def main() -> int:
    """`python -m desk.var reset` empties VAR."""
    if sys.argv[1:] != ["reset"]:
        sys.exit("usage: python -m desk.var reset")
    try:
        reset(var_path())
    except (CannotStart, OSError) as error:
        sys.exit(f"make reset: {error}")
    sys.stdout.write(f"{var_path()} is empty.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
