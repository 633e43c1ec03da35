"""What a person sees first of a ticket, and what stays quiet in it; and drafting stopped by those who may, by name."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.house import House

pytestmark = pytest.mark.journey


def test_a_ticket_opens_at_its_newest_message_and_a_live_change_scrolls_nothing(house: House) -> None:
    number = house.writes_in(drafted=False)
    for count in range(1, 9):
        assert (
            house.stack.shop.write(
                number, f"Message {count}. Where is my refund? " + "It is a long story, and it goes on. " * 12
            ).status
            == 201
        )
    house.eventually(lambda: house.is_drafted(number), what="a draft is before people")
    page = house.ticket_page("ana", number)
    thread = page.locator(".thread-body")
    expect(thread.get_by_text("Message 8.")).to_be_in_viewport()
    assert thread.evaluate("one => one.scrollTop > 0 && one.scrollHeight - one.scrollTop - one.clientHeight < 2")

    thread.evaluate("one => { one.scrollTop = 120; }")
    assert house.stack.shop.write(number, "One last thing.").status == 201
    expect(thread.get_by_text("One last thing.")).to_be_attached()
    assert thread.evaluate("one => one.scrollTop") == 120


def test_the_acknowledgement_is_one_quiet_line_that_opens_and_stays_open(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    line = page.get_by_text("Acknowledgement, sent automatically")
    words = page.get_by_text("How your answer is made")
    expect(line).to_be_visible()
    expect(words).to_be_hidden()
    line.click()
    expect(words).to_be_visible()
    assert house.stack.shop.write(number, "Something to add.").status == 201
    expect(page.locator(".thread-body").get_by_text("Something to add.")).to_be_visible()
    expect(words).to_be_visible()


def test_drafting_is_stopped_and_resumed_for_a_team_by_its_name(house: House) -> None:
    page = house.desk_of("sam", "/settings/")
    page.get_by_label("What to stop").select_option(label="Returns")
    page.get_by_label("Why").fill("The prices in the articles are wrong.")
    page.get_by_role("button", name="Stop drafting").click()
    stop = page.locator(".notice-warn").filter(has_text="One team: Returns")
    expect(stop).to_contain_text("The prices in the articles are wrong.")
    expect(stop).to_contain_text("Sam Lindqvist")
    stop.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("Drafting is not stopped anywhere.")).to_be_visible()
    expect(page.get_by_role("heading", name="Stops that ended")).to_be_visible()
