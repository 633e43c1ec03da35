"""Articles and the passages that answers are drawn from."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Article(models.Model):
    """One subject in one language, in Markdown."""

    slug = models.SlugField(max_length=80)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField()
    tags = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_article"
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="knowledge_article_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"article:{self.pk}"


class Passage(models.Model):
    """The text under one heading of one version of an article; kept when the article moves on, for drafts that cite it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="passages")
    version = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=8)
    current = models.BooleanField(default=True)
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
