"""Passages as vectors: kept in PostgreSQL beside them, ranked in numpy.

A shelf holds what is current in one language, as one matrix, and is read again when a passage came or went. Five thousand
passages are 20 MB and a millisecond a question.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversations.knowledge import meaning
from conversations.knowledge.models import Passage, PassageVector
from conversations.knowledge.search import Audience
from desk.statements import ask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from conversations.knowledge.meaning import Vectors

WHOLE_WORTH, HEADING_WORTH, ARTICLE_WORTH = 4.0, 4.0, 8.0
"""What counts of how near a passage is: with its text, with its headings, and the passages of its article on the average."""

MOST_NEAR = 40
AT_ONCE = 64  # passages, between two looks at the lease

# Of each language: how many vectors there are, and what their ids and the transactions that wrote them come to. No two states
# of a shelf share that, nor does one of before a backup was put back, whose ids count on from where the backup ended.
_STAMP = """
    SELECT p.language, count(*), sum(v.id), sum(v.xmin::text::bigint)
      FROM knowledge_vector v JOIN knowledge_passage p ON p.id = v.passage_id
     WHERE p.current AND p.{audience} AND v.model = %(model)s AND p.language = ANY(%(languages)s) GROUP BY p.language
"""


@dataclass(frozen=True, slots=True)
class Near:
    """A passage by how near it is to what was asked; 0 is nothing, from 3 on it is about that."""

    id: int
    article: int
    language: str
    worth: float


_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Shelf:
    stamp: _Stamp
    ids: list[int]
    articles: list[int]
    whole: Vectors
    headings: Vectors
    places: NDArray[np.intp]  # of each passage, its article's place among the articles


_lock = threading.Lock()
_shelves: dict[tuple[str, Audience], _Shelf] = {}


def nearest(question: str, languages: Sequence[str], audience: Audience = Audience.DRAFTS) -> list[Near]:
    """Passages in these languages by what they mean, the nearest first; none without vectors, or without the model."""
    return Nearness(question, languages, audience).found()


class Nearness:
    """The same in steps: what the question means is worked out while PostgreSQL says whether shelves are as they were."""

    def __init__(self, question: str, languages: Sequence[str], audience: Audience) -> None:
        self._question, self._audience = question, audience
        self._meaning: Vectors | None = None
        self._known = any((language, audience) in _shelves for language in languages)
        about = {"model": meaning.MODEL, "languages": list(languages)}
        self._stamps = ask(_STAMP.format(audience=audience), about)

    def think(self) -> None:
        """Work out what is asked, where there were vectors to compare it with the last time."""
        if self._known and not meaning.state():
            self._meaning = meaning.vector_of(self._question)

    def found(self) -> list[Near]:
        stamps = {
            language: (int(count), int(ids), int(written)) for language, count, ids, written in self._stamps.rows()
        }
        if not stamps or meaning.state():
            return []
        asked = meaning.vector_of(self._question) if self._meaning is None else self._meaning
        found: list[Near] = []
        for language, stamp in stamps.items():
            found += _ranked(_shelf(language, self._audience, stamp), language, asked)
        return sorted(found, key=lambda near: (-near.worth, near.id))[:MOST_NEAR]


def write_missing() -> Iterator[int]:
    """Make the vectors that current passages have none of, some at a time; those of passages that went, go. Raises NoModel."""
    PassageVector.objects.exclude(passage__current=True, model=meaning.MODEL).delete()
    while missing := list(
        Passage.objects.filter(current=True, vector=None).select_related("article").order_by("id")[:AT_ONCE]
    ):
        whole = meaning.vectors_of([f"{row.article.title}. {row.heading}. {row.text}" for row in missing])
        headings = meaning.vectors_of([f"{row.article.title}. {row.heading}" for row in missing])
        PassageVector.objects.bulk_create(
            [
                PassageVector(passage=row, model=meaning.MODEL, whole=_packed(text), headings=_packed(heading))
                for row, text, heading in zip(missing, whole, headings, strict=True)
            ],
            ignore_conflicts=True,  # another worker was faster
        )
        yield len(missing)


def _ranked(shelf: _Shelf, language: str, asked: Vectors) -> Iterator[Near]:
    import numpy as np

    whole, headings = np.maximum(shelf.whole @ asked, 0), np.maximum(shelf.headings @ asked, 0)
    of_article = np.bincount(shelf.places, weights=shelf.whole @ asked) / np.bincount(shelf.places)
    worth = WHOLE_WORTH * whole + HEADING_WORTH * headings + ARTICLE_WORTH * np.maximum(of_article[shelf.places], 0)
    for place in np.argsort(-worth)[:MOST_NEAR]:
        yield Near(shelf.ids[place], shelf.articles[place], language, float(worth[place]))


def _shelf(language: str, audience: Audience, stamp: _Stamp) -> _Shelf:
    with _lock:
        kept = _shelves.get((language, audience))
        if kept is None or kept.stamp != stamp:
            kept = _shelves[language, audience] = _read(language, audience, stamp)
    return kept


def _read(language: str, audience: Audience, stamp: _Stamp) -> _Shelf:
    import numpy as np

    rows = list(
        PassageVector.objects.filter(
            passage__current=True, passage__language=language, model=meaning.MODEL, **{f"passage__{audience}": True}
        )
        .order_by("passage_id")
        .values_list("passage_id", "passage__article_id", "whole", "headings")
    )
    ids, articles, whole, headings = (list(column) for column in zip(*rows, strict=True))
    _known, places = np.unique(np.array(articles), return_inverse=True)
    return _Shelf(stamp, ids, articles, _unpacked(whole), _unpacked(headings), places)


def _packed(vector: Vectors) -> bytes:
    """Half the precision, half the room: ranks stay what they are."""
    return vector.astype("<f2").tobytes()


def _unpacked(packed: Sequence[bytes]) -> Vectors:
    import numpy as np

    return np.frombuffer(b"".join(map(bytes, packed)), dtype="<f2").reshape(len(packed), -1).astype(np.float32)
