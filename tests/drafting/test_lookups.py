"""Facts from other systems: signed calls, the allowed fields alone, and nothing that the other side does holds a ticket up."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.receipts import request_of
from conversations.knowledge import calls
from conversations.knowledge.actions import Wanted, save_lookup
from conversations.knowledge.calls import is_allowed
from conversations.knowledge.lookups import facts_of, pattern, refresh
from conversations.knowledge.models import Lookup
from conversations.knowledge.problems import LookupChanged
from conversations.tickets.models import Ticket
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import CARLA, Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.knowledge.test_macros import signed_in
from tests.standin import StandIn

SECRET = "the shop's secret"
GOOD = json.dumps({"fields": {"status": "in transit", "total": 49.95, "margin": "40 %", "note": {"deep": 1}}}).encode()


@dataclass
class Shop:
    """A system of the organisation; `answer` is (status, body, seconds before it)."""

    address: str = ""
    answer: tuple[int, bytes, float] = (200, GOOD, 0)
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def shop() -> Iterator[Shop]:
    told = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = self.headers["Countersign-Timestamp"]
            good = hmac.new(SECRET.encode(), f"{sent}.".encode() + body, "sha256").hexdigest()
            assert self.headers["Countersign-Signature"] == f"v1={good}"
            told.asked.append(json.loads(body))
            status, content, seconds = told.answer
            time.sleep(seconds)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", told.address + "elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_port}/"
    yield told
    server.shutdown()


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


def wanted(shop: Shop, **more: Any) -> Wanted:
    fields = [("status", "Status"), ("total", "Total"), ("note", "Note")]
    return Wanted(
        **{"name": "Order", "address": shop.address, "shape": "NO-#####", "fields": fields, "seconds": 4.0, **more}
    )


def kept(cast: Cast, shop: Shop, **more: Any) -> Lookup:
    return save_lookup(wanted(shop, **more), by=cast.ada.actor(), secret=SECRET)[0]


def asking(cast: Cast) -> Ticket:
    return cast.ticket(body="Where is my refund for order no-77310? It was NO-77310, not NO-773100.")


def test_the_allowed_fields_of_the_customers_order_are_kept(cast: Cast, shop: Shop, demo: None) -> None:
    lookup, ticket = kept(cast, shop), asking(cast)
    refresh(ticket)
    assert shop.asked == [{"lookup": "Order", "key": "NO-77310", "email": CARLA}]
    (row,) = facts_of(ticket)
    assert (row.state, row.values) == (
        "found",
        [{"label": "Status", "value": "in transit"}, {"label": "Total", "value": "49.95"}],
    )
    refresh(ticket)
    assert len(shop.asked) == 1, "an answer is kept for a while"
    entry = Entry.objects.get(kind="lookup.answered")
    assert (entry.subject, entry.thread, entry.facts) == (lookup.ref, ticket.ref, {"state": "found", "values": 2})
    assert "77310" not in entry.canonical


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((404, b"", 0), "nothing"),
        ((500, b"", 0), "failed"),
        ((302, b"", 0), "failed"),
        ((200, b"no json", 0), "failed"),
        ((200, b"[1]", 0), "failed"),
        ((200, b"x" * 70_000, 0), "failed"),
        ((200, b'{"fields": {"other": "x"}}', 0), "nothing"),
        ((200, GOOD, 3), "failed"),
    ],
    ids=["unknown", "fault", "redirect", "words", "shape", "long", "other fields", "slow"],
)
def test_whatever_the_other_side_does_is_a_state(
    cast: Cast, shop: Shop, demo: None, answer: tuple[int, bytes, float], state: str
) -> None:
    slow = answer[2]
    kept(cast, shop, seconds=0.3 if slow else 4.0)
    ticket = asking(cast)
    shop.answer = answer
    begun = time.monotonic()
    refresh(ticket)
    assert time.monotonic() - begun < (slow or 10)
    assert [(row.state, row.values) for row in facts_of(ticket)] == [(state, [])]
    assert len(shop.asked) == 1, "redirects are not followed"


def test_one_that_is_away_is_not_asked_again_at_once(cast: Cast, shop: Shop, demo: None) -> None:
    kept(cast, shop)
    ticket = cast.ticket(body="NO-11111 and NO-22222 and NO-33333 and NO-44444")
    shop.answer = (500, b"", 0)
    refresh(ticket)
    refresh(ticket)
    assert len(shop.asked) == 2, "another number, a minute's peace for each"


def test_a_fact_is_a_source_without_what_is_personal(cast: Cast, shop: Shop, demo: None, standin: StandIn) -> None:
    fill()
    kept(cast, shop)
    shop.answer = (200, b'{"fields": {"status": "The refund for Carla Jones was sent to your bank on Monday"}}', 0)
    ticket = asking(cast)
    work()
    draft = Draft.objects.get(ticket=ticket)
    left = request_of(ModelCall.objects.get(draft=draft))
    assert "was sent to your bank on Monday" in left
    assert "Carla" not in left
    (passage,) = [each for each in draft.passages if each["ref"].startswith("looked_up:")]
    assert passage["title"] == "Order NO-77310"
    assert passage["heading"].startswith("looked up ")
    assert passage["text"] == "Status: The refund for Carla Jones was sent to your bank on Monday"


def test_one_that_fails_holds_no_draft_up(cast: Cast, shop: Shop, demo: None, standin: StandIn) -> None:
    fill()
    kept(cast, shop, shape="")
    shop.answer = (500, b"", 0)
    ticket = cast.ticket()
    work()
    draft = Draft.objects.get(ticket=ticket)
    assert (draft.state, draft.failure) == ("pending_review", "")
    assert all(each["ref"].startswith("passage:") for each in draft.passages)


def test_an_account_is_asked_for_by_the_mail_address_which_does_not_leave(
    cast: Cast, shop: Shop, demo: None, standin: StandIn
) -> None:
    fill()
    kept(cast, shop, name="Account", shape="")
    ticket = cast.ticket()
    work()
    assert shop.asked == [{"lookup": "Account", "key": CARLA, "email": CARLA}]
    left = request_of(ModelCall.objects.get(draft__ticket=ticket))
    assert "Account" in left
    assert CARLA not in left


@pytest.mark.parametrize(
    ("address", "outside", "in_the_demo"),
    [
        ("https://shop.example.com/orders", True, True),
        ("http://shop.example.com/orders", False, False),
        ("http://127.0.0.1:9/", False, True),
        ("/demo/shop/orders/", False, True),
        ("https://user:word@shop.example.com/", False, False),
        ("https:///nothing", False, False),
        ("https://shop.example.com:x/", False, False),
        ("file:///etc/passwd", False, False),
        ("https://[::1", False, False),
    ],
)
def test_which_addresses_are_allowed(settings: Any, address: str, outside: bool, in_the_demo: bool) -> None:
    settings.DEMO = False
    assert is_allowed(address) is outside
    settings.DEMO = True
    assert is_allowed(address) is in_the_demo


def test_outside_the_demo_no_name_leads_to_this_machine(settings: Any) -> None:
    settings.DEMO = False
    for host in ("localhost", "127.0.0.1", "[::1]", "169.254.169.254", "[::]"):
        answer = calls.ask(f"https://{host}:9/", SECRET, asked={}, fields=[], seconds=0.2)
        assert (answer.state, answer.error) == ("failed", "address_refused"), host


def test_shapes_are_only_shapes() -> None:
    assert pattern("NO-###").fullmatch("no-123")
    assert not pattern("NO-###").search("XNO-123 NO-1234")
    assert pattern("(.*)###").fullmatch("(.*)123")


def test_lookups_are_kept_by_admins_and_whoever_is_second_learns_it(cast: Cast, shop: Shop, demo: None) -> None:
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            save_lookup(wanted(shop), by=person.actor())
    lookup, secret = save_lookup(wanted(shop), by=cast.ada.actor())
    assert len(secret) > 40
    assert secret.encode() not in bytes(lookup.secret_sealed)
    changed, told = save_lookup(wanted(shop, name="Orders"), by=cast.ada.actor(), lookup=lookup, seen=1)
    assert (changed.version, told) == (2, "")
    with pytest.raises(LookupChanged):
        save_lookup(wanted(shop), by=cast.ada.actor(), lookup=lookup, seen=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", " "),
        ("address", "http://x.test"),
        ("shape", "NO-1"),
        ("fields", []),
        ("seconds", 60),
        ("cache_minutes", -1),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, shop: Shop, demo: None, name: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        save_lookup(wanted(shop, **{name: value}), by=cast.ada.actor())
    assert list(refused.value.fields["errors"]) == [name]


def test_the_pages(cast: Cast, shop: Shop, demo: None, client: Client) -> None:
    signed_in(client, cast.ada)
    typed = {"name": "Order", "address": shop.address, "shape": "NO-#####", "fields": "status = Status\ntotal"}
    page = client.post("/settings/lookups/new/", {**typed, "seconds": "0,5", "cache_minutes": "5", "enabled": "on"})
    lookup = Lookup.objects.get()
    assert "shown this once" in page.content.decode()
    assert (lookup.seconds, lookup.fields[1]) == (0.5, {"name": "total", "label": "total"})
    wrong = client.post(
        f"/settings/lookups/{lookup.pk}/", {**typed, "version": "1", "seconds": "soon", "cache_minutes": ""}
    )
    assert wrong.status_code == 400
    assert "soon" in wrong.content.decode()
    assert "Order" in client.get("/settings/lookups/").content.decode()
    ticket = asking(cast)
    save_lookup(wanted(shop), by=cast.ada.actor(), lookup=lookup, seen=1, secret=SECRET)
    refresh(ticket)
    signed_in(client, cast.ana)
    card = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "in transit" in card
    assert "looked up" in card
    assert client.get("/settings/lookups/").status_code == 404
