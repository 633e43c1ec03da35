"""A provider outside is asked only on terms that an administrator wrote down; a key alone sends what the demo brought along."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations.drafting import calling, reach
from conversations.drafting.actions import begin_contract, end_contract, request_draft
from conversations.drafting.actions.contracts import Ended
from conversations.drafting.contracts import TERMS, Contract
from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.provider import Completion, ProviderFailed
from conversations.drafting.reach import is_of_the_demo, key_of, may_be_asked
from conversations.drafting.versions import Shape, is_external
from conversations.tickets.actions import receive_message
from conversations.tickets.kinds import DemoImported
from conversations.tickets.models import Message, Ticket, text_hash
from conversations.tickets.states import Lane, Why
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.api.calls import caller
from tests.cast import FORM, Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.invariants.test_walls import refuses
from tests.standin import StandIn

OUTSIDE = "https://api.example.com/v1"
WRITTEN = {name: f"What we say of {name}." for name in TERMS}


@pytest.fixture
def outside(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names a provider outside, with a key."""
    monkeypatch.setattr(settings.ENV, "openai_base_url", OUTSIDE)
    monkeypatch.setattr(settings.ENV, "openai_api_key", "sk-environment")
    return OUTSIDE


def begin(cast: Cast, **more: Any) -> Contract:
    return begin_contract(OUTSIDE, **{"terms": WRITTEN, "by": cast.ada.actor(), **more})


@action("demo.imported")
def imported(cast: Cast, *, by: Actor) -> Ticket:
    """A ticket as the demo brings it along."""
    carla = cast.ticket(email="first@example.com").customer
    ticket = Ticket.objects.create(
        customer=carla,
        subject="Refund",
        status="open",
        channel="form",
        language="en",
        link_token="l" * 32,
        reply_token="r" * 32,
        created_at=carla.created_at,
        updated_at=carla.created_at,
    )
    message = Message.objects.create(
        ticket=ticket,
        direction="in",
        customer=carla,
        text="Where is it?",
        text_hash=text_hash("Where is it?"),
        created_at=carla.created_at,
    )
    ticket.last_inbound = message
    ticket.save()
    record(DemoImported(what="ticket", rows=1), by=by, subject=ticket.ref, thread=ticket.ref)
    return ticket


@pytest.mark.parametrize(
    ("address", "external"),
    [
        ("http://127.0.0.1:9/v1", False),
        ("http://localhost:11434/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://10.0.0.5/v1", True),
        ("https://127.0.0.1.example.com/v1", True),
        ("https://api.openai.com/v1", True),
        ("https://", True),
    ],
)
def test_only_this_machine_is_not_outside(address: str, external: bool) -> None:
    assert is_external(address) is external


def test_a_key_alone_sends_nothing_of_a_customer(cast: Cast, outside: str, client: Client) -> None:
    ticket = cast.ticket()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.PROVIDER)
    assert not Draft.objects.exists()
    told = caller(cast, cast.ana).get(f"tickets/{ticket.number}/").json()
    assert told["no_draft_because"] == "provider"
    client.force_login(cast.ada)
    for path in ("/settings/", "/settings/models/", "/settings/models/providers/"):
        page = client.get(path).content.decode()
        assert "api.example.com is outside of this machine and not activated" in page
        assert "Write down the terms" in page


def test_what_the_demo_brought_along_may_go_until_somebody_writes_in_it(
    cast: Cast, outside: str, settings: Any
) -> None:
    ticket = imported(cast, by=SYSTEM)
    assert is_of_the_demo(ticket)
    assert request_draft(ticket, by=SYSTEM) is not None
    settings.DEMO = False
    assert not may_be_asked(OUTSIDE, ticket)
    settings.DEMO = True
    receive_message(ticket, text="This is my own story.", channel="form", by=FORM)
    assert not may_be_asked(OUTSIDE, ticket)


def test_terms_let_it_be_asked_and_their_end_stops_what_is_on_its_way(
    cast: Cast, outside: str, monkeypatch: Any
) -> None:
    fill()
    contract = begin(cast)
    ticket = cast.ticket()
    ticket.refresh_from_db()
    assert ticket.lane == Lane.DRAFTING
    end_contract(contract, by=cast.ada.actor())
    asked: list[str] = []

    def before(self: Any, body: Any, *, before_send: Any, **more: Any) -> Completion:
        asked.append(before_send(b"{}"))
        raise AssertionError("it left")

    monkeypatch.setattr("conversations.drafting.provider.Provider.complete", before)
    work()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.PROVIDER)
    assert not asked
    assert not ModelCall.objects.exists()
    with pytest.raises(Ended):
        end_contract(contract, by=cast.ada.actor())


