"""Customers and whether a model may draft for them."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets import texts
from conversations.tickets.kinds import ConsentSet, CustomerAdded, CustomerChanged, PolicyChanged
from conversations.tickets.models import Customer, Policy
from desk.actions import Actor, action, record
from desk.problems import Invalid, Problem


class AlreadyErased(Problem):
    code, status, title = "customer_erased", 409, _("This customer has been erased")
    detail = _("Nothing is kept of them that could be erased, exported or changed.")


def lock_customer(pk: UUID) -> Customer:
    """First in the order of locks: customer, ticket, draft, sending, job."""
    return Customer.objects.select_for_update(no_key=True).get(pk=pk)


def find_or_add_customer(*, email: str, name: str = "", language: str = "", phone: str = "", by: Actor) -> Customer:
    """The customer with this address, whatever its case; a new one when there is none. Inside an action."""
    address = email.strip()
    with connection.cursor() as cursor:
        # One writer per address: otherwise two first mails at once race on the unique index and one of them is refused.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customer:' || lower(%s)))", [address])
    # By lower(email), as the unique index has it; __iexact would ask for upper().
    found = Customer.objects.annotate(folded=Lower("email")).filter(folded=address.lower()).first()
    return found or add_customer(email=address, name=name, language=language, phone=phone, by=by)


@action("customer.added")
def add_customer(*, email: str, name: str, language: str, phone: str, by: Actor) -> Customer:
    customer = Customer.objects.create(
        email=email, name=texts.name(name), language=language, phone=texts.name(phone)[:40], created_at=timezone.now()
    )
    record(CustomerAdded(), by=by, subject=customer.ref)
    return customer


@action("customer.changed", needs=Right.WORK)
def change_customer(customer: Customer, *, name: str | None = None, phone: str | None = None, by: Actor) -> Customer:
    locked = lock_customer(customer.pk)
    if locked.erased_at:
        raise AlreadyErased
    fields = []
    if name is not None:
        locked.name = texts.name(name)
        fields.append("name")
    if phone is not None:
        locked.phone = texts.name(phone)[:40]
        fields.append("phone")
    locked.save(update_fields=fields or None)
    record(CustomerChanged(fields=fields), by=by, subject=locked.ref)
    return locked


def consent_word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "never_asked"}[value]


@action("customer.consent_set")
def set_consent(customer: Customer, *, consent: bool, source: str, by: Actor) -> Customer:
    """Whether a model may draft for this customer, from now on and everywhere. What hangs on it reacts to the entry."""
    locked = lock_customer(customer.pk)
    if locked.erased_at:
        raise AlreadyErased
    locked.ai_consent, locked.ai_consent_source, locked.ai_consent_at = consent, source, timezone.now()
    locked.save(update_fields=["ai_consent", "ai_consent_source", "ai_consent_at"])
    record(ConsentSet(consent=consent_word(consent), source=source), by=by, subject=locked.ref, customer=locked)  # type: ignore[arg-type]
    return locked


@action("policy.changed", needs=Right.ADMINISTER)
def set_policy(*, ai_consent: str, by: Actor) -> Policy:
    """What holds for customers who were never asked."""
    if ai_consent not in Policy.AiConsent.values:
        raise Invalid(_("The policy is notice or consent."), errors={"ai_consent": ["notice or consent"]})
    with connection.cursor() as cursor:
        # The gate reads the policy under the shared side of this lock: no call can slip between its look and its commit.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_stop'))")
    policy = Policy.objects.select_for_update(no_key=True).get(pk=1)
    policy.ai_consent = ai_consent
    policy.save(update_fields=["ai_consent"])
    record(PolicyChanged(ai_consent=ai_consent), by=by, subject="policy:1", policy=policy)
    return policy
