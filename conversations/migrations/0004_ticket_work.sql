-- 6. As in 0002, and no model for what a person marked as spam.
CREATE OR REPLACE FUNCTION drafting_barred(asked bigint, with_settings bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE who record; what record;
BEGIN
    SELECT c.ai_consent INTO who FROM tickets_customer c
      JOIN tickets_ticket t ON t.customer_id = c.id WHERE t.number = asked FOR SHARE OF c;
    SELECT t.kept_for_people, t.team_id, t.language, t.tags, t.before_spam INTO what FROM tickets_ticket t
      WHERE t.number = asked FOR SHARE OF t;
    PERFORM pg_advisory_xact_lock_shared(hashtext('drafting_stop'));
    IF who.ai_consent IS FALSE THEN RETURN 'opted_out'; END IF;
    IF what.kept_for_people <> '' THEN RETURN what.kept_for_people; END IF;
    IF what.before_spam <> '' THEN RETURN 'spam'; END IF;
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
