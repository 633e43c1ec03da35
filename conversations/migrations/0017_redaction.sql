-- 7. A receipt is emptied with its customer, or when it was kept for as long as the rule says and its ticket is not held; nothing
-- else takes its words.
CREATE FUNCTION drafting_receipt_held(of_ticket bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM privacy_hold
                    WHERE ticket_id = of_ticket AND approved_at IS NOT NULL AND ended_at IS NULL AND expires_at > clock_timestamp())
$$;

CREATE FUNCTION drafting_receipt_is_old(of_ticket bigint, made timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('countersign.action', true), '') = 'text.erased'
       AND made < statement_timestamp()
           - make_interval(days => coalesce((SELECT days FROM drafting_receipt_rule ORDER BY id DESC LIMIT 1), 90))
       AND NOT drafting_receipt_held(of_ticket)
$$;

CREATE OR REPLACE FUNCTION drafting_call_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.request_bytes, NEW.redaction, NEW.ticket_id, NEW.draft_id, NEW.settings_id, NEW.customer_id, NEW.created_at)
       IS DISTINCT FROM
       (OLD.request_bytes, OLD.redaction, OLD.ticket_id, OLD.draft_id, OLD.settings_id, OLD.customer_id, OLD.created_at)
       OR (octet_length(NEW.request_sealed) > 0 AND (NEW.request_sealed, NEW.placeholders_sealed)
           IS DISTINCT FROM (OLD.request_sealed, OLD.placeholders_sealed)) THEN
        RAISE EXCEPTION 'a receipt is kept as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF octet_length(NEW.request_sealed) = 0 AND octet_length(OLD.request_sealed) > 0
       AND NOT privacy_erasing(OLD.ticket_id) AND NOT drafting_receipt_is_old(OLD.ticket_id, OLD.created_at) THEN
        RAISE EXCEPTION 'a receipt is erased with its customer or when it is old, when that is due'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
