"""Under what terms a provider outside of this machine may be asked at all."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

LONGEST = 2000


class Contract(models.Model):
    """An administrator let a provider be asked, and wrote down on what terms; customers may read most of it.

    Never changed: other terms are another row, and the one before ends.
    """

    address = models.CharField(max_length=300)
    provider = models.CharField(max_length=120)
    contract = models.TextField()
    region = models.CharField(max_length=200)
    retention = models.TextField()
    training = models.TextField()
    limits = models.TextField()
    owner = models.CharField(max_length=200)
    # May another model of the same provider answer when the one that was asked for cannot?
    allows_fallback = models.BooleanField(default=False)
    # Sealed; empty where the environment's key is used, or none is needed.
    key_sealed = models.BinaryField(default=bytes)
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_contract"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address"], name="drafting_contract_one", condition=Q(ended_at__isnull=True)
            ),
        ]

    @property
    def ref(self) -> str:
        return f"contract:{self.pk}"


def standing_contracts() -> list[Contract]:
    """Those that hold now: with nobody else's machines may words of a customer be shared."""
    return list(Contract.objects.filter(ended_at=None).order_by("provider", "id"))


TERMS = ("provider", "contract", "region", "retention", "training", "limits", "owner")
"""What has to be written down of each."""
