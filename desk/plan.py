"""What `make run` starts, read from the environment: which servers are given, which come along, each part's command."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from typing import Any

from desk.children import Farewell, free_port, port_is_free
from desk.parts import Part
from desk.var import REPOSITORY, CannotStart, data_key, secret_key

_OFF = {"0", "false", "f", "no", "n", "off"}
_ON = {"1", "true", "t", "yes", "y", "on"}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run. `given` is the environment it was read from; a port is None where a part is not needed."""

    var: Path
    port: int
    demo: bool
    given: Mapping[str, str]
    standin_port: int | None
    catcher_port: int | None

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def own_database(self) -> bool:
        return not self.given.get("DATABASE_URL")

    @property
    def own_redis(self) -> bool:
        return not self.given.get("REDIS_URL")


def read_plan(given: Mapping[str, str], *, var: Path) -> Plan:
    """The plan for this environment. Raises CannotStart with a sentence when the port is no port or is taken.

    The stand-in model comes along only when neither OPENAI_BASE_URL nor OPENAI_API_KEY is given, be it empty: whoever
    names a provider, or says that there is no key, is never answered by the stand-in in its place.
    """
    text = given.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT has to be a number from 1 to 65535, not {text!r}")
    port = int(text)
    if not port_is_free(port):
        raise CannotStart(
            f"port {port} is taken or not allowed; choose another one, for example `make run PORT={port + 1}`"
        )
    own_model = "OPENAI_BASE_URL" not in given and "OPENAI_API_KEY" not in given
    return Plan(
        var=var,
        port=port,
        demo=(given.get("DEMO") or "1").strip().lower() not in _OFF,
        given=given,
        standin_port=free_port() if own_model else None,
        catcher_port=None if given.get("EMAIL_URL") else free_port(),
    )


def environment(
    plan: Plan, *, database_url: str, redis_url: str, owner_database_url: str = "", sealer_database_url: str = ""
) -> dict[str, str]:
    """What every part finds in its environment; the owner's address is for the preparation alone."""
    found = {
        # Empty means not given to most people and most tools; an empty key alone means that there is none.
        **{name: value for name, value in plan.given.items() if value or name == "OPENAI_API_KEY"},
        "VAR": str(plan.var),
        "PORT": str(plan.port),
        "DEMO": _demo(plan),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "desk.settings",
        "PYTHONUNBUFFERED": "1",
        # Two arenas instead of eight a core: threads that mostly wait need no more, and memory stays small.
        "MALLOC_ARENA_MAX": "2",
    }
    if owner_database_url:
        found["OWNER_DATABASE_URL"], found["SEALER_DATABASE_URL"] = owner_database_url, sealer_database_url
    found.setdefault("SECRET_KEY", secret_key(plan.var))
    found.setdefault("DATA_KEY", data_key(plan.var))
    found.setdefault("PUBLIC_URL", plan.web_url)
    # Beside the database and not in it; an organisation puts them where who has the one has not the other.
    found.setdefault("LEDGER_KEY", str(plan.var / "ledger" / "key"))
    found.setdefault("LEDGER_ANCHOR_FILE", str(plan.var / "ledger" / "checkpoints"))
    if plan.standin_port:
        found["OPENAI_BASE_URL"] = f"http://127.0.0.1:{plan.standin_port}/v1"
        found["OPENAI_API_KEY"] = "standin"
        found["OPENAI_MODEL"] = "countersign-standin-1"
    if plan.catcher_port:
        found["EMAIL_URL"] = f"smtp://127.0.0.1:{plan.catcher_port}"
    return found


def _demo(plan: Plan) -> str:
    """1 or 0; what is neither yes nor no is left as it is for the environment's reader to refuse."""
    given = (plan.given.get("DEMO") or "").strip()
    return given if given and given.lower() not in _OFF | _ON else "1" if plan.demo else "0"


