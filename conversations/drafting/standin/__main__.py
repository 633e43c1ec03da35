"""`python -m conversations.drafting.standin --port 8100`: serves until it is stopped."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence

import uvicorn

from conversations.drafting.standin.server import MODEL, StandIn


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="standin", description="An OpenAI-compatible stand-in for a model.")
    options(parser)
    return serve(**vars(parser.parse_args(arguments)))


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=8100, help="the port to listen on, 0 for a free one (default: 8100)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")


def serve(*, host: str, port: int) -> int:
    """Binds, says where on standard output, and serves until it is stopped."""
    config = uvicorn.Config(
        StandIn(),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        server_header=False,
        # A cut answer is asked for, yet uvicorn would report it as an error.
        log_level="critical",
        timeout_graceful_shutdown=1,
    )
    listening = _listen(host, port)
    sys.stdout.write(f"{MODEL} listens on http://{host}:{listening.getsockname()[1]}/v1\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listening])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A socket that already listens: who reads where may connect at once.

    Its protocol is named because asyncio sends without delay only then; otherwise each answer on a kept connection
    takes 40 ms longer (measured).
    """
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(128)
    return listening


if __name__ == "__main__":
    sys.exit(main())
