"""A data key for everybody of whom encrypted texts are kept; without it all of these are noise, in every copy there is.

The database holds data keys wrapped by a master key, which it never holds: `DATA_KEY`, or the file that `make run` keeps in
VAR. Several may be given, separated by commas: the first one wraps, all of them open, and `manage.py data_keys rotate` wraps
with the first what another one wrapped.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ClassVar

import psycopg
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from desk.actions import Actor, action, record
from desk.encryption import DoesNotOpen, name_of, new_key, seal, unseal
from desk.ledger.kinds import Code, Facts, because, kind
from desk.problems import Problem
from desk.statements import ask, run

AT_ONCE = 500  # keys an action


class DataKey(models.Model):
    """The key of one owner, such as `customer:<id>`, wrapped. When the owner is erased the row goes."""

    owner = models.CharField(max_length=80, unique=True)
    wrapped = models.BinaryField()
    master = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "desk_data_key"
        app_label = "desk"
        indexes: ClassVar = [models.Index(fields=["master"], name="desk_data_key_master")]

    def __str__(self) -> str:
        return f"key of {self.owner}"


class Unreadable(Problem):
    """Erased, or kept under a key that is not given, or changed by somebody who had none."""

    code, status, title = "unreadable", 409, _("This cannot be read any more")
    detail = _("What is kept here does not open with the keys of this desk.")


because({"data_keys": _("Whoever has the master key can read receipts: when it changed has to be known.")})


@kind("data_keys.rewrapped", says="{actor} wrapped {count} data keys with the master key {master}")
class DataKeysRewrapped(Facts):
    count: int
    master: Code


def master_keys() -> dict[str, bytes]:
    """The master keys by name, the one that wraps first."""
    return {name_of(key): key for key in settings.ENV.master_keys}


def key_of(owner: str) -> bytes:
    """The data key of this owner. Raises Unreadable: they have none, or none that a given master key opens."""
    found = _row(owner)
    if found is None:
        raise Unreadable
    return _opened(owner, *found)


def key_for(owner: str) -> bytes:
    """The same, made where there is none. Inside an action."""
    return _asked(owner)()


def _asked(owner: str) -> Callable[[], bytes]:
    """Ask for the key along with the action's next statement; the answer is waited for when it is needed."""
    name, master = next(iter(master_keys().items()))
    wrapped = seal(master, new_key(), _context(owner))
    question = ask(_KEEP, {"owner": owner, "wrapped": wrapped, "master": name})

    @cache
    def key() -> bytes:
        # Whoever comes second has waited for the first, and takes the first one's.
        if (found := question.answer() or _row(owner)) is None:
            raise Unreadable
        return _opened(owner, *found)

    return key


_KEEP = """
    WITH kept AS (SELECT wrapped, master FROM desk_data_key WHERE owner = %(owner)s), made AS (
        INSERT INTO desk_data_key (owner, wrapped, master, created_at)
        SELECT %(owner)s, %(wrapped)s, %(master)s, now() WHERE NOT EXISTS (SELECT FROM kept)
        ON CONFLICT (owner) DO NOTHING RETURNING wrapped, master
    )
    TABLE kept UNION ALL TABLE made
"""


def destroy(owner: str) -> None:
    """Inside an action: what was sealed for this owner never opens again."""
    DataKey.objects.filter(owner=owner).delete()


def rotate(*, by: Actor) -> int:
    """Wrap with the first master key whatever another one wraps. Returns how many; a second run goes on where one ended."""
    done = 0
    while count := _rewrap(by=by) if _foreign().exists() else 0:
        done += count
    return done


@action("data_keys.rewrapped")
def _rewrap(*, by: Actor) -> int:
    name, master = next(iter(master_keys().items()))
    rows = list(_foreign().select_for_update(no_key=True).order_by("pk")[:AT_ONCE])
    for row in rows:
        key = _opened(row.owner, bytes(row.wrapped), row.master)
        row.wrapped, row.master = seal(master, key, _context(row.owner)), name
        row.save(update_fields=["wrapped", "master"])
    record(DataKeysRewrapped(count=len(rows), master=name), by=by, subject="desk:data-keys")
    return len(rows)


def missing_master_keys() -> list[str]:
    """Names of master keys that data keys are wrapped with, and that are not given."""
    given = list(master_keys())
    return list(DataKey.objects.exclude(master__in=given).values_list("master", flat=True).distinct()[:5])


def fault_at_start(database: psycopg.Connection) -> str:
    """Why a desk must not start that could not read what is kept, as a sentence; "" when it can."""
    table = database.execute("SELECT to_regclass('desk_data_key')").fetchone()
    if table in {None, (None,)}:
        return ""  # Older than these keys.
    found = database.execute("SELECT DISTINCT master FROM desk_data_key").fetchall()
    missing = sorted({name for (name,) in found} - set(master_keys()))
    return (
        missing
        and (
            f"Countersign cannot start: personal data here is encrypted with the key {' and '.join(missing)}, which DATA_KEY "
            "does not hold. Set DATA_KEY to it (`make run` keeps it in var/data_key). To change keys, give both, separated "
            "by a comma, the new one first, and run `python manage.py data_keys rotate`."
        )
    ) or ""


def sealed(owner: str, content: str, context: str) -> bytes:
    """A text of this owner, encrypted; `context` says where it is kept, as `table|column|row`. Inside an action."""
    return sealer(owner)(content, context)


def sealed_too(owner: str, content: str, context: str) -> bytes:
    """The same, with a key that the owner has; outside an action, too. Raises Unreadable."""
    return seal(key_of(owner), content.encode(), f"{context}|{owner}")


def sealer(owner: str) -> Callable[[str, str], bytes]:
    """The same for several texts of one owner, called with each and its context. The key comes with the next statement."""
    key = _asked(owner)
    return lambda content, context: seal(key(), content.encode(), f"{context}|{owner}")


def opened(owner: str, content: bytes, context: str) -> str:
    """The text that was sealed so. Raises Unreadable."""
    return _unsealed(key_of(owner), content, f"{context}|{owner}").decode()


def _foreign() -> models.QuerySet[DataKey]:
    return DataKey.objects.exclude(master=next(iter(master_keys())))


def _row(owner: str) -> tuple[bytes, str] | None:
    found: tuple[bytes, str] | None = run(
        "SELECT wrapped, master FROM desk_data_key WHERE owner = %s", [owner]
    ).fetchone()
    return found


def _opened(owner: str, wrapped: bytes, master: str) -> bytes:
    keys = master_keys()
    if master not in keys:
        raise Unreadable
    return _unsealed(keys[master], wrapped, _context(owner))


def _unsealed(key: bytes, content: bytes, context: str) -> bytes:
    try:
        return unseal(key, content, context)
    except DoesNotOpen:
        raise Unreadable from None


def _context(owner: str) -> str:
    return f"desk_data_key|wrapped|{owner}"
