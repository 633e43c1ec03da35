"""Keys and forms of the review pane: deciding is deliberate, and happens once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk
from tests.frontend.site import Site, wait_for

pytestmark = pytest.mark.journey


def clear_draft(**changes: Any) -> dict[str, Any]:
    """A draft with nothing in its way."""
    return samples.ticket(draft=samples.draft(flags=[], open_blockers=0, **changes))


def hold(page: Page, key: str, *, times: int) -> None:
    """A key that is held: the first press, then repeats."""
    for _press in range(times):
        page.keyboard.down(key)


def test_the_key_approves_what_was_on_the_screen(desk: Desk, site: Site) -> None:
    page = desk.open_ticket(ticket=clear_draft())
    page.keyboard.press("Control+Enter")
    expect(page).to_have_title("Done")
    path, body = site.posted[0]
    assert path == "/tickets/1042/approve/"
    assert "version=2" in body


def test_a_held_key_decides_once(desk: Desk, site: Site) -> None:
    site.slow_posts = 0.5
    page = desk.open_ticket(ticket=clear_draft())
    page.keyboard.down("Control")
    hold(page, "Enter", times=6)
    expect(page).to_have_title("Done")
    assert len(site.posted) == 1


def test_a_double_click_decides_once(desk: Desk, site: Site) -> None:
    site.slow_posts = 0.5
    page = desk.open_ticket(ticket=clear_draft())
    page.get_by_role("button", name="Approve and send").dblclick()
    expect(page).to_have_title("Done")
    assert len(site.posted) == 1


def test_a_key_that_is_still_held_from_before_decides_nothing(desk: Desk, site: Site) -> None:
    page = desk.open_ticket(ticket=clear_draft())
    page.keyboard.down("Enter")
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    page.wait_for_timeout(300)
    assert not site.posted


def test_the_key_wants_the_whole_draft_to_have_been_on_the_screen(desk: Desk, site: Site) -> None:
    long = "A sentence of some length that says little.\n\n" * 60
    page = desk.open_ticket(ticket=clear_draft(text=long, sentences=[{"text": long}]))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Read the draft to its end first")).to_be_visible()
    assert not site.posted
    expect(page.locator("[data-draft-edge='end']")).to_be_in_viewport()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_title("Done")


def test_an_open_blocker_stops_approval_and_is_shown(desk: Desk, site: Site) -> None:
    page = desk.open_ticket()
    button = page.get_by_role("button", name="Approve and send")
    expect(button).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Answer the blocker first")).to_be_visible()
    assert not site.posted
    page.get_by_label("True, seen in…").check()
    page.get_by_label("Where did you see it?").fill("order page")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    expect(page).to_have_title("Done")
    assert "answer-7=true" in site.posted[0][1]
    assert "seen_in-7=order+page" in site.posted[0][1]


def test_f_goes_to_the_next_blocker(desk: Desk) -> None:
    flags = [{"id": number, "kind": "amount", "severity": "blocker", "words": f"{number} €"} for number in (1, 2)]
    page = desk.open_ticket(ticket=samples.ticket(draft=samples.draft(flags=flags)))
    for number in (1, 2, 1):
        page.keyboard.press("f")
        expect(page.locator(f"#flag-{number}")).to_be_focused()


def test_digits_answer_the_blocker_that_has_the_focus_and_no_other(desk: Desk, site: Site) -> None:
    flags = [{"id": number, "kind": "amount", "severity": "blocker", "words": f"{number} €"} for number in (1, 2)]
    page = desk.open_ticket(ticket=samples.ticket(draft=samples.draft(flags=flags)))
    page.keyboard.press("1")
    expect(page.locator("[data-blocker] input:checked")).to_have_count(0)
    page.keyboard.press("f")
    page.keyboard.press("1")
    expect(page.locator("#flag-1 .flag-seen input")).to_be_focused()
    page.keyboard.type("order page")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.press("f")
    expect(page.locator("#flag-2")).to_be_focused()
    page.keyboard.press("2")
    page.get_by_role("button", name="Approve and send").click()
    expect(page).to_have_title("Done")
    for said in ("answer-1=true", "seen_in-1=order+page", "answer-2=false_alarm"):
        assert said in site.posted[0][1]


def test_a_blocker_is_done_with_when_its_words_are_edited_away(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("e")
    field = page.get_by_label("Reply", exact=True)
    expect(page.get_by_text("No longer in your text.")).to_be_hidden()
    field.fill(field.input_value().replace("79.00 €", "money"))
    expect(page.get_by_text("No longer in your text.")).to_be_visible()
    page.get_by_role("button", name="Restore the original").click()
    expect(page.get_by_text("No longer in your text.")).to_be_hidden()


@pytest.mark.parametrize("part", ["e", "x", "n"])
def test_writing_oneself_is_one_key_away_in_every_part(desk: Desk, part: str) -> None:
    page = desk.open_ticket()
    page.keyboard.press(part)
    if part != "x":
        page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_label("Reply to Sarah Connor")).to_be_focused()


def test_another_draft_of_the_same_version_wants_to_be_read_again(desk: Desk, site: Site) -> None:
    long = "A sentence of some length that says little.\n\n" * 60
    page = desk.open_ticket(ticket=clear_draft(text=long, sentences=[{"text": long}]))
    page.locator("[data-draft-edge='end']").scroll_into_view_if_needed()
    expect(page.locator("[data-draft-edge='end']")).to_be_in_viewport()
    page.locator("[data-draft-edge='start']").scroll_into_view_if_needed()
    other = "Other words of some length that say little.\n\n" * 60
    fresh = samples.draft(id=89, flags=[], open_blockers=0, text=other, sentences=[{"text": other}])
    desk.change_ticket(seq=6000, ticket={"draft": fresh})
    expect(page.locator(".draft-text")).to_contain_text("Other words")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Read the draft to its end first")).to_be_visible()
    assert not site.posted


def test_who_does_not_read_the_draft_sees_who_does_and_no_way_to_approve(desk: Desk, site: Site) -> None:
    reader = {"pk": "7", "name": "Ben Okafor"}
    unread = {"language": "German", "readers": [reader]}
    acts = {name: url for name, url in samples.ACTS.items() if name not in {"approve", "edit"}}
    page = desk.open_ticket(
        ticket=clear_draft(unread=unread), acts=acts, team_acts={"hand_over": "/tickets/1042/hand-over/"}
    )
    expect(page.get_by_text("This draft is in German.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and send")).to_have_count(0)
    expect(page.get_by_role("link", name="Reject")).to_be_visible()
    page.get_by_role("button", name="Hand over to Ben Okafor").click()
    expect(page).to_have_title("Done")
    path, body = site.posted[0]
    assert path == "/tickets/1042/hand-over/"
    assert "to=person%3A7" in body


def test_a_source_that_has_the_focus_brings_its_passage_into_sight(desk: Desk) -> None:
    page = desk.open_ticket()
    page.set_viewport_size({"width": 1480, "height": 420})
    page.locator(".sentence-sourced sup a").last.focus()
    expect(page.locator("[data-passage][data-now-lit]").first).to_be_in_viewport()


def test_the_data_of_another_customer_cannot_be_waved_through(desk: Desk) -> None:
    flags = [{"id": 1, "kind": "other_customer", "severity": "blocker", "words": "order 99"}]
    page = desk.open_ticket(ticket=samples.ticket(draft=samples.draft(flags=flags)))
    expect(page.get_by_label("False alarm")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve and send")).to_have_attribute("aria-disabled", "true")


def test_x_and_a_digit_reject_with_that_reason(desk: Desk, site: Site) -> None:
    page = desk.open_ticket()
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Reject this draft")).to_be_visible()
    page.keyboard.press("3")
    expect(page).to_have_title("Done")
    path, body = site.posted[0]
    assert path == "/tickets/1042/reject/"
    assert "reason=outdated" in body
    assert "next=write" in body
    assert "version=2" in body


def test_a_digit_means_nothing_before_x(desk: Desk, site: Site) -> None:
    page = desk.open_ticket()
    page.keyboard.press("3")
    page.wait_for_timeout(300)
    assert not site.posted


def test_keys_are_silent_while_writing(desk: Desk, site: Site) -> None:
    page = desk.open_ticket()
    page.keyboard.press("n")
    note = page.get_by_label("Internal note")
    note.press_sequentially("exr1u?")
    expect(note).to_have_value("exr1u?")
    expect(note).to_be_focused()
    assert not site.posted


def test_the_key_in_a_field_sends_what_is_written_there(desk: Desk, site: Site) -> None:
    page = desk.open_ticket(ticket=clear_draft())
    page.keyboard.press("n")
    page.get_by_label("Internal note").fill("For Ben")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_title("Done")
    assert site.posted[0][0] == "/tickets/1042/note/"


def test_the_key_in_the_search_approves_nothing(desk: Desk, site: Site) -> None:
    page = desk.open_ticket(ticket=clear_draft())
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("refund")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    assert not site.posted


def test_escape_leaves_the_field_then_the_part_and_keeps_the_text(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("r")
    reply = page.get_by_label("Reply to Sarah Connor")
    reply.press_sequentially("Begun")
    page.keyboard.press("Escape")
    expect(reply).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_be_hidden()
    page.keyboard.press("r")
    expect(reply).to_have_value("Begun")


def test_keys_can_be_switched_off(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_label("Reply", exact=True)).to_be_hidden()
    wait_for(lambda: desk.site.posted)
    assert desk.site.posted[0][0] == "/settings/preferences/"


def test_a_sentence_shows_the_passages_that_it_rests_on(desk: Desk) -> None:
    page = desk.open_ticket()
    page.locator(".sentence-sourced").first.hover()
    expect(page.locator("[data-passage][data-now-lit]")).to_have_count(2)
    page.locator(".sentence-open").hover()
    expect(page.locator("[data-passage][data-now-lit]")).to_have_count(0)


def undo_toast(*, seconds: float) -> dict[str, Any]:
    # The server's clock may be far from the browser's: only the distance counts.
    now = timezone.now() - timedelta(hours=1)
    return {"text": "Approved.", "undo": "/decisions/5/undo/", "until": now + timedelta(seconds=seconds), "now": now}


def test_undo_counts_down_and_goes(desk: Desk) -> None:
    page = desk.open_ticket(toasts=[undo_toast(seconds=2)])
    expect(page.get_by_text("Approved.")).to_contain_text(re.compile(r"[12] s"))
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_u_takes_a_decision_back_once(desk: Desk, site: Site) -> None:
    site.slow_posts = 0.3
    page = desk.open_ticket(toasts=[undo_toast(seconds=10)])
    hold(page, "u", times=4)
    expect(page).to_have_title("Done")
    assert [path for path, _body in site.posted] == ["/decisions/5/undo/"]


def test_a_form_can_be_sent_again_after_coming_back(desk: Desk, site: Site) -> None:
    page = desk.open_ticket(ticket=clear_draft())
    page.get_by_role("button", name="Approve and send").click()
    expect(page).to_have_title("Done")
    page.go_back()
    page.get_by_role("button", name="Approve and send").click()
    wait_for(lambda: len(site.posted) == 2)
