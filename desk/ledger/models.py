"""The tables of the ledger. The canonical text of an entry is the truth; the columns beside it are projections."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that happened. `seq` is dense and in commit order; triggers refuse every change."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    thread = models.CharField(max_length=80, default="")
    facts = models.JSONField()
    commitments = models.JSONField()
    canonical = models.TextField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_entry"
        app_label = "desk"
        indexes = [
            models.Index(fields=["thread", "-seq"], name="ledger_entry_thread"),
            models.Index(fields=["actor", "-seq"], name="ledger_entry_actor"),
            models.Index(fields=["kind", "-seq"], name="ledger_entry_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="ledger_entry_seq_positive", condition=models.Q(seq__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Counter(models.Model):
    """One row: the last `seq` given out. Its row lock, taken last in each action, is what puts commits in order."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_counter"
        app_label = "desk"
        constraints = [models.CheckConstraint(name="ledger_counter_single", condition=models.Q(id=1))]


class Salt(models.Model):
    """The secret half of a commitment: with it and the text anyone can confirm the entry, without it nobody can guess.

    Kept beside the ledger and not in it, so that erasing a text and its salts leaves every proof valid. `source` says
    where the text is kept, as `message:<id>:text`.
    """

    id = models.BigAutoField(primary_key=True)
    seq = models.BigIntegerField()
    field = models.CharField(max_length=40)
    salt = models.BinaryField(max_length=32)
    source = models.CharField(max_length=120)

    class Meta:
        db_table = "ledger_salt"
        app_label = "desk"
        constraints = [models.UniqueConstraint(fields=["seq", "field"], name="ledger_salt_once")]
        indexes = [models.Index(fields=["source"], name="ledger_salt_source")]
