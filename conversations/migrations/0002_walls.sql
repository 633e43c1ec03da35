-- Numbers in front are those of the invariants in docs/invariants.md.

ALTER SEQUENCE tickets_ticket_number_seq RESTART WITH 1001;
INSERT INTO tickets_policy (id, ai_consent) VALUES (1, 'notice');

-- 1. What leaves was decided by a person, and is what was decided --------------------------------------------------

-- A decision is an active person's, of a role that decides; its hash is the hash of its text.
CREATE FUNCTION review_decision_by_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decider record; decided record;
BEGIN
    SELECT is_active, roles INTO decider FROM accounts_person WHERE id = NEW.person_id;
    IF NOT FOUND OR NOT decider.is_active OR NOT (decider.roles && ARRAY['agent', 'supervisor']::varchar[]) THEN
        RAISE EXCEPTION 'a decision needs an active person who may decide' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.text_hash <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash of the decision is not that of its text' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.draft_id IS NOT NULL THEN
        SELECT ticket_id, version, text INTO decided FROM drafting_draft WHERE id = NEW.draft_id;
        IF decided.ticket_id IS DISTINCT FROM NEW.ticket_id THEN
            RAISE EXCEPTION 'the decided draft is of another ticket' USING ERRCODE = 'check_violation';
        END IF;
        -- 8. The decision is about the draft as it is, and "approved" means every letter of it.
        IF decided.version <> NEW.draft_version OR (NEW.kind = 'approved' AND decided.text <> NEW.text) THEN
            RAISE EXCEPTION 'the decision is not about the draft as it is' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_decision_by_person BEFORE INSERT ON review_decision
    FOR EACH ROW EXECUTE FUNCTION review_decision_by_person();

-- What was decided is never rewritten; only whether it still stands may change, and only once.
CREATE FUNCTION review_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.ticket_id, NEW.draft_id, NEW.draft_version, NEW.kind, NEW.person_id, NEW.via, NEW.text, NEW.text_hash,
        NEW.reason, NEW.note, NEW.next, NEW.instruction, NEW.created_at)
       IS DISTINCT FROM
       (OLD.ticket_id, OLD.draft_id, OLD.draft_version, OLD.kind, OLD.person_id, OLD.via, OLD.text, OLD.text_hash,
        OLD.reason, OLD.note, OLD.next, OLD.instruction, OLD.created_at)
       OR (NEW.standing AND NOT OLD.standing) THEN
        RAISE EXCEPTION 'a decision is kept as it was made' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_decision_kept BEFORE UPDATE ON review_decision
    FOR EACH ROW EXECUTE FUNCTION review_decision_kept();

-- The composite key ties a message to the very draft that its decision is about.
ALTER TABLE review_decision ADD CONSTRAINT review_decision_with_draft UNIQUE (id, draft_id);
ALTER TABLE tickets_message ADD CONSTRAINT tickets_message_decision_draft
    FOREIGN KEY (decision_id, draft_id) REFERENCES review_decision (id, draft_id);

CREATE FUNCTION tickets_message_as_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided record;
BEGIN
    IF NEW.text_hash <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash of the message is not that of its text' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decision_id IS NOT NULL THEN
        SELECT ticket_id, draft_id, kind, text_hash, standing INTO decided FROM review_decision WHERE id = NEW.decision_id;
        IF decided.kind NOT IN ('approved', 'edited', 'written') OR NOT decided.standing THEN
            RAISE EXCEPTION 'no standing decision lets this message out' USING ERRCODE = 'check_violation';
        END IF;
        IF decided.text_hash <> NEW.text_hash OR decided.ticket_id <> NEW.ticket_id
           OR decided.draft_id IS DISTINCT FROM NEW.draft_id THEN
            RAISE EXCEPTION 'the message is not what was decided' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_message_as_decided BEFORE INSERT ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION tickets_message_as_decided();

CREATE FUNCTION tickets_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.ticket_id, NEW.direction, NEW.customer_id, NEW.person_id, NEW.service, NEW.notice, NEW.text, NEW.text_hash,
        NEW.decision_id, NEW.draft_id, NEW.disclosure_kind, NEW.disclosure_text, NEW.created_at)
       IS DISTINCT FROM
       (OLD.ticket_id, OLD.direction, OLD.customer_id, OLD.person_id, OLD.service, OLD.notice, OLD.text, OLD.text_hash,
        OLD.decision_id, OLD.draft_id, OLD.disclosure_kind, OLD.disclosure_text, OLD.created_at) THEN
        RAISE EXCEPTION 'a message is kept as it was written' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_message_kept BEFORE UPDATE ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION tickets_message_kept();

