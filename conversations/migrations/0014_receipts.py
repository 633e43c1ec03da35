from pathlib import Path
from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models, transaction

from desk.data_keys import key_for
from desk.encryption import seal
from desk.guards import steps

SQL = Path(__file__).with_name("0014_receipts.sql").read_text()
AT_ONCE = 200  # receipts, about 10 KB each


def encrypt(apps: Any, editor: Any) -> None:
    """Receipts as they were become sealed ones, a few at a time. A second run goes on where the first one ended."""
    connection, alias = editor.connection, editor.connection.alias
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS drafting_call_kept ON drafting_model_call")
    while True:
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('countersign.action', 'receipts.sealed', true)")
            cursor.execute(
                "SELECT c.id, t.customer_id, c.request, c.placeholders::text, c.response FROM drafting_model_call c "
                "JOIN tickets_ticket t ON t.number = c.ticket_id WHERE c.request_sealed IS NULL "
                "ORDER BY c.id LIMIT %s FOR NO KEY UPDATE OF c",
                [AT_ONCE],
            )
            rows = cursor.fetchall()
            for call, customer, *texts in rows:
                owner = f"customer:{customer}"
                key = key_for(owner)
                sealed = [
                    seal(key, text.encode(), f"drafting_model_call|{part}|{call}|{owner}") if text else b""
                    for part, text in zip(("request", "placeholders", "response"), texts, strict=True)
                ]
                # What was readable goes at once: a column that is dropped leaves its values lying in the rows.
                cursor.execute(
                    "UPDATE drafting_model_call SET customer_id = %s, request_sealed = %s, placeholders_sealed = %s, "
                    "response_sealed = %s, request_bytes = octet_length(request), request = '', placeholders = '{}', "
                    "response = '' WHERE id = %s",
                    [customer, *sealed, call],
                )
        if not rows:
            break
    with connection.cursor() as cursor:
        cursor.execute("VACUUM drafting_model_call")


class Migration(migrations.Migration):
    """Encrypts what was kept of calls, then forgets the readable columns. Not reversible: it would make them readable."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0013_erasure"), ("desk", "0005_erasure")]
    operations: ClassVar = [
        migrations.RunPython(encrypt),
        migrations.SeparateDatabaseAndState(
            database_operations=[steps(SQL)],
            state_operations=[
                migrations.RemoveField("modelcall", "request"),
                migrations.RemoveField("modelcall", "request_hash"),
                migrations.RemoveField("modelcall", "placeholders"),
                migrations.RemoveField("modelcall", "response"),
                migrations.AlterField("modelcall", "request_sealed", models.BinaryField()),
                migrations.AlterField(
                    "modelcall",
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.customer"
                    ),
                ),
            ],
        ),
    ]
