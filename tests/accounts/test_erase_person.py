"""Somebody who has left is erased: a random number stays, in entries and beside what they decided."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actions import change_person, erase_person, set_preferences
from accounts.models import Membership, Person, Token
from conversations.knowledge.actions.macros import Wording, save_macro
from conversations.models import Macro, Unsent
from conversations.review.actions import write_reply
from conversations.teamwork import unsent
from desk.ledger.append import leaf_hash
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry, Salt
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast


def test_name_and_address_go_and_what_they_did_stays(cast: Cast) -> None:
    ticket = cast.ticket()
    write_reply(ticket, text="It is on its way.", by=cast.ana.actor())
    unsent.keep(cast.ana, ticket, what="note", text="Half a thought", known=None)
    token = cast.token(cast.ana, "tickets:read")
    set_preferences(cast.ana, {"density": "compact"}, by=cast.ana.actor())
    before = list(Entry.objects.order_by("seq").values_list("canonical", flat=True))
    change_person(cast.ana, active=False, by=cast.ada.actor())
    erase_person(cast.ana, by=cast.ada.actor())
    ana = Person.objects.get(pk=cast.ana.pk)
    number = str(ana.pk)[:8]
    assert (ana.name, ana.email) == (f"person {number}", f"{ana.pk}@erased.invalid")
    assert (ana.roles, ana.languages, ana.preferences) == ([], [], {})
    assert not ana.has_usable_password()
    assert ana.erased_at
    assert not Membership.objects.filter(person=ana).exists()
    assert not Unsent.objects.filter(person=ana).exists()
    assert not Token.objects.filter(user=ana, revoked_at=None).exists()
    assert token
    entries = list(Entry.objects.order_by("seq"))
    assert [entry.canonical for entry in entries][: len(before)] == before
    assert all(bytes(entry.leaf) == leaf_hash(entry.canonical) for entry in entries)
    told = " ".join(sentences(entries))
    assert "Ana" not in told
    assert f"Person {number} wrote a reply" in told


def test_macros_of_their_own_go_with_what_would_confirm_them(cast: Cast) -> None:
    wording = Wording(name="Mine", shortcut="mine", body="Greetings from Ana Ruiz", audience="private")
    macro = save_macro(wording, by=cast.ana.actor())
    assert Salt.objects.filter(source__startswith=f"{macro.ref}:").exists()
    change_person(cast.ana, active=False, by=cast.ada.actor())
    erase_person(cast.ana, by=cast.ada.actor())
    assert not Macro.objects.filter(pk=macro.pk).exists()
    assert not Salt.objects.filter(source__startswith=f"{macro.ref}:").exists()


def test_who_is_still_here_is_not_erased_and_nobody_erases_themselves(cast: Cast) -> None:
    for person in (cast.ana, cast.ada):
        with pytest.raises(Invalid, match="invalid"):
            erase_person(person, by=cast.ada.actor())
    change_person(cast.ana, active=False, by=cast.ada.actor())
    with pytest.raises(NotAllowed):
        erase_person(cast.ana, by=cast.sam.actor())


def test_on_the_page_of_people_access_is_ended_first_and_the_name_is_typed(cast: Cast, client: Client) -> None:
    page, access, erase = (
        "/settings/people/",
        f"/settings/people/{cast.ana.pk}/access/",
        f"/settings/people/{cast.ana.pk}/erase/",
    )
    client.force_login(cast.ada)
    assert "End their access" in client.get(page).content.decode()
    answer = client.post(erase, {"name": "Ana Ruiz"})
    assert (answer.status_code, "Only somebody who has left can be erased." in answer.content.decode()) == (400, True)
    client.post(access, {"active": "no"})
    told = client.get(page).content.decode()
    assert "Ana Ruiz cannot sign in any more." in told
    assert "To erase them, type their name: Ana Ruiz" in told
    answer = client.post(erase, {"name": "Ana"})
    assert (answer.status_code, "Nothing was erased." in answer.content.decode()) == (400, True)
    assert Person.objects.get(pk=cast.ana.pk).name == "Ana Ruiz"
    assert not Entry.objects.filter(kind="person.erased").exists()
    told = client.post(erase, {"name": " Ana  Ruiz "}, follow=True).content.decode()
    assert f"Erased. The ledger calls them person {str(cast.ana.pk)[:8]} from now on." in told
    assert "Ana Ruiz" not in client.get(page).content.decode()
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.actor, entry.subject) == ("person.erased", cast.ada.ref, cast.ana.ref)
    assert client.post(access, {"active": "yes"}).status_code == 403


def test_access_is_given_back_and_nobody_ends_their_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.ada)
    for active in ("no", "yes"):
        client.post(f"/settings/people/{cast.ana.pk}/access/", {"active": active})
        assert Person.objects.get(pk=cast.ana.pk).is_active == (active == "yes")
    assert client.post(f"/settings/people/{cast.ada.pk}/access/", {"active": "no"}).status_code == 403
    client.force_login(cast.sam)
    for what in ("access", "erase"):
        assert client.post(f"/settings/people/{cast.ana.pk}/{what}/", {"name": "Ana Ruiz"}).status_code == 404
    told = client.get("/settings/people/").content.decode()
    assert "End their access" not in told
