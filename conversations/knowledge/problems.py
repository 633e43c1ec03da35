"""Why a macro or an article cannot be kept as it was sent. What was typed comes back."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.problems import Problem


class MacroChanged(Problem):
    code, status, title = "macro_changed", 409, gettext_lazy("Somebody changed this macro meanwhile")
    detail = gettext_lazy("Look at it as it is now. What you typed is kept below and was not saved.")


class ArticleChanged(Problem):
    code, status, title = "article_changed", 409, gettext_lazy("Somebody changed this article meanwhile")
    detail = gettext_lazy("Look at it as it is now. What you typed is kept below and was not saved.")


class LookupChanged(Problem):
    code, status, title = "lookup_changed", 409, gettext_lazy("Somebody changed this lookup meanwhile")
    detail = gettext_lazy("Look at it as it is now. What you typed is kept below and was not saved.")


class ShortcutTaken(Problem):
    """Another macro for the same people and language has this shortcut."""

    code, status, title = "shortcut_taken", 409, gettext_lazy("This shortcut is taken")

    def __init__(self, shortcut: str = "refund") -> None:
        super().__init__(
            _("Another macro for the same people and language is found by /%(shortcut)s. Choose another shortcut.")
            % {"shortcut": shortcut},
            shortcut=shortcut,
        )
