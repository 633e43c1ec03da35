"""The one statement that finds passages; what it brings back is weighed in `queries`."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Audience(StrEnum):
    """Whom passages are looked for, by the column that says whether they are for them."""

    DRAFTS = "usable"
    EVERYBODY = "public"


# Candidates are chosen by ts_rank: ts_rank_cd looks for the densest cover of the whole query, which means little where
# any word may match, and takes 140 µs a passage for 45 words instead of 5 (measured).
_FIND: Final = """
WITH language AS (
    SELECT l.language, l.own, knowledge_config(l.language) AS config,
           tsvector_to_array(to_tsvector(knowledge_config(l.language), l.empty)) AS empty,
           (SELECT count(*) FROM knowledge_passage p WHERE p.current AND p.language = l.language) AS passages
      FROM unnest(%(languages)s::text[], %(own)s::boolean[], %(empty)s::text[]) AS l(language, own, empty)
), word AS (
    -- Stop words of the customer's language have no lexeme and fall out here, for English as well.
    SELECT w.word, unaccent(w.word) AS plain FROM unnest(%(words)s::text[]) AS w(word), language own
     WHERE own.own AND to_tsvector(own.config, w.word) <> ''
), term AS (
    SELECT DISTINCT l.language, w.word, u.lexeme
      FROM word w, language l, unnest(to_tsvector(l.config, w.word)) AS u WHERE u.lexeme <> ALL (l.empty)
), asked AS (
    SELECT language, string_agg(quoted, ' | ')::tsquery AS query
      FROM (SELECT DISTINCT language, quote_literal(lexeme) AS quoted FROM term) AS lexemes GROUP BY language
), met AS MATERIALIZED (
    SELECT p.id, p.search, asked.query FROM asked
      JOIN knowledge_passage p ON p.language = asked.language AND p.current AND p.search @@ asked.query
     ORDER BY p.id DESC LIMIT %(most_met)s
), best AS (
    SELECT id FROM met ORDER BY ts_rank('{0.1, 0.9, 0.9, 1}', search, query, 1) DESC, id LIMIT %(most_ranked)s
), unmet AS (
    SELECT w.word, w.plain FROM word w
     WHERE length(w.word) >= 5 AND NOT EXISTS (
           SELECT 1 FROM term t JOIN knowledge_passage p
               ON p.language = t.language AND p.current AND p.search @@ quote_literal(t.lexeme)::tsquery
            WHERE t.word = w.word)
     ORDER BY length(w.word) DESC, w.word LIMIT %(most_unmet)s
), alike AS (
    SELECT id, word, max(likeness) AS likeness FROM (
        SELECT p.id, u.word, word_similarity(u.word, p.text) AS likeness
          FROM unmet u JOIN knowledge_passage p ON p.text %%> u.word AND p.current AND p.language = %(language)s
        UNION ALL
        SELECT p.id, u.word, word_similarity(u.plain, about.words)
          FROM knowledge_article a
         CROSS JOIN LATERAL (SELECT unaccent(lower(a.title || ' ' || (a.tags #>> '{}')))) AS about(words)
          JOIN unmet u ON word_similarity(u.plain, about.words) >= %(alike)s
          JOIN knowledge_passage p ON p.article_id = a.id AND p.current
         WHERE a.language = %(language)s
    ) AS near WHERE likeness >= %(alike)s GROUP BY id, word ORDER BY likeness DESC, id LIMIT %(most_ranked)s
)
SELECT p.id, p.language, p.article_id, l.passages, (SELECT count(*) FROM word),
       ARRAY(SELECT s.lexeme || ' ' || array_to_string(s.weights, '') FROM unnest(p.search) AS s
              WHERE s.lexeme IN (SELECT lexeme FROM term t WHERE t.language = p.language)),
       ARRAY(SELECT near.word || ' ' || near.likeness
               FROM (SELECT w.word, word_similarity(w.plain, about.words) AS likeness FROM word w
                      WHERE length(w.word) >= 4 OFFSET 0) AS near
              WHERE near.likeness > %(like_a_heading)s),
       ARRAY(SELECT n.word || ' ' || n.likeness FROM alike n WHERE n.id = p.id)
  FROM (SELECT id FROM best UNION SELECT id FROM alike) AS found
  JOIN knowledge_passage p ON p.id = found.id
  JOIN knowledge_article a ON a.id = p.article_id
  JOIN language l ON l.language = p.language
 CROSS JOIN LATERAL (SELECT unaccent(lower(a.title || ' ' || p.heading || ' ' || (a.tags #>> '{}')))) AS about(words)
"""

FIND: Final = {audience: _FIND.replace("p.current", f"p.current AND p.{audience}") for audience in Audience}
"""For each audience."""
