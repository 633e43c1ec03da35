"""Files on their way through a browser: chosen, dropped and pasted, kept over a reload, sent, and read by the customer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.attachments.samples import PDF, PROGRAM, image
from tests.journeys.house import House, composer

pytestmark = pytest.mark.journey

DROP = """(form, [name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragover", "drop"]) form.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
PASTE = """(field, [name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def form(page: Page) -> Locator:
    return page.locator("#reply-form")


def held(page: Page) -> Locator:
    return form(page).locator("[data-held] .file-name")


def choose(page: Page, *files: dict[str, Any]) -> None:
    form(page).locator("input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]


def pdf(name: str = "label.pdf") -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF + name.encode()}


def test_files_are_chosen_dropped_and_pasted_kept_taken_away_and_sent(house: House) -> None:
    number = house.writes_in(ai_consent=False, drafted=False)
    page = house.ticket_page("ana", number)
    field = composer(page)
    field.fill("Here is what you asked for.")
    choose(page, pdf())
    expect(held(page)).to_have_text(["label.pdf"])
    form(page).evaluate(DROP, ["dropped.pdf", list(PDF)])
    expect(held(page)).to_have_text(["label.pdf", "dropped.pdf"])
    field.evaluate(PASTE, ["image.png", list(image(size=(60, 40)))])
    expect(held(page)).to_have_text(["label.pdf", "dropped.pdf", "image.png"])

    page.reload()
    expect(held(page)).to_have_text(["label.pdf", "dropped.pdf", "image.png"])
    expect(composer(page)).to_have_value("Here is what you asked for.")
    form(page).get_by_role("button", name="Remove dropped.pdf").click()
    expect(held(page)).to_have_text(["label.pdf", "image.png"])
    expect(form(page).locator("input[type=file]")).to_be_focused()

    form(page).get_by_role("button", name="Send").click()
    message = page.locator(".message-out").last
    expect(message.locator(".file-name")).to_have_text(["label.pdf", "image.png"])
    mail = house.reply_to(house.customer_of(number))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["label.pdf", "image.png"]
    expect(message.locator("img.file-preview")).to_be_visible()

    customer = house.page()
    customer.goto(house.link_of(number))
    with customer.expect_download() as download:
        customer.get_by_role("link", name="label.pdf").click()
    assert download.value.suggested_filename == "label.pdf"
    assert download.value.path().read_bytes() == PDF + b"label.pdf"


def test_what_is_refused_is_said_and_the_rest_goes_on(house: House) -> None:
    house.ear.expect("422")
    number = house.writes_in(ai_consent=False, drafted=False)
    page = house.ticket_page("ana", number)
    composer(page).fill("Half a sentence")
    choose(page, {"name": "run.exe", "mimeType": "x/y", "buffer": PROGRAM}, pdf())
    expect(form(page).get_by_role("alert")).to_contain_text("run.exe: Programs and scripts are not taken in.")
    expect(held(page)).to_have_text(["label.pdf"])
    choose(page, {"name": "huge.txt", "mimeType": "text/plain", "buffer": b"x" * (10 * 1024 * 1024 + 1)})
    expect(form(page).get_by_text("huge.txt is larger than 10 MB.")).to_be_visible()
    expect(composer(page)).to_have_value("Half a sentence")


def test_files_survive_a_live_change_and_go_with_an_approval(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    field = page.locator("#decide-form")
    field.locator("input[type=file]").set_input_files([pdf()])  # type: ignore[list-item]
    expect(field.locator(".file-name")).to_have_text(["label.pdf"])
    assert (
        house.stack.ben.call(
            "POST", f"tickets/{number}/messages/", {"body": "Ana has it.", "from": "agent", "internal": True}
        ).status
        == 201
    )
    expect(page.get_by_text("Ana has it.")).to_be_visible()
    expect(field.locator(".file-name")).to_have_text(["label.pdf"])
    expect(page.locator("#decide-form .pane-outdated")).to_be_hidden()
    page.keyboard.press("r")
    expect(held(page)).to_have_text(["label.pdf"])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-out .file-name")).to_have_text(["label.pdf"])


def test_without_script_a_customer_sends_and_saves_files(house: House) -> None:
    number = house.writes_in(ai_consent=False, drafted=False)
    page = house.page(java_script_enabled=False)
    page.goto(house.link_of(number))
    page.get_by_label("Your message").fill("The photo")
    page.get_by_label("Files").set_input_files([{"name": "photo.png", "mimeType": "image/png", "buffer": image()}])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your message has arrived.")).to_be_visible()
    expect(page.get_by_role("link", name="photo.png")).to_be_visible()
