"""The public form: it opens one ticket, says mistakes beside the field, keeps what was typed, gives nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations.models import Customer, Ticket
from conversations.tickets.actions import set_consent, set_policy
from desk.actions import SYSTEM
from tests.cast import CARLA, Cast
from tests.portal.pages import WISH, ask, entries, once_of, read, words


def test_a_request_becomes_a_ticket_that_waits_for_a_person(client: Client, cast: Cast) -> None:
    response = ask(client)
    ticket = Ticket.objects.get()
    assert response.status_code == 302
    assert (ticket.subject, ticket.channel, ticket.customer.email) == ("Broken zip", "form", "dora@example.com")
    assert ticket.customer.name == "Dora Lind"
    assert ticket.messages.get(direction="in").text == WISH["message"]
    assert ticket.due_at is not None
    assert "ticket.opened" in entries()
    assert "message.received" in entries()


def test_the_thanks_page_says_number_and_wait_and_keeps_the_link_for_the_mail(client: Client, cast: Cast) -> None:
    ask(client)
    ticket = Ticket.objects.get()
    page = read(client, ask(client, message="Another one, please.").url)
    assert str(ticket.number + 1) in page
    assert "8 hours" in page
    for each in Ticket.objects.all():
        assert each.link_token not in page
        assert each.reply_token not in page


def test_a_number_of_ones_own_making_gets_no_thanks(client: Client, cast: Cast) -> None:
    assert client.get("/help/thanks/?of=1001").status_code == 302
    assert client.get("/help/thanks/").status_code == 302


def test_the_same_form_sent_twice_opens_one_ticket_and_says_the_same_number(client: Client, cast: Cast) -> None:
    wish = {**WISH, "once": once_of(read(client, "/help/new/"))}
    first, second = client.post("/help/new/", wish), client.post("/help/new/", wish)
    ticket = Ticket.objects.get()
    assert str(ticket.number) in read(client, first.url)
    assert str(ticket.number) in read(client, second.url)


def test_the_same_form_with_another_text_is_another_request(client: Client, cast: Cast) -> None:
    once = once_of(read(client, "/help/new/"))
    client.post("/help/new/", {**WISH, "once": once})
    client.post("/help/new/", {**WISH, "once": once, "message": "I forgot: the order number is NO-1."})
    assert Ticket.objects.count() == 2


def test_the_same_words_from_a_fresh_form_are_another_request(client: Client, cast: Cast) -> None:
    ask(client)
    ask(client)
    assert Ticket.objects.count() == 2


def test_a_form_without_its_mark_still_opens_a_ticket(client: Client, cast: Cast) -> None:
    client.post("/help/new/", WISH)
    client.post("/help/new/", WISH)
    assert Ticket.objects.count() == 2


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(client: Client, cast: Cast) -> None:
    response = ask(client, email="dora at example", message="", people_only="on")
    page = response.content.decode()
    assert response.status_code == 400
    assert "This is not a mail address that an answer could reach." in page
    assert "Please write what we can do for you." in page
    assert 'value="dora at example"' in page
    assert 'value="Dora Lind"' in page
    assert 'value="Broken zip"' in page
    assert "checked" in page
    assert not Ticket.objects.exists()


def test_without_a_subject_the_message_gives_it(client: Client, cast: Cast) -> None:
    ask(client, subject="", name="")
    assert Ticket.objects.get().subject == WISH["message"][:80]


def test_the_language_of_a_short_message_is_that_of_the_browser(client: Client, cast: Cast) -> None:
    client.post("/help/new/", {**WISH, "message": "Hilfe!"}, headers={"accept-language": "de"})
    client.post("/help/new/", {**WISH, "message": "¿Dónde está mi paquete? Hice el pedido la semana pasada."})
    assert list(Ticket.objects.order_by("number").values_list("language", flat=True)) == ["de", "es"]


def test_a_program_that_fills_in_every_field_is_refused_with_a_sentence(client: Client, cast: Cast) -> None:
    response = ask(client, website="https://buy.example")
    assert response.status_code == 400
    assert "Please empty this field." in response.content.decode()
    assert not Ticket.objects.exists()


def test_a_forged_post_is_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/help/new/", WISH).status_code == 403
    strict.get("/help/new/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/help/new/", {**WISH, "csrfmiddlewaretoken": token}).status_code == 302


def test_opening_the_form_does_nothing(client: Client, cast: Cast) -> None:
    before = entries()
    client.get("/help/new/", WISH)
    client.head("/help/new/")
    assert client.put("/help/new/").status_code == 405
    assert entries() == before
    assert not Ticket.objects.exists()


# --- Whether a model may draft ---------------------------------------------------------------------------------------


def consent_of(email: str) -> Any:
    return Customer.objects.values_list("ai_consent", "ai_consent_source").get(email=email)


def test_under_the_policy_notice_nothing_chosen_is_nothing_said(client: Client, cast: Cast) -> None:
    page = read(client, "/help/new/")
    assert 'name="people_only"' in page
    assert "checked" not in page
    ask(client)
    assert consent_of(WISH["email"]) == (None, "")


def test_people_only_is_kept_with_its_source_and_no_draft_is_asked_for(client: Client, cast: Cast) -> None:
    ask(client, people_only="on")
    assert consent_of(WISH["email"]) == (False, "form")
    assert Ticket.objects.get().drafts.count() == 0
    assert "customer.consent_set" in entries()


def test_under_the_policy_notice_a_yes_cannot_be_smuggled_in(client: Client, cast: Cast) -> None:
    ask(client, ai_choice="yes", ai_consent="true")
    assert consent_of(WISH["email"]) == (None, "")


@pytest.mark.parametrize(("chosen", "kept"), [({}, None), ({"ai_choice": "yes"}, True), ({"ai_choice": "no"}, False)])
def test_under_the_policy_consent_only_a_choice_counts(
    client: Client, cast: Cast, chosen: dict[str, str], kept: bool | None
) -> None:
    set_policy(ai_consent="consent", by=cast.ada.actor())
    page = read(client, "/help/new/")
    assert 'name="ai_choice"' in page
    assert "checked" not in page
    ask(client, **chosen)
    assert consent_of(WISH["email"])[0] is kept
    assert Ticket.objects.get().drafts.exists() is (kept is True)


def test_a_choice_that_is_none_is_refused(client: Client, cast: Cast) -> None:
    set_policy(ai_consent="consent", by=cast.ada.actor())
    assert ask(client, ai_choice="maybe").status_code == 400


@pytest.mark.parametrize("before", [False, None])
def test_somebody_else_cannot_say_yes_for_a_customer(client: Client, cast: Cast, before: bool | None) -> None:
    set_policy(ai_consent="consent", by=cast.ada.actor())
    cast.ticket()
    if before is not None:
        set_consent(cast.carla, consent=before, source="mail", by=SYSTEM)
    ask(client, email=CARLA.upper(), ai_choice="yes")
    assert cast.carla.tickets.count() == 2
    assert cast.carla.ai_consent is before


def test_a_yes_from_before_stays_when_nothing_is_chosen(client: Client, cast: Cast) -> None:
    cast.ticket()
    set_consent(cast.carla, consent=True, source="ticket_page", by=SYSTEM)
    ask(client, email=CARLA)
    assert cast.carla.ai_consent is True


def test_people_only_counts_for_a_known_customer_too(client: Client, cast: Cast) -> None:
    first = cast.ticket()
    ask(client, email=CARLA, people_only="on")
    assert cast.carla.ai_consent is False
    assert not first.drafts.filter(state__in=["queued", "generating", "pending_review"]).exists()


def test_nobody_learns_whether_an_address_is_known(client: Client, cast: Cast) -> None:
    cast.ticket()
    set_consent(cast.carla, consent=False, source="mail", by=SYSTEM)
    known, fresh = ask(client, email=CARLA), ask(client, email="nobody@example.com")
    assert known.status_code == fresh.status_code == 302
    numbers = [str(ticket.number) for ticket in Ticket.objects.order_by("number")][1:]
    pages = [words(read(client, response.url)) for response in (known, fresh)]
    assert pages[0].replace(numbers[0], "#") == pages[1].replace(numbers[1], "#")
    assert cast.carla.name == "Carla Jones", "a stranger does not rename a customer"
