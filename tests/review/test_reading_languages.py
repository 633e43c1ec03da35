"""A draft is let out by somebody who reads its language."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.actions import set_languages
from accounts.models import Person
from conversations.drafting.models import Draft
from conversations.review.actions import Edit, Rejection, Seen, approve, edit, reject, write_reply
from conversations.review.problems import LanguageNotRead
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafts import pending_draft


@pytest.fixture
def german(cast: Cast) -> Draft:
    """Ana reads English and Spanish, Ben English and German; Sam has stated nothing."""
    set_languages(cast.ana, ["es", "en"], by=cast.ana.actor())
    set_languages(cast.ben, ["de", "en"], by=cast.ada.actor())
    set_languages(cast.sam, [], by=cast.sam.actor())
    return pending_draft(cast.ticket(language="de"))


def test_who_does_not_read_it_is_told_who_does_and_keeps_the_text(cast: Cast, german: Draft) -> None:
    with pytest.raises(LanguageNotRead) as refused:
        approve(german, by=cast.ana.actor(), seen=Seen(german.version))
    assert refused.value.fields["readers"] == ["Ben Okafor", "Sam Lindqvist"]
    assert "German" in str(refused.value.detail)
    with pytest.raises(LanguageNotRead) as refused:
        edit(german, Edit("Hallo, ich schaue nach."), by=cast.ana.actor(), seen=Seen(german.version))
    assert refused.value.fields["text"] == "Hallo, ich schaue nach."


def test_who_reads_it_decides_and_the_ledger_says_in_which_language(cast: Cast, german: Draft) -> None:
    approve(german, by=cast.ben.actor(), seen=Seen(german.version))
    told = Entry.objects.get(kind="draft.approved")
    assert (told.facts["language"], told.facts["reads"]) == ("de", "stated")


def test_who_has_stated_no_language_reads_all_and_the_ledger_says_that(cast: Cast, german: Draft) -> None:
    edit(german, Edit(f"{german.text} Danke."), by=cast.sam.actor(), seen=Seen(german.version))
    told = Entry.objects.get(kind="draft.edited")
    assert (told.facts["language"], told.facts["reads"]) == ("de", "unstated")


def test_rejecting_and_writing_oneself_ask_for_no_language(cast: Cast, german: Draft) -> None:
    reject(german, Rejection(reason="tone", next="write"), by=cast.ana.actor(), seen=Seen(german.version))
    write_reply(german.ticket, text="Hello, we write in English today.", by=cast.ana.actor())


def test_people_state_their_own_languages_and_administrators_everybodys(cast: Cast) -> None:
    set_languages(cast.ana, ["fr", "en", "fr"], by=cast.ana.actor())
    assert Person.objects.get(pk=cast.ana.pk).languages == ["en", "fr"]
    assert Entry.objects.get(kind="person.languages_set").facts == {"languages": ["en", "fr"]}
    set_languages(cast.ana, [], by=cast.ada.actor())
    assert Entry.objects.filter(kind="person.languages_set").latest("seq").facts == {"languages": ["all"]}
    for other in (cast.ben, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            set_languages(cast.ana, ["de"], by=other.actor())
    with pytest.raises(Invalid, match="invalid"):
        set_languages(cast.ana, ["klingon"], by=cast.ana.actor())


def test_the_command_that_adds_people_takes_languages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO("correct horse battery staple\n"))
    call_command("add_person", "nina@desk.test", "Nina", "--role", "agent", "--language", "de", "--language", "fr")
    assert Person.objects.get(email="nina@desk.test").languages == ["de", "fr"]
    assert Entry.objects.filter(kind="person.added").latest("seq").facts["languages"] == ["de", "fr"]


def test_the_pane_says_so_before_and_hands_over_in_one_step(cast: Cast, german: Draft, client: Client) -> None:
    client.force_login(cast.ana)
    page = client.get(f"/tickets/{german.ticket_id}/").content.decode()
    assert "This draft is in German." in page
    assert "Hand over to Ben Okafor" in page
    assert "data-approves" not in page
    assert f"/drafts/{german.pk}/reject/" in page
    answer = client.post(f"/drafts/{german.pk}/approve/", {"version": german.version})
    assert answer.status_code == 409
    assert "This draft needs somebody who reads it" in answer.content.decode()
    client.post(f"/tickets/{german.ticket_id}/hand-over/", {"to": f"person:{cast.ben.pk}"})
    german.ticket.refresh_from_db()
    assert german.ticket.assignee == cast.ben
    client.force_login(cast.ben)
    page = client.get(f"/tickets/{german.ticket_id}/").content.decode()
    assert "data-approves" in page
    assert "This draft is in German." not in page


def test_the_api_refuses_with_the_code_and_who_could(cast: Cast, german: Draft, client: Client) -> None:
    token = cast.token(cast.ana, "decide", "tickets:read")
    answer = client.post(
        f"/api/v1/drafts/{german.pk}/approve/",
        {"version": german.version},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "language_not_read")
    assert answer.json()["language"] == "de"
    assert answer.json()["readers"] == ["Ben Okafor", "Sam Lindqvist"]


def test_lists_are_narrowed_to_what_one_reads(cast: Cast, german: Draft, client: Client) -> None:
    english = cast.ticket("In English.", subject="An English one")
    client.force_login(cast.ana)
    page = client.get("/queue/todo/?reads=me").content.decode()
    assert f'data-ticket="{english.number}"' in page
    assert f'data-ticket="{german.ticket_id}"' not in page
    client.force_login(cast.sam)
    page = client.get("/queue/todo/?reads=me").content.decode()
    assert f'data-ticket="{german.ticket_id}"' in page


def test_the_pages_for_languages(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    client.post("/settings/languages/", {"languages": ["en", "de"]})
    assert Person.objects.get(pk=cast.ana.pk).languages == ["en", "de"]
    assert client.get("/settings/people/").status_code == 404
    client.force_login(cast.aud)
    assert "Reads English, German" in client.get("/settings/people/").content.decode()
    assert client.post(f"/settings/people/{cast.ana.pk}/languages/", {"languages": ["fr"]}).status_code == 404
    client.force_login(cast.ada)
    page = client.post(f"/settings/people/{cast.ana.pk}/languages/", {"languages": ["fr"]}, follow=True)
    assert "The languages that Ana Ruiz reads are kept." in page.content.decode()
    assert "Reads French" in page.content.decode()


def test_a_person_of_an_older_desk_reads_all(cast: Cast) -> None:
    assert Person(name="Old", email="old@desk.test").reads("de")
