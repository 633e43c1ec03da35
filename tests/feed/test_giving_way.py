"""What can wait is not told while a change is on its way to the pages."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desk.feed.reader import IN_ONE_TURN, Reader


@pytest.mark.parametrize(("give_way", "told"), [(True, IN_ONE_TURN), (False, 2 * IN_ONE_TURN)])
def test_counts_wait_for_a_change_and_go_on_behind_it_and_a_change_waits_for_nothing(give_way: bool, told: int) -> None:
    async def tell() -> list[int]:
        woken: list[int] = []
        sockets = [
            SimpleNamespace(wake=lambda number=number: woken.append(number)) for number in range(2 * IN_ONE_TURN)
        ]
        reader = SimpleNamespace(sockets=sockets, _quiet=asyncio.Event())  # a change is on its way
        telling = asyncio.create_task(Reader._tell_sockets(cast("Any", reader), give_way=give_way))
        for _ in range(10):
            await asyncio.sleep(0)
        counted = [len(woken)]
        reader._quiet.set()
        await asyncio.wait_for(telling, 5)
        return [*counted, len(woken)]

    assert asyncio.run(tell()) == [told, 2 * IN_ONE_TURN]
