"""How the organisation's own numbers look that no model is to see."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.kinds import NumberPatternAdded, NumberPatternEnded
from conversations.drafting.models import NumberPattern
from conversations.redaction.own_numbers import (
    LONGEST_NUMBER,
    LONGEST_PATTERN,
    MOST_WAYS,
    SHORTEST_NUMBER,
    BadPattern,
    found_by,
)
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid

MOST_PATTERNS = 40
LONGEST_EXAMPLE = 80

WHY_BAD: dict[str, str | Promise] = {
    "empty": _("Write the pattern, for example NO-\\d{5,6}."),
    "long": _("The pattern has more than %(characters)s characters."),
    "not_allowed": _(
        "Letters, figures, \\d, \\w, [A-Z0-9], {5}, {5,8}, ? and one level of (AB|CD) are possible. What has no end, such as * "
        "and +, is not: write {1,8} instead."
    ),
    "short": _("What it finds must have at least %(least)s characters."),
    "wide": _("What it finds must have at most %(most)s characters."),
    "ways": _("There are more than %(ways)s ways to read one place with it: write fewer {..,..} and ?."),
    "anything": _("It finds everyday words, years or amounts too, and would empty every message."),
}


def why_bad(reason: str) -> str:
    return str(WHY_BAD[reason]) % {
        "characters": LONGEST_PATTERN,
        "least": SHORTEST_NUMBER,
        "most": LONGEST_NUMBER,
        "ways": MOST_WAYS,
    }


@action("number_pattern.added", needs=Right.ADMINISTER)
def add_pattern(kind: str, pattern: str, *, example: str, by: Actor) -> NumberPattern:
    """Replace numbers of this look in all that leaves from here on. Raises Invalid where the example is not found whole."""
    pattern, example = pattern.strip(), example.strip()
    if kind not in NumberPattern.Kind.values:
        raise Invalid(_("Choose what the numbers are of."), errors={"kind": [", ".join(NumberPattern.Kind.values)]})
    try:
        found = found_by(pattern, example)
    except BadPattern as bad:
        raise Invalid(why_bad(bad.reason), errors={"pattern": [bad.reason]}) from None
    if len(example) > LONGEST_EXAMPLE or found != [example]:
        raise Invalid(
            _("The pattern does not find the whole example. Nothing was changed."),
            errors={"example": ["is found whole"]},
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_number_pattern'))")
    in_force = NumberPattern.objects.filter(ended_at=None)
    if in_force.filter(pattern=pattern).exists():
        raise Invalid(_("This pattern is in force already."), errors={"pattern": ["is new"]})
    if in_force.count() >= MOST_PATTERNS:
        raise Invalid(
            _("There are %(most)s patterns already: end one that is not needed.") % {"most": MOST_PATTERNS},
            errors={"pattern": [f"at most {MOST_PATTERNS}"]},
        )
    made = NumberPattern.objects.create(
        kind=kind, pattern=pattern, example=example, person_id=by.id if by.kind == "person" else None
    )
    record(
        NumberPatternAdded(number_kind=kind),
        by=by,
        subject=made.ref,
        commits={
            "pattern": Text(pattern, f"{made.ref}:pattern"),
            "example": Text(example, f"{made.ref}:example"),
        },
    )
    return made


@action("number_pattern.ended", needs=Right.ADMINISTER)
def end_pattern(pattern_id: int, *, by: Actor) -> NumberPattern:
    """From here on numbers of this look leave as they are. Raises Invalid when it was ended already."""
    found = NumberPattern.objects.select_for_update(no_key=True).filter(pk=pattern_id, ended_at=None).first()
    if found is None:
        raise Invalid(_("This pattern was ended already."), errors={"pattern": ["is in force"]})
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    record(NumberPatternEnded(number_kind=found.kind), by=by, subject=found.ref)
    return found
