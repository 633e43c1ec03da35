-- What tickets are found by is kept by triggers, whoever writes: a word is there as long as the text that it is from.

-- How often a word stands in tickets decides whether its tickets are looked up or the newest ones are walked through: of four
-- thousand words it is known, of a thousand by default.
ALTER TABLE tickets_words ALTER COLUMN words SET STATISTICS 400;

-- Stems have no place in the text: a phrase is of words as they were written.
CREATE FUNCTION tickets_words_in(language text, said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT to_tsvector('simple', said) || strip(to_tsvector(knowledge_config(language), said))
$$;

-- All words of a ticket: of each message the first 10,000 characters, of all messages 50,000. Notices are our own words, and a
-- reply counts once it has been sent: nobody who decides waits for its words, and what is taken back is not found.
CREATE FUNCTION tickets_words_refresh(asked bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tickets_words (ticket_id, opened_at, taken, words)
    SELECT t.number, t.created_at, length(m.said),
           setweight(to_tsvector('simple', t.number::text) || tickets_words_in(t.language, t.subject), 'A')
        || setweight(to_tsvector('simple', c.name || ' ' || c.email || ' ' || replace(c.email, '@', ' ')), 'B')
        || tickets_words_in(t.language, m.said)
      FROM tickets_ticket t
      JOIN tickets_customer c ON c.id = t.customer_id
     CROSS JOIN LATERAL (SELECT left(coalesce(string_agg(left(text, 10000), ' ' ORDER BY id), ''), 50000) AS said
                           FROM tickets_message said WHERE ticket_id = t.number AND notice = '' AND NOT EXISTS (
                                SELECT 1 FROM tickets_sending s WHERE s.message_id = said.id AND s.state <> 'sent')) m
     WHERE t.number = asked
        ON CONFLICT (ticket_id) DO UPDATE SET words = EXCLUDED.words, taken = EXCLUDED.taken
$$;

-- A further message adds its words; the first one, with which every ticket opens, brings all.
CREATE FUNCTION tickets_words_add(asked bigint, whole text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE said text := left(whole, 10000);
BEGIN
    UPDATE tickets_words w SET words = w.words || tickets_words_in(t.language, said), taken = w.taken + length(said)
      FROM tickets_ticket t WHERE w.ticket_id = asked AND t.number = asked AND w.taken <= 40000;
    IF NOT FOUND THEN
        PERFORM tickets_words_refresh(asked);
    END IF;
END $$;

CREATE FUNCTION tickets_words_message_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_words_add(NEW.ticket_id, NEW.text);
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_words_message_added AFTER INSERT ON tickets_message
    FOR EACH ROW WHEN (NEW.notice = '' AND NEW.direction <> 'out') EXECUTE FUNCTION tickets_words_message_added();

CREATE FUNCTION tickets_words_message_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_words_add(ticket_id, text) FROM tickets_message WHERE id = NEW.message_id AND notice = '';
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_words_message_sent AFTER UPDATE OF state ON tickets_sending
    FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent') EXECUTE FUNCTION tickets_words_message_sent();
CREATE TRIGGER tickets_words_message_imported AFTER INSERT ON tickets_sending
    FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION tickets_words_message_sent();

CREATE FUNCTION tickets_words_message_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_words_refresh(OLD.ticket_id);
    IF TG_OP = 'UPDATE' AND NEW.ticket_id <> OLD.ticket_id THEN
        PERFORM tickets_words_refresh(NEW.ticket_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_words_message_changed AFTER UPDATE OF text, ticket_id ON tickets_message
    FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.ticket_id <> NEW.ticket_id)
    EXECUTE FUNCTION tickets_words_message_changed();
CREATE TRIGGER tickets_words_message_gone AFTER DELETE ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION tickets_words_message_changed();

CREATE FUNCTION tickets_words_ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_words_refresh(NEW.number);
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_words_ticket_changed AFTER UPDATE OF subject, language, customer_id ON tickets_ticket
    FOR EACH ROW WHEN ((OLD.subject, OLD.language, OLD.customer_id) IS DISTINCT FROM
                       (NEW.subject, NEW.language, NEW.customer_id))
    EXECUTE FUNCTION tickets_words_ticket_changed();

CREATE FUNCTION tickets_words_customer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_words_refresh(number) FROM tickets_ticket WHERE customer_id = NEW.id ORDER BY number;
    RETURN NULL;
END $$;
CREATE TRIGGER tickets_words_customer_changed AFTER UPDATE OF name, email ON tickets_customer
    FOR EACH ROW WHEN ((OLD.name, OLD.email) IS DISTINCT FROM (NEW.name, NEW.email))
    EXECUTE FUNCTION tickets_words_customer_changed();
