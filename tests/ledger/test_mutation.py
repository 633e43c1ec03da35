"""The tests of the ledger are tried themselves: small faults are put into its code, and they have to notice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.mutation.__main__ import LEDGER, PARTS
from tests.mutation.mutants import code_of, functions, mutants


@pytest.mark.long
@pytest.mark.timeout(45 * 60)
def test_at_least_85_of_100_small_faults_in_the_ledger_are_noticed() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.mutation"], stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout


def test_each_mutant_is_another_function_that_compiles() -> None:
    path = LEDGER / "verify" / "report.py"
    found = mutants(path)
    assert len({str(each) for each in found}) > 5
    real = functions(compile(path.read_text(encoding="utf-8"), str(path), "exec"))
    for mutant in found:
        other = functions(code_of(mutant))
        assert other.keys() == real.keys()
        assert [name for (name, _line), code in other.items() if code != real[name, _line]] == [mutant.function], mutant


def test_every_part_names_files_and_tests_that_there_are() -> None:
    for files, tests in PARTS.values():
        for name in (
            *(LEDGER / each for each in files),
            *(LEDGER.parent.parent / "tests/ledger" / f"{each}.py" for each in tests),
        ):
            assert name.exists(), name
