"""How much a kind of flag matters: set by administrators with a reason, and what it does to drafts that wait."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.drafting.actions import reflag, set_severity
from conversations.drafting.actions.flags import APPLY_FLAGS, NeverAHint
from conversations.drafting.models import Draft, FlagRule
from conversations.drafting.precision import answers_to_kinds
from conversations.drafting.queries import judged_otherwise, severities
from conversations.drafting.states import DraftState
from conversations.review.actions import Edit, Seen, approve, edit, undo
from conversations.review.problems import DraftStale, FlagsUnacknowledged
from desk.actions import SYSTEM
from desk.jobs import Job
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import refuses

LINK = ("link", "blocker", "https://elsewhere.example")


def demote(cast: Cast, kind: str = "link", severity: str = "hint") -> FlagRule:
    return set_severity(kind, severity, reason="Nine of ten were false alarms.", by=cast.ada.actor())


def test_a_rule_says_what_holds_and_stands_in_the_ledger_without_its_reason(cast: Cast) -> None:
    demote(cast)
    assert severities()["link"] == "hint"
    told = Entry.objects.get(kind="flag_rule.set")
    assert told.facts == {"flag_kind": "link", "severity": "hint", "before": "blocker"}
    assert set(told.commitments) == {"reason"}
    assert "false" not in told.canonical
    demote(cast, severity="blocker")
    assert severities()["link"] == "blocker"
    assert FlagRule.objects.count() == 2


def test_another_customers_data_is_never_a_hint(cast: Cast) -> None:
    with pytest.raises(NeverAHint):
        demote(cast, "other_customer")
    assert not FlagRule.objects.exists()


def test_neither_does_the_database_make_light_of_it(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[("other_customer", "blocker", "NO-48211")])
    refuses(lambda: FlagRule.objects.create(kind="other_customer", severity="hint", reason="x"), "other_customer")
    refuses(lambda: draft.flags.update(severity="hint"), "other_customer")
    refuses(lambda: draft.flags.update(answer="true"), "other_customer")


@pytest.mark.parametrize(
    ("kind", "severity", "reason"),
    [
        ("tone", "blocker", "x"),
        ("link", "loud", "x"),
        ("nothing", "hint", "x"),
        ("link", "hint", " "),
        ("link", "blocker", "x"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, kind: str, severity: str, reason: str) -> None:
    with pytest.raises(Invalid):
        set_severity(kind, severity, reason=reason, by=cast.ada.actor())


def test_only_administrators_set_it(cast: Cast) -> None:
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            set_severity("link", "hint", reason="x", by=person.actor())


def test_a_draft_that_waits_becomes_a_new_version_and_what_was_on_a_screen_is_refused(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[LINK, ("tone", "hint", "!!")])
    demote(cast)
    assert Job.objects.filter(kind=APPLY_FLAGS).count() == 1
    # Also before the job has come round to it.
    with pytest.raises(DraftStale):
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert list(judged_otherwise(severities())) == [draft]
    reflag(draft, by=SYSTEM)
    after = Draft.objects.get(pk=draft.pk)
    assert (after.version, after.risk, {flag.severity for flag in after.flags.all()}) == (
        draft.version + 1,
        "low",
        {"hint"},
    )
    told = Entry.objects.get(kind="draft.reflagged")
    assert (told.facts, told.thread) == ({"version": after.version, "hints": 2, "blockers": 0}, draft.ticket.ref)
    assert not judged_otherwise(severities()).exists()
    with pytest.raises(DraftStale):
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    approve(draft, by=cast.ana.actor(), seen=Seen(after.version))


def test_a_blocker_again_wants_its_answer_again(cast: Cast) -> None:
    demote(cast)
    draft = pending_draft(cast.ticket(), flags=[("link", "hint", "https://elsewhere.example")])
    demote(cast, severity="blocker")
    reflag(draft, by=SYSTEM)
    after = Draft.objects.get(pk=draft.pk)
    assert after.risk == "high"
    with pytest.raises(FlagsUnacknowledged):
        approve(draft, by=cast.ana.actor(), seen=Seen(after.version))


def test_a_draft_without_such_a_flag_stays_as_it_is(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[("amount", "blocker", "9 €")])
    demote(cast)
    assert not judged_otherwise(severities()).exists()
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version, {draft.flags.get().pk: ("true", "")}))


def test_the_rule_holds_for_changed_texts(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    demote(cast)
    edit(draft, Edit(f"{draft.text} See https://typed.example."), by=cast.ana.actor(), seen=Seen(draft.version))


def test_a_reply_that_is_taken_back_comes_with_what_holds_by_then(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[LINK])
    seen = Seen(draft.version, {draft.flags.get().pk: ("false_alarm", "")})
    decision = approve(draft, by=cast.ana.actor(), seen=seen)
    demote(cast)
    undo(decision, by=cast.ana.actor())
    back = Draft.objects.get(pk=draft.pk)
    assert (back.state, back.flags.get().severity, back.risk) == (DraftState.PENDING_REVIEW, "hint", "low")
    approve(draft, by=cast.ana.actor(), seen=Seen(back.version))


def test_precision_counts_the_last_answer_to_each_flag(cast: Cast) -> None:
    for answer in ("true", "false_alarm", "false_alarm"):
        draft = pending_draft(cast.ticket(), flags=[LINK, ("amount", "blocker", "9 €")])
        link, amount = draft.flags.order_by("id")
        approve(
            draft, by=cast.ana.actor(), seen=Seen(draft.version, {link.pk: (answer, ""), amount.pk: ("true", "order")})
        )
    past = answers_to_kinds()
    assert (past["link"].true, past["link"].answered, past["link"].percent) == (1, 3, 33)
    assert past["amount"].percent == 100
    assert "date" not in past


def test_the_page_shows_precision_and_history_and_lets_administrators_change_them(cast: Cast, client: Client) -> None:
    draft = pending_draft(cast.ticket(), flags=[LINK])
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version, {draft.flags.get().pk: ("true", "shop")}))
    client.force_login(cast.ana)
    other = pending_draft(cast.ticket(), flags=[LINK])
    beside = client.get(f"/tickets/{other.ticket_id}/").content.decode()
    assert "Of 1 such flag answered lately, 1 was true." in beside
    client.force_login(cast.ada)
    page = client.get("/settings/flags/").content.decode()
    assert "100 % true: 1 of 1 answered" in page
    assert page.count("Make it a hint") == 2 * 9
    wish = {"kind": "link", "severity": "hint", "reason": ""}
    refused = client.post("/settings/flags/severity/", wish)
    assert refused.status_code == 400
    answer = client.post("/settings/flags/severity/", {**wish, "reason": "Too many false alarms."}, follow=True)
    assert "Too many false alarms." in answer.content.decode()
    assert "changed by a rule" in answer.content.decode()
    foreign = client.post("/settings/flags/severity/", {"kind": "other_customer", "severity": "hint", "reason": "x"})
    assert (foreign.status_code, severities()["other_customer"]) == (409, "blocker")


def test_supervisors_and_auditors_read_the_page_and_agents_do_not(cast: Cast, client: Client) -> None:
    for person, status in ((cast.sam, 200), (cast.aud, 200), (cast.ana, 404)):
        client.force_login(person)
        answer = client.get("/settings/flags/")
        assert answer.status_code == status
        assert b"/settings/flags/severity/" not in answer.content
        assert (
            client.post("/settings/flags/severity/", {"kind": "link", "severity": "hint", "reason": "x"}).status_code
            == 404
        )
