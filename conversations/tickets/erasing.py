"""What this room holds of customers and of the staff, and how it goes."""

from __future__ import annotations

from urllib.parse import quote_plus
from uuid import UUID

from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.models import (
    Customer,
    Message,
    Policy,
    SavedView,
    Sending,
    Ticket,
    Words,
    reply_token,
    secret_link,
)
from desk.actions import SYSTEM
from desk.erasing import accounts_for, erase_commitments, erases
from desk.ledger.models import Salt

SHORTEST = 5
"""Characters of a name or number that is looked for in saved searches; a shorter one stands in anybody's."""

accounts_for(Policy)
accounts_for(Customer, erased=("email", "name", "phone"), ours=("language", "ai_consent_source"))
accounts_for(
    Ticket, erased=("subject", "tags", "link_token", "reply_token"), ours=("channel", "language", "kept_for_people")
)
# By the triggers of 0005_lists.sql: a word is there as long as the text that it is from.
accounts_for(Words, erased=("words",))
accounts_for(
    Message,
    erased=("text", "text_hash", "mail_id", "in_reply_to", "files_digest"),
    ours=("notice", "disclosure_kind", "disclosure_text"),
)
accounts_for(Sending, ours=("last_error", "withdrawn_because"))
accounts_for(SavedView, erased=("name", "parameters"), ours=("view",))
# Which list it was, and what of its tickets it changed: tags, mostly.
accounts_for(Bulk, erased=("query", "value"), ours=("view", "field"))
accounts_for(BulkTicket, erased=("before", "became"), ours=("why",))


@erases("ticket")
def blank_ticket(number: int) -> None:
    """Messages, notes and notices; and the links that lead here, which stand in mails that others keep."""
    Message.objects.filter(ticket=number).exclude(text_hash="").update(
        text="", text_hash="", mail_id="", in_reply_to=""
    )
    BulkTicket.objects.filter(ticket=number).update(before="", became="")
    Ticket.objects.filter(pk=number).update(subject="", tags=[], link_token=secret_link(), reply_token=reply_token())


@erases("customer")
def blank_customer(pk: UUID) -> None:
    """Name, address and number; and saved searches for them, whoever made these."""
    customer = Customer.objects.get(pk=pk)
    known = [word for word in (customer.email, customer.name, customer.phone) if len(word) >= SHORTEST]
    said, called = Q(), Q()
    for word in known:
        said |= Q(said__icontains=word)
        called |= Q(name__icontains=word)
    if known:
        views = SavedView.objects.annotate(said=Cast("parameters", TextField())).filter(said | called)
        _delete_views(list(views))
        _forget_lists([form for word in known for form in {word, quote_plus(word)}])
    _erase_former_words()
    # Not empty: an address is one customer's alone. `.invalid` is nobody's, for good (RFC 2606).
    Customer.objects.filter(pk=pk).update(email=f"{pk}@erased.invalid", name="", phone="")


def _forget_lists(words: list[str]) -> None:
    """Lists that were changed as a whole: what they were looked up by, as an address says it, and tags that name somebody."""
    said = Q()
    for word in words:
        said |= Q(query__icontains=word) | Q(value__icontains=word)
    Bulk.objects.filter(said).update(query="", value="")


@erases("person")
def delete_own_views(pk: UUID) -> None:
    """Views that were for their maker alone."""
    _delete_views(list(SavedView.objects.filter(person=pk, team=None, everyone=False)))


def _delete_views(views: list[SavedView]) -> None:
    for view in views:
        sources = list(
            Salt.objects.filter(source__startswith=f"{view.ref}:").values_list("source", flat=True).distinct()
        )
        erase_commitments(sources=sources, subject=view.ref, by=SYSTEM)
        SavedView.objects.filter(pk=view.pk).delete()


def _erase_former_words() -> None:
    """What a view was called or looked for before, and what one did that is gone: nobody can read that any more either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT source FROM ledger_salt WHERE source LIKE 'view:%' AND NOT EXISTS "
            "(SELECT 1 FROM tickets_saved_view v WHERE v.id::text = split_part(source, ':', 2))"
        )
        gone = [source for (source,) in cursor.fetchall()]
    if gone:
        erase_commitments(sources=gone, subject="desk:saved-views", by=SYSTEM)
