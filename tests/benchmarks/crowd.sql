-- So many tickets as a desk has after years, by statements that take all at once: %(count)s of them, every twentieth open.
-- Triggers stand aside for this session alone (it is the owner's): what they would write is written here.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';
SELECT setseed(0.5);

-- An index is made quicker of all rows than with each row.
CREATE TEMP TABLE dropped AS
SELECT i.schemaname, i.indexname, i.indexdef FROM pg_indexes i
 WHERE i.tablename IN ('tickets_ticket', 'tickets_message', 'tickets_words', 'tickets_customer', 'ledger_entry', 'drafting_draft')
   AND i.indexname NOT IN (SELECT conname FROM pg_constraint);
DO $$ DECLARE one text; BEGIN FOR one IN SELECT format('DROP INDEX %%I.%%I', schemaname, indexname) FROM dropped LOOP EXECUTE one; END LOOP; END $$;

INSERT INTO tickets_customer (id, email, name, phone, language, ai_consent_source, created_at)
SELECT md5('customer' || n)::uuid, 'customer' || n || '@example.com',
       (ARRAY['Carla', 'Hans', 'Lucía', 'Claire', 'Dev', 'Ola', 'Mia', 'Tom'])[1 + n %% 8] || ' ' || initcap(translate(left(md5(n::text), 6), '0123456789', 'ghijklmnop')),
       '', 'en', '', now()
  FROM generate_series(1, %(count)s / 4) AS n;

-- Words as they are in what people write: few very often, many seldom. "refund" in seven of ten, "zipper" in one of a
-- hundred, "gooseberry" in one of five thousand.
CREATE TEMP TABLE crowd AS
SELECT n, 1000000 + n AS number, 1 + n %% (%(count)s / 4) AS who, now() - (%(count)s - n) * interval '90 seconds' AS opened,
       n %% 20 = 0 AS open, (n / 20) %% 100 AS kind,
       (SELECT string_agg(left(translate(md5(floor(4000 * power(random(), 3) + 0 * (n + k))::text), '0123456789', 'ghijklmnop'), 7), ' ')
          FROM generate_series(1, 28) AS k)
       || CASE WHEN n %% 10 < 7 THEN ' refund' ELSE '' END || CASE WHEN n %% 100 = 3 THEN ' zipper' ELSE '' END
       || CASE WHEN n %% 5000 = 9 THEN ' gooseberry' ELSE '' END || ' NO-' || n AS said
  FROM generate_series(1, %(count)s) AS n;

INSERT INTO tickets_ticket (number, customer_id, subject, status, priority, channel, language, team_id, assignee_id, tags,
       created_at, updated_at, kept_for_people, last_inbound_id, waiting_since, due_at, lane, lane_why, snoozed_until,
       open_concerns, breaching_at, link_token, reply_token)
SELECT number, md5('customer' || who)::uuid, left(said, 60),
       CASE WHEN open THEN 'open' WHEN n %% 50 = 1 THEN 'pending' ELSE 'solved' END,
       (ARRAY['normal', 'normal', 'normal', 'high', 'low', 'urgent'])[1 + n %% 6], (ARRAY['mail', 'form', 'api'])[1 + n %% 3],
       (ARRAY['en', 'de', 'es', 'fr'])[1 + n %% 4], (%(teams)s::bigint[])[1 + n %% 7],
       CASE WHEN n %% 3 = 0 THEN (%(people)s::uuid[])[1 + n %% 11] END,
       CASE WHEN n %% 9 = 0 THEN ARRAY['delivery'] WHEN n %% 1999 = 0 THEN ARRAY['recall'] ELSE ARRAY[]::varchar[] END,
       opened, opened + random() * interval '2 days', '', number,
       CASE WHEN open THEN opened END, CASE WHEN open THEN opened + interval '8 hours' END,
       CASE WHEN NOT open THEN '' WHEN kind < 60 THEN 'review' WHEN kind < 70 THEN 'drafting' WHEN kind < 85 THEN 'write' ELSE 'trouble' END,
       CASE WHEN open AND kind >= 85 THEN 'sending_failed' ELSE '' END,
       CASE WHEN open AND n %% 7 = 0 THEN now() + interval '1 day' END, 0, CASE WHEN open AND kind %% 7 = 0 THEN now() END,
       'link' || n, 'reply' || n
  FROM crowd;

INSERT INTO tickets_message (id, ticket_id, direction, customer_id, notice, text, text_hash, disclosure_kind, disclosure_text,
       mail_id, in_reply_to, created_at)
SELECT number, number, 'in', md5('customer' || who)::uuid, '', said, '', '', '', '', '', opened FROM crowd;

INSERT INTO drafting_draft (ticket_id, last_message_id, settings_id, state, version, text, sentences, unanswered, passages,
       language, risk, risks, failure, instruction, returned_because, created_at, ready_at)
SELECT number, number, %(settings)s, 'pending_review', 2, 'Dear customer, it is on its way.', '[]', '[]', '[]', 'en',
       (ARRAY['low', 'low', 'low', 'medium', 'high'])[1 + kind %% 5], '[]', '', '', '', opened, opened
  FROM crowd WHERE open AND kind < 60;

INSERT INTO tickets_words (ticket_id, opened_at, taken, words)
SELECT t.number, t.created_at, length(c.said),
       setweight(to_tsvector('simple', t.number::text) || tickets_words_in(t.language, t.subject), 'A')
    || setweight(to_tsvector('simple', p.name || ' ' || p.email || ' ' || replace(p.email, '@', ' ')), 'B')
    || tickets_words_in(t.language, c.said)
  FROM crowd c JOIN tickets_ticket t USING (number) JOIN tickets_customer p ON p.id = t.customer_id;
INSERT INTO ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf)
SELECT (SELECT value FROM ledger_counter) + n, opened, 'ticket.woke', 'system', 'ticket:' || number, 'ticket:' || number,
       '{}', '{}', '', '' FROM crowd;
UPDATE ledger_counter SET value = value + %(count)s;

DO $$ DECLARE one text; BEGIN FOR one IN SELECT indexdef FROM dropped LOOP EXECUTE one; END LOOP; END $$;
RESET session_replication_role;
RESET synchronous_commit;
DROP TABLE crowd;
DROP TABLE dropped;
VACUUM ANALYZE;
