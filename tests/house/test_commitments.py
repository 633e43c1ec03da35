"""What entries commit to can be found again: without that, `ledger verify` calls the ledger broken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from desk.ledger.texts import known_texts
from tests.cast import Cast
from tests.ledger.damage import wrong

ROOT = Path(__file__).resolve().parents[2]


def committed() -> Iterator[tuple[str, str]]:
    """Where a text is committed to, and what it is called: the second word of `f"{message.ref}:text"`."""
    for file in (file for package in ("desk", "accounts", "conversations") for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Text"
                and len(node.args) == 2
            ):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.args[1])


def test_every_text_that_is_committed_to_has_a_keeper() -> None:
    found = dict(committed())
    assert len(found) > 10
    called = {place: re.search(r":([a-z0-9_]+)(?=[:'\"])", source) for place, source in found.items()}
    unknown = {
        place: source for place, source in found.items() if (name := called[place]) and name[1] not in known_texts()
    }
    assert not unknown, (
        "Nobody finds these texts again. Say in the room's kinds.py where they are: kept_in('noun', Model, 'column') or "
        f"@kept('noun', 'name'), see desk/ledger/texts.py. {unknown}"
    )


def test_a_desk_at_work_verifies(company: Cast) -> None:
    company.ticket()
    assert wrong() == ""
