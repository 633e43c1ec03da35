"""`make run`: starts the parts of one desk in order, keeps them running, and stops them in order.

servers, stand-in, catcher ─▶ prepare (migrations, demo) ─▶ web, worker, scheduler ─▶ ready
web, worker, scheduler ─▶ stand-in, catcher ─▶ Valkey ─▶ PostgreSQL, last
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from desk import plan as planning
from desk.embedded import PostgresServer, ValkeyServer
from desk.parts import Part, rotate
from desk.plan import Plan, read_plan
from desk.var import REPOSITORY, CannotStart, hold, open_var, var_path, write_run
from desk.watch import Stopping, Watch

SIGN_INS = """\
Sign in, password demo, as one of
  agent@demo.test, second@demo.test         who decide about drafts
  supervisor@demo.test                      who oversees
  admin@demo.test, second-admin@demo.test   who set the desk up
  auditor@demo.test                         who reads everything"""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Which parts there are, for a plan and the environment that they find."""

    early: Callable[[Plan, Mapping[str, str]], Sequence[Part]] = planning.early_parts
    preparation: Callable[[Plan, Mapping[str, str]], Part] = planning.preparation
    desk: Callable[[Plan, Mapping[str, str]], Sequence[Part]] = planning.desk_parts


def supervise(plan: Plan, *, crew: Crew | None = None) -> int:
    """Run one desk until somebody asks for the stop (0), or something that it needs cannot be had (1)."""
    watch, result = Watch(), 0
    watch.begin()
    try:
        _come_up(plan, watch, crew or Crew())
        while True:
            watch.wait(None)
    except Stopping:
        watch.terminal.say("Stopping.")
    except CannotStart as error:
        watch.terminal.say(f"make run: {error}")
        result = 1
    finally:
        watch.end([("standin", "catcher"), ("valkey",), ("postgres",)])
        (plan.var / "run.json").unlink(missing_ok=True)
    return result


def _come_up(plan: Plan, watch: Watch, crew: Crew) -> None:
    log = plan.var / "log"
    log.mkdir(mode=0o700, exist_ok=True)
    for old in log.glob("*.log"):
        rotate(old)
    watch.terminal.say(f"Countersign starts; its state is in {plan.var}.")
    found = _start_servers(plan, watch)
    write_run(plan.var, planning.run_file(plan, found))
    for part in crew.early(plan, found):
        watch.launch(part)
    preparation = crew.preparation(plan, found)
    if code := watch.run_to_end(preparation):
        raise CannotStart(f"the database could not be prepared (exit {code}); see {preparation.log}")
    for part in crew.desk(plan, found):
        watch.launch(part)

    def ready() -> bool:
        for watched in watch.watched:
            if watched.deaths > 3:
                raise CannotStart(f"{watched.part.name} does not stay up; see {log / watched.part.name}.log")
        return _web_says_ready(plan) and all(_listens(port) for port in (plan.standin_port, plan.catcher_port) if port)

    watch.until(ready, seconds=120, otherwise=f"the desk does not get ready; see {log}")
    _greet(plan, watch)


def _start_servers(plan: Plan, watch: Watch) -> dict[str, str]:
    postgres = PostgresServer(plan.var) if plan.own_database else None
    valkey = ValkeyServer(plan.var) if plan.own_redis else None
    servers = [server for server in (postgres, valkey) if server]
    # One that does not come up the first time would not the next; later they are started again like every part.
    starting = [watch.launch(server, restarts=False) for server in servers]
    for server, watched in zip(servers, starting, strict=True):
        watch.until(server.ready, seconds=60, otherwise=f"{server.name} does not answer; see {server.log}")
        watched.restarts = True
    redis_url = valkey.url if valkey else plan.given["REDIS_URL"]
    if postgres is None:
        return planning.environment(plan, database_url=plan.given["DATABASE_URL"], redis_url=redis_url)
    return planning.environment(
        plan,
        database_url=postgres.url_of("countersign_desk"),
        redis_url=redis_url,
        owner_database_url=postgres.url,
        sealer_database_url=postgres.url_of("countersign_sealing"),
    )


def check_environment(plan: Plan) -> None:
    """Have the environment read before anything is started. Raises CannotStart with all that is wrong in it.

    By a process of its own: this one lives as long as the desk and stays small.
    """
    found = planning.environment(
        plan,
        database_url=plan.given.get("DATABASE_URL") or "postgresql://comes-along",
        redis_url=plan.given.get("REDIS_URL") or "redis://comes-along",
    )
    reading = subprocess.run(
        [sys.executable, "-m", "desk.environment"],
        cwd=REPOSITORY,
        env=found,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if reading.returncode:
        raise CannotStart(reading.stderr.strip())


def _web_says_ready(plan: Plan) -> bool:
    host = (plan.given.get("ALLOWED_HOSTS") or "127.0.0.1").split(",")[0].strip()
    try:
        with socket.create_connection(("127.0.0.1", plan.port), timeout=2) as connection:
            connection.sendall(f"GET /health/ready HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            return connection.recv(100).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def _listens(port: int) -> bool:
    """Whether who stands in for a server outside can be spoken to: what goes there first would have to be tried again."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _greet(plan: Plan, watch: Watch) -> None:
    say = watch.terminal.say
    say(f"\nThe desk is ready at {plan.web_url}/")
    if plan.demo:
        say(SIGN_INS)
    else:
        say("Outside the demo it answers HTTPS alone, behind a proxy of yours: see docs/running.md.")
        say("The first administrator: python manage.py add_person --help")
    if plan.standin_port:
        say("Drafts come from the stand-in model; OPENAI_BASE_URL and OPENAI_API_KEY name a real one.")
    say("Ctrl-C stops everything.")


def main() -> NoReturn:
    """`python -m desk.supervisor`: run one desk in VAR, as the environment asks."""
    var = var_path()
    try:
        open_var(var)
        # Held by being open, until this process ends, however it ends.
        hold(var)
        plan = read_plan(os.environ, var=var.resolve())
        check_environment(plan)
    except CannotStart as error:
        sys.exit(f"make run: {error}")
    sys.exit(supervise(plan))


if __name__ == "__main__":
    main()
