CREATE OR REPLACE FUNCTION drafting_call_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.request_bytes, NEW.redaction, NEW.ticket_id, NEW.draft_id, NEW.settings_id, NEW.customer_id)
       IS DISTINCT FROM
       (OLD.request_bytes, OLD.redaction, OLD.ticket_id, OLD.draft_id, OLD.settings_id, OLD.customer_id)
       OR (octet_length(NEW.request_sealed) > 0 AND (NEW.request_sealed, NEW.placeholders_sealed)
           IS DISTINCT FROM (OLD.request_sealed, OLD.placeholders_sealed)) THEN
        RAISE EXCEPTION 'a receipt is kept as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF octet_length(NEW.request_sealed) = 0 AND octet_length(OLD.request_sealed) > 0
       AND NOT privacy_erasing(OLD.ticket_id) THEN
        RAISE EXCEPTION 'a receipt is erased with its customer, when that is due' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION drafting_receipt_is_old(bigint, timestamptz);
DROP FUNCTION drafting_receipt_held(bigint);
