"""From a customer's message to a draft before people, on the real wire; and each way in which it may not come about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from conversations.attachments.actions import Received
from conversations.attachments.files import File
from conversations.drafting.actions import request_draft
from conversations.drafting.asking import MOST_CHARACTERS
from conversations.drafting.models import Draft, ModelCall, Stop
from conversations.drafting.receipts import placeholders_of, request_of
from conversations.drafting.states import DraftState
from conversations.mailroom.addresses import reply_address, ticket_link
from conversations.review.actions import Rejection, Seen, reject
from conversations.tickets.actions import receive_message, set_consent
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, Why
from desk import jobs
from desk.actions import SYSTEM, Actor
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.cast import FORM, Cast
from tests.drafting.shelf import fill
from tests.standin import StandIn


def work() -> None:
    """Do what a worker does, for all drafts that are asked for, once their time has come."""
    Job.objects.filter(kind="draft.generate", state=Job.State.QUEUED).update(run_after=timezone.now())
    for asked in Job.objects.filter(kind="draft.generate", state=Job.State.QUEUED).order_by("id"):
        jobs.run(asked.pk)


def drafted(cast: Cast, **more: Any) -> Draft:
    fill()
    ticket = cast.ticket(**more)
    work()
    return Draft.objects.get(ticket=ticket)


def test_a_ticket_gets_a_draft_with_sources_in_the_customers_language(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    assert draft.state == DraftState.PENDING_REVIEW
    assert "Carla" in draft.text, "placeholders are restored"
    assert "".join(sentence["text"] for sentence in draft.sentences) == draft.text
    sourced = [sentence for sentence in draft.sentences if sentence["sources"]]
    assert sourced
    texts = {passage["ref"]: passage["text"] for passage in draft.passages}
    for sentence in sourced:
        for source in sentence["sources"]:
            assert source["quote"] in texts[source["passage"]]
    assert Ticket.objects.get(pk=draft.ticket_id).lane == Lane.REVIEW
    kinds = Entry.objects.filter(thread=draft.ticket.ref).order_by("seq").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith(("draft", "model"))] == [
        "draft.requested",
        "draft.begun",
        "model.called",
        "draft.prepared",
    ]


def test_nothing_that_is_known_of_the_customer_leaves_and_the_receipt_is_what_left(
    cast: Cast, standin: StandIn
) -> None:
    body = (
        "Hello, this is Carla Jones (carla@example.com, +44 7700 900123). My card is 4111 1111 1111 1111. "
        "Where is my refund?"
    )
    draft = drafted(cast, body=body, phone="+44 7700 900123")
    call = ModelCall.objects.get(draft=draft)
    left = standin.seen()["bodies"][-1]
    assert request_of(call) == left, "byte for byte"
    assert "Carla Jones" in placeholders_of(call).values()
    for personal in ("Carla", "Jones", "carla@example.com", "900123", "4111"):
        assert personal not in left
    assert json.loads(left)["store"] is False
    assert sum(call.redaction["replaced"].values()) >= 4
    assert call.state == "answered"
    assert call.prompt_tokens > 0


def test_no_file_and_no_name_of_one_leaves(cast: Cast, standin: StandIn) -> None:
    files = Received([File.of("passport of a stranger.txt", b"what stands in the passport")])
    draft = drafted(cast, files=files)
    left = standin.seen()["bodies"][-1]
    assert "passport" not in left
    assert "stranger" not in left
    assert draft.ticket.messages.earliest("id").attachments.count() == 1


def test_an_account_at_the_edge_of_what_is_sent_does_not_leave_in_half(cast: Cast, standin: StandIn) -> None:
    begins = "Where is my refund? "
    long = begins + "refund " * ((MOST_CHARACTERS - len(begins) - 12) // 7)
    drafted(cast, body=f"{long}DE89 3704 0044 0532 0130 00, thanks")
    left = standin.seen()["bodies"][-1]
    assert "refund refund" in left
    assert "DE89" not in left


def test_the_customers_secret_link_and_the_tickets_address_do_not_leave(cast: Cast, standin: StandIn) -> None:
    fill()
    ticket = cast.ticket()
    link, address = ticket_link(ticket), reply_address(ticket)
    receive_message(ticket, text=f"You wrote from {address}: {link}\nWhere is my refund?", channel="mail", by=FORM)
    work()
    left = standin.seen()["bodies"][-1]
    assert "You wrote from" in left
    assert ticket.link_token not in left
    assert ticket.reply_token not in left


def test_another_message_makes_the_draft_stale_and_brings_one_for_the_new_message(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    receive_message(draft.ticket, text="And how do I return the boots?", channel="form", by=FORM)
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (DraftState.STALE, 3)
    work()
    fresh = Draft.objects.get(ticket=draft.ticket_id, state=DraftState.PENDING_REVIEW)
    assert fresh.last_message_id == cast.last_message(draft.ticket).pk


def test_asking_twice_brings_one_draft(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    again = request_draft(draft.ticket, by=SYSTEM)
    assert again is not None
    assert again.pk == draft.pk


@pytest.mark.parametrize(
    ("fault", "times"),
    [("429", None), ("500", None), ("bad_json", None), ("bad_schema", None), ("empty", None), ("cut", None)],
)
def test_a_model_that_fails_leaves_the_ticket_in_write_with_the_reason(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str, times: int | None
) -> None:
    monkeypatch.setattr(settings.ENV, "model_deadline", 2.0)
    standin.misbehave(fault, times=times)
    draft = drafted(cast)
    ticket = Ticket.objects.get(pk=draft.ticket_id)
    assert (draft.state, ticket.lane, ticket.lane_why) == (DraftState.FAILED, Lane.WRITE, Why.PROVIDER)
    assert Entry.objects.filter(thread=ticket.ref, kind="draft.failed").count() == 1
    assert ModelCall.objects.filter(draft=draft, state="failed").exists()


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_model_that_never_ends_is_left_at_the_deadline(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(settings.ENV, "model_deadline", 1.5)
    standin.misbehave(fault)
    draft = drafted(cast)
    assert draft.state == DraftState.FAILED
    assert Entry.objects.get(kind="draft.failed").facts["error"] == "timeout"


def test_a_fault_that_passes_is_tried_again_and_each_try_has_its_receipt(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("500", times=1)
    draft = drafted(cast)
    assert draft.state == DraftState.PENDING_REVIEW
    assert [call.state for call in draft.calls.order_by("id")] == ["failed", "answered"]


@pytest.mark.parametrize(("key", "error"), [("wrong-key", "wrong_key")])
def test_a_wrong_key_is_said_as_provider(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, key: str, error: str
) -> None:
    monkeypatch.setattr(settings.ENV, "openai_api_key", key)
    draft = drafted(cast)
    assert (draft.state, draft.failure) == (DraftState.FAILED, "provider")
    assert Entry.objects.get(kind="draft.failed").facts["error"] == error


def test_without_a_key_nothing_is_asked(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.ENV, "openai_api_key", "")
    fill()
    ticket = cast.ticket()
    work()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.PROVIDER)
    assert not Draft.objects.exists()
    assert standin.seen()["requests"] == 0


def test_what_no_article_answers_is_not_asked_of_a_model(cast: Cast, standin: StandIn) -> None:
    fill()
    ticket = cast.ticket("Zebra xylophone quantum marmalade?", subject="Qqq")
    work()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.NO_SOURCES)
    assert standin.seen()["requests"] == 0


def test_courtesies_alone_are_no_draft(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("courtesies")
    draft = drafted(cast)
    assert (draft.state, draft.failure) == (DraftState.FAILED, "no_sources")
    ticket = Ticket.objects.get(pk=draft.ticket_id)
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.NO_SOURCES)


def test_a_draft_of_a_ticket_that_is_kept_for_people_meanwhile_is_not_made(cast: Cast, standin: StandIn) -> None:
    fill()
    ticket = cast.ticket()
    set_consent(cast.carla, consent=False, source="ticket_page", by=Actor("customer"))
    work()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.OPTED_OUT)
    assert standin.seen()["requests"] == 0


def test_an_opt_out_while_the_model_answers_keeps_the_draft_out(
    cast: Cast, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conversations.drafting import tasks

    ask = tasks.ask

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        completion = ask(*args, **kwargs)
        set_consent(cast.carla, consent=False, source="mail", by=Actor("customer"))
        return completion

    monkeypatch.setattr(tasks, "ask", meanwhile)
    draft = drafted(cast)
    assert (draft.state, draft.text) == (DraftState.WITHDRAWN, "")


def test_a_stop_takes_drafts_out_of_use_and_holds_new_ones(cast: Cast, standin: StandIn) -> None:
    from conversations.drafting.actions import resume_drafting, stop_drafting

    draft = drafted(cast)
    stop = stop_drafting(
        scope="team", value=str(cast.orders.pk), reason="Wrong prices in answers.", by=cast.sam.actor()
    )
    jobs.run(Job.objects.get(kind="stop.apply").pk)
    draft.refresh_from_db()
    assert draft.state == DraftState.QUARANTINED
    held = cast.ticket()
    held.refresh_from_db()
    assert (held.lane, held.lane_why) == (Lane.WRITE, Why.STOPPED)
    free = cast.ticket(team=cast.returns)
    free.refresh_from_db()
    assert free.lane == Lane.DRAFTING
    resume_drafting(Stop.objects.get(pk=stop.pk), by=cast.sam.actor())
    assert request_draft(held, by=cast.ana.actor()) is not None


def test_a_placeholder_that_nobody_issued_blocks_the_draft(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("foreign_placeholder")
    draft = drafted(cast)
    flags = {(flag.kind, flag.severity) for flag in draft.flags.all()}
    assert ("placeholder", "blocker") in flags
    assert draft.risk == "high"


def test_a_link_that_stands_nowhere_blocks_the_draft(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("invented")
    draft = drafted(cast)
    assert ("link", "blocker") in {(flag.kind, flag.severity) for flag in draft.flags.all()}


def test_what_a_model_names_as_risk_is_kept_and_makes_a_draft_no_routine(cast: Cast, standin: StandIn) -> None:
    draft = drafted(
        cast, body="When is my refund paid? I sent the jacket back two weeks ago. Otherwise my lawyer writes."
    )
    assert draft.risks == ["The customer mentions legal steps."]
    assert draft.risk == "medium"


def test_a_burst_of_five_messages_is_one_call_and_one_draft(cast: Cast, standin: StandIn) -> None:
    fill()
    ticket = cast.ticket()
    for number in range(4):
        receive_message(ticket, text=f"And one more thing, number {number}.", channel="form", by=FORM)
    first, *later = Job.objects.filter(kind="draft.generate").order_by("id")
    assert first.run_after <= first.created_at, "nobody waits for what may never come"
    assert all(job.run_after > job.created_at for job in later)
    work()
    assert ModelCall.objects.count() == 1
    states = list(Draft.objects.order_by("id").values_list("state", flat=True))
    assert states == ["stale", "stale", "stale", "stale", "pending_review"]
    assert Draft.objects.latest("id").last_message_id == Ticket.objects.get(pk=ticket.pk).last_inbound_id


def test_a_sensitive_topic_and_a_customer_whose_draft_was_refused_make_a_draft_no_routine(
    cast: Cast, standin: StandIn
) -> None:
    assert drafted(cast).risk == "low"
    assert drafted(cast, tags=["privacy"]).risk == "medium"
    assert drafted(cast, priority="urgent").risk == "medium"
    first = Draft.objects.earliest("id")
    refused = Rejection("incorrect", "write")
    reject(first, refused, by=cast.ana.actor(), seen=Seen(version=first.version))
    assert drafted(cast).risk == "medium"


def test_tags_cannot_hide_what_is_personal(cast: Cast, standin: StandIn) -> None:
    drafted(
        cast,
        body="When is my refund paid after my return reached your warehouse? anna<b></b>.miller@example.org",
    )
    left = standin.seen()["bodies"][-1]
    assert "reached your warehouse" in left
    assert "miller" not in left


def test_a_quote_that_is_not_in_its_passage_supports_nothing(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("wrong_quote")
    draft = drafted(cast)
    texts = {passage["ref"]: passage["text"] for passage in draft.passages}
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            assert source["quote"] in texts[source["passage"]]
    assert draft.risk != "low"
