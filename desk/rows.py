"""Rows read and written by statements that Django makes once for a model, and not anew each time.

Making a statement is what the ORM costs most of: of the 0.33 ms of processor time that `Message.objects.create` takes, 0.26
go by before anything is sent (measured). On the main path, where an action reads three rows and writes six, that is more
than all the rest; elsewhere the ORM itself is the plainer choice. What is written, converted and refused is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    Expression,
    Field,
    Func,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.query import get_related_populators
from psycopg import ClientCursor
from psycopg.types.numeric import Int4, Int8

from desk import statements
from desk.statements import run, write

M = TypeVar("M", bound=Model)


def insert(row: M) -> M:
    """What `row.save(force_insert=True)` does, without signals. The row has its key afterwards.

    Where a key is reserved for it the write waits; otherwise its answer is the key.
    """
    row.pk = row.pk or statements.reserved(row._meta.db_table)
    statement, fields = _insert(type(row), row.pk is None)
    values = _values(row, fields, adding=True)
    if row.pk is None:
        (row.pk,) = run(statement, values).fetchone()
    else:
        write(statement, values)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update(row: Model, *fields: str) -> None:
    """What `row.save(update_fields=fields)` does, without signals, for a row that the action has locked."""
    statement, columns = _update(type(row), fields)
    write(statement, [*_values(row, columns, adding=False), row.pk])


def reserve(*models: type[Model]) -> None:
    """Have a key drawn for a row of each of these models which the action will insert: an insert whose key is known waits.

    Keys are drawn behind the next statement. Let that be the one that locks the ticket, as the rows of a ticket are read in
    the order of their keys.
    """
    statements.reserve(*(model._meta.db_table for model in models))


def drawn(model: type[Model]) -> int:
    """A key for a row of this model which the action will insert, for what has to know it before; a reserved one if there is."""
    table = model._meta.db_table
    if (key := statements.reserved(table)) is None:
        (key,) = run(f"SELECT nextval('{table}_id_seq')").fetchone()
    return key


def written_out(rows: QuerySet[Any]) -> str:
    """A query with its values in it, for statements that are run often.

    Making and planning one is most of what a list costs. PostgreSQL plans this once for each connection, as it has no values
    of its own (`statements.run`), and by the partial indexes of just these values, which it could not do for any others.
    """
    statement, values = rows.query.sql_with_params()
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(statement, values)


class Asked(Expression):
    """The place of a value in a query that is made once: `Person.objects.filter(team=Asked("team"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


def one_of(column: str, keys: Sequence[int] | Asked) -> Func:
    """`column__in=keys`, as one value: Django writes another statement for each number of keys."""
    values = keys if isinstance(keys, Asked) else Value(list(keys), output_field=ArrayField(BigIntegerField()))
    return Func(column, values, template="%(expressions)s)", arg_joiner=" = ANY (", output_field=BooleanField())


class Reading(Generic[M]):
    """A query that is made once and asked again and again, with what it selects beside its rows.

    By key it gives what `rows.get(pk=key)` does; with values for its `Asked` places, all of its rows, or whether there are any.
    """

    def __init__(self, rows: QuerySet[M, Any]) -> None:
        self._rows = rows

    def get(self, key: object) -> M:
        """The row as it is now. Raises the model's DoesNotExist."""
        if (found := self.find(key)) is None:
            model: Any = self._rows.model
            raise model.DoesNotExist(f"There is no {model._meta.verbose_name} {key}.")
        return found

    def find(self, key: object) -> M | None:
        """The row as it is now, if there is one."""
        return next(self._one.objects({"pk": key}), None)

    def all(self, **asked: object) -> list[M]:
        """The rows as they are now, with these values."""
        return list(self._all.objects(asked))

    def tuples(self, **asked: object) -> list[tuple[Any, ...]]:
        """The same of a query of columns (`values_list`)."""
        made = self._columns
        found = statements.rows(made.statement, _filled(made.values, asked))
        return list(map(tuple, made.convert(found, made.converters)))

    def exists(self, **asked: object) -> bool:
        """Whether there is such a row now."""
        statement, values = self._any
        return bool(statements.rows(statement, _filled(values, asked)))

    def foresee(self, **asked: object) -> None:
        """Have `all` with these values asked along with the next statement (see `statements.foresee`)."""
        self._all.foresee(asked)

    def foresee_one(self, key: object) -> None:
        """The same for `get` and `find`."""
        self._one.foresee({"pk": key})

    def foresee_tuples(self, **asked: object) -> None:
        """The same for `tuples`."""
        made = self._columns
        statements.foresee(made.statement, _filled(made.values, asked))

    def foresee_any(self, **asked: object) -> None:
        """The same for `exists`."""
        statement, values = self._any
        statements.foresee(statement, _filled(values, asked))

    @cached_property
    def _one(self) -> _Made[M]:
        return _Made(self._rows.filter(pk=Asked("pk")))

    @cached_property
    def _all(self) -> _Made[M]:
        return _Made(self._rows)

    @cached_property
    def _columns(self) -> _Columns:
        return _Columns(self._rows)

    @cached_property
    def _any(self) -> tuple[str, Sequence[object]]:
        statement, values = self._rows.query.exists().get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return statement, values


def _filled(values: Sequence[object], asked: Mapping[str, object]) -> list[object]:
    return [asked[value.name] if isinstance(value, Asked) else value for value in values]


class _Made(Generic[M]):
    """A statement of Django's, and how its rows become objects: what QuerySet does each time, done once."""

    def __init__(self, rows: QuerySet[M, Any]) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._statement, self._values = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        self._model: type[M] = rows.model
        self._names = [columns[place].target.attname for place in compiler.klass_info["select_fields"]]
        self._related = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self._annotations = compiler.annotation_col_map.items()
        self._converters = compiler.get_converters(columns)
        self._convert = compiler.apply_converters

    def foresee(self, asked: Mapping[str, object]) -> None:
        statements.foresee(self._statement, _filled(self._values, asked))

    def objects(self, asked: Mapping[str, object]) -> Iterator[M]:
        rows = statements.rows(self._statement, _filled(self._values, asked))
        for row in self._convert(rows, self._converters):
            found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[: len(self._names)])
            for related in self._related:
                related.populate(row, found)
            for name, place in self._annotations:
                setattr(found, name, row[place])
            yield found


class _Columns:
    """The same for a query of columns: what ValuesListIterable does."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        query: Any = rows.query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self.statement, self.values = compiler.as_sql()
        self.converters = compiler.get_converters([column for column, _, _ in compiler.select])
        self.convert = compiler.apply_converters


def _values(row: Model, fields: Sequence[_Saved], *, adding: bool) -> list[object]:
    database = connections[DEFAULT_DB_ALIAS]
    return [field.value(row, adding, database) for field in fields]


class _Saved:
    """How a field's value is saved. What is of the field's own type already, as nearly all values are, needs no conversion."""

    __slots__ = ("field", "name", "sent", "type")

    def __init__(self, field: Any) -> None:
        self.field, self.name = field, field.attname
        kept: Any = field.target_field if field.remote_field else field
        # Exactly these: a field that converts in a way of its own is asked, and so is one that makes its value when saved.
        as_it_is = type(field).pre_save is Field.pre_save
        self.type: type | None = _OWN_TYPES.get(type(kept)) if as_it_is else None
        self.sent: type | None = _WIDTHS.get(type(kept))

    def value(self, row: Model, adding: bool, database: Any) -> object:
        value = getattr(row, self.name)
        if self.type is None or (type(value) is not self.type and value is not None):
            return self.field.get_db_prep_save(self.field.pre_save(row, adding), database)
        # Django tells PostgreSQL how wide a column of numbers is, though not for keys.
        return value if self.sent is None or value is None else self.sent(value)


_OWN_TYPES: dict[type[Any], type] = {
    CharField: str,
    TextField: str,
    BooleanField: bool,
    UUIDField: UUID,
    IntegerField: int,
    BigIntegerField: int,
    BigAutoField: int,
}
_WIDTHS: dict[type[Any], type] = {IntegerField: Int4, BigIntegerField: Int8}


@cache
def _insert(model: type[Model], to_be_numbered: bool) -> tuple[str, list[_Saved]]:
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field is not key or not to_be_numbered]
    columns, places = ", ".join(_name(field) for field in fields), ", ".join(_place(field) for field in fields)
    answer = f" RETURNING {_name(key)}" if to_be_numbered else ""
    return f"INSERT INTO {_table(model)} ({columns}) VALUES ({places}){answer}", list(map(_Saved, fields))


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[_Saved]]:
    fields = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{_name(field)} = {_place(field)}" for field in fields)
    return f"UPDATE {_table(model)} SET {changes} WHERE {_name(model._meta.pk)} = %s", list(map(_Saved, fields))


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _name(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _place(field: Any) -> str:
    """How the field takes its value in: arrays say their type."""
    return str(field.get_placeholder(None, None, connection)) if hasattr(field, "get_placeholder") else "%s"
