"""Who of several test processes runs what: each module as a whole, and a whole desk started as rarely as can be.

Modules that need a desk of several processes lie at one end of the queue, where one process of the tests takes them, so
that what it started serves them all; the others begin at the other end, where a test keeps a core busy and not a desk.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

OF_A_WHOLE_DESK: Final = ("tests/journeys/", "tests/chaos/", "tests/runtime/test_full_stack.py")


class ByModule(LoadScopeScheduling):
    """Modules, those of a whole desk first; the first process takes from there, the others from the end."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = node is self.nodes[0]
        scope = min(self.workqueue, key=place) if first else max(self.workqueue, key=place)
        self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def place(module: str) -> tuple[int, str]:
    """Where a module stands in the queue."""
    kinds = (number for number, start in enumerate(OF_A_WHOLE_DESK) if module.startswith(start))
    return next(kinds, len(OF_A_WHOLE_DESK)), module
