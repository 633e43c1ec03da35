"""Pages on which articles are kept: what is typed comes back, what is shown is safe, and only admins write."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.knowledge.models import Article, UsableNote
from conversations.review.actions import Seen, approve
from conversations.tickets.actions import add_note
from tests.cast import Cast
from tests.drafts import PASSAGE, pending_draft
from tests.knowledge.test_audience import save
from tests.knowledge.test_importing import packed
from tests.knowledge.test_macros import signed_in

FORM = {"title": "Bells", "slug": "", "language": "en", "body": "## Ringing\n\nRing **twice**.", "visibility": "public"}


def posted(client: Client, address: str, **more: Any) -> Any:
    return client.post(address, {**FORM, "usable": "on", **more})


def test_an_article_is_written_read_and_changed(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    answer = posted(client, "/settings/knowledge/new/", owner=str(cast.sam.pk), review_on="2027-01-31")
    article = Article.objects.get()
    assert answer["Location"] == f"/settings/knowledge/{article.pk}/"
    assert (article.slug, article.owner, str(article.review_on)) == ("bells", cast.sam, "2027-01-31")
    posted(client, answer["Location"], version="1", title="Loud bells", visibility="internal", usable="")
    article.refresh_from_db()
    assert (article.version, article.title, article.visibility, article.usable) == (2, "Loud bells", "internal", False)
    first = client.get(f"{answer['Location']}versions/1/").content.decode()
    assert "<strong>twice</strong>" in first
    assert "Loud bells" in client.get("/settings/knowledge/").content.decode()


def test_a_preview_saves_nothing_and_lets_nothing_run(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    body = "## Hi\n\n<script>alert(1)</script> **bold** [x](javascript:alert(1))"
    page = posted(client, "/settings/knowledge/new/", body=body, preview="1").content.decode()
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert not Article.objects.exists()


def test_what_was_typed_comes_back_when_it_cannot_be_saved(cast: Cast, client: Client) -> None:
    article = save()
    signed_in(client, cast.ada)
    stale = posted(client, f"/settings/knowledge/{article.pk}/", version="0", body="## Mine\n\nMy words.")
    assert stale.status_code == 409
    assert "My words." in stale.content.decode()
    empty = posted(client, "/settings/knowledge/new/", body="## Only a heading", title="Kept title")
    assert empty.status_code == 400
    assert "Kept title" in empty.content.decode()
    taken = posted(client, "/settings/knowledge/new/", slug="bicycles", title="Other bicycles")
    assert taken.status_code == 400
    assert "There is an article with this address" in taken.content.decode()
    wrong = posted(client, "/settings/knowledge/new/", review_on="soon")
    assert wrong.status_code == 400


def test_withdrawing_and_bringing_back(cast: Cast, client: Client) -> None:
    article = save()
    signed_in(client, cast.ada)
    client.post(f"/settings/knowledge/{article.pk}/withdraw/")
    article.refresh_from_db()
    assert article.withdrawn_at
    assert "Bicycles" not in client.get("/settings/knowledge/").content.decode()
    assert "Bicycles" in client.get("/settings/knowledge/?state=withdrawn").content.decode()


@pytest.mark.parametrize("who", ["ana", "sam", "aud"])
def test_others_read_at_most(cast: Cast, client: Client, who: str) -> None:
    article = save()
    signed_in(client, getattr(cast, who))
    seen = 404 if who == "ana" else 200
    for address in (
        "/settings/knowledge/",
        f"/settings/knowledge/{article.pk}/",
        f"/settings/knowledge/{article.pk}/replies/",
    ):
        assert client.get(address).status_code == seen, address
    assert client.get("/settings/knowledge/new/").status_code == 404
    assert client.get("/settings/knowledge/import/").status_code == 404
    assert posted(client, f"/settings/knowledge/{article.pk}/", version="1").status_code == 404
    assert client.post(f"/settings/knowledge/{article.pk}/withdraw/").status_code == 404
    assert Article.objects.get().version == 1


def test_files_become_articles_and_each_is_told_of(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    archive = packed({"bells.de.md": b"# Klingeln\n\nZweimal.", "none.md": b"# None\n\nText.", "x.png": b"x"})
    files = [SimpleUploadedFile("all.zip", archive), SimpleUploadedFile("empty.en.md", b"# Empty")]
    page = client.post("/settings/knowledge/import/", {"files": files, "language": "", "visibility": "internal"})
    said = page.content.decode()
    assert [(row.slug, row.language, row.visibility, row.usable) for row in Article.objects.all()] == [
        ("bells", "de", "internal", False)
    ]
    assert said.count("says no language") == 1
    assert said.count("is neither Markdown nor HTML") == 1
    assert "between 1 and 200 headings" in said
    again = client.post(
        "/settings/knowledge/import/", {"files": [SimpleUploadedFile("all.zip", archive)], "visibility": "public"}
    )
    assert "word for word" in again.content.decode()
    assert Article.objects.get().version == 1
    assert "Choose a file first" in client.post("/settings/knowledge/import/").content.decode()


def test_replies_that_relied_on_an_article_are_found(cast: Cast, client: Client) -> None:
    article = save()
    passage = article.passages.get()
    draft = pending_draft(cast.ticket())
    from desk.actions import SYSTEM
    from tests.knowledge.resting import rest_on

    rest_on(draft, passage, by=SYSTEM)
    approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version))
    save(body="## Bells\n\nOther words.")
    signed_in(client, cast.sam)
    page = client.get(f"/settings/knowledge/{article.pk}/replies/").content.decode()
    assert f"#{draft.ticket_id}" in page
    assert "cited" in page
    assert "Ana Ruiz" in page
    assert PASSAGE["heading"] not in page


def test_an_agent_marks_a_note_in_the_thread(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    note = add_note(ticket, text="The label is on its way.", by=cast.ana.actor())
    signed_in(client, cast.ana)
    address = f"/tickets/{ticket.number}/notes/{note.pk}/usable/"
    assert address in client.get(f"/tickets/{ticket.number}/").content.decode()
    client.post(address, {"usable": "yes"})
    assert UsableNote.objects.get().message == note
    assert "drafts may rest on it" in client.get(f"/tickets/{ticket.number}/").content.decode()
    client.post(address, {"usable": "no"})
    assert not UsableNote.objects.exists()
    signed_in(client, cast.olga)
    assert client.post(address, {"usable": "yes"}).status_code == 404
