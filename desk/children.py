"""Child processes that never outlive this one, each in a session of its own.

A session of its own, so that Ctrl-C in the terminal, or a signal to the whole process group, reaches the parent alone:
the parent then stops its children in the right order.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user and group that a child runs as, when not this process's own."""

    user: int
    group: int


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    output: int,
    folder: Path,
    account: Account | None = None,
    after_parent: Signals = SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a child whose output goes to the file descriptor `output`.

    Where the kernel offers it (Linux), the child gets the signal `after_parent` when this process dies without a word.
    That is bound to the thread which starts the child, so call this from one that lives as long: the main thread.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        # Runs after the change of user, which would clear the request.
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(after_parent), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        # Safe here: nothing between fork and exec takes a lock.
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )


def ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the child has ended; then whatever it left in its session is ended too."""
    if child.returncode is not None:
        return True
    try:
        # Not reaped yet, its number cannot have gone to somebody else.
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
    except ChildProcessError:
        return child.poll() is not None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, SIGKILL)
    child.wait()
    return True


def adopt() -> None:
    """From now on, what a child leaves running when it dies becomes this process's own child (on Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_adopted(own: Collection[int]) -> None:
    """Take note of the end of adopted children; `own` are the process numbers that Popen objects look after."""
    for pid in _children():
        if pid not in own:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def end_adopted() -> None:
    """End every child that is left, and whatever these leave."""
    while left := _children():
        for pid in left:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, SIGKILL)
                os.waitpid(pid, 0)


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


@dataclass(frozen=True, kw_only=True)
class Farewell:
    """How a child is asked to stop: signals, each with the seconds after which it is sent; SIGKILL comes last."""

    signals: tuple[tuple[float, Signals], ...]
    patience: float


def end(
    children: Mapping[subprocess.Popen[bytes], Farewell],
    *,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Stop these children at the same time, each in its own way. `wait` lets the caller read their output meanwhile."""
    began = time.monotonic()
    due = {child: list(farewell.signals) for child, farewell in children.items()}
    while open_ := [child for child in children if not ended(child)]:
        spent = time.monotonic() - began
        for child in open_:
            # Not Popen's own methods: they would reap the child before `ended` has seen to its session.
            if spent >= children[child].patience:
                os.kill(child.pid, SIGKILL)
            while due[child] and due[child][0][0] <= spent:
                os.kill(child.pid, due[child].pop(0)[1])
        wait(0.02)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    Below the ports that the system gives to outgoing connections: a client that keeps trying to reach a stopped server
    inside that range sooner or later connects to itself, and the server can never have its port back.
    """
    try:
        lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        lowest = 32768
    for _ in range(200):
        port = 10_000 + secrets.randbelow(max(lowest - 10_000, 1_000))
        if port_is_free(port):
            return port
    raise OSError("no free port on 127.0.0.1")


def port_is_free(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
