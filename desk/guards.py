"""The database's own walls: triggers that hold what the code promises, against every program that reaches the tables.

Plain SQL in migrations, and not a library's triggers: those can be told to stand aside by a session's setting.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL

EXEMPT = frozenset(
    {
        "desk_job",
        "desk_answer",
        "ledger_entry",
        "ledger_counter",
        "ledger_salt",
        # Sealing: it tells of the entries, and has none of its own.
        "ledger_checkpoint",
        "ledger_node",
        "ledger_cosignature",
        "ledger_anchor",
        "ledger_sealer",
        # Presence, and what is about one person alone: unsent words, a lease that ends by itself, what was read.
        "teamwork_unsent",
        "teamwork_claim",
        "teamwork_notice",
        # How far a job is; what it does to a ticket is an action each.
        "tickets_bulk_ticket",
        # The same of verifying the ledger; what it came to is an action.
        "oversight_progress",
        # The same of evaluating a version of the model settings.
        "drafting_outcome",
        # What was learned of a model's address, whether it answers, and calls on their way: of no person and no ticket.
        "drafting_endpoint",
        "drafting_slot",
        # Files beside unsent words, and the bytes behind files: what a message has of them is written by actions only.
        "attachments_upload",
        "attachments_content",
        # An index over passages, made from them again at any time.
        "knowledge_vector",
    }
)
"""Tables that are written outside actions, by name (sessions and the like are third parties')."""

REQUIRE_ACTION = """
CREATE FUNCTION desk_require_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('countersign.action', true), '') = '' THEN
        RAISE EXCEPTION 'table % is written by actions only', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NULL;
END $$;
"""

LEDGER = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'raise_exception';
END $$;
CREATE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_whole BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_counter_kept BEFORE DELETE ON ledger_counter FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_counter_whole BEFORE TRUNCATE ON ledger_counter FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- Erasing takes a salt away; another one would open the commitment to another text, or to none.
CREATE TRIGGER ledger_salt_kept BEFORE UPDATE ON ledger_salt FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE FUNCTION ledger_counter_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.value <= OLD.value OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the ledger counts forward only' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_counter_up BEFORE UPDATE ON ledger_counter FOR EACH ROW EXECUTE FUNCTION ledger_counter_forward();

-- Dense: an entry takes the number after the last one, and what was counted is all there when the statement ends.
CREATE FUNCTION ledger_entry_dense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counted bigint; low bigint; high bigint; many bigint;
BEGIN
    SELECT value INTO counted FROM ledger_counter WHERE id = 1;
    SELECT min(seq), max(seq), count(*) INTO low, high, many FROM fresh;
    IF many > 0 AND (high <> counted OR high - low + 1 <> many
                     OR (low > 1 AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE seq = low - 1))) THEN
        RAISE EXCEPTION 'ledger entries % to % do not follow on (counted %)', low, high, counted
            USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_follows AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_dense();
INSERT INTO ledger_counter (id, value) VALUES (1, 0);
"""

SEALING = """
ALTER TABLE ledger_key ADD CONSTRAINT ledger_key_whole CHECK (octet_length(public) = 32);
ALTER TABLE ledger_checkpoint ADD CONSTRAINT ledger_checkpoint_root CHECK (octet_length(root) = 32);
ALTER TABLE ledger_node ADD CONSTRAINT ledger_node_whole
    CHECK (level > 0 AND level % 8 = 0 AND index >= 0 AND octet_length(hash) = 32);

-- One line of checkpoints: each on top of the last. That two at once do not fork it is for the unique `previous` to say,
-- which sees what a snapshot does not.
CREATE FUNCTION ledger_checkpoint_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last bigint; head bigint;
BEGIN
    SELECT coalesce(max(size), 0) INTO last FROM ledger_checkpoint;
    SELECT coalesce(max(seq), 0) INTO head FROM ledger_entry;
    IF NEW.previous <> last OR NEW.size > head THEN
        RAISE EXCEPTION 'checkpoint % on % does not follow on % (entries: %)', NEW.size, NEW.previous, last, head
            USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_checkpoint_next BEFORE INSERT ON ledger_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_follows();

-- A node stands on entries that are sealed: nobody can lay one out before its time.
CREATE FUNCTION ledger_node_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.index + 1) * (1::bigint << NEW.level) > (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) THEN
        RAISE EXCEPTION 'node %/% reaches beyond what is sealed', NEW.level, NEW.index USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_node_on_sealed BEFORE INSERT ON ledger_node
    FOR EACH ROW EXECUTE FUNCTION ledger_node_sealed();
INSERT INTO ledger_sealer (id, refuses) VALUES (1, '');
"""
UNSEAL = "DROP FUNCTION ledger_node_sealed() CASCADE; DROP FUNCTION ledger_checkpoint_follows() CASCADE;"


def guard(*tables: str) -> RunSQL:
    """A migration step: from now on these tables are written by actions only."""
    return RunSQL("".join(_on(table) for table in tables), "".join(_off(table) for table in tables))


def _on(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_by_action BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION desk_require_action();\n"
        f"CREATE TRIGGER {table}_by_action_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION desk_require_action();\n"
    )


def _off(table: str) -> str:
    return f"DROP TRIGGER {table}_by_action ON {table};\nDROP TRIGGER {table}_by_action_whole ON {table};\n"


def keep(*tables: str) -> RunSQL:
    """A migration step: from now on rows of these tables are added, and never changed or taken away."""
    return RunSQL(
        "".join(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse();\n"
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();\n"
            for table in tables
        ),
        "".join(f"DROP TRIGGER {table}_kept ON {table};\nDROP TRIGGER {table}_whole ON {table};\n" for table in tables),
    )


def steps(*statements: str, undo: Sequence[str] = ()) -> RunSQL:
    """Any other SQL as a migration step; without `undo` it says by itself that it cannot be reversed."""
    return RunSQL("".join(statements), "".join(undo) if undo else None)
