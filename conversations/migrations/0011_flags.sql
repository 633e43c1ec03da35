-- A flag that matters otherwise is another flag: what was on a screen is another version (8).
CREATE OR REPLACE FUNCTION drafting_flag_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD.draft_id ELSE NEW.draft_id END;
    IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.severity, NEW.words) IS NOT DISTINCT FROM (OLD.kind, OLD.severity, OLD.words) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM drafting_draft WHERE id = touched AND state = 'pending_review') THEN
        UPDATE drafting_draft SET version = version + 1 WHERE id = touched;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drafting_flag_judged AFTER UPDATE ON drafting_flag
    FOR EACH ROW EXECUTE FUNCTION drafting_flag_versions();

-- For rows from now on at once; those that are there are looked through in a step of its own, which bars nobody from writing.
ALTER TABLE drafting_flag ADD CONSTRAINT drafting_flag_other_customer
    CHECK (kind <> 'other_customer' OR (severity = 'blocker' AND answer = '')) NOT VALID;
