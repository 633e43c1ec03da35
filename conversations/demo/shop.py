"""The demo shop's own system: what it knows of an order, for whoever asks with the right signature."""

from __future__ import annotations

import hmac
import json
import time
import zlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from conversations.knowledge.actions import Wanted, save_lookup
from conversations.knowledge.actions.lookups import LOOK_UP
from conversations.knowledge.calls import signature
from conversations.knowledge.lookups import pattern
from conversations.knowledge.models import Lookup
from conversations.tickets.kinds import DemoImported
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Status
from desk.actions import Actor, action, record
from desk.jobs import enqueue

SHAPE = "NO-#####"
ADDRESS = "/demo/shop/orders/"
FIELDS = [("status", "Status"), ("carrier", "Carrier"), ("ordered", "Ordered"), ("total", "Total")]
SIGNED_FOR = 300  # seconds that a signature is good
_STATES = ("shipped", "delivered")
_CARRIERS = ("DHL", "UPS", "GLS", "Correos", "Colissimo")


@action("demo.imported")
def import_lookup(*, by: Actor) -> None:
    """The shop's orders, as a system that is asked for them; once it serves, it is asked about what waits."""
    if not Lookup.objects.exists():
        wanted = Wanted(name="Order", address=ADDRESS, shape=SHAPE, fields=FIELDS, seconds=3.0)
        save_lookup(wanted, by=by, secret=_secret())
        waiting = Ticket.objects.exclude(status__in=[Status.SOLVED, Status.CLOSED]).filter(last_inbound__isnull=False)
        for number, message in waiting.values_list("number", "last_inbound"):
            enqueue(LOOK_UP, f"{number}-{message}")
    record(DemoImported(what="lookups", rows=1), by=by, subject="demo:lookups")


@csrf_exempt
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """An order of the customer who wrote, by its number; 404 for everybody else's."""
    given, sent = request.headers.get("Countersign-Signature", ""), request.headers.get("Countersign-Timestamp", "")
    if not (sent.isascii() and sent.isdecimal() and abs(time.time() - int(sent[:12])) < SIGNED_FOR):
        return JsonResponse({"error": "too old"}, status=401)
    if not hmac.compare_digest(given.encode(), signature(_secret(), int(sent), request.body).encode()):
        return JsonResponse({"error": "wrong signature"}, status=401)
    asked = json.loads(request.body)
    key, email = str(asked.get("key", "")), str(asked.get("email", ""))
    if not pattern(SHAPE).fullmatch(key) or not _is_theirs(key, email):
        raise Http404
    chance = zlib.crc32(key.encode())
    return JsonResponse(
        {
            "fields": {
                "status": _STATES[chance % len(_STATES)],
                "carrier": _CARRIERS[chance // 7 % len(_CARRIERS)],
                "ordered": f"2026-11-{chance // 3 % 20 + 1:02}",
                "total": f"€{chance % 190 + 19}.95",
                "margin": "not for the desk",
            }
        }
    )


def _is_theirs(key: str, email: str) -> bool:
    """The shop has no books: an order is whose who first wrote about it."""
    about = Message.objects.filter(text__icontains=key, direction=Message.Direction.IN, customer__isnull=False)
    first = about.select_related("customer").order_by("id").first()
    return first is not None and first.customer is not None and first.customer.email == email


def _secret() -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"demo shop", "sha256").hexdigest()
