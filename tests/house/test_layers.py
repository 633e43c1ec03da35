"""Inside a room files know only those below them.

urls → views | api | tasks | reactions → actions → access | queries → models → states.

The walls between packages and rooms are import-linter's (pyproject.toml); this is the order of the files in a room.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RANKS = {
    "urls": 7,
    "api_urls": 7,
    "views": 6,
    "api": 6,
    "tasks": 6,
    "reactions": 6,
    "feed": 6,
    "management": 6,
    "forms": 5,
    "actions": 4,
    "access": 3,
    "queries": 3,
    "kinds": 2,
    "models": 1,
    "states": 0,
}
NO_ROOMS = {"migrations", "management"}
ROOMS = [
    ROOT / "accounts",
    *(
        path.parent
        for path in sorted((ROOT / "conversations").glob("*/__init__.py"))
        if path.parent.name not in NO_ROOMS
    ),
]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules imported by a file, imports for type checkers aside."""
    tree = ast.parse(path.read_text())
    checked = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in checked:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_files_of_a_room_know_only_what_is_below_them(room: Path) -> None:
    package = ".".join(room.relative_to(ROOT).parts)
    broken = []
    for path in room.rglob("*.py"):
        parts = path.relative_to(room).with_suffix("").parts
        mine = RANKS.get(parts[0])
        if mine is None or "migrations" in parts:
            continue
        for module, line in imports(path):
            if not module.startswith(package + "."):
                continue
            other = module.removeprefix(package + ".").split(".")[0]
            rank = RANKS.get(other)
            if rank is not None and (rank > mine or (rank == mine and other != parts[0])):
                broken.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_is_for_and_what_it_never_does(room: Path) -> None:
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text()))
    assert said
    assert len(said.splitlines()) >= 3


def test_the_frame_knows_neither_people_nor_tickets() -> None:
    shell = {"settings.py", "urls.py", "asgi.py", "wsgi.py", "celery.py"}
    for path in (ROOT / "desk").rglob("*.py"):
        if path.name in shell and path.parent.name == "desk":
            continue
        for module, line in imports(path):
            assert not module.startswith(("accounts", "conversations")), (
                f"{path.relative_to(ROOT)}:{line} imports {module}"
            )


def test_room_tables_are_written_in_actions_alone() -> None:
    """Views, tasks, queries and the like never call what writes."""
    writes = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "save", "update"}
    frames = {"Job", "Answer", "session"}
    broken = []
    for room in ROOMS:
        for path in room.rglob("*.py"):
            parts = path.relative_to(room).with_suffix("").parts
            if parts[0] not in {"views", "api", "tasks", "queries", "access", "reactions", "forms", "urls"}:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes:
                    target = ast.unparse(node.func.value)
                    if ".objects" in target and not any(target.startswith(frame) for frame in frames):
                        broken.append(f"{path.relative_to(ROOT)}:{node.lineno} {target}.{node.func.attr}")
    assert not broken, "\n".join(broken)
