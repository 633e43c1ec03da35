"""Who of several test processes runs what: each module as a whole, and a whole desk started as rarely as can be.

A desk of several processes, with a browser, takes as long to start as twenty journeys take. So the first process of the
tests has all journeys, and what it started serves them all; the second has what else needs a whole desk, and all others
have the rest. Whoever is done with their own helps with the rest, and at last with what is left of the others'.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

OF_A_WHOLE_DESK: Final = (("tests/journeys/",), ("tests/chaos/", "tests/runtime/test_full_stack.py"))
"""What needs one, by the process whose own it is."""


class ByModule(LoadScopeScheduling):
    """Modules, each process its own first."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        process = self.nodes.index(node)
        scope = min(self.workqueue, key=lambda module: turn(module, process))
        self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def turn(module: str, process: int) -> tuple[int, str]:
    """When a module is a process's turn: its own first, then those of nobody, then those of others."""
    whose = [number for number, starts in enumerate(OF_A_WHOLE_DESK) if module.startswith(starts)]
    return (0 if process in whose else 2) if whose else 1, module
