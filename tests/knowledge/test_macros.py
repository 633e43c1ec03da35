"""Macros: who may keep which, what is offered in a ticket, and that no placeholder of theirs ever leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Person
from conversations.drafting.models import Draft
from conversations.knowledge.actions import Wording, retire_macro, save_macro
from conversations.knowledge.macros import offers
from conversations.knowledge.models import Macro
from conversations.knowledge.placeholders import fill, unknown, unresolved
from conversations.knowledge.problems import MacroChanged, ShortcutTaken
from conversations.review.actions import Edit, Seen, approve, edit, write_reply
from conversations.review.problems import PlaceholdersOpen
from conversations.tickets.actions import add_note
from conversations.tickets.models import Message
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed, NotFound
from tests.cast import Cast
from tests.drafts import pending_draft

BODY = "Hello {customer.first_name}, this is #{ticket.number}. {agent.name}, {team.name}"


def wanted(**more: Any) -> Wording:
    return Wording(**{"name": "Greeting", "shortcut": "hello", "body": BODY, "audience": "everyone", **more})


def kept(by: Person, **more: Any) -> Macro:
    return save_macro(wanted(**more), by=by.actor())


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person, backend="accounts.backends.PersonBackend")
    return client


class TestKeeping:
    def test_every_act_is_an_entry_without_a_word_of_the_text(self, cast: Cast) -> None:
        macro = kept(cast.sam)
        save_macro(wanted(name="Salute"), by=cast.sam.actor(), macro=macro, seen=1)
        retire_macro(macro, by=cast.sam.actor())
        entries = Entry.objects.filter(subject=macro.ref).order_by("seq")
        assert [(entry.kind, entry.facts["version"]) for entry in entries] == [
            ("macro.saved", 1),
            ("macro.saved", 2),
            ("macro.retired", 2),
        ]
        assert "Hello" not in str([entry.facts for entry in entries])
        assert "body" in entries[0].commitments

    def test_agents_keep_their_own_and_no_others(self, cast: Cast) -> None:
        mine = kept(cast.ana, audience="private")
        assert mine.owner == cast.ana
        for audience in ("everyone", f"team:{cast.orders.pk}"):
            with pytest.raises(NotAllowed):
                kept(cast.ana, audience=audience)
        shared = kept(cast.sam)
        with pytest.raises(NotAllowed):
            retire_macro(shared, by=cast.ana.actor())

    def test_nobody_touches_what_is_anothers_own(self, cast: Cast) -> None:
        mine = kept(cast.ana, audience="private")
        for other in (cast.ben, cast.ada):
            with pytest.raises(NotFound):
                save_macro(wanted(audience="private"), by=other.actor(), macro=mine, seen=1)
            with pytest.raises(NotFound):
                retire_macro(mine, by=other.actor())

    def test_whoever_is_second_learns_it(self, cast: Cast) -> None:
        macro = kept(cast.sam)
        save_macro(wanted(body="Now."), by=cast.ada.actor(), macro=macro, seen=1)
        with pytest.raises(MacroChanged):
            save_macro(wanted(body="Later."), by=cast.sam.actor(), macro=macro, seen=1)
        assert Macro.objects.get().body == "Now."

    def test_a_shortcut_is_free_again_in_another_language_or_once_retired(self, cast: Cast) -> None:
        first = kept(cast.sam)
        kept(cast.sam, language="de")
        kept(cast.ana, audience="private")
        with pytest.raises(ShortcutTaken):
            kept(cast.ada, shortcut="/Hello")
        retire_macro(first, by=cast.sam.actor())
        assert kept(cast.ada).shortcut == "hello"
        with pytest.raises(NotFound):
            save_macro(wanted(), by=cast.sam.actor(), macro=first, seen=1)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "  "),
            ("shortcut", "two words"),
            ("shortcut", ""),
            ("body", " "),
            ("body", "x" * 20_001),
            ("body", "Hello {customer.nmae}"),
            ("language", "xx"),
            ("audience", "team:999999"),
            ("audience", "team:²"),
            ("audience", "nobody"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, cast: Cast, field: str, value: str) -> None:
        with pytest.raises(Invalid) as refused:
            kept(cast.sam, **{field: value})
        assert list(refused.value.fields["errors"]) == [field]
        assert not Macro.objects.exists()

    def test_the_table_is_written_by_actions_only(self, cast: Cast) -> None:
        macro = kept(cast.sam)
        with pytest.raises(DatabaseError, match="by actions only"), transaction.atomic():
            Macro.objects.filter(pk=macro.pk).update(body="x")


class TestOffering:
    def test_placeholders_stand_for_this_ticket(self, cast: Cast) -> None:
        kept(cast.sam)
        ticket = cast.ticket()
        (offer,) = offers(ticket, cast.ana)
        assert offer.text == f"Hello Carla, this is #{ticket.number}. Ana Ruiz, Orders"
        assert offer.open == []

    def test_what_nothing_is_known_for_stays_open(self, cast: Cast) -> None:
        kept(cast.sam)
        (offer,) = offers(cast.ticket(name="", team=None), cast.ana)
        assert offer.open == ["{customer.first_name}", "{team.name}"]

    def test_the_customers_words_are_never_filled_in_again(self) -> None:
        assert fill("{ticket.subject}", {"ticket.subject": "{agent.name}", "agent.name": "Ana"}) == "{agent.name}"

    def test_the_tickets_language_comes_first(self, cast: Cast) -> None:
        for language in ("en", "", "de"):
            kept(cast.sam, language=language, body=f"in {language}")
        assert [offer.macro.language for offer in offers(cast.ticket(language="de"), cast.ana)] == ["de", "", "en"]

    def test_people_see_everybodys_their_teams_and_their_own(self, cast: Cast) -> None:
        kept(cast.sam, shortcut="all")
        kept(cast.sam, shortcut="returns", audience=f"team:{cast.returns.pk}")
        kept(cast.ben, shortcut="bens", audience="private")
        ticket = cast.ticket(team=None)

        def seen(person: Person) -> set[str]:
            return {offer.macro.shortcut for offer in offers(ticket, person)}

        assert seen(cast.ana) == {"all"}
        assert seen(cast.ben) == {"all", "returns", "bens"}
        assert seen(cast.sam) == {"all", "returns"}

    def test_only_who_sees_the_ticket_gets_its_texts(self, cast: Cast, client: Client) -> None:
        kept(cast.sam)
        ticket = cast.ticket(team=cast.returns)
        address = f"/tickets/{ticket.number}/macros/"
        assert b"Hello Carla" in signed_in(client, cast.ben).get(address).content
        assert signed_in(client, cast.ana).get(address).status_code == 404


class TestSending:
    def test_an_open_placeholder_blocks_a_reply_and_nothing_is_lost(self, cast: Cast) -> None:
        ticket = cast.ticket()
        with pytest.raises(PlaceholdersOpen) as refused:
            write_reply(ticket, text="Dear { Customer.name },", by=cast.ana.actor())
        assert refused.value.fields == {"placeholders": ["{ Customer.name }"], "text": "Dear { Customer.name },"}
        assert not Message.objects.filter(direction="out", notice="").exists()

    def test_it_blocks_an_edited_draft_and_an_approval(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        with pytest.raises(PlaceholdersOpen):
            edit(draft, Edit("Hello {customer.name}"), by=cast.ana.actor(), seen=Seen(draft.version))
        other = pending_draft(cast.ticket(email="other@example.com"), text="Hello {customer.name}")
        with pytest.raises(PlaceholdersOpen):
            approve(other, by=cast.ana.actor(), seen=Seen(other.version))
        waiting = Draft.objects.filter(pk__in=[draft.pk, other.pk], state="pending_review")
        assert waiting.count() == 2

    def test_a_note_may_hold_one(self, cast: Cast) -> None:
        add_note(cast.ticket(), text="Use {customer.name} here", by=cast.ana.actor())

    def test_the_page_says_it_and_keeps_the_text(self, cast: Cast, client: Client) -> None:
        ticket = cast.ticket()
        last = cast.last_message(ticket).pk
        answer = signed_in(client, cast.ana).post(
            f"/tickets/{ticket.number}/reply/", {"text": "Dear {team.name}", "last_seen": last}
        )
        assert answer.status_code == 409
        assert "A placeholder is not filled in" in answer.content.decode()
        assert ">Dear {team.name}</textarea>" in answer.content.decode()

    def test_other_braces_are_nobodys_business(self) -> None:
        assert unresolved("{a: 1} {{x}} {tickets} {customer} {order.number}") == []
        assert unknown("{ticket.number} {agent.age}") == ["{agent.age}"]


class TestPages:
    def test_a_macro_is_made_changed_and_retired_by_forms(self, cast: Cast, client: Client) -> None:
        signed_in(client, cast.sam)
        form = {"name": "Greeting", "shortcut": "hello", "body": BODY, "language": "", "audience": "everyone"}
        assert client.post("/settings/macros/new/", form).status_code == 302
        macro = Macro.objects.get()
        address = f"/settings/macros/{macro.pk}/"
        assert "saved version 1" in client.get(address).content.decode()
        assert client.post(address, {**form, "name": "Salute", "version": 1}).status_code == 302
        assert "Salute" in client.get("/settings/macros/").content.decode()
        stale = client.post(address, {**form, "name": "Late", "version": 1})
        assert stale.status_code == 409
        assert 'value="Late"' in stale.content.decode()
        assert client.post(f"{address}retire/").status_code == 302
        assert client.get(address).status_code == 404

    def test_a_refusal_keeps_what_was_typed(self, cast: Cast, client: Client) -> None:
        form = {"name": "", "shortcut": "hello", "body": "Kept words", "language": "", "audience": "private"}
        answer = signed_in(client, cast.ana).post("/settings/macros/new/", form)
        assert answer.status_code == 400
        assert "Kept words" in answer.content.decode()
        assert "A macro needs a name." in answer.content.decode()

    def test_what_is_not_theirs_to_keep_does_not_exist(self, cast: Cast, client: Client) -> None:
        shared, private = kept(cast.sam), kept(cast.ben, audience="private")
        signed_in(client, cast.ana)
        for macro in (shared, private):
            assert client.get(f"/settings/macros/{macro.pk}/").status_code == 404
            assert client.post(f"/settings/macros/{macro.pk}/retire/").status_code == 404
        assert signed_in(client, cast.aud).get("/settings/macros/").status_code == 404
