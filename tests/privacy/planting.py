"""One customer's words, planted wherever a customer's words can get, each with a mark of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from conversations.drafting.actions import answer_flag, record_call
from conversations.drafting.actions.generate import Prepared, begin_draft, store_draft
from conversations.drafting.checks import Found
from conversations.knowledge.actions import Wanted, save_lookup
from conversations.knowledge.actions.lookups import store_answer
from conversations.knowledge.calls import Answer
from conversations.models import Customer, Draft, ModelCall, Sending, Ticket
from conversations.privacy.actions import end_hold, place_hold
from conversations.review.actions import Edit, Rejection, Seen, edit, reject, write_reply
from conversations.review.actions.concerns import raise_concern
from conversations.teamwork import unsent
from conversations.tickets.actions import (
    add_note,
    change_customer,
    finish_sending,
    save_view,
    set_tags,
)
from conversations.tickets.actions.sendings import begin_sending
from conversations.tickets.listing import Listing
from conversations.tickets.states import SendingState
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job
from tests.api.calls import caller
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.mailroom.written import arrives
from tests.portal.pages import once_of, page_of

MARK = "xqzplant"
"""Begins every planted word, and nothing else that there is."""

EMAIL, NAME, PHONE = "xqzplant.mail@planted.example", "Xqzplantfirst Xqzplantlast", "+4930771xqzplant"
PLACES = """
    mailsubject mailbody mailagain formsubject formbody formagain apisubject apibody apiagain apirefused draft sentence
    unanswered risk flag receipt answer placeholder edit note reject instruction reply concern unsent handover tag hold seenin
    lookup
""".split()  # noqa: SIM905 - a list of words reads as one


def word(place: str) -> str:
    """What is planted in one place."""
    assert place in PLACES
    return f"{MARK}{place}"


def plant(cast: Cast) -> Customer:
    """Carla's namesake writes by every way in, and people and a model do with it all that they can."""
    mailed = _mail()
    customer = mailed.customer
    change_customer(customer, phone=PHONE, by=cast.ana.actor())
    formed = _form(cast)
    called = _api(cast)
    for ticket in (mailed, formed, called):
        assert ticket.customer_id == customer.pk
    _worked_on(mailed, cast)
    _decided(formed, called, cast)
    _kept_aside(mailed, cast)
    return customer


def _mail() -> Ticket:
    sender = f"{NAME} <{EMAIL}>"
    ticket = arrives(
        f"Where is my {word('mailbody')}?",
        sender=sender,
        subject=f"About {word('mailsubject')}",
        message_id="<xqzplant1@planted.example>",
    ).ticket
    assert ticket is not None
    arrives(
        f"Still no {word('mailagain')}.",
        sender=sender,
        in_reply_to="<xqzplant1@planted.example>",
        message_id="<xqzplant2@planted.example>",
    )
    return ticket


def _form(cast: Cast) -> Ticket:
    client = Client()
    wish = {"name": NAME, "email": EMAIL, "subject": word("formsubject"), "message": f"What of {word('formbody')}?"}
    once = once_of(client.get("/help/new/").content.decode())
    assert client.post("/help/new/", {"once": once, **wish}).status_code in {200, 302}
    ticket = Ticket.objects.get(subject=word("formsubject"))
    client.post(f"{page_of(ticket)}write/", {"message": f"And {word('formagain')}?"})
    return ticket


def _api(cast: Cast) -> Ticket:
    shop = caller(cast, cast.ada, service="Web shop")
    asked = {
        "subject": word("apisubject"),
        "body": f"Where is {word('apibody')}?",
        "customer": {"email": EMAIL, "name": NAME},
    }
    number = shop.post("tickets/", asked, key="one").json()["number"]
    shop.post(f"tickets/{number}/messages/", {"body": word("apiagain"), "from": "customer"}, key="two")
    ticket = Ticket.objects.get(pk=number)
    draft = pending_draft(ticket)
    ana = caller(cast, cast.ana)
    refused = ana.post(f"drafts/{draft.pk}/edit/", {"version": 1, "text": word("apirefused")}, key="three")
    assert refused.status_code == 409
    assert word("apirefused") in refused.content.decode(), "the text comes back, and is kept with the answer"
    return ticket


