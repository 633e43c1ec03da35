"""Why a decision cannot be taken now. Nothing is lost: what was typed comes back in `text`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.problems import Problem


class AlreadyDecided(Problem):
    """Somebody was first; says who and when."""

    code, status, title = "already_decided", 409, "Somebody decided this before you"

    def __init__(self, *, name: str, at: datetime, what: str, whom: str = "this draft", text: str = "") -> None:
        super().__init__(
            f"{name} {what} {whom} before you. Nothing of yours was sent; your text is kept.",
            by=name,
            at=at.isoformat(),
            decision=what,
            **({"text": text} if text else {}),
        )


_BECAUSE = {
    "customer_wrote": "The customer wrote again. Read the new message; your text is kept and nothing was sent.",
    "changed": "The draft changed while you were reading. Look at it again; your text is kept and nothing was sent.",
    "opted_out": "The customer chose people only. Write the reply yourself; nothing was sent.",
    "stopped": "Drafting has been stopped here. Write the reply yourself; nothing was sent.",
}


class DraftStale(Problem):
    """What was on the screen is not what is there now."""

    code, status, title = "draft_stale", 409, "This has moved underneath you"

    def __init__(self, *, because: str, version: int | None, text: str = "") -> None:
        super().__init__(
            _BECAUSE.get(
                because, "The draft is no longer waiting for a decision. Nothing was sent; your text is kept."
            ),
            because=because,
            version=version,
            **({"text": text} if text else {}),
        )


class FlagsUnacknowledged(Problem):
    code, status, title = "flags_unacknowledged", 409, "Something in the text must be looked at first"

    def __init__(self, flags: list[dict[str, object]], *, text: str = "") -> None:
        super().__init__(
            "Say of each marked passage whether it is true or a false alarm, or change the words. Nothing was sent.",
            flags=flags,
            **({"text": text} if text else {}),
        )


class PlaceholdersOpen(Problem):
    """A macro's placeholder still stands in the text; the customer would read it."""

    code, status, title = "placeholders_open", 409, "A placeholder is not filled in"

    def __init__(self, placeholders: Sequence[str], *, text: str = "") -> None:
        super().__init__(
            f"Write what belongs there instead of {', '.join(placeholders)}. Nothing was sent; your text is kept.",
            placeholders=list(placeholders),
            **({"text": text} if text else {}),
        )