def test_everything_has_to_be_written_down_by_an_administrator(cast: Cast) -> None:
    for name in TERMS:
        with pytest.raises(Invalid) as refused:
            begin(cast, terms={**WRITTEN, name: " "})
        assert set(refused.value.fields["errors"]) == {name}
    with pytest.raises(Invalid):
        begin_contract("http://127.0.0.1:9/v1", terms=WRITTEN, by=cast.ada.actor())
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            begin(cast, by=person.actor())


def test_terms_are_kept_as_they_were_and_other_terms_take_their_place(cast: Cast) -> None:
    first = begin(cast, key="sk-first")
    second = begin(cast, terms={**WRITTEN, "region": "Elsewhere"})
    first.refresh_from_db()
    assert first.ended_at is not None
    assert key_of(OUTSIDE, second) == "sk-first", "the key goes on"
    assert b"sk-first" not in bytes(second.key_sealed)
    refuses(lambda: Contract.objects.filter(pk=second.pk).update(region="Moon"), "kept as they were")
    refuses(lambda: Contract.objects.filter(pk=first.pk).update(ended_at=None), "kept as they were")
    refuses(
        lambda: Contract.objects.create(address=OUTSIDE, began_by=cast.ada, began_at=first.began_at, **WRITTEN),
        "drafting_contract_one",
    )
    told = Entry.objects.filter(kind="contract.begun").order_by("seq")
    assert [entry.facts["before"] for entry in told] == [None, first.ref]
    assert set(told[0].commitments) == set(TERMS)
    assert "What we say" not in told[0].canonical
    assert "sk-first" not in told[0].canonical


def test_the_page_takes_them_and_gives_no_key_away(cast: Cast, outside: str, client: Client) -> None:
    client.force_login(cast.sam)
    form = {**WRITTEN, "address": OUTSIDE, "key": "sk-typed"}
    assert client.post("/settings/models/providers/", form).status_code == 403
    client.force_login(cast.ada)
    missing = client.post("/settings/models/providers/", {**form, "retention": ""})
    assert missing.status_code == 400
    assert "sk-typed" not in missing.content.decode()
    page = client.post("/settings/models/providers/", form, follow=True).content.decode()
    assert "What we say of retention." in page
    assert "sk-typed" not in page
    assert "not activated" not in page
    contract = Contract.objects.get()
    assert client.post(f"/settings/models/providers/{contract.pk}/end/", follow=True).status_code == 200
    assert reach.contract_with(OUTSIDE) is None


@pytest.mark.parametrize(("allowed", "answers"), [(True, "small"), (False, None)])
def test_another_model_answers_only_where_the_terms_allow_it(
    cast: Cast, outside: str, monkeypatch: Any, allowed: bool, answers: str | None
) -> None:
    begin(cast, allows_fallback=allowed)
    asked: list[tuple[str, float]] = []

    def complete(self: Any, body: Any, *, seconds: float, **more: Any) -> Completion:
        asked.append((body["model"], seconds))
        if body["model"] == "large":
            raise ProviderFailed("server_error", "no", retryable=True)
        return Completion("{}", body["model"], 1, 1, 0.1, 1, ("1",))

    monkeypatch.setattr("conversations.drafting.provider.Provider.complete", complete)
    shape = Shape(OUTSIDE, "large", fallback="small")

    def ask() -> Completion:
        with calling.place_for(shape) as held:
            return calling.ask(shape, {}, held=held, before_send=lambda _body: "1")

    if answers is None:
        with pytest.raises(ProviderFailed):
            ask()
        assert [model for model, _seconds in asked] == ["large"]
    else:
        assert ask().model == answers
        assert sum(seconds for _model, seconds in asked) == pytest.approx(45)


def test_a_server_of_this_machine_needs_no_terms(cast: Cast, standin: StandIn) -> None:
    assert may_be_asked(standin.base_url, cast.ticket())


def test_customers_read_the_terms_while_they_hold(cast: Cast, client: Client) -> None:
    nobody = "No other company is given your words for this"
    assert nobody in client.get("/help/trust/").content.decode()
    contract = begin(cast, terms={**WRITTEN, "region": "Frankfurt <b>only</b>", "limits": "No law.\nNo medicine."})
    page = client.get("/help/trust/").content.decode()
    for name in TERMS:
        assert name in {"region", "limits"} or WRITTEN[name] in page, name
    assert "Frankfurt &lt;b&gt;only&lt;/b&gt;" in page
    assert "No law.<br>No medicine." in page
    assert OUTSIDE not in page
    assert nobody not in page
    end_contract(contract, by=cast.ada.actor())
    assert WRITTEN["retention"] not in client.get("/help/trust/").content.decode()
