"""What happens to model settings: versions made, evaluated, activated and rolled back; providers, budgets and cases."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.drafting.contracts import TERMS, Contract
from conversations.drafting.model_settings import Activation, ModelSettings
from desk.ledger.kinds import Code, Facts, Hash, Ref, because, kind, names, words
from desk.ledger.texts import kept_in

ENVIRONMENT = "environment"
"""In facts, for what no person made: the settings that the environment gives."""

EVERYBODY = "everybody"


@kind("model_settings.made", says="{actor} began {subject} from {made_from}")
class ModelSettingsMade(Facts):
    made_from: Code | Ref


@kind("model_settings.changed", says="{actor} changed {subject}: {changed}")
class ModelSettingsChanged(Facts):
    changed: list[Code]


@kind("model_settings.finished", says="{actor} finished {subject}: it cannot be changed any more")
class ModelSettingsFinished(Facts):
    content: Hash


@kind("model_settings.discarded", says="{actor} discarded {subject}")
class ModelSettingsDiscarded(Facts):
    pass


@kind("evaluation.asked", says="{actor} has {settings} evaluated on {cases} questions")
class EvaluationAsked(Facts):
    settings: Ref
    against: Code | Ref
    cases: int


@kind(
    "evaluation.finished",
    says="{settings} was evaluated: {accepted} of {cases} drafts held by the rules, of the running version {accepted_before}",
)
class EvaluationFinished(Facts):
    settings: Ref
    against: Code | Ref
    cases: int
    accepted: int
    accepted_before: int
    blockers: int
    blockers_before: int
    leaked: int


@kind("evaluation.cancelled", says="{actor} cancelled an evaluation of {settings}")
class EvaluationCancelled(Facts):
    settings: Ref


@kind("evaluation.failed", says="An evaluation of {settings} could not be finished ({error})")
class EvaluationFailed(Facts):
    settings: Ref
    error: Code


@kind("activation.asked", says="{actor} asked that {settings} be active for {whom}")
class ActivationAsked(Facts):
    settings: Ref
    whom: Code | Ref
    evaluation: Ref


@kind("activation.declined", says="{actor} declined to make {settings} active for {whom}")
class ActivationDeclined(Facts):
    settings: Ref
    whom: Code | Ref


@kind("activation.begun", says="{actor} made {settings} active for {whom} (before: {before}); asked for by {asked_by}")
class ActivationBegun(Facts):
    """`alone`: there was no other administrator who could have done it."""

    settings: Ref
    whom: Code | Ref
    before: Code | Ref
    asked_by: Ref
    alone: bool
    drafts: int


@kind("activation.rolled_back", says="{actor} took {settings} back for {whom}; {after} holds again")
class ActivationRolledBack(Facts):
    settings: Code | Ref
    whom: Code | Ref
    after: Code | Ref
    drafts: int


@kind("auditors.told", says="{people} auditors were told that {settings} is to be active for {whom}")
class AuditorsTold(Facts):
    settings: Ref
    whom: Code | Ref
    people: int


@kind("contract.begun", says="{actor} let drafts be asked of a provider, by {subject}")
class ContractBegun(Facts):
    before: Ref | None
    allows_fallback: bool
    has_key: bool


@kind("contract.ended", says="{actor} ended {subject}: nothing is asked of that provider any more")
class ContractEnded(Facts):
    pass


@kind(
    "limit.set",
    says="{actor} set the budget of a day for {whom}: {tokens} tokens, {hundredths} hundredths of {currency}",
)
class LimitSet(Facts):
    """Null is no limit."""

    whom: Code | Ref
    tokens: int | None
    hundredths: int | None
    currency: Code


@kind("case.kept", says="{actor} kept {subject} for evaluations")
class CaseKept(Facts):
    language: Code
    articles: int


@kind("case.retired", says="{actor} took {subject} out of evaluations")
class CaseRetired(Facts):
    pass


@kind("cases.taken", says="{actor} took {count} questions of the demo for evaluations")
class CasesTaken(Facts):
    count: int


kept_in("model_settings", ModelSettings, "name", "reason", "guidance", moves_on=True)
kept_in("activation", Activation, "reason")
kept_in("contract", Contract, *TERMS)


@names("model_settings")
def versions(refs: set[str]) -> dict[str, str]:
    keys = [int(ref.partition(":")[2]) for ref in refs]
    return {
        version.ref: _("version %(number)s of the model settings (%(name)s)")
        % {"number": version.pk, "name": version.name}
        for version in ModelSettings.objects.filter(pk__in=keys)
    }


@names("contract")
def contracts(refs: set[str]) -> dict[str, str]:
    keys = [int(ref.partition(":")[2]) for ref in refs]
    return {
        contract.ref: _("the terms with %(provider)s") % {"provider": contract.provider}
        for contract in Contract.objects.filter(pk__in=keys)
    }


@names("case")
def cases(refs: set[str]) -> dict[str, str]:
    return {case: _("question %(number)s") % {"number": case.partition(":")[2]} for case in refs}


words(
    {
        ENVIRONMENT: gettext_lazy("what the environment gives"),
        EVERYBODY: gettext_lazy("everybody"),
        "settings_changed": gettext_lazy("other model settings hold now"),
        "not_activated": gettext_lazy("the provider is not activated"),
        "circuit_open": gettext_lazy("the model failed too often lately and is left alone for a while"),
        "no_price": gettext_lazy("there is a budget in money and the model’s price is not known"),
    }
)

because(
    {
        "model_settings": gettext_lazy(
            "What drafts are made with is decided by people, and they have to be found again."
        ),
        "evaluation": gettext_lazy(
            "What was known of a version when it was made active is what those who did it answer for."
        ),
        "activation": gettext_lazy(
            "A version changes what customers get: who wanted it and who agreed has to be known."
        ),
        "auditors": gettext_lazy("Where one person decides alone, others are told beforehand."),
        "contract": gettext_lazy(
            "Whom customers' words may go to, and on what terms, is the organisation's promise to them."
        ),
        "limit": gettext_lazy("When a budget is used up, people write: who set it decides that."),
        "case": gettext_lazy("What versions are tried with decides which of them look good."),
        "cases": gettext_lazy("What versions are tried with decides which of them look good."),
    }
)
