"""What the pages of the tests show: one made-up shop, in the shapes that the templates ask for."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

ANA = SimpleNamespace(pk="ana", name="Ana Novak", email="ana@demo.test", initials="AN", is_authenticated=True)
NAV = [{"label": "Desk", "url": "/queue/", "here": True}, {"label": "Ledger", "url": "/ledger/", "here": False}]


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "seq": 5000,
        "key": f"{number:06}",
        "url": f"/tickets/{number}/",
        "customer": "Sarah Connor",
        "subject": f"Subject {number}",
        "last_line": "Hi, I returned the jacket two weeks ago and the money is not there.",
        "waiting_since": ago(48),
        "draft": "ready",
        "team": "Refunds",
        **changes,
    }


ROWS = [
    row(
        1041,
        customer="Hans Müller",
        subject="Rechnung doppelt abgebucht",
        team="Billing",
        waiting_since=ago(134),
        last_line="Ich habe gestern zwei Abbuchungen über 89,90 € gesehen und möchte",
        breaching=True,
        due_at=ago(-12),
        draft="ready",
        blockers=2,
    ),
    row(1042, subject="Where is my refund?", blockers=1, assignee={"id": "ana", "name": "Ana"}),
    row(
        1043,
        customer="Lucía Fernández",
        subject="¿Puedo cambiar la talla?",
        team="Orders",
        waiting_since=ago(41),
        last_line="Compré las botas en la 38 y necesito la 39",
    ),
    row(
        1044,
        customer="Oluwaseun Adeyemi",
        subject="Please no robots",
        team="Accounts",
        waiting_since=ago(33),
        draft=None,
        no_draft_because="opted_out",
        last_line="I would like to speak with a person about my account",
    ),
    row(
        1045,
        customer="Claire Dubois",
        subject="Colis endommagé à la livraison",
        team="Delivery",
        draft="preparing",
        waiting_since=ago(27),
        last_line="Le carton était ouvert et il manque un article",
    ),
    row(
        1046,
        customer="Dev Patel",
        subject="Legal notice regarding order 88121",
        team="Legal",
        draft=None,
        second_person=True,
        no_draft_because="people_only",
        priority="urgent",
        waiting_since=ago(19),
        last_line="My lawyer advised me to ask you",
    ),
    row(
        1047,
        customer="مريم الحداد",
        subject="لم يصل الطلب",
        team="Delivery",
        waiting_since=ago(11),
        last_line="طلبت حذاء قبل أسبوعين ولم يصل حتى الآن",
    ),
    row(
        1048,
        customer="Emma Larsen",
        subject="Gift card not accepted",
        team="Billing",
        waiting_since=ago(8),
        hints=1,
        last_line="The code says invalid at checkout but I bought it yesterday",
    ),
    row(
        1049,
        customer="Jonas Weber",
        subject="Answer never arrived",
        team="Orders",
        draft=None,
        sending="unknown",
        waiting_since=ago(6),
        last_line="You wrote that you would send me the label",
    ),
    row(
        1050,
        customer="Priya Raman",
        subject="The size chart is wrong",
        team="Orders",
        wrong=True,
        draft=None,
        no_draft_because="provider",
        waiting_since=ago(2),
        last_line="What you told me about the sizes does not match",
    ),
]

VIEWS = [
    {"label": label, "url": f"/queue/{name}/", "topic": f"queue:{name}", "count": count, "here": name == "todo"}
    for name, label, count in [
        ("todo", "To do", 19),
        ("review", "Review drafts", 12),
        ("write", "Write", 6),
        ("trouble", "Trouble", 1),
        ("mine", "Mine", 3),
        ("unassigned", "Unassigned", 7),
        ("waiting", "Waiting for customer", 41),
        ("snoozed", "Snoozed", 5),
        ("breaching", "Breaching soon", 2),
        ("solved", "Solved", None),
        ("all", "All", None),
    ]
]

VIEW = {
    "name": "todo",
    "label": "To do",
    "topic": "queue:todo",
    "count": 19,
    "order_words": "by due time",
    "query": "view=todo",
    "counted": "queue:todo",
    "rows_url": "/queue/todo/rows/",
    "empty_title": "Nothing to do",
    "empty_text": "Whatever comes in appears here by itself.",
}

PASSAGES = [
    {
        "number": 1,
        "title": "Refunds and returns › When do I get my money?",
        "url": "/knowledge/1/",
        "pieces": [
            ("We pay refunds within five working days after your parcel has reached our warehouse.", True),
            (" Depending on your bank it can take up to three more days until you see it.", False),
        ],
    },
    {
        "number": 2,
        "title": "Order 77310, looked up 12:03",
        "pieces": [("Return parcel received 12 November.", True), ("", False)],
    },
]

SENTENCES = [
    {"text": "Hello Sarah,", "after": "\n\n"},
    {"text": "Thank you for your patience.", "after": " "},
    {
        "text": "Refunds are paid within five working days after the parcel reaches our warehouse, and yours arrived "
        "on 12 November (order 77310).",
        "after": " ",
        "sources": [{"number": 1}, {"number": 2}],
    },
    {"text": "The refund of 79.00 € was sent to your card.", "after": " ", "unsupported": True},
    {"text": "Your bank may need up to three more days to show it.", "after": "\n\n", "sources": [{"number": 1}]},
    {
        "text": "If it is not there by Friday, just answer this mail and I will look into it with our payments team.",
        "after": "\n\n",
    },
    {"text": "Kind regards\nAna", "after": ""},
]
TEXT = "".join(str(sentence["text"]) + str(sentence["after"]) for sentence in SENTENCES)


def draft(**changes: Any) -> dict[str, Any]:
    return {
        "id": 88,
        "version": 2,
        "text": TEXT,
        "sentences": SENTENCES,
        "flags": [
            {"id": 7, "kind": "amount", "severity": "blocker", "words": "79.00 €"},
            {"id": 8, "kind": "tone", "severity": "hint", "words": "“just answer this mail” may sound curt."},
        ],
        "open_blockers": 1,
        "risk": "medium",
        "passages": PASSAGES,
        "sourced": 2,
        "statements": 3,
        "reading_seconds": 25,
        "model": "model v7",
        "prepared_at": ago(46),
        "saw_url": "/drafts/88/saw/",
        "versions_url": "/drafts/88/versions/",
        **changes,
    }


TIMELINE = [
    {
        "kind": "message",
        "id": 1,
        "direction": "in",
        "from": {"name": "Sarah Connor", "initials": "SC"},
        "channel": "by mail",
        "created_at": ago(48),
        "text": "Hi, I returned the jacket two weeks ago (order 77310) and the money is still not on my card. "
        "Your site says five days. Can you tell me where it is?\n\nSarah",
    },
    {
        "kind": "event",
        "id": 2,
        "icon": "sparkles",
        "ai": True,
        "at": ago(46),
        "url": "/drafts/88/saw/",
        "url_text": "see what left",
        "sentence": "Draft prepared by model v7 · 2 passages · 4 items replaced ·",
    },
    {
        "kind": "message",
        "id": 3,
        "direction": "note",
        "from": {"name": "Ben", "initials": "BE"},
        "created_at": ago(20),
        "text": "Warehouse confirms the parcel arrived on the 12th. @Ana can you take it?",
    },
    {"kind": "event", "id": 4, "icon": "user", "at": ago(3), "sentence": "Ana claimed this ticket"},
    {
        "kind": "message",
        "id": 5,
        "direction": "out",
        "from": {"name": "Ana Novak", "initials": "AN"},
        "created_at": ago(1),
        "text": "Dear Sarah, I am looking into it and come back to you within the hour.",
        "state": "sent",
        "disclosure": {"kind": "drafted_changed", "text": "Drafted with AI, changed and approved by Ana"},
    },
]


def ticket(**changes: Any) -> dict[str, Any]:
    return {
        "number": 1042,
        "seq": 5000,
        "subject": "Where is my refund?",
        "status": "open",
        "priority": "normal",
        "language": "en",
        "team": {"name": "Refunds"},
        "assignee": {"id": "ana", "name": "Ana"},
        "tags": ["return"],
        "due_at": ago(-72),
        "due_what": "first reply due",
        "customer": {"name": "Sarah Connor", "initials": "SC", "ai_consent": None},
        "news": "",
        "live_url": "/tickets/1042/live/",
        "draft": draft(),
        **changes,
    }


ACTS = {
    name: f"/tickets/1042/{name}/"
    for name in ("approve", "edit", "reject", "reply", "note", "claim", "retry", "escalate", "status")
}


def frame(**changes: Any) -> dict[str, Any]:
    return {"user": ANA, "nav": NAV, "demo": True, "mail_url": "/mail/", **changes}


def queue_page(*, rows: list[dict[str, Any]] = ROWS, **changes: Any) -> dict[str, Any]:
    shown = [render_to_string("tickets/_row.html", {"row": row}) for row in rows]
    return frame(**{"view": VIEW, "views": VIEWS, "rows": shown, "seq": 5000, "follow": "queue:todo", **changes})


def ticket_page(*, mode: str = "review", text: str = "", **changes: Any) -> dict[str, Any]:
    return {
        **queue_page(follow="queue:todo ticket:1042"),
        "saved_views": [
            {
                "label": "Team views",
                "views": [{"label": "Refunds over 200 €", "url": "#", "topic": "queue:9", "count": 4}],
            }
        ],
        "ticket": ticket(),
        "timeline": TIMELINE,
        "acts": ACTS,
        "pane": {"mode": mode, "text": text},
        "last_seen": 1,
        **changes,
    }