-- 2 and 9. One sending for a message, along the table of its states ---------------------------------------------------

CREATE FUNCTION tickets_sending_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE leaving record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.message_id <> OLD.message_id OR NEW.decision_id IS DISTINCT FROM OLD.decision_id THEN
            RAISE EXCEPTION 'a sending is of one message' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state <> OLD.state AND NOT (
               (OLD.state = 'queued' AND NEW.state IN ('sending', 'withdrawn', 'failed'))
            OR (OLD.state = 'sending' AND NEW.state IN ('sent', 'failed', 'unknown', 'queued'))
            OR (OLD.state = 'unknown' AND NEW.state IN ('sent', 'queued', 'withdrawn'))
            OR (OLD.state = 'failed' AND NEW.state IN ('queued', 'withdrawn'))) THEN
            RAISE EXCEPTION 'a sending does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.state NOT IN ('queued', 'sent') THEN
        RAISE EXCEPTION 'a sending begins queued' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.state IN ('sending', 'queued') THEN
        SELECT m.direction, m.decision_id, m.notice, d.standing INTO leaving
          FROM tickets_message m LEFT JOIN review_decision d ON d.id = m.decision_id WHERE m.id = NEW.message_id;
        IF leaving.direction <> 'out' OR leaving.decision_id IS DISTINCT FROM NEW.decision_id
           OR (leaving.decision_id IS NOT NULL AND NOT leaving.standing) THEN
            RAISE EXCEPTION 'nothing leaves without a standing decision' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_sending_moves BEFORE INSERT OR UPDATE ON tickets_sending
    FOR EACH ROW EXECUTE FUNCTION tickets_sending_moves();

-- 3. Drafts move along the table of their states ------------------------------------------------------------------------

CREATE FUNCTION drafting_draft_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ticket_id <> OLD.ticket_id OR NEW.version < OLD.version THEN
        RAISE EXCEPTION 'a draft stays with its ticket and its version goes up' USING ERRCODE = 'check_violation';
    END IF;
    -- 8. What a decision rests on never changes under the same version.
    IF NEW.version = OLD.version AND OLD.state = 'pending_review' AND NEW.state = 'pending_review'
       AND (NEW.text IS DISTINCT FROM OLD.text OR NEW.last_message_id <> OLD.last_message_id
            OR NEW.settings_id IS DISTINCT FROM OLD.settings_id) THEN
        RAISE EXCEPTION 'a changed draft needs a new version' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
           (OLD.state = 'queued' AND NEW.state IN ('generating', 'stale', 'superseded', 'quarantined', 'withdrawn', 'failed'))
        OR (OLD.state = 'generating' AND NEW.state IN
            ('queued', 'pending_review', 'stale', 'superseded', 'quarantined', 'withdrawn', 'failed'))
        OR (OLD.state = 'pending_review' AND NEW.state IN
            ('approved', 'edited', 'rejected', 'stale', 'superseded', 'quarantined', 'withdrawn', 'failed'))
        OR (OLD.state IN ('approved', 'edited') AND NEW.state IN
            ('pending_review', 'stale', 'superseded', 'quarantined', 'withdrawn', 'failed'))
        OR (OLD.state IN ('rejected', 'superseded') AND NEW.state = 'pending_review')) THEN
        RAISE EXCEPTION 'a draft does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_draft_moves BEFORE UPDATE ON drafting_draft
    FOR EACH ROW EXECUTE FUNCTION drafting_draft_moves();

CREATE FUNCTION drafting_flag_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD.draft_id ELSE NEW.draft_id END;
    IF TG_OP <> 'UPDATE' AND EXISTS (SELECT 1 FROM drafting_draft WHERE id = touched AND state = 'pending_review') THEN
        UPDATE drafting_draft SET version = version + 1 WHERE id = touched;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drafting_flag_versions AFTER INSERT OR DELETE ON drafting_flag
    FOR EACH ROW EXECUTE FUNCTION drafting_flag_versions();

-- 6. No model for a customer who does not allow it, nor for a ticket kept for people or stopped --------------------------

