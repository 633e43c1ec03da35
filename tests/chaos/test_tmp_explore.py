from __future__ import annotations
import itertools, collections, time, os
import pytest
from tests.chaos.scenes import SCENES, holds
from tests.chaos.meeting import meet
from tests.chaos.test_meetings import _pairs, _deadlocks

@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", SCENES)
def test_explore(company, scene):
    out = open(f"/tmp/explore-{scene.replace(' ','-')}.txt", "w")
    n = 0
    began = time.time()
    outcomes = collections.Counter()
    dead = 0
    for first, second in _pairs(scene, company):
        for after in itertools.count(1):
            n += 1
            ticket, can = SCENES[scene](company)
            try:
                came = meet(can[first], can[second], after=after)
                holds(ticket)
            except BaseException as e:
                print("FAIL", first, second, after, type(e).__name__, str(e)[:300].replace("\n"," "), file=out, flush=True)
                continue
            outcomes[(first, second, came.first, came.second)] += 1
            d = _deadlocks()
            if d != dead:
                print("DEADLOCK", first, after, second, came, file=out, flush=True)
                dead = d
            if not came.held:
                break
            if after > 80: break
    print(n, time.time() - began, dead, file=out)
    for k, v in sorted(outcomes.items()): print(*k, v, file=out)
