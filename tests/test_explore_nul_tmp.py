from __future__ import annotations
from django.test import Client
from tests.cast import Cast
from tests.drafts import pending_draft

def test_nul(cast: Cast):
    t = cast.ticket(); d = pending_draft(t)
    ana = Client(raise_request_exception=False); ana.force_login(cast.ana)
    sam = Client(raise_request_exception=False); sam.force_login(cast.sam)
    big = "9"*5000; mid="9"*3000
    out = []
    for name, c, m, p, q in [
      ("q", ana, "get", "/queue/todo/", {"q": "a\0b"}),
      ("rows q", ana, "get", "/queue/todo/rows/", {"q": "a\0b"}),
      ("ticket q", ana, "get", f"/tickets/{t.number}/", {"q": "a\0b", "view":"\0"}),
      ("help", Client(raise_request_exception=False), "get", "/help/", {"q": "a\0b"}),
      ("after", ana, "get", "/queue/todo/", {"after": "0001-01-01T00:00:00+14:00_5"}),
      ("after9", ana, "get", "/queue/todo/", {"after": "9999-12-31T23:59:59-14:00_5"}),
      ("afternaive", ana, "get", "/queue/todo/", {"after": "0001-01-01T00:00:00_5"}),
      ("afterbig", ana, "get", "/queue/todo/", {"after": "2024-01-01T00:00:00+00:00_"+big}),
      ("aftermid", ana, "get", "/queue/todo/", {"after": "2024-01-01T00:00:00+00:00_"+mid}),
      ("ledger", sam, "get", "/ledger/", {"person": "\0", "kind":"\0", "ticket":"\0","since":"\0"}),
      ("ledger person", sam, "get", "/ledger/", {"person": "person:\0"}),
      ("ledger kind", sam, "get", "/ledger/", {"kind": "a\0"}),
      ("ledger since", sam, "get", "/ledger/", {"since": "0001-01-01"}),
      ("ledger before", sam, "get", "/ledger/", {"before": mid, "after": big}),
      ("reject nul", ana, "post", f"/drafts/{d.pk}/reject/", {"version": d.version, "reason": "t\0", "next": "wr\0", "note": "a\0b"}),
      ("version", ana, "post", f"/drafts/{d.pk}/approve/", {"version": big}),
      ("version mid", ana, "post", f"/drafts/{d.pk}/approve/", {"version": mid}),
      ("flag", ana, "post", f"/drafts/{d.pk}/approve/", {"version": d.version, "answer-"+"9"*18: "x\0"}),
      ("lastseen", ana, "post", f"/tickets/{t.number}/reply/", {"text":"hi","last_seen": big}),
      ("lastseen mid", ana, "post", f"/tickets/{t.number}/reply/", {"text":"hi","last_seen": mid}),
      ("draft", ana, "post", f"/tickets/{t.number}/reply/", {"text":"hi","last_seen":"1", "version":"1","draft": big}),
      ("draft mid", ana, "post", f"/tickets/{t.number}/reply/", {"text":"hi","last_seen":"1","version":"1","draft": mid}),
      ("status", ana, "post", f"/tickets/{t.number}/status/", {"status": "a\0b"}),
      ("undo", ana, "post", f"/decisions/{mid}/undo/", {}),
      ("ticketmid", ana, "get", f"/tickets/{mid}/", {}),
      ("resolve", ana, "get", f"/sendings/{mid}/resolve/", {}),
      ("resolve nul", ana, "get", f"/customers/a%00b/", {}),
      ("settings", sam, "post", f"/settings/stops/", {"scope":"all\0","value":"\0","reason":"\0"}),
      ("link", ana, "get", "/help/t/a%00b/", {}),
      ("article", ana, "get", "/help/articles/a%00b/", {}),
      ("login", Client(raise_request_exception=False), "post", "/accounts/login/", {"login":"a\0b@x.y","password":"\0"}),
      ("new", Client(raise_request_exception=False), "post", "/help/new/", {"email":"a\0b@x.y","name":"\0", "message":"a\0", "subject":"\0"}),
    ]:
        r = getattr(c, m)(p, q); out.append((name, r.status_code))
    print(*[o for o in out], sep="\n")
    assert not [o for o in out if o[1]>=500]
