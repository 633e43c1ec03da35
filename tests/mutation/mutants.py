"""Mutants of one file: its functions, each with one small thing changed.

Changed are comparisons, `and` and `or`, `not`, arithmetic, numbers, codes, what conditions ask, what is returned, and whether a
statement happens at all. Left alone are what people read (texts with a space in them, which includes SQL), what goes into the
log, annotations, decorators, and what stands outside functions.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

Edit = Callable[[ast.AST], ast.AST | None]
"""Changes a node; what it returns, if anything, takes the node's place."""

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_LOGS = {"log", "logger", "logging"}
_REACHED = "__reached__"


@dataclass(frozen=True)
class Mutant:
    """One change. `place` and `edit` say which node of the file's tree, and which of its changes; `statement` is its line."""

    path: Path
    function: str
    statement: int
    line: int
    place: int
    edit: int
    change: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.change}"


def mutants(path: Path) -> list[Mutant]:
    """All of a file's mutants, in its order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    found = []
    for node, function, statement in _inside_functions(tree):
        for edit, (change, _apply) in enumerate(_edits(node)):
            line = getattr(node, "lineno", statement)
            found.append(Mutant(path, function, statement, line, numbers[id(node)], edit, change))
    return sorted(found, key=lambda each: (each.line, each.place, each.edit))


def code_of(mutant: Mutant) -> CodeType:
    """The whole file, compiled, with the change in it."""
    tree = ast.parse(mutant.path.read_text(encoding="utf-8"))
    node = next(each for number, each in enumerate(ast.walk(tree)) if number == mutant.place)
    _change, apply = list(_edits(node))[mutant.edit]
    other = apply(node)
    if other is not None:
        _Exchange(node, ast.copy_location(other, node)).visit(tree)
    return compile(ast.fix_missing_locations(tree), str(mutant.path), "exec")


def reporting(path: Path) -> CodeType:
    """The whole file, compiled, so that each statement in its functions first says its line to `__reached__`."""
    tree = _Reporting(str(path)).visit(ast.parse(path.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


def functions(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """The code of each function that a module or one of its classes holds, by name and first line."""
    found = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and inner.co_flags & inspect.CO_NEWLOCALS:
            found[inner.co_qualname, inner.co_firstlineno] = inner
        elif isinstance(inner, CodeType):  # the body of a class
            found |= functions(inner)
    return found


def _inside_functions(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int]]:
    """Each node of a function's body, with the outermost function that it is in and the line of its statement."""

    def walk(node: ast.AST, function: str, statement: int) -> Iterator[tuple[ast.AST, str, int]]:
        statement = node.lineno if isinstance(node, ast.stmt) else statement
        yield node, function, statement
        for child in _mutable_children(node):
            yield from walk(child, function, statement)

    def outer(body: list[ast.stmt], names: tuple[str, ...]) -> Iterator[tuple[ast.AST, str, int]]:
        for each in body:
            if isinstance(each, ast.ClassDef):
                yield from outer(each.body, (*names, each.name))
            elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                for inner in _without_docstring(each.body):
                    yield from walk(inner, ".".join([*names, each.name]), inner.lineno)

    yield from outer(tree.body, ())


def _mutable_children(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node is changed: no annotations, decorators, docstrings, nor what goes into the log."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_log(node.func.value):
        return
    if isinstance(node, ast.JoinedStr) and any(" " in _text(part).strip() for part in node.values):
        yield from (part for part in node.values if isinstance(part, ast.FormattedValue))  # a sentence
        return
    skipped = {"annotation", "returns", "decorator_list", "format_spec", "args" if _defines(node) else ""}
    for name, value in ast.iter_fields(node):
        if name in skipped:
            continue
        values = _without_docstring(value) if name == "body" and _defines(node) else value
        yield from (each for each in (values if isinstance(values, list) else [values]) if isinstance(each, ast.AST))


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _defines(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in _LOGS


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    says = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return body[1:] if says else body


def _edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """What can be changed about one node, in words and as what does it."""
    if isinstance(node, ast.Constant):
        yield from _other_constants(node)
    else:
        yield from _other_operators(node)
        yield from _other_statements(node)


def _other_operators(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                if other := _OTHER.get(type(operator)):
                    yield f"{_name(operator)} to {other.__name__}", _exchanging("ops", other, place)
        case ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            if other := _OTHER.get(type(node.op)):
                yield f"{_name(node.op)} to {other.__name__}", _exchanging("op", other)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield f"without {_name(node.op)}", lambda it: it.operand  # type: ignore[attr-defined]


def _other_statements(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    match node:
        case ast.Return(value=ast.expr()):
            # Where False is returned None means the same; that it becomes True is tried.
            if not (isinstance(node.value, ast.Constant) and node.value.value in {None, False}):
                yield "returns None", _set("value", ast.Constant(None))
        case ast.Continue():
            yield "continue to break", lambda _it: ast.Break()
        case ast.Break():
            yield "break to continue", lambda _it: ast.Continue()
    if isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(
        node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
    ):
        yield "the condition turned round", lambda it: _set("test", ast.UnaryOp(ast.Not(), it.test))(it)  # type: ignore[attr-defined]
    if _can_be_left_out(node):
        yield f"without `{ast.unparse(node).splitlines()[0][:60]}`", lambda _it: ast.Pass()


def _can_be_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        call = node.value
        logs = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _is_log(call.func.value)
        return isinstance(call, ast.Call | ast.Yield | ast.YieldFrom) and not logs
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return isinstance(node, ast.Raise | ast.AugAssign | ast.Delete)


def _other_constants(node: ast.Constant) -> Iterator[tuple[str, Edit]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} to {not value}", _set("value", not value)
    elif isinstance(value, int | float):
        yield f"{value} to {value + 1}", _set("value", value + 1)
    elif isinstance(value, bytes):
        yield f"{value!r} to another", _set("value", b"XX" + value)
    elif isinstance(value, str) and " " not in value.strip():
        yield f"{value!r} to another", _set("value", f"XX{value}")


def _name(node: ast.AST) -> str:
    return type(node).__name__


def _set(name: str, value: object) -> Edit:
    def apply(node: ast.AST) -> None:
        setattr(node, name, value)

    return apply


def _exchanging(name: str, other: type[ast.AST], place: int | None = None) -> Edit:
    def apply(node: ast.AST) -> None:
        if place is None:
            setattr(node, name, other())
        else:
            getattr(node, name)[place] = other()

    return apply


class _Exchange(ast.NodeTransformer):
    """One node for another."""

    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self._node, self._other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        return self._other if node is self._node else self.generic_visit(node)


class _Reporting(ast.NodeTransformer):
    """Before each statement inside a function, a call with its line."""

    def __init__(self, path: str) -> None:
        self._path, self._depth = path, 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._depth += 1
        begin = len(node.body) - len(_without_docstring(node.body))
        self.generic_visit(node)
        node.body = node.body[:begin] + self._told(node.body[begin:])
        self._depth -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if self._depth and not _defines(node):
            for name in ("body", "orelse", "finalbody"):
                value = getattr(node, name, None)
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    setattr(node, name, self._told(value))
        return node

    def _told(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for each in body:
            call = ast.Call(ast.Name(_REACHED, ast.Load()), [ast.Constant(self._path), ast.Constant(each.lineno)], [])
            found += [ast.copy_location(ast.Expr(call), each), each]
        return found
