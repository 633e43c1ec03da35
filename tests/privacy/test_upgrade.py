"""An installation of before: what it kept of calls in clear is encrypted, opens, and is gone where it stood."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from conversations.drafting.receipts import placeholders_of, request_of, response_of
from conversations.models import ModelCall
from tests.databases import tables_of_before

BEFORE = [("desk", "0002_walls"), ("accounts", "0003_palette"), ("conversations", "0007_palette")]
REQUEST = json.dumps({"messages": [{"role": "user", "content": "[name-1] wants a refund"}]})
CALLS = 450
"""More than two batches."""

OLD = """
SELECT set_config('countersign.action', 'trial', true);
INSERT INTO tickets_customer (id, email, name, phone, language, ai_consent_source, created_at)
    VALUES ('11111111-1111-4111-8111-111111111111', 'carla@example.com', 'Carla', '', 'en', '', now());
INSERT INTO tickets_ticket (customer_id, subject, status, priority, channel, language, tags, created_at, updated_at,
        kept_for_people, lane, lane_why, open_concerns, link_token, reply_token)
    VALUES ('11111111-1111-4111-8111-111111111111', 'Refund', 'new', 'normal', 'api', 'en', '{}', now(), now(), '', '', '', 0,
            'link', 'reply');
INSERT INTO tickets_message (ticket_id, direction, customer_id, notice, text, text_hash, disclosure_kind, disclosure_text,
        mail_id, in_reply_to, created_at)
    SELECT number, 'in', customer_id, '', 'Hello', encode(sha256('Hello'), 'hex'), '', '', '', '', now() FROM tickets_ticket;
INSERT INTO drafting_settings (fingerprint, model, provider, prompt_version, redactor_version, created_at)
    VALUES ('f', 'm', 'p', '1', '1', now());
INSERT INTO drafting_draft (ticket_id, last_message_id, settings_id, state, version, text, sentences, unanswered, passages,
        language, risk, failure, instruction, returned_because, created_at)
    SELECT m.ticket_id, m.id, s.id, 'failed', 1, '', '[]', '[]', '[]', 'en', 'low', '', '', '', now()
      FROM tickets_message m, drafting_settings s;
INSERT INTO drafting_model_call (draft_id, ticket_id, settings_id, request, request_hash, request_bytes, redaction,
        placeholders, state, response, error, model, prompt_tokens, completion_tokens, seconds, created_at)
    SELECT d.id, d.ticket_id, d.settings_id, r.request, encode(sha256(convert_to(r.request, 'UTF8')), 'hex'),
           octet_length(r.request), '{"version": "1", "replaced": {}}', '{"[name-1]": "Carla"}', 'answered',
           CASE WHEN n %% 2 = 0 THEN 'It is on its way, ' || n ELSE '' END, '', 'm', 1, 1, 0.5, now()
      FROM drafting_draft d, (SELECT %s::text) r (request), generate_series(1, %s) n
"""


@pytest.fixture
def before(own_database: str) -> Any:
    """The tables as version 0.1 had them."""
    return tables_of_before(*BEFORE)


def test_receipts_of_before_are_sealed_open_and_are_nowhere_in_clear(before: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        first, _, last = OLD.rpartition(";")
        cursor.execute(first.replace("%%", "%"))
        cursor.execute(last, [REQUEST, CALLS])
    call_command("migrate", verbosity=0, interactive=False)
    calls = list(ModelCall.objects.order_by("pk"))
    assert len(calls) == CALLS
    for number, call in enumerate(calls, 1):
        assert request_of(call) == REQUEST
        assert placeholders_of(call) == {"[name-1]": "Carla"}
        assert response_of(call) == (f"It is on its way, {number}" if number % 2 == 0 else "")
        assert call.request_bytes == len(REQUEST)
    with connection.cursor() as cursor:
        with cursor.copy("COPY drafting_model_call TO STDOUT") as rows:
            told = b"".join(bytes(row) for row in rows)
        cursor.execute("SELECT count(*) FROM desk_data_key")
        assert cursor.fetchone() == (1,)
    assert b"refund" not in told
    assert b"on its way" not in told
