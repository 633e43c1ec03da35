"""What people fill in about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.minting import Mintable

LONGEST = 366  # days
LONGEST_LABEL = 60  # characters


class TokenForm(forms.Form):
    """A token of one's own; only scopes that one may give are choices."""

    label = forms.CharField(
        max_length=LONGEST_LABEL,
        error_messages={"required": _("Say what the token is for.")},
    )
    scopes = forms.MultipleChoiceField(
        error_messages={
            "required": _("Choose at least one thing that it may do."),
            "invalid_choice": _("You cannot give %(value)s to a token."),
        }
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST,
        error_messages={
            "required": _("Say for how many days."),
            "invalid": _("Say for how many days."),
            "min_value": _("A token lives at least 1 day."),
            "max_value": _("A token lives at most 366 days."),
        },
    )

    def __init__(self, *args: Any, mintable: list[Mintable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["scopes"]
        assert isinstance(offered, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        offered.choices = [(each.scope.value, each.scope.label) for each in mintable if not each.why_not]

    def sentences(self) -> list[str]:
        return [str(sentence) for sentences in self.errors.values() for sentence in sentences]