def run_file(plan: Plan, found: Mapping[str, str]) -> dict[str, Any]:
    """What `run.json` says: where the servers are, and what `manage.py` needs to meet the same desk."""
    return {
        "database_url": found["DATABASE_URL"],
        "owner_database_url": found.get("OWNER_DATABASE_URL", ""),
        "sealer_database_url": found.get("SEALER_DATABASE_URL", ""),
        "redis_url": found["REDIS_URL"],
        "smtp_url": found["EMAIL_URL"],
        "email_url": found["EMAIL_URL"],
        "mail_dir": str(plan.var / "mail") if plan.catcher_port else None,
        "standin_url": found["OPENAI_BASE_URL"] if plan.standin_port else None,
        "web_url": plan.web_url,
        "public_url": found["PUBLIC_URL"],
        "demo": plan.demo,
        **{
            name.lower(): found[name]
            for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "LEDGER_KEY", "LEDGER_ANCHOR_FILE")
            if name in found
        },
    }


def preparation(plan: Plan, found: Mapping[str, str]) -> Part:
    """What brings the database up to date and then ends: migrations, and the demo into an empty desk."""
    return _part(plan, found, name="prepare", command=[sys.executable, "manage.py", "prepare"], patience=3)


def early_parts(plan: Plan, found: Mapping[str, str]) -> list[Part]:
    """Parts that need no database: what stands in for the model's provider and for the mail server."""
    parts = []
    # They need little of this, and nothing that is secret.
    plain = {
        name: found[name] for name in ("PATH", "HOME", "LANG", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX") if name in found
    }
    if plan.standin_port:
        command = [sys.executable, "-m", "conversations.drafting.standin", "--port", str(plan.standin_port)]
        parts.append(_part(plan, plain, name="standin", command=command, patience=0.8))
    if plan.catcher_port:
        command = [sys.executable, "-m", "conversations.mailroom.catcher"]
        command += ["--port", str(plan.catcher_port), "--directory", str(plan.var / "mail")]
        parts.append(_part(plan, plain, name="catcher", command=command, patience=0.8))
    return parts


def web_command(port: int, application: str = "desk.asgi:application") -> list[str]:
    """What serves pages, API and sockets on this port of the loopback."""
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    # Not compressed: each browser's socket would compress every frame anew, which all of them share.
    command += ["--ws-per-message-deflate", "false", "--ws-max-size", "65536", "--ws", "desk.feed.wire:Protocol"]
    # Whose X-Forwarded-For is believed is for TRUSTED_PROXIES to say; uvicorn by itself would believe every local process.
    command += ["--no-proxy-headers"]
    return [*command, "--lifespan", "off", "--timeout-graceful-shutdown", "5", "--no-access-log"]


def desk_parts(plan: Plan, found: Mapping[str, str]) -> list[Part]:
    """Parts that work on the database; none knows its owner's login, and the sealer's only the sealer."""
    sealing = {name: value for name, value in found.items() if name != "OWNER_DATABASE_URL"}
    found = {name: value for name, value in sealing.items() if name != "SEALER_DATABASE_URL"}
    worker = [sys.executable, "-m", "celery", "-A", "desk", "worker", "--pool", "threads", "--concurrency", "8"]
    worker += [
        "--prefetch-multiplier",
        "1",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        "-l",
        "warning",
    ]
    scheduler = [sys.executable, "manage.py", "scheduler"]
    parts = [
        _part(plan, found, name="web", command=web_command(plan.port), patience=5.5),
        _part(plan, found, name="worker", command=worker, patience=4),
    ]
    if "SEALER_DATABASE_URL" in sealing:
        scheduler.append("--without-sealer")
        sealer = [sys.executable, "manage.py", "sealer"]
        parts.append(_part(plan, sealing, name="sealer", command=sealer, patience=3))
    return [*parts, _part(plan, found, name="scheduler", command=scheduler, patience=3)]


def _part(plan: Plan, found: Mapping[str, str], *, name: str, command: list[str], patience: float) -> Part:
    return Part(
        name=name,
        command=command,
        environment={**found, "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), found.get("PYTHONPATH")]))},
        folder=REPOSITORY,
        var=plan.var,
        farewell=Farewell(signals=((0, SIGTERM),), patience=patience),
    )
