"""What an organisation adds to the recognisers: the patterns of its own numbers, and Presidio where it is set up."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from conversations.drafting.models import NumberPattern
from conversations.redaction import presidio
from conversations.redaction.own_numbers import BadPattern, OwnNumber, recogniser
from conversations.redaction.redact import Kind, Recogniser, RedactionFailed
from desk.rows import Reading


def further_recognisers(language: str) -> list[Recogniser]:
    """For texts of a ticket in this language. Raises RedactionFailed where one that is set up cannot be had."""
    found: list[Recogniser] = []
    own = [OwnNumber(Kind(each.kind.upper()), each.pattern) for each in _in_force.all()]
    try:
        if own:
            found.append(recogniser(own))
        models = tuple(settings.ENV.presidio_models.items())
        if models:
            spoken = language[:2] if language[:2] in settings.ENV.presidio_models else models[0][0]
            found.append(presidio.recogniser(presidio.analyzer(models), spoken))
    except BadPattern as error:
        raise RedactionFailed("own numbers", error) from None
    except (ImportError, OSError) as error:
        raise RedactionFailed("presidio", error) from None
    return found


def foresee_recognisers() -> None:
    """Have what `further_recognisers` reads asked along with the next statement."""
    _in_force.foresee()


def patterns_in_force() -> QuerySet[NumberPattern]:
    return NumberPattern.objects.filter(ended_at=None).order_by("id")


_in_force = Reading(patterns_in_force())
