"""What goes on while a ledger is sealed: the sealer, and the mail to those who keep its checkpoints."""

from __future__ import annotations

import threading

from desk.ledger import anchors, seal


def begin(stop: threading.Event) -> list[threading.Thread]:
    """Begin in threads, until asked to stop: neither waits for a long backlog or a slow mail server of the other."""
    threads = [threading.Thread(target=what, args=(stop,), daemon=True) for what in (seal.run, anchors.run_mail)]
    for thread in threads:
        thread.start()
    return threads
