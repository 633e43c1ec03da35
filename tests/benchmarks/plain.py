"""The floor of intake: a create view of Django REST framework as one writes it, beside the desk in the same server process.

It validates, authenticates by the same kind of token, and writes through the ORM, in one transaction, the rows that the
desk wrote for its newest ticket, into copies of the tables with the same indexes. Nothing watches over those: no foreign
keys, no triggers, no actions, nobody who is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import F
from django.urls import include, path
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated

from conversations.drafting.models import Draft
from conversations.tickets.models import Customer, Message, Sending, Ticket
from desk.jobs import Job
from desk.ledger.models import Counter, Entry, Salt

COPIED: tuple[type[models.Model], ...] = (Customer, Ticket, Message, Draft, Sending, Job, Entry, Salt, Counter)


def lay() -> None:
    """Make the copies, with their indexes."""
    with connection.cursor() as cursor:
        for model in COPIED:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
        cursor.execute("INSERT INTO plain_ledger_counter SELECT * FROM ledger_counter")


def _plain(model: type[models.Model]) -> Any:
    """A model without relations for the copy of this one's table."""
    fields: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        target = field.target_field if field.is_relation else None
        if target is None:
            fields[field.attname] = field.clone()
        elif isinstance(target, models.UUIDField):
            fields[field.attname] = models.UUIDField(null=True)
        else:
            fields[field.attname] = models.BigIntegerField(null=True)
    meta = type("Meta", (), {"managed": False, "db_table": f"plain_{model._meta.db_table}", "app_label": "benchmarks"})
    return type(f"Plain{model.__name__}", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})


PLAIN = {model: _plain(model) for model in COPIED}


@cache
def pattern() -> list[tuple[Any, dict[str, Any]]]:
    """What the desk wrote for its newest ticket besides customer and ticket: models, and values without their keys."""
    ticket = Ticket.objects.latest("number")
    entries = Entry.objects.filter(thread=ticket.ref).order_by("seq")
    rows: list[Any] = [
        *Message.objects.filter(ticket=ticket),
        *Draft.objects.filter(ticket=ticket),
        *Sending.objects.filter(message__ticket=ticket),
        *Job.objects.filter(thread=ticket.ref),
        *entries,
        *Salt.objects.filter(seq__in=entries.values("seq")),
    ]
    return [
        (type(row), {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}) for row in rows
    ]


class CustomerSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = PLAIN[Customer]
        fields: ClassVar = ["email", "name"]


class TicketSerializer(serializers.ModelSerializer[Any]):
    customer = CustomerSerializer(write_only=True)
    body = serializers.CharField(write_only=True)

    class Meta:
        model = PLAIN[Ticket]
        fields: ClassVar = ["number", "subject", "body", "customer", "language", "status", "priority", "created_at"]
        read_only_fields: ClassVar = ["status", "created_at"]

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Any:
        now, asked = models.functions.Now(), validated_data.pop("customer")
        body = validated_data.pop("body")
        customer, _ = PLAIN[Customer].objects.get_or_create(
            email=asked["email"], defaults={"name": asked["name"], "created_at": now}
        )
        ticket = PLAIN[Ticket].objects.create(
            **validated_data, customer_id=customer.pk, channel="api", created_at=now, updated_at=now
        )
        rows = pattern()
        PLAIN[Counter].objects.update(value=F("value") + sum(model is Entry for model, _ in rows))
        seq = PLAIN[Counter].objects.get().value - sum(model is Entry for model, _ in rows)
        made: dict[tuple[type[models.Model], object], object] = {}
        for model, values in rows:
            seq += model is Entry
            row = PLAIN[model](**dict(_renewed(model, values, ticket, customer, body, seq, made)))
            row.save(force_insert=True)
            made[model, values[model._meta.pk.attname]] = row.pk
        ticket.refresh_from_db(fields=["created_at"])
        return ticket


def _renewed(
    model: type[models.Model],
    values: dict[str, Any],
    ticket: Any,
    customer: Any,
    body: str,
    seq: int,
    made: dict[Any, object],
) -> Iterator[tuple[str, Any]]:
    """The values of a row of the pattern for this ticket."""
    for field in model._meta.concrete_fields:
        name, value = field.attname, values[field.attname]
        if model is Entry and name == "seq":
            yield name, seq
        elif field.primary_key:
            continue
        elif name in {"ticket_id", "customer_id"}:
            yield name, {"ticket_id": ticket.pk, "customer_id": customer.pk}[name]
        elif field.is_relation:
            yield name, made.get((field.related_model, value), value)
        elif model is Salt and name == "seq":
            yield name, made[Entry, value]
        elif (model, name) == (Job, "key"):
            yield name, uuid.uuid4().hex
        elif (model, name) == (Message, "text"):
            yield name, body
        else:
            yield name, value


class Tickets(generics.CreateAPIView[Any]):
    permission_classes = (IsAuthenticated,)
    throttle_classes = ()
    serializer_class = TicketSerializer


urlpatterns = [path("plain/tickets/", Tickets.as_view()), path("", include("desk.urls"))]
