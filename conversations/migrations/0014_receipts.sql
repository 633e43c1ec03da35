-- 7. A receipt is kept encrypted with its customer's key, and longer than what left by exactly what that costs.
ALTER TABLE drafting_model_call
    ALTER COLUMN customer_id SET NOT NULL,
    ALTER COLUMN request_sealed SET NOT NULL,
    DROP COLUMN request,
    DROP COLUMN request_hash,
    DROP COLUMN placeholders,
    DROP COLUMN response;

CREATE OR REPLACE FUNCTION drafting_call_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE because text := drafting_refused(NEW.ticket_id, NEW.settings_id);
BEGIN
    IF because IS NOT NULL THEN
        RAISE EXCEPTION 'no model call: %', because USING ERRCODE = 'check_violation', CONSTRAINT = 'drafting_barred';
    END IF;
    -- The receipt says what was replaced, and by which redactor.
    IF NEW.redaction -> 'version' IS NULL OR NEW.redaction -> 'replaced' IS NULL THEN
        RAISE EXCEPTION 'no model call without redaction' USING ERRCODE = 'check_violation';
    END IF;
    IF octet_length(NEW.request_sealed) <> NEW.request_bytes + 29 OR get_byte(NEW.request_sealed, 0) <> 1 THEN
        RAISE EXCEPTION 'a receipt is sealed, and as long as what left' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM tickets_ticket WHERE number = NEW.ticket_id AND customer_id = NEW.customer_id) THEN
        RAISE EXCEPTION 'a receipt is kept with the key of its customer' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

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
CREATE TRIGGER drafting_call_kept BEFORE UPDATE ON drafting_model_call
    FOR EACH ROW EXECUTE FUNCTION drafting_call_kept();
