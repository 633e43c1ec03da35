"""Why the sealer signs nothing: codes for programs, sentences for the people who look after the desk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Nothing is signed now; `seq` is the entry at which something is wrong, where it is about one."""

    def __init__(self, code: str, *, seq: int | None = None) -> None:
        super().__init__(code if seq is None else f"{code} at {seq}")
        self.code, self.seq = code, seq


WORDS: dict[str, Promise] = {
    "no_key": _("There is no key to sign with. Make one with python manage.py ledger key new."),
    "key_unreadable": _("The file with the private key cannot be read, or holds no key."),
    "key_missing": _("The private half of the newest key is not in the key file."),
    "old_key_missing": _("The key before has to sign once more, and its private half is not in the key file."),
    "not_dense": _("An entry is missing."),
    "leaf_wrong": _("An entry does not say what it said when it was written."),
    "number_wrong": _("An entry says another number than the one that it stands under."),
    "note_wrong": _("The last checkpoint is not as it was signed."),
    "history_differs": _("Entries that were sealed before are not what they were."),
    "anchor_ahead": _(
        "The anchor file knows more entries than the database: an old copy was restored, or the end is cut off."
    ),
    "anchor_differs": _("The anchor file knows another history than the database."),
    "anchor_unknown": _("The anchor file ends with a checkpoint of a log or key that is not known here."),
    "anchor_damaged": _("The last checkpoint in the anchor file is damaged."),
    "anchor_unreadable": _("The anchor file cannot be read."),
}


def words(code: str) -> str:
    """What a code means, for people; the code itself where there are no words for it."""
    return str(WORDS.get(code, code))