-- Why a model may not draft for a ticket now, or null. The rows it reads are locked against change until the commit, and
-- stops are taken with the exclusive side of the same advisory lock, so that neither can slip between check and commit.
CREATE FUNCTION drafting_barred(asked bigint, with_settings bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE who record; what record;
BEGIN
    SELECT c.ai_consent INTO who FROM tickets_customer c
      JOIN tickets_ticket t ON t.customer_id = c.id WHERE t.number = asked FOR SHARE OF c;
    SELECT t.kept_for_people, t.team_id, t.language, t.tags INTO what FROM tickets_ticket t
      WHERE t.number = asked FOR SHARE OF t;
    PERFORM pg_advisory_xact_lock_shared(hashtext('drafting_stop'));
    IF who.ai_consent IS FALSE THEN RETURN 'opted_out'; END IF;
    IF what.kept_for_people <> '' THEN RETURN what.kept_for_people; END IF;
    IF who.ai_consent IS NULL AND (SELECT ai_consent FROM tickets_policy WHERE id = 1) = 'consent' THEN
        RETURN 'not_asked';
    END IF;
    IF EXISTS (SELECT 1 FROM drafting_stop s WHERE s.ended_at IS NULL AND (
            s.scope = 'all'
         OR (s.scope = 'team' AND s.value = what.team_id::text)
         OR (s.scope = 'topic' AND s.value = ANY (what.tags))
         OR (s.scope = 'language' AND s.value = what.language)
         OR (s.scope = 'settings_version' AND s.value = with_settings::text))) THEN
        RETURN 'stopped';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION drafting_call_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE because text := drafting_barred(NEW.ticket_id, NEW.settings_id);
BEGIN
    IF because IS NOT NULL THEN
        RAISE EXCEPTION 'no model call: %', because USING ERRCODE = 'check_violation', CONSTRAINT = 'drafting_barred';
    END IF;
    -- 7. The receipt says what was replaced, and by which redactor.
    IF NEW.redaction -> 'version' IS NULL OR NEW.redaction -> 'replaced' IS NULL THEN
        RAISE EXCEPTION 'no model call without redaction' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.request_hash <> encode(sha256(convert_to(NEW.request, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash of the receipt is not that of the request' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_call_allowed BEFORE INSERT ON drafting_model_call
    FOR EACH ROW EXECUTE FUNCTION drafting_call_allowed();

CREATE FUNCTION drafting_call_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.request, NEW.request_hash, NEW.redaction, NEW.ticket_id, NEW.draft_id, NEW.settings_id)
       IS DISTINCT FROM (OLD.request, OLD.request_hash, OLD.redaction, OLD.ticket_id, OLD.draft_id, OLD.settings_id) THEN
        RAISE EXCEPTION 'a receipt is kept as it was' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_call_kept BEFORE UPDATE ON drafting_model_call
    FOR EACH ROW EXECUTE FUNCTION drafting_call_kept();

-- A text of a model is stored for a person only while a model may draft for the ticket.
CREATE FUNCTION drafting_draft_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE because text;
BEGIN
    IF NEW.state IN ('queued', 'generating', 'pending_review')
       AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state OR NEW.text IS DISTINCT FROM OLD.text) THEN
        because := drafting_barred(NEW.ticket_id, NEW.settings_id);
        IF because IS NOT NULL THEN
            RAISE EXCEPTION 'no draft: %', because USING ERRCODE = 'check_violation', CONSTRAINT = 'drafting_barred';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_draft_allowed BEFORE INSERT OR UPDATE ON drafting_draft
    FOR EACH ROW EXECUTE FUNCTION drafting_draft_allowed();

-- Search: words of a passage, stemmed in its language -----------------------------------------------------------------------

CREATE FUNCTION knowledge_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE language WHEN 'en' THEN 'english' WHEN 'de' THEN 'german' WHEN 'es' THEN 'spanish' WHEN 'fr' THEN 'french'
           WHEN 'it' THEN 'italian' WHEN 'nl' THEN 'dutch' WHEN 'pt' THEN 'portuguese' ELSE 'simple' END::regconfig
$$;
CREATE FUNCTION knowledge_passage_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := setweight(to_tsvector(knowledge_config(NEW.language),
                    coalesce((SELECT title FROM knowledge_article WHERE id = NEW.article_id), '')), 'B')
               || setweight(to_tsvector(knowledge_config(NEW.language), NEW.heading), 'A')
               || setweight(to_tsvector(knowledge_config(NEW.language), NEW.text), 'C');
    RETURN NEW;
END $$;
CREATE TRIGGER knowledge_passage_search BEFORE INSERT OR UPDATE ON knowledge_passage
    FOR EACH ROW EXECUTE FUNCTION knowledge_passage_search();
