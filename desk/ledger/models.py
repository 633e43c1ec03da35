"""The tables of the ledger. The canonical text of an entry is the truth; the columns beside it are projections."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now

from desk.ledger.notes import VerifierKey

ABOUT_SOMEBODY = Q(subject__startswith="person:") | Q(subject__startswith="customer:")


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
            # For the explorer, and small: people and customers as what an entry is about, entries that rest on settings.
            models.Index(fields=["subject", "-seq"], name="ledger_entry_subject", condition=ABOUT_SOMEBODY),
            models.Index(
                KeyTransform("settings", "facts"),
                F("seq").desc(),
                name="ledger_entry_settings",
                condition=Q(facts__has_key="settings"),
            ),
            BrinIndex(fields=["at"], name="ledger_entry_at", pages_per_range=32, autosummarize=True),
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


class Key(models.Model):
    """A public key that signs the ledger; the private half is in a file outside the database. Newest row signs.

    What it signed is said by the checkpoints themselves. `reason` says why it took over; the entry of that is in the ledger.
    """

    class Reason(models.TextChoices):
        FIRST = "first"
        ROUTINE = "routine"
        LOST = "lost"
        COMPROMISED = "compromised"

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=200)
    public = models.BinaryField(max_length=32, unique=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_key"
        app_label = "desk"

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, bytes(self.public))

    @property
    def ref(self) -> str:
        return f"ledger_key:{self.pk}"


class Checkpoint(models.Model):
    """What the ledger signed of its first `size` entries. One for each size, each on top of the one before, for good.

    `note` is the signed note, verbatim, with the log's own signatures; the columns beside it are projections.
    """

    size = models.BigIntegerField(primary_key=True)
    previous = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="checkpoints")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ledger_checkpoint"
        app_label = "desk"
        indexes = [models.Index(fields=["key", "size"], name="ledger_checkpoint_of_key")]
        constraints = [
            models.CheckConstraint(
                name="ledger_checkpoint_grows", condition=models.Q(previous__gte=0, size__gt=models.F("previous"))
            ),
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Node(models.Model):
    """The hash of a complete subtree: over the `2**level` leaves from `index * 2**level` on. Only each eighth level is kept."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_node"
        app_label = "desk"


class Cosignature(models.Model):
    """A witness saw a checkpoint and found that it follows from all it had seen. `line` is the signature line, verbatim."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)
    key = models.CharField(max_length=300)
    line = models.TextField()
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "ledger_cosignature"
        app_label = "desk"
        constraints = [models.UniqueConstraint(fields=["checkpoint", "key"], name="ledger_cosignature_once")]

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint_id}"


class Anchor(models.Model):
    """How far a place outside the database knows the ledger. `error` is why the last attempt failed, "" when it did not."""

    place = models.CharField(max_length=10, primary_key=True)
    size = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "ledger_anchor"
        app_label = "desk"

    def __str__(self) -> str:
        return f"{self.place} {self.size}"


class Sealer(models.Model):
    """One row: why nothing is sealed, as a code, since when, and at which `seq`; "" while all is well."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    refuses = models.CharField(max_length=40, default="")
    seq = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_sealer"
        app_label = "desk"
        constraints = [models.CheckConstraint(name="ledger_sealer_single", condition=models.Q(id=1))]
