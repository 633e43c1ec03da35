"""Search by what is meant: how much of the labelled questions it finds, and that words go on alone where it is not there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conversations.knowledge import meaning, vectors
from conversations.knowledge.actions import save_article
from conversations.knowledge.models import Passage, PassageVector
from conversations.knowledge.queries import retrieve
from conversations.knowledge.tasks import INDEX
from conversations.knowledge.vectors import nearest, write_missing
from desk import health, jobs
from desk.actions import SYSTEM
from tests.databases import cloned_database
from tests.knowledge.measuring import LABELLED, recall_by_language
from tests.knowledge.questions import OFF_TOPIC

BODY = "## Chains\n\nOil the bicycle chain every month.\n\n## Tyres\n\nPump the tyres every week."


def save(body: str = BODY) -> None:
    save_article(slug="bicycles", language="en", title="Bicycles", body=body, tags=[], by=SYSTEM)


def work() -> None:
    """Every job of this kind that is due."""
    while held := jobs.claim_next(INDEX):
        jobs.carry_out(held)


@pytest.mark.timeout(300)
def test_questions_in_other_words_find_their_article_among_the_first_three(shop: None) -> None:
    asked = Counter(question.language for question in LABELLED)
    assert asked.total() >= 150
    assert asked.keys() == {"en", "de", "es", "fr"}
    assert sum(write_missing()) == Passage.objects.filter(current=True).count()
    found = recall_by_language("all of them")
    assert found["en"] >= 0.90, found
    assert min(found.values()) >= 0.75, found
    there = {text: retrieve(text=text, language=language) for language, text in OFF_TOPIC}
    assert [text for text, passages in there.items() if passages] == []


def test_a_passage_is_found_by_what_it_means_once_its_job_is_done(db: Any) -> None:
    save()
    assert nearest("How much air do the wheels need?", ["en"]) == []
    work()
    assert jobs.Job.objects.get(kind=INDEX).state == "done"
    first = nearest("How much air do the wheels need?", ["en"])[0]
    assert Passage.objects.get(pk=first.id).heading == "Tyres"
    assert PassageVector.objects.count() == 2


def test_a_new_version_is_found_and_the_old_one_no_more(db: Any) -> None:
    save()
    work()
    save("## Bells\n\nRing the bell in narrow streets.")
    work()
    assert [Passage.objects.get(pk=near.id).heading for near in nearest("making noise", ["en"])] == ["Bells"]
    assert PassageVector.objects.count() == 1


def test_two_fresh_copies_of_a_database_do_not_find_each_others_passages(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    found = []
    with django_db_blocker.unblock():
        for body in (BODY, "## Tyres\n\nPump the tyres every week.\n\n## Chains\n\nOil the bicycle chain every month."):
            with cloned_database():
                save(body)
                work()
                near = nearest("How much air do the wheels need?", ["en"])[0]
                found.append(Passage.objects.get(pk=near.id).heading)
    assert found == ["Tyres", "Tyres"]


def test_a_question_in_another_language_finds_what_is_there_in_english_alone(db: Any) -> None:
    save()
    work()
    found = retrieve(text="Wie oft muss ich die Fahrradkette ölen?", language="de")
    assert [each.passage.heading for each in found][:1] == ["Chains"]


@pytest.mark.parametrize("code", ["package_missing", "weights_missing", "weights_differ"])
def test_without_the_model_words_go_on_alone_and_the_job_waits(
    db: Any, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    save()
    work()
    monkeypatch.setattr(meaning, "_state", code)
    assert [each.passage.heading for each in retrieve(text="oil my bicycle chain", language="en")] == ["Chains"]
    assert nearest("oil", ["en"]) == []
    save("## Bells\n\nRing the bell in narrow streets.")
    work()
    waiting = jobs.Job.objects.get(kind=INDEX, state="queued")
    assert (waiting.last_error, waiting.attempts) == (code, 0)
    assert health.parts()["search_by_meaning"] == code
    assert health.verdict({"search_by_meaning": code}) == "degraded"


def test_weights_that_are_not_the_known_ones_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_state", None)
    monkeypatch.setattr(meaning, "FILES", {"resources/sp.model": "0" * 64})
    assert meaning.state() == "weights_differ"
    with pytest.raises(meaning.NoModel):
        meaning.vectors_of(["anything"])
    monkeypatch.setattr(meaning, "_state", None)
    monkeypatch.setattr(meaning, "FILES", {"resources/none": "0" * 64})
    assert meaning.state() == "weights_missing"
    monkeypatch.setattr(meaning, "_state", None)
    monkeypatch.setattr(meaning, "PACKAGE", "no_such_package")
    assert meaning.state() == "package_missing"


def test_any_text_has_a_vector_of_length_one() -> None:
    for text in ("", "refund \ud800", "\x00", "😀" * 3000, "word " * 5000):
        assert abs(float((meaning.vector_of(text) ** 2).sum()) - 1) < 1e-3, text[:20]


def test_a_shelf_is_read_once_while_nothing_changes(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    work()
    nearest("oil", ["en"])
    monkeypatch.setattr(vectors, "_read", None)
    assert nearest("oil", ["en"])


def test_the_models_table_is_shared_by_a_file_that_is_used_only_if_it_is_that_table(tmp_path: Path) -> None:
    import numpy as np

    table = np.arange(64, dtype=np.uint8).reshape(8, 8)

    def shared() -> Any:
        model = SimpleNamespace(_model=SimpleNamespace(table=table))
        meaning._share_table(model, tmp_path / "cache")
        return model._model.table

    for _process in range(2):
        found = shared()
        assert found is not table
        assert (found[np.array([3, 0, 7])] == table[[3, 0, 7]]).all()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(b"x" * 64)
    assert shared() is table