def _drafted(ticket: Ticket) -> Draft:
    """A draft as the worker makes it, with a receipt, from a model that repeats what it saw."""
    draft = Draft.objects.filter(ticket=ticket, state="queued").latest("id")
    job = Job.objects.get(key=f"draft.generate:{draft.pk}")
    # Of messages in a row only the last one's draft is made, a little later.
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    claim = jobs.claim(job.pk)
    assert claim is not None
    assert begin_draft(draft.pk, claim, by=SYSTEM) is not None
    call = record_call(
        draft,
        json.dumps({"messages": [{"role": "user", "content": word("receipt")}]}).encode(),
        replaced={"name": 1},
        placeholders={"[name-1]": word("placeholder")},
        by=SYSTEM,
    )
    text = f"Hello {NAME}, about {word('draft')}: we pay refunds within five working days."
    prepared = Prepared(
        text=text,
        sentences=[{"text": f"{text} {word('sentence')}", "kind": "claim", "sources": []}],
        unanswered=[word("unanswered")],
        risks=[word("risk")],
        passages=[],
        flags=[Found(kind="promise", severity="hint", words=word("flag"))],
        call_id=call.pk,
        model="standin",
        response=json.dumps({"reply": word("answer")}),
        prompt_tokens=1,
        completion_tokens=1,
        seconds=0.1,
    )
    return store_draft(draft, prepared, claim, by=SYSTEM)


def _worked_on(ticket: Ticket, cast: Cast) -> None:
    add_note(ticket, text=f"They mean {word('note')}.", by=cast.ana.actor())
    set_tags(ticket, tags=["delivery", word("tag")], by=cast.ana.actor())
    found = Answer("found", [{"label": "Order", "value": word("lookup")}])
    asked = Wanted(name="Order", address="https://shop.example/", fields=[("order", "Order")], enabled=False)
    store_answer(save_lookup(asked, by=SYSTEM)[0], ticket, EMAIL, found, by=SYSTEM)
    draft = _drafted(ticket)
    assert ModelCall.objects.filter(draft=draft, state="answered").exists()
    wish = Rejection("incorrect", "redraft", note=word("reject"), instruction=word("instruction"))
    reject(draft, wish, by=cast.ana.actor(), seen=Seen(version=draft.version))


def _decided(formed: Ticket, called: Ticket, cast: Cast) -> None:
    """A changed draft that goes out, a reply that a person wrote, and a customer who says that it is wrong."""
    draft = _drafted(formed)
    answer_flag(draft.flags.get(), draft, answer="true", seen_in=word("seenin"), by=cast.ana.actor())
    wish = Edit(f"Hello, {word('edit')} is on its way.")
    decision = edit(draft, wish, by=cast.ana.actor(), seen=Seen(version=draft.version))
    sending = Sending.objects.get(decision=decision)
    _sent(sending)
    raise_concern(formed, message=sending.message, text=f"No, {word('concern')} is wrong.", by=SYSTEM)
    write_reply(called, text=f"In my own words: {word('reply')}.", by=cast.ben.actor())


def _sent(sending: Sending) -> None:
    job = Job.objects.get(key=f"sending.deliver:{sending.pk}")
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=5))
    claim = jobs.claim(job.pk)
    assert claim is not None
    begin_sending(sending, claim, mail_id="<xqzplantours@desk.test>", by=SYSTEM)
    finish_sending(sending, claim, end=SendingState.SENT, by=SYSTEM)


def _kept_aside(ticket: Ticket, cast: Cast) -> None:
    """Words that nobody has sent, searches that were saved, and a hold that has ended."""
    unsent.keep(cast.ana, ticket, what="reply", text=f"Dear {word('unsent')}", known=None)
    unsent.keep(cast.ben, ticket, what="hand_over", text=word("handover"), known=None)
    save_view(Listing.of("all", {"q": f"from:{EMAIL}"}), name="Theirs", audience="private", by=cast.ana.actor())
    save_view(Listing.of("all", {"q": "refund"}), name=f"Of {NAME}", audience="everyone", by=cast.sam.actor())
    hold = place_hold(
        ticket,
        ground="legal_claim",
        expires_at=timezone.now() + timedelta(days=3),
        note=word("hold"),
        by=cast.sam.actor(),
    )
    end_hold(hold, by=cast.ada.actor())
    page = _signed_in(cast.ana).get(f"/tickets/{ticket.number}/")
    assert word("mailbody") in page.content.decode()


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def everything_planted(found: Any) -> set[str]:
    """Of the places those whose word stands in these bytes."""
    return {place for place in PLACES if word(place).encode() in found}
