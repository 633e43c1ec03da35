"""What customers type. None of it is lost: what is refused comes back as it was, with a sentence beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.portal.actions import Asked
from conversations.redaction.cleaning import clean
from conversations.tickets.texts import MAX_SUBJECT, MAX_TEXT

MAX_CONCERN = 5_000  # characters


class Written(forms.CharField):
    """Text of a person; too long is said, never cut off."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(
                _("This has %(length)s characters; we can take %(most)s. Please shorten it."),
                params={"length": len(value), "most": self.most},
                code="too_long",
            )


class TypedForm(forms.Form):
    """Takes invisible characters and NUL out of what was typed before anything else, as everywhere in the desk.

    So a form that comes back with an error does not carry them either.
    """

    def __init__(self, typed: Mapping[str, Any] | None = None, **options: Any) -> None:
        data = None if typed is None else {name: clean(typed[name]) for name in self.base_fields if name in typed}
        super().__init__(data, **options)


class RequestForm(TypedForm):
    """A new request. What stands in it about models depends on whether the organisation asks first."""

    name = Written(
        label=_("Your name"), most=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        help_text=_("Our answer goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Without a mail address we cannot answer you."),
            "invalid": _("This is not a mail address that an answer could reach. It looks like name@example.com."),
        },
    )
    subject = Written(label=_("What is it about?"), most=MAX_SUBJECT, required=False)
    message = Written(
        label=_("Your message"),
        most=MAX_TEXT,
        widget=forms.Textarea,
        help_text=_("An order number helps, if there is one. Please leave out passwords and card numbers."),
        error_messages={"required": _("Please write what we can do for you.")},
    )
    people_only = forms.BooleanField(label=_("People only"), required=False)
    ai_choice = forms.ChoiceField(
        label=_("May AI help with your answer?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, AI may draft; a person decides")), ("no", _("No, people only"))],
    )
    # People never see this one; programs that fill in every field do.
    website = forms.CharField(label=_("Leave this empty"), required=False)

    def __init__(self, typed: Mapping[str, Any] | None = None, *, asks_first: bool) -> None:
        super().__init__(typed)
        self.asks_first = asks_first
        del self.fields["people_only" if asks_first else "ai_choice"]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Please empty this field. It is only there to stop programs that send advertising.")
            )
        return ""

    def asked(self) -> Asked:
        """What a valid form says."""
        said = self.cleaned_data
        if self.asks_first:
            consent = {"yes": True, "no": False}.get(said["ai_choice"])
        else:
            consent = False if said["people_only"] else None
        return Asked(said["name"], said["email"], said["subject"], said["message"], consent)


class MessageForm(TypedForm):
    message = Written(
        label=_("Your message"),
        most=MAX_TEXT,
        widget=forms.Textarea,
        error_messages={"required": _("Please write something before you send it.")},
    )


class ConcernForm(TypedForm):
    wrong = Written(label=_("What is wrong with it?"), most=MAX_CONCERN, required=False, widget=forms.Textarea)
