"""Whatever goes wrong with a model, the ticket is with people before the deadline is over, says why, and can be answered."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from conversations.drafting import asking
from conversations.drafting.actions import set_limit
from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.queries import no_draft_because
from conversations.drafting.states import DraftState
from conversations.redaction.redact import RedactionFailed
from conversations.review.actions import write_reply
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import Lane
from desk.ledger.models import Entry
from desk.logs import configure
from tests.cast import Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.review.test_in_sight import shown
from tests.standin import StandIn

DEADLINE = 1.5


class World:
    """What a fault may reach for."""

    def __init__(self, cast: Cast, standin: StandIn, env: Any, patch: pytest.MonkeyPatch) -> None:
        self.cast, self.standin, self.env, self.patch = cast, standin, env, patch

    def set(self, name: str, value: Any) -> None:
        self.patch.setattr(self.env, name, value)


def answers(fault: str, **more: Any) -> Callable[[World], None]:
    return lambda world: world.standin.misbehave(fault, **more)


def nobody_listens(world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        world.set("openai_base_url", f"http://127.0.0.1:{closed.getsockname()[1]}/v1")


def redactor_crashes(world: World) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RedactionFailed("names", ValueError("x"))

    world.patch.setattr(asking, "redact", crash)


FAULTS: dict[str, tuple[Callable[[World], None], str]] = {
    **{status: (answers(status), "provider") for status in ("400", "401", "403", "404", "408", "422", "429")},
    **{status: (answers(status), "provider") for status in ("500", "501", "502", "503", "504")},
    "asked to wait too long": (answers("429", seconds=60), "provider"),
    "hang": (answers("hang"), "provider"),
    "drip": (answers("drip"), "provider"),
    "slow": (answers("slow", seconds=30), "provider"),
    **{name: (answers(name), "provider") for name in ("cut", "bad_json", "bad_schema", "empty")},
    "courtesies": (answers("courtesies"), "no_sources"),
    "nobody listens": (nobody_listens, "provider"),
    "no such host": (lambda world: world.set("openai_base_url", "http://no-such-host.invalid/v1"), "provider"),
    "no key": (lambda world: world.set("openai_api_key", ""), "provider"),
    "wrong key": (lambda world: world.set("openai_api_key", "wrong-key"), "provider"),
    "no such model": (lambda world: world.set("openai_model", "another"), "provider"),
    "not activated": (lambda world: world.set("openai_base_url", "https://api.example.com/v1"), "provider"),
    "no budget": (lambda world: set_limit(None, tokens=0, money=None, by=world.cast.ada.actor()) and None, "budget"),
    "a budget that does not reach": (
        lambda world: set_limit(None, tokens=5, money=None, by=world.cast.ada.actor()) and None,
        "budget",
    ),
    "the redactor crashes": (redactor_crashes, "redaction"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_leaves_the_ticket_workable_within_the_deadline(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    fill()
    monkeypatch.setattr(settings.ENV, "model_deadline", DEADLINE)
    prepare, why = FAULTS[fault]
    prepare(World(cast, standin, settings.ENV, monkeypatch))
    ticket = cast.ticket()
    began = time.monotonic()
    work()
    assert time.monotonic() - began < DEADLINE + 1.5, "with what the desk does around the call"
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.lane, ticket.lane_why, no_draft_because(ticket)) == (Lane.WRITE, why, why)
    assert not Draft.objects.filter(ticket=ticket).exclude(state=DraftState.FAILED).exists()
    assert not ModelCall.objects.filter(state="sent").exists(), "every receipt says how it ended"
    assert not ModelCall.objects.exclude(reserved_tokens=None).exists(), "nothing stays reserved"
    said = Entry.objects.filter(thread=ticket.ref, kind__in=["draft.failed", "draft.declined"])
    assert said.get().facts["because"] == why
    write_reply(ticket, text="I will look into it myself.", by=cast.ana.actor(), last_seen=shown(ticket))
    assert Sending.objects.filter(message__ticket=ticket, message__text="I will look into it myself.").exists()


@pytest.mark.parametrize("fault", ["", "500", "400", "cut", "bad_json"])
def test_no_word_of_a_customer_and_no_key_stands_in_a_log(
    cast: Cast, standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any, fault: str
) -> None:
    monkeypatch.setattr(settings.ENV, "openai_api_key", "sk-zanzibar")
    if fault:
        standin.misbehave(fault, times=1)
    before = (logging.getLogger().handlers[:], logging.getLogger().level)
    configure(level="DEBUG")
    try:
        fill()
        cast.ticket("Where is my refund for the marmot tent? I sent the jacket back two weeks ago.")
        work()
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)
    assert "marmot" in standin.seen()["bodies"][-1]
    told = "".join(capfd.readouterr())
    for secret in ("marmot", "jacket", "sk-zanzibar", "You draft a reply"):
        assert secret not in told
