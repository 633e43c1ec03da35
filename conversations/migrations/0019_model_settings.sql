-- 8. Which version of the model settings holds for a team: its own, else everybody's, else (null) the environment's.
CREATE FUNCTION drafting_in_force(of_team bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT settings_id FROM drafting_activation WHERE state = 'active' AND (team_id = of_team OR team_id IS NULL)
     ORDER BY team_id NULLS LAST LIMIT 1
$$;
-- Whether what a draft was made with is no longer what holds. A new prompt of the program is no reason: nobody activated it.
CREATE FUNCTION drafting_overtaken(with_settings bigint, of_team bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT with_settings IS NOT NULL AND drafting_in_force(of_team)
           IS DISTINCT FROM (SELECT made_from_id FROM drafting_settings WHERE id = with_settings)
$$;

-- A finished version is what was evaluated and what drafts were made with.
CREATE FUNCTION drafting_model_settings_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'a version of the model settings is kept as it was' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_model_settings_kept BEFORE UPDATE OR DELETE ON drafting_model_settings
    FOR EACH ROW EXECUTE FUNCTION drafting_model_settings_kept();

-- Made active by an administrator, and not by whoever made it or asked for it, unless there is no other; never changed after.
CREATE FUNCTION drafting_activation_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE others bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND ((NEW.settings_id, NEW.team_id, NEW.asked_by_id, NEW.asked_at)
           IS DISTINCT FROM (OLD.settings_id, OLD.team_id, OLD.asked_by_id, OLD.asked_at)
           OR OLD.state IN ('ended', 'declined') OR (OLD.state = 'active' AND NEW.state <> 'ended')) THEN
        RAISE EXCEPTION 'an activation is kept as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'active' THEN
        IF NOT EXISTS (SELECT 1 FROM accounts_person WHERE id = NEW.decided_by_id AND is_active AND 'admin' = ANY (roles)) THEN
            RAISE EXCEPTION 'model settings are activated by an administrator' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM drafting_model_settings WHERE id = NEW.settings_id AND state <> 'finished') THEN
            RAISE EXCEPTION 'only a finished version is activated' USING ERRCODE = 'check_violation';
        END IF;
        SELECT count(*) INTO others FROM accounts_person
         WHERE is_active AND 'admin' = ANY (roles) AND id <> NEW.decided_by_id;
        IF NOT NEW.rolled_back AND (NEW.alone <> (others = 0) OR (others > 0 AND EXISTS (
               SELECT 1 FROM drafting_model_settings WHERE id = NEW.settings_id AND made_by_id = NEW.decided_by_id))) THEN
            RAISE EXCEPTION 'model settings are activated by a second person' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_activation_allowed BEFORE INSERT OR UPDATE ON drafting_activation
    FOR EACH ROW EXECUTE FUNCTION drafting_activation_allowed();

-- Terms are never changed: others are another row.
CREATE FUNCTION drafting_contract_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' - 'ended_by_id' - 'key_sealed'
           IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' - 'ended_by_id' - 'key_sealed' THEN
        RAISE EXCEPTION 'the terms of a provider are kept as they were' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drafting_contract_kept BEFORE UPDATE OR DELETE ON drafting_contract
    FOR EACH ROW EXECUTE FUNCTION drafting_contract_kept();
