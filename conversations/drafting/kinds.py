"""What happens to drafts, calls of a model, and the switches that stop them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.drafting.models import Draft, FlagRule, ModelCall, NumberPattern, ReceiptRule, SettingsVersion, Stop
from conversations.drafting.receipts import request_of
from desk.data_keys import Unreadable
from desk.ledger.kinds import Code, Facts, Hash, Ref, because, kind, names, words
from desk.ledger.texts import columns, kept, kept_in


@kind("draft.requested", says="{actor} asked for a draft for {thread}")
class DraftRequested(Facts):
    last_message: Ref
    settings: Ref
    redraft: bool


@kind("draft.declined", says="No draft for {thread}: {because}")
class DraftDeclined(Facts):
    because: Code


@kind("draft.begun", says="A draft for {thread} is being prepared")
class DraftBegun(Facts):
    attempt: int


@kind(
    "model.called",
    says="A model was asked for {thread}: {bytes:byte|bytes} left, {replaced:item was|items were} replaced before",
)
class ModelCalled(Facts):
    settings: Ref
    bytes: int
    replaced: int
    redactor: Code
    prompt: Code


@kind(
    "draft.prepared",
    says="A draft for {thread} is ready, version {version}: {sourced} of {statements:statement has|statements have} a source",
)
class DraftPrepared(Facts):
    version: int
    settings: Ref
    statements: int
    sourced: int
    hints: int
    blockers: int
    seconds: int


@kind("draft.failed", says="There will be no draft for {thread}: {because} ({error})")
class DraftFailed(Facts):
    because: Code
    error: Code


@kind("draft.went_stale", says="The draft for {thread} no longer fits: {because}")
class DraftWentStale(Facts):
    because: Code
    version: int


@kind("draft.superseded", says="{actor} ended the draft for {thread} without a decision")
class DraftSuperseded(Facts):
    version: int


@kind("draft.withdrawn", says="The draft for {thread} was withdrawn: {because}")
class DraftWithdrawn(Facts):
    because: Code
    version: int


@kind("draft.quarantined", says="The draft for {thread} was taken out of use: drafting is stopped here")
class DraftQuarantined(Facts):
    stop: Ref
    version: int


@kind("draft.returned", says="The draft for {thread} is back in review: {because}")
class DraftReturned(Facts):
    because: Code
    version: int


@kind("flag.answered", says="{actor} looked at a flag ({flag_kind}) in the draft for {thread}: {answer}")
class FlagAnswered(Facts):
    flag_kind: Code
    answer: Code


@kind("receipt.read", says="{actor} looked at what the model saw for {subject}")
class ReceiptRead(Facts):
    version: int
    via: Code


@kind("receipt_rule.set", says="{actor} had receipts emptied after {days:day|days} (before: {before})")
class ReceiptRuleSet(Facts):
    days: int
    before: int


@kind("receipts.emptied", says="{thread}: {count:receipt was|receipts were} emptied after {days:day|days}")
class ReceiptsEmptied(Facts):
    count: int
    days: int


@kind(
    "number_pattern.added",
    says="{actor} keeps numbers of a pattern from models from here on ({number_kind}): {subject}",
)
class NumberPatternAdded(Facts):
    number_kind: Code


@kind("number_pattern.ended", says="{actor} ended a pattern of numbers ({number_kind}): {subject}")
class NumberPatternEnded(Facts):
    number_kind: Code


@kind("flag_rule.set", says="{actor} made flags of the kind {flag_kind} a {severity} (before: {before})")
class FlagRuleSet(Facts):
    flag_kind: Code
    severity: Code
    before: Code


@kind(
    "draft.reflagged",
    says="New rule for flags in the draft for {thread}, now version {version}: {blockers:blocker|blockers}, {hints:hint|hints}",
)
class DraftReflagged(Facts):
    version: int
    hints: int
    blockers: int


@kind("drafting.stopped", says="{actor} stopped drafting: {scope}")
class DraftingStopped(Facts):
    scope: Code


@kind("drafting.resumed", says="{actor} let drafting go on: {scope}")
class DraftingResumed(Facts):
    scope: Code


@kind("settings.recorded", says="Drafts are made with new settings from here on: {subject}")
class SettingsRecorded(Facts):
    fingerprint: Hash
    prompt: Code
    redactor: Code
    made_from: Ref | None = None


kept_in("draft", Draft, "text", "instruction")
kept_in("stop", Stop, "reason", "value")
kept_in("flag_rule", FlagRule, "reason")
kept_in("receipt_rule", ReceiptRule, "reason")
kept_in("number_pattern", NumberPattern, "pattern", "example")


@kept("call", "request")
def requests(sources: Collection[str]) -> dict[str, str]:
    """What left, unsealed; of a customer who is erased nothing opens."""
    found: dict[str, str] = {}
    by_key = columns(sources).get("request", {})
    for call in ModelCall.objects.filter(pk__in=by_key):
        with suppress(Unreadable):
            found[by_key[call.pk]] = request_of(call)
    return found


@names("settings")
def settings_versions(refs: set[str]) -> dict[str, str]:
    keys = [int(ref.partition(":")[2]) for ref in refs]
    return {
        version.ref: _("settings version %(number)s (%(name)s)") % {"number": version.pk, "name": version.name}
        for version in SettingsVersion.objects.filter(pk__in=keys).select_related("made_from")
    }


@names("flag_rule")
def flag_rules(refs: set[str]) -> dict[str, str]:
    return {ref: _("rule of flags %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


@names("receipt_rule")
def receipt_rules(refs: set[str]) -> dict[str, str]:
    return {ref: _("rule of receipts %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


@names("number_pattern")
def number_patterns(refs: set[str]) -> dict[str, str]:
    return {ref: _("pattern %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


@names("draft")
def drafts(refs: set[str]) -> dict[str, str]:
    return {ref: _("draft %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


words(
    {
        "hint": gettext_lazy("hint"),
        "blocker": gettext_lazy("blocker"),
        "order": gettext_lazy("order numbers"),
        "account": gettext_lazy("account numbers"),
        "stopped": gettext_lazy("drafting was stopped"),
        "superseded": gettext_lazy("another draft took its place"),
        "provider": gettext_lazy("the model gave no usable answer"),
        "budget": gettext_lazy("the budget for drafts was used up"),
        "redaction": gettext_lazy("personal data could not be replaced"),
        "no_sources": gettext_lazy("nothing in the knowledge base answers it"),
        "article_changed": gettext_lazy("an article that it rests on was changed"),
        "article_withdrawn": gettext_lazy("an article that it rests on was withdrawn"),
    }
)


because(
    {
        "model": gettext_lazy(
            "What leaves for a model is counted and committed to before it leaves, so that nothing can leave unseen."
        ),
        "receipt": gettext_lazy("Who looked at what a model was shown is recorded, as it is about a customer."),
        "settings": gettext_lazy(
            "Which model, prompt and redaction were in force explains why a draft became what it is."
        ),
        "drafting": gettext_lazy("Stopping and letting go on are decisions on what customers get."),
        "flag": gettext_lazy("A warning that was answered is a warning that somebody read."),
        "receipt_rule": gettext_lazy("How long it can be looked up what left is promised to customers."),
        "receipts": gettext_lazy(
            "A receipt that is empty without an entry would be a receipt that somebody made away with."
        ),
        "number_pattern": gettext_lazy("Which numbers models do not see is part of what is told of redaction."),
        "flag_rule": gettext_lazy("What counts as a warning decides what people look at twice."),
    }
)
