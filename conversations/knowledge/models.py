"""Articles and the passages that answers are drawn from; macros, the texts that people keep for their own replies."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Team


class Article(models.Model):
    """One subject in one language, in Markdown, as it is now. A withdrawn one is found by nobody until it is saved again."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everybody, in the help centre")
        INTERNAL = "internal", _("The staff alone")

    slug = models.SlugField(max_length=80)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField()
    tags = models.JSONField(default=list)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC, db_default=Visibility.PUBLIC
    )
    # Whether drafts may rest on it. What is internal is quoted to a customer only where somebody said that it may be.
    usable = models.BooleanField(default=True, db_default=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(null=True)
    # The macro whose text it is, for drafts to rest on; nobody edits it but through the macro.
    macro = models.OneToOneField("Macro", on_delete=models.PROTECT, null=True, related_name="source")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "knowledge_article"
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="knowledge_article_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"article:{self.pk}"


class ArticleVersion(models.Model):
    """An article as it was saved once; never changed."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    visibility = models.CharField(max_length=10, choices=Article.Visibility.choices)
    usable = models.BooleanField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_version"
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="knowledge_version_once")]


class Passage(models.Model):
    """The text under one heading of one version of an article; kept when the article moves on, for drafts that cite it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="passages")
    version = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=8)
    current = models.BooleanField(default=True)
    # As its article's version has it, for the searches.
    public = models.BooleanField(default=True, db_default=True)
    usable = models.BooleanField(default=True, db_default=True)
    # Filled by a trigger: title and heading weigh more than text, words are stemmed in the passage's language.
    search = SearchVectorField(null=True)

    class Meta:
        db_table = "knowledge_passage"
        indexes = [
            GinIndex(fields=["search"], name="knowledge_passage_search"),
            GinIndex(fields=["text"], name="knowledge_passage_trigram", opclasses=["gin_trgm_ops"]),
        ]

    @property
    def ref(self) -> str:
        return f"passage:{self.pk}"


class UsableNote(models.Model):
    """An internal note of which somebody said that drafts for its ticket may rest on it; no other note is shown to a model."""

    message = models.OneToOneField("conversations.Message", on_delete=models.CASCADE, related_name="usable")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_note"


class Lookup(models.Model):
    """A system of the organisation that is asked for facts: of an order by its number, of an account by its mail address."""

    name = models.CharField(max_length=40)
    address = models.CharField(max_length=300)
    # How a number is written, `NO-#####`: # is a digit, @ a letter. Empty: the customer's mail address is asked with.
    shape = models.CharField(max_length=40, default="", blank=True)
    # What of an answer is kept, in this order, as a name and a label each. Everything else is thrown away unseen.
    fields = models.JSONField(default=list)
    seconds = models.FloatField(default=2.0)
    cache_minutes = models.PositiveIntegerField(default=10)
    secret_sealed = models.BinaryField(default=bytes)
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_lookup"

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"lookup:{self.pk}"


class LookedUp(models.Model):
    """What a lookup answered for a ticket, with the allowed fields alone."""

    class State(models.TextChoices):
        FOUND = "found", _("found")
        NOTHING = "nothing", _("not known there")
        FAILED = "failed", _("no answer")

    lookup = models.ForeignKey(Lookup, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("conversations.Ticket", on_delete=models.CASCADE, related_name="looked_up")
    key = models.CharField(max_length=254)
    state = models.CharField(max_length=8, choices=State.choices)
    # A label and a value each.
    values = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_looked_up"
        constraints = [models.UniqueConstraint(fields=["lookup", "ticket", "key"], name="knowledge_looked_up_once")]

    @property
    def ref(self) -> str:
        return f"looked_up:{self.pk}"


class PassageVector(models.Model):
    """What a passage means, as one model has it: made again from the passage at any time, so written outside actions."""

    passage = models.OneToOneField(Passage, on_delete=models.CASCADE, related_name="vector")
    model = models.CharField(max_length=40)
    # Its text with its headings, and the headings alone; 512 numbers of two bytes each.
    whole = models.BinaryField()
    headings = models.BinaryField()

    class Meta:
        db_table = "knowledge_vector"


class Macro(models.Model):
    """A text kept for replies and notes, with placeholders such as `{customer.name}`; `/shortcut` finds it.

    Everybody's; or a team's; or one person's own. A retired one is offered no more and leaves its shortcut free.
    """

    name = models.CharField(max_length=80)
    shortcut = models.CharField(max_length=30)
    body = models.TextField()
    # Empty: for tickets in any language.
    language = models.CharField(max_length=8, default="", blank=True)
    # Everybody's alone: drafts may rest on it as on an article.
    usable = models.BooleanField(default=False, db_default=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "knowledge_macro"
        constraints = [
            models.UniqueConstraint(
                fields=["shortcut", "language", "team", "owner"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="knowledge_macro_shortcut",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(owner__isnull=True), name="knowledge_macro_one_audience"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"macro:{self.pk}"

    @property
    def audience(self) -> str:
        """`everyone`, `team:3` or `private`: what forms and entries call it."""
        if self.owner_id is not None:
            return "private"
        return "everyone" if self.team_id is None else f"team:{self.team_id}"
