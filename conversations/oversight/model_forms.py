"""What is typed on the pages of model settings, as the actions take it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from conversations.drafting.actions import Kept, Wish
from conversations.drafting.contracts import LONGEST, TERMS
from conversations.drafting.model_settings import ModelSettings
from desk.problems import Invalid


class VersionForm(forms.Form):
    """A version of the model settings."""

    name = forms.CharField(label=_("Name"), max_length=80)
    reason = forms.CharField(label=_("What it is for"), max_length=2000, widget=forms.Textarea)
    model = forms.CharField(label=_("Model"), max_length=120, help_text=_("As its provider calls it"))
    address = forms.CharField(
        label=_("Address of the provider"),
        max_length=300,
        required=False,
        help_text=_("Any server that speaks OpenAI’s Chat Completions; empty for the one that the environment names"),
    )
    fallback = forms.CharField(
        label=_("Another model in its place"),
        max_length=120,
        required=False,
        help_text=_("Of the same provider, asked when the first one cannot answer and the terms allow it"),
    )
    tone = forms.ChoiceField(label=_("Tone"), choices=ModelSettings.Tone.choices)
    form_of_address = forms.ChoiceField(label=_("Form of address"), choices=ModelSettings.Address.choices)
    guidance = forms.CharField(
        label=_("The organisation’s own words in the template"),
        max_length=4000,
        required=False,
        widget=forms.Textarea,
        help_text=_("How replies should be; never a customer’s words, and nothing that changes from day to day"),
    )
    languages = forms.CharField(
        label=_("Languages"), required=False, help_text=_("Codes such as en, de; empty for all. Others go to people")
    )
    left_out = forms.CharField(
        label=_("Topics for people"),
        required=False,
        help_text=_("Tags, by commas, of tickets that no model drafts for"),
    )
    temperature = forms.DecimalField(
        label=_("Temperature"),
        min_value=Decimal(0),
        max_value=Decimal(2),
        max_digits=3,
        decimal_places=2,
        required=False,
        help_text=_("From 0 to 2; empty leaves it to the model"),
    )
    most_passages = forms.IntegerField(
        label=_("Passages that are read"), min_value=1, max_value=12, help_text=_("At most, for one draft")
    )
    least_sourced = forms.IntegerField(
        label=_("Least share of statements with a source"),
        min_value=0,
        max_value=100,
        help_text=_("In percent. A draft with less is not put before people"),
    )

    def wish(self) -> Wish:
        """What was typed; only after `is_valid()`."""
        given = dict(self.cleaned_data)
        temperature = given.pop("temperature")
        return Wish(
            **{
                **given,
                "temperature": None if temperature is None else round(temperature * 100),
                "languages": given["languages"].split(","),
                "left_out": given["left_out"].split(","),
            }
        )


def filled_in(version: ModelSettings | None, *, model: str) -> dict[str, Any]:
    """What the form of a new version shows at first: that of another, or of the environment."""
    if version is None:
        version = ModelSettings(model=model)
    temperature = None if version.temperature is None else Decimal(version.temperature) / 100
    return {
        **{name: getattr(version, name) for name in VersionForm.base_fields},
        "languages": ", ".join(version.languages),
        "left_out": ", ".join(version.left_out),
        "temperature": temperature,
    }


class ContractForm(forms.Form):
    """The terms of a provider; what is asked for is what customers may ask, and read on the page about AI."""

    address = forms.CharField(label=_("Address of the provider"), max_length=300)
    provider = forms.CharField(label=_("Provider"), max_length=120, help_text=_("Name of the company"))
    contract = forms.CharField(
        label=_("Contract"),
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text=_("Which one, of when, and the agreement on data processing that goes with it"),
    )
    region = forms.CharField(
        label=_("Region"), max_length=200, help_text=_("Where the words of customers are worked on")
    )
    retention = forms.CharField(
        label=_("Retention"),
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text=_("What the provider keeps, for how long, and what for"),
    )
    training = forms.CharField(
        label=_("Training data"),
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text=_("What the provider says it was trained on, and whether what is sent is used for training"),
    )
    limits = forms.CharField(
        label=_("Limits"),
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text=_("What the model is known not to be good for, and what the contract forbids"),
    )
    owner = forms.CharField(label=_("Owner"), max_length=200, help_text=_("Who here answers for this provider"))
    key = forms.CharField(
        label=_("Key"),
        max_length=400,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted. Empty keeps the one before, or takes that of the environment for its own address"),
    )
    allows_fallback = forms.BooleanField(
        label=_("Another model of this provider may answer where the first one cannot"), required=False
    )

    def terms(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in TERMS}


class LimitForm(forms.Form):
    """The budget of a day."""

    team = forms.ChoiceField(label=_("For"), required=False)
    tokens = forms.IntegerField(
        label=_("Tokens a day"),
        min_value=0,
        required=False,
        help_text=_("Read and written together; empty is no limit"),
    )
    money = forms.DecimalField(
        label=_("Money a day"),
        min_value=Decimal(0),
        max_digits=11,
        decimal_places=2,
        required=False,
        help_text=_("By MODEL_PRICES; empty is no limit"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        teams = [(str(team.pk), team.name) for team in Team.objects.order_by("name")]
        self.fields["team"].choices = [("", _("Everybody together")), *teams]  # type: ignore[attr-defined]

    def team_of(self) -> Team | None:
        key = self.cleaned_data["team"]
        return Team.objects.get(pk=int(key)) if key else None


class CaseForm(forms.Form):
    """A question for evaluations."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    question = forms.CharField(
        label=_("Question"),
        max_length=6000,
        widget=forms.Textarea,
        help_text=_("As a customer might write it, in your own words: invent the names"),
    )
    language = forms.CharField(
        label=_("Language"), max_length=8, initial="en", help_text=_("Its code, such as en or de")
    )
    expects = forms.CharField(
        label=_("Articles that answer it"), help_text=_("Short names as in the address of the article, by commas")
    )

    def kept(self) -> Kept:
        given = self.cleaned_data
        return Kept(given["subject"], given["question"], given["language"], given["expects"].split(","))


def blame(form: forms.Form, problem: Invalid) -> None:
    """Put what an action refused where it was typed."""
    for name, sentences in problem.fields.get("errors", {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not form.errors:
        form.add_error(None, str(problem.detail))
