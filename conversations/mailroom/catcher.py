"""The mail catcher: a mail server for the demo that keeps what goes out as files, and sends nothing on.

`python -m conversations.mailroom.catcher --port 2525 --directory var/mail`. It listens on this machine alone and
needs no Django. `make run` starts it when no EMAIL_URL is given.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 500
LARGEST = 64 * 1024 * 1024  # bytes of one mail


class Catcher:
    """Keeps each mail that arrives as `<time>-<n>.eml` in a folder: whole or not at all, the newest 500."""

    def __init__(self, directory: Path, *, keep: int = KEPT) -> None:
        self.directory = directory
        self.keep = keep
        self._numbers = itertools.count(1)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in directory.glob("*.new"):
            left.unlink()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer 250 once the mail is in its place, 452 when it cannot be kept; then the sender tries again."""
        try:
            self.store(envelope)
        except OSError as error:
            sys.stderr.write(f"ERROR a mail could not be kept: {error.strerror}\n")
            return "452 The mail could not be kept, try again later"
        return "250 Kept"

    def store(self, envelope: Envelope) -> Path:
        """Write one mail, under the headers that a mail server adds on delivery: who it came from and who got it."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{next(self._numbers):06}.eml"
        headers = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        content = envelope.content or b""
        text = content.encode() if isinstance(content, str) else content
        new, place = self.directory / f"{name}.new", self.directory / name
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write("\r\n".join([*headers, ""]).encode() + text)
        new.replace(place)
        for old in sorted(self.directory.glob("*.eml"))[: -self.keep]:
            old.unlink(missing_ok=True)
        return place


def listener(catcher: Catcher) -> Callable[[], SMTP]:
    """What speaks SMTP with one client."""
    # A host name that is given is not looked up: a look-up can take seconds where there is no network.
    return lambda: SMTP(
        catcher,
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
        hostname="localhost",
        ident="Countersign mail catcher",
    )


async def serve(catcher: Catcher, *, port: int) -> None:
    """Catch mails on 127.0.0.1 until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(listener(catcher), "127.0.0.1", port)
    await stop.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="catcher", description="Keep every mail as a file; send nothing on.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--directory", type=Path, required=True, help="folder for the .eml files")
    options = parser.parse_args()
    try:
        asyncio.run(serve(Catcher(options.directory), port=options.port))
    except OSError as error:
        sys.exit(f"The mail catcher cannot start: {error.strerror} (port {options.port}, folder {options.directory})")


if __name__ == "__main__":
    main()
