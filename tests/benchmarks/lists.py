"""The queue page at many tickets against the same page at 10,000: the same server, the same process, in turns."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from html import unescape

from conversations.tickets.built_in import VIEWS
from tests.benchmarks.crowd import FEW, MANY, Desk, Desks, at_both, go_to, to_and_fro
from tests.benchmarks.measuring import Times
from tests.benchmarks.table import Figure

TIMES, WARM = 120, 8
NARROWED = {
    "filter: team and priority": "/queue/todo/?team=1&priority=high",
    "filter: risk of the draft": "/queue/todo/?risk=high",
    "filter: rare tag, all": "/queue/all/?tag=recall",
    "filter: language, by age": "/queue/unassigned/?language=fr&sort=oldest",
}


def measure() -> Iterator[Figure]:
    paths = {f"view {name}": f"/queue/{name}/" for name in VIEWS}
    with at_both() as desks:
        further = {name: _further(desks, f"/queue/{name}/") for name in ("todo", "all")}
        actions = {name: _get(path) for name, path in (paths | NARROWED).items()}
        actions |= {f"view {name}, page 5": pages for name, pages in further.items()}
        yield from _figures(both(desks, actions))
        go_to(desks.many.name)
        sent = len(desks.many.client.get("/queue/todo/").content) / 1000
        yield Figure(
            name="queue page over the wire", ours=sent, unit="kB", at_most=15, note="words by chance, compressed"
        )


def both(
    desks: Desks, actions: Mapping[str, Callable[[Desk], object]], *, times: int = TIMES
) -> dict[str, tuple[Times, Times]]:
    """Each action on both desks, which are asked in turns; an action is told at which. The first `WARM` are not counted.

    One request after the other, because this machine's speed changes within seconds: both meet the same moments.
    """
    found = {name: (Times(), Times()) for name in actions}
    with to_and_fro(desks.many.name, desks.few.name) as turn_to:
        for name, act in actions.items():
            gc.collect()
            for number in range(WARM + times):
                for side, desk in enumerate((desks.many, desks.few)):
                    turn_to(desk.name)
                    if number < WARM:
                        act(desk)
                    else:
                        found[name][side].take(lambda act=act, where=desk: act(where))  # type: ignore[misc]
    return found


def _get(path: str) -> Callable[[Desk], None]:
    def get(desk: Desk) -> None:
        assert desk.client.get(path).status_code == 200, path

    return get


def _further(desks: Desks, path: str) -> Callable[[Desk], None]:
    """The fifth page of a view, whose address each desk says by itself."""
    found: dict[str, str] = {}
    for desk in (desks.few, desks.many):
        go_to(desk.name)
        here = path
        for _ in range(4):
            page = desk.client.get(here, headers={"accept-encoding": "identity"}).content.decode()
            here = unescape(page.rpartition('<p class="list-more"><a class="btn btn-sm" href="')[2].partition('"')[0])
        found[desk.name] = here
    return lambda desk: _get(found[desk.name])(desk)


def _figures(found: Mapping[str, tuple[Times, Times]]) -> Iterator[Figure]:
    for name, (many, few) in found.items():
        yield Figure(
            name=f"{name}, median",
            ours=many.median,
            floor=few.median,
            unit="ms",
            at_most=3 if name.startswith("filter") else 1.15,
            note=f"{MANY:,} tickets against {FEW:,}",
        )
