-- Whether what is kept of this ticket may be blanked now: inside an erasing action, when its customer's erasure is due and
-- nothing holds it up. What the walls of 0002 keep goes by this door and by no other.
CREATE FUNCTION privacy_erasing(of_ticket bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('countersign.action', true), '') IN ('text.erased', 'customer.erased')
       AND EXISTS (
           SELECT 1 FROM tickets_ticket t JOIN privacy_erasure e ON e.customer_id = t.customer_id
            WHERE t.number = of_ticket AND e.state = 'open' AND e.due_at <= clock_timestamp()
              AND NOT EXISTS (
                  SELECT 1 FROM privacy_hold h JOIN tickets_ticket held ON held.number = h.ticket_id
                   WHERE held.customer_id = t.customer_id AND h.approved_at IS NOT NULL AND h.ended_at IS NULL
                     AND h.expires_at > clock_timestamp()))
$$;

-- 1. A message and a decision keep their words until their customer is erased; then they lose them and nothing else.
CREATE FUNCTION tickets_message_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT privacy_erasing(OLD.ticket_id) THEN
        RAISE EXCEPTION 'a message is erased with its customer, when that is due' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.text <> ''
       OR (NEW.ticket_id, NEW.direction, NEW.customer_id, NEW.person_id, NEW.service, NEW.notice, NEW.decision_id,
           NEW.draft_id, NEW.disclosure_kind, NEW.disclosure_text, NEW.created_at)
          IS DISTINCT FROM
          (OLD.ticket_id, OLD.direction, OLD.customer_id, OLD.person_id, OLD.service, OLD.notice, OLD.decision_id,
           OLD.draft_id, OLD.disclosure_kind, OLD.disclosure_text, OLD.created_at) THEN
        RAISE EXCEPTION 'a message is kept as it was written' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER tickets_message_kept BEFORE UPDATE ON tickets_message
    FOR EACH ROW WHEN (NOT (NEW.text_hash = '' AND OLD.text_hash <> '')) EXECUTE FUNCTION tickets_message_kept();
CREATE TRIGGER tickets_message_erased BEFORE UPDATE ON tickets_message
    FOR EACH ROW WHEN (NEW.text_hash = '' AND OLD.text_hash <> '') EXECUTE FUNCTION tickets_message_erased();

CREATE FUNCTION review_decision_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT privacy_erasing(OLD.ticket_id) THEN
        RAISE EXCEPTION 'a decision is erased with its customer, when that is due' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.text <> '' OR NEW.note <> '' OR NEW.instruction <> ''
       OR (NEW.ticket_id, NEW.draft_id, NEW.draft_version, NEW.kind, NEW.person_id, NEW.via, NEW.reason, NEW.next,
           NEW.standing, NEW.created_at)
          IS DISTINCT FROM
          (OLD.ticket_id, OLD.draft_id, OLD.draft_version, OLD.kind, OLD.person_id, OLD.via, OLD.reason, OLD.next,
           OLD.standing, OLD.created_at) THEN
        RAISE EXCEPTION 'a decision is kept as it was made' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER review_decision_kept BEFORE UPDATE ON review_decision
    FOR EACH ROW WHEN (NOT (NEW.text_hash = '' AND OLD.text_hash <> '')) EXECUTE FUNCTION review_decision_kept();
CREATE TRIGGER review_decision_erased BEFORE UPDATE ON review_decision
    FOR EACH ROW WHEN (NEW.text_hash = '' AND OLD.text_hash <> '') EXECUTE FUNCTION review_decision_erased();

-- A customer is erased when it is due, stays erased, and stays restricted from the asking on.
CREATE FUNCTION tickets_customer_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.restricted_at IS NULL OR NEW.name <> '') THEN
        RAISE EXCEPTION 'an erased customer stays erased' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (
           coalesce(current_setting('countersign.action', true), '') <> 'customer.erased' OR NEW.restricted_at IS NULL) THEN
        RAISE EXCEPTION 'a customer is erased by the action that does it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_customer_erased BEFORE UPDATE ON tickets_customer
    FOR EACH ROW EXECUTE FUNCTION tickets_customer_erased();

-- Every ticket of a restricted customer is restricted, those to come too.
CREATE FUNCTION tickets_ticket_restricted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.restricted := (SELECT restricted_at IS NOT NULL FROM tickets_customer WHERE id = NEW.customer_id);
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_ticket_restricted BEFORE INSERT OR UPDATE OF customer_id, restricted ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION tickets_ticket_restricted();
CREATE FUNCTION tickets_customer_restricted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tickets_ticket SET restricted = (NEW.restricted_at IS NOT NULL) WHERE customer_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_customer_restricted AFTER UPDATE OF restricted_at ON tickets_customer
    FOR EACH ROW WHEN ((OLD.restricted_at IS NULL) <> (NEW.restricted_at IS NULL))
    EXECUTE FUNCTION tickets_customer_restricted();

-- Nothing leaves for a restricted customer.
CREATE FUNCTION tickets_sending_unrestricted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tickets_message m JOIN tickets_ticket t ON t.number = m.ticket_id
                WHERE m.id = NEW.message_id AND t.restricted) THEN
        RAISE EXCEPTION 'nothing is sent to a customer who wants to be erased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_sending_begins_unrestricted BEFORE INSERT ON tickets_sending
    FOR EACH ROW WHEN (NEW.state = 'queued') EXECUTE FUNCTION tickets_sending_unrestricted();
CREATE TRIGGER tickets_sending_leaves_unrestricted BEFORE UPDATE ON tickets_sending
    FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION tickets_sending_unrestricted();

-- 6. As drafting_barred, and no model for a restricted customer. The rows that it reads are locked by the first one.
CREATE FUNCTION drafting_refused(asked bigint, with_settings bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE because text := drafting_barred(asked, with_settings);
BEGIN
    IF EXISTS (SELECT 1 FROM tickets_ticket WHERE number = asked AND restricted) THEN RETURN 'restricted'; END IF;
    RETURN because;
END $$;
CREATE FUNCTION drafting_draft_unrestricted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tickets_ticket WHERE number = NEW.ticket_id AND restricted) THEN
        RAISE EXCEPTION 'no draft: restricted' USING ERRCODE = 'check_violation', CONSTRAINT = 'drafting_barred';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_draft_begins_unrestricted BEFORE INSERT ON drafting_draft
    FOR EACH ROW WHEN (NEW.state IN ('queued', 'generating', 'pending_review'))
    EXECUTE FUNCTION drafting_draft_unrestricted();
CREATE TRIGGER drafting_draft_moves_unrestricted BEFORE UPDATE ON drafting_draft
    FOR EACH ROW WHEN (NEW.state IN ('queued', 'generating', 'pending_review') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION drafting_draft_unrestricted();

-- A second person is one who may answer for data, and a hold is as it was placed: only its second person and its end come.
CREATE FUNCTION privacy_hold_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.ticket_id, NEW.ground, NEW.expires_at, NEW.placed_by_id, NEW.placed_at)
       IS DISTINCT FROM (OLD.ticket_id, OLD.ground, OLD.expires_at, OLD.placed_by_id, OLD.placed_at)
       OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
       OR (OLD.approved_at IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)
       OR (NEW.note <> OLD.note AND NOT privacy_erasing(OLD.ticket_id)) THEN
        RAISE EXCEPTION 'a hold is kept as it was placed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privacy_hold_kept BEFORE UPDATE ON privacy_hold FOR EACH ROW EXECUTE FUNCTION privacy_hold_kept();
