"""A desk for the tests of the supervisor: real servers and mail catcher, but with parts that can be told to misbehave.

`python -m tests.runtime.small_desk` runs it; `... web PORT` and `... worker MANNERS` are its parts. The environment
variable MANNERS says which: `stubborn` ignores the request to stop and leaves a grandchild, `noisy` fills the terminal,
`broken` ends the web server at once, and `unprepared` lets the preparation fail.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

from desk.children import Farewell
from desk.parts import Part
from desk.plan import Plan, early_parts, read_plan
from desk.supervisor import Crew, supervise
from desk.var import REPOSITORY, CannotStart, hold, open_var, var_path


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def web(port: str) -> None:
    if os.environ.get("MANNERS") == "broken":
        sys.exit("there is no engine")
    signal.signal(SIGTERM, lambda *_: sys.exit(0))
    HTTPServer(("127.0.0.1", int(port)), Ready).serve_forever()


def worker(manners: str) -> None:
    def stop(*_: object) -> None:
        # Whether everything that a worker needs for its last work is still there.
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
            socket.create_connection(("127.0.0.1", urlsplit(os.environ[name]).port or 0), timeout=3).close()
        (Path(os.environ["VAR"]) / "worker-ended-well").touch()
        if manners != "stubborn":
            sys.exit(0)

    signal.signal(SIGTERM, stop)
    print("the worker begins")
    if manners == "stubborn":
        sleeper = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        grandchild = subprocess.Popen([sys.executable, "-c", sleeper])
        (Path(os.environ["VAR"]) / "grandchild").write_text(str(grandchild.pid), encoding="ascii")
    if manners == "noisy":
        for number in range(20_000):
            print(f"WARNING number {number} {'x' * 60}")
    print('{"event": "job.dead", "level": "warning"}', flush=True)
    while True:
        time.sleep(600)


def part(plan: Plan, found: Mapping[str, str], name: str, command: list[str], patience: float = 2) -> Part:
    return Part(
        name=name,
        command=[sys.executable, *command],
        environment=found,
        folder=REPOSITORY,
        var=plan.var,
        farewell=Farewell(signals=((0, SIGTERM),), patience=patience),
    )


def main() -> None:
    if sys.argv[1:2] == ["web"]:
        return web(sys.argv[2])
    if sys.argv[1:2] == ["worker"]:
        return worker(sys.argv[2])
    manners = os.environ.get("MANNERS", "good")
    this = ["-m", "tests.runtime.small_desk"]
    prepare = "print('prepared')" if manners != "unprepared" else "import sys; sys.exit('a migration is missing')"
    crew = Crew(
        early=early_parts,
        preparation=lambda plan, found: part(plan, found, "prepare", ["-c", prepare]),
        desk=lambda plan, found: [
            part(plan, found, "web", [*this, "web", str(plan.port)]),
            # Who means to end well has time to, also on a machine that has much else to do.
            part(plan, found, "worker", [*this, "worker", manners], patience=2 if manners == "stubborn" else 6),
        ],
    )
    try:
        open_var(var_path())
        hold(var_path())
        plan = read_plan(os.environ, var=var_path())
    except CannotStart as error:
        sys.exit(f"make run: {error}")
    sys.exit(supervise(plan, crew=crew))


if __name__ == "__main__":
    main()
