-- 1. What is sent is what was decided, and a message is what it was when it was written: its files, too.

-- As conversations/attachments/manifest.py has it.
CREATE FUNCTION attachments_digest(of_message bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(encode(sha256(convert_to(string_agg(
               coalesce(nullif(sha256, ''), missing) || ' ' || size || ' ' || name, E'\n' ORDER BY position), 'UTF8')), 'hex'), '')
    FROM attachments_attachment WHERE message_id = of_message
$$;

-- Looked at when all of them are there, before the ledger's counter is taken.
CREATE FUNCTION attachments_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE this bigint;
BEGIN
    IF TG_TABLE_NAME = 'tickets_message' THEN this := NEW.id; ELSE this := NEW.message_id; END IF;
    IF attachments_digest(this) IS DISTINCT FROM (SELECT files_digest::text FROM tickets_message WHERE id = this) THEN
        RAISE EXCEPTION 'the files of a message are those that it was written with' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attachments_as_written AFTER INSERT ON attachments_attachment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION attachments_as_written();
CREATE CONSTRAINT TRIGGER attachments_message_as_written AFTER INSERT ON tickets_message
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.files_digest <> '') EXECUTE FUNCTION attachments_as_written();

CREATE FUNCTION attachments_message_as_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.files_digest IS DISTINCT FROM (SELECT files_digest FROM review_decision WHERE id = NEW.decision_id) THEN
        RAISE EXCEPTION 'the files of the message are not those that were decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachments_message_as_decided BEFORE INSERT ON tickets_message
    FOR EACH ROW WHEN (NEW.decision_id IS NOT NULL) EXECUTE FUNCTION attachments_message_as_decided();

CREATE FUNCTION attachments_digest_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE this bigint;
BEGIN
    IF TG_TABLE_NAME = 'tickets_message' THEN this := NEW.id;
    ELSE this := (SELECT id FROM tickets_message WHERE decision_id = NEW.id); END IF;
    -- Where the files have been erased, what was computed from them goes, too.
    IF NEW.files_digest = 'erased' AND this IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM attachments_attachment WHERE message_id = this AND missing <> 'erased') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'which files were decided and written is kept' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER attachments_digest_kept BEFORE UPDATE OF files_digest ON tickets_message
    FOR EACH ROW WHEN (NEW.files_digest IS DISTINCT FROM OLD.files_digest) EXECUTE FUNCTION attachments_digest_kept();
CREATE TRIGGER attachments_digest_kept BEFORE UPDATE OF files_digest ON review_decision
    FOR EACH ROW WHEN (NEW.files_digest IS DISTINCT FROM OLD.files_digest) EXECUTE FUNCTION attachments_digest_kept();

CREATE FUNCTION attachments_digest_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE review_decision SET files_digest = 'erased' WHERE id = NEW.decision_id AND files_digest <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER attachments_digest_erased AFTER UPDATE OF files_digest ON tickets_message
    FOR EACH ROW WHEN (NEW.files_digest = 'erased') EXECUTE FUNCTION attachments_digest_erased();

-- A file is what its hash says, and never changes. All that can happen to one is to be erased.
CREATE FUNCTION attachments_content_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'the content of a file is kept as it came' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.sha256 <> encode(sha256(NEW.data), 'hex') OR NEW.size <> length(NEW.data) THEN
        RAISE EXCEPTION 'the hash of the file is not that of its content' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachments_content_kept BEFORE INSERT OR UPDATE ON attachments_content
    FOR EACH ROW EXECUTE FUNCTION attachments_content_kept();

CREATE FUNCTION attachments_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a file stays listed with its message' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.message_id, NEW.position, NEW.type, NEW.size) IS DISTINCT FROM
           (OLD.message_id, OLD.position, OLD.type, OLD.size)
       OR NEW.missing <> 'erased' OR NEW.content_id IS NOT NULL OR NEW.name <> '' OR NEW.sha256 <> '') THEN
        RAISE EXCEPTION 'a file is kept as it was enclosed, or erased' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.content_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM attachments_content WHERE id = NEW.content_id AND sha256 = NEW.sha256 AND size = NEW.size) THEN
        RAISE EXCEPTION 'a file is listed as what its content is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER attachments_kept BEFORE INSERT OR UPDATE OR DELETE ON attachments_attachment
    FOR EACH ROW EXECUTE FUNCTION attachments_kept();

-- Files are compressed already, most of them: PostgreSQL need not try.
ALTER TABLE attachments_content ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE attachments_preview ALTER COLUMN data SET STORAGE EXTERNAL;
