"""Questions for evaluations, taken from the demo's tickets: the first message, and the articles that its reply quotes."""

from __future__ import annotations

from conversations.demo.content import Row, tickets
from conversations.drafting.actions import Kept
from conversations.drafting.evaluations import Case


def missing_cases() -> list[Kept]:
    """The questions that were not taken yet; one that was retired is not among them again."""
    here = set(Case.objects.exclude(from_demo="").values_list("from_demo", flat=True))
    return [case for case in map(_case, tickets()) if case.expects and case.from_demo not in here]


def _case(row: Row) -> Kept:
    quoted = [sentence["passage_slug"] for sentence in _sentences(row)]
    return Kept(
        subject=row["subject"],
        question=row["messages"][0]["text"],
        language=row["language"],
        expects=sorted({slug for slug in quoted if slug}),
        from_demo=row["key"],
    )


def _sentences(row: Row) -> list[Row]:
    drafted: list[Row] = row["outcome"].get("draft_sentences") or []
    return drafted + [sentence for message in row["messages"] for sentence in message.get("draft_sentences") or []]
