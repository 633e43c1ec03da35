"""What the desk knows about a customer is found however the customer writes it."""

from __future__ import annotations

import pytest

from conversations.redaction.redact import Known, Redacted, redact, restore

ANNA = Known(
    names=["Anna-Lena Müller"],
    emails=["anna.mueller@web.example"],
    phones=["+49 151 23456789"],
    addresses=["Hauptstraße 5, 10115 Berlin"],
)


def _redacted(text: str, known: Known = ANNA) -> Redacted:
    return redact({"message": text}, known=known)


@pytest.mark.parametrize(
    "written",
    [
        "Anna-Lena Müller",
        "anna-lena müller",
        "ANNA LENA MÜLLER",
        "Anna-Lena Mueller",
        "Anna-Lena Muller",
        "Anna-Lena Mu\u0308ller",
        "AnnaLenaMüller",
        "anna_lena.müller",
        "Anna",
        "lena",
        "Müller",
        "Ａｎｎａ",
        "An\u200bna",
    ],
)
def test_a_name_is_found_in_every_spelling(written: str) -> None:
    text = _redacted(f"This is {written}, hello.").texts["message"]
    assert text.startswith("This is [NAME-")
    assert text.endswith("], hello.")
    assert text.count("[") == 1


@pytest.mark.parametrize("written", ["Anna's", "Anna’s", "Annas", "Müllers", "MÜLLERS"])
def test_a_possessive_keeps_its_ending_outside_the_placeholder(written: str) -> None:
    text = _redacted(f"It is {written} lamp").texts["message"]
    assert text.startswith("It is [NAME-")
    assert text.lower().endswith("s lamp")


@pytest.mark.parametrize("word", ["banana", "Annapolis", "Müllerei", "Annalen"])
def test_a_name_inside_another_word_is_no_name(word: str) -> None:
    assert _redacted(word).texts["message"] == word


@pytest.mark.parametrize("written", ["anna82", "@anna_lena", "invoice-anna.pdf", "x.de/anna/1"])
def test_a_name_is_found_between_digits_and_signs(written: str) -> None:
    assert "anna" not in _redacted(written).texts["message"]


def test_a_name_in_a_script_without_spaces_is_found_between_its_neighbours() -> None:
    assert _redacted("我是王小明的朋友", Known(names=["王小明"])).texts["message"].startswith("我是[NAME-")


def test_names_that_are_everyday_words_count_only_with_a_capital_letter() -> None:
    text = _redacted("I will see. Thanks, Will", Known(names=["Will de la Rosa"])).texts["message"]
    assert text.startswith("I will see. Thanks, [NAME-")
    assert "de la" in _redacted("el color de la silla", Known(names=["Will de la Rosa"])).texts["message"]


@pytest.mark.parametrize(
    "written",
    [
        "+49 151 23456789",
        "+4915123456789",
        "0049 151 234 567 89",
        "+49 (0)151 23456789",
        "0151/23456789",
        "0151 234-567-89",
        "(0151) 23456789",
        "0 1 5 1 2 3 4 5 6 7 8 9",
        "٠١٥١٢٣٤٥٦٧٨٩",
    ],
)
def test_a_known_telephone_number_is_found_in_every_spacing(written: str) -> None:
    redacted = _redacted(f"My order 15 and {written}.")
    assert list(redacted.map.values()) == [written]
    assert redacted.texts["message"].startswith("My order 15 and [PHONE-")


@pytest.mark.parametrize(
    "written", ["Hauptstraße 5, 10115 Berlin", "Hauptstr. 5\n10115 Berlin", "hauptstrasse 5", "10115 BERLIN"]
)
def test_an_address_is_found_abbreviated_and_in_parts(written: str) -> None:
    redacted = _redacted(f"I live at {written} since May")
    assert set(redacted.counts) == {"address"}
    assert "5" not in redacted.texts["message"].split("]")[-1]


def test_one_value_has_one_placeholder_in_all_texts_of_a_draft_and_another_in_the_next() -> None:
    texts = {"subject": "Anna asks", "message": "Anna asks again. ANNA!"}
    first, second = redact(texts, known=ANNA), redact(texts, known=ANNA)
    placeholder = first.texts["subject"].split()[0]
    assert first.texts["message"].startswith(placeholder + " asks again. ")
    assert first.texts["message"].endswith(f"{placeholder[:-1]}-2]!"), "another spelling: same token, numbered"
    assert first.map[placeholder] == "Anna"
    assert first.counts == {"name": 3}
    assert set(first.map).isdisjoint(second.map)


def test_placeholders_issued_before_are_used_again_for_the_same_draft() -> None:
    first = _redacted("Anna wrote from anna.mueller@web.example")
    again = redact({"instruction": "Greet Anna"}, known=ANNA, issued=first.map)
    assert again.texts["instruction"].removeprefix("Greet ") in first.map


def test_nothing_known_and_empty_values_change_nothing() -> None:
    known = Known(names=["", " "], emails=[""], phones=["", "12"], addresses=["", "5"])
    assert redact({"message": "5 lamps for 12 rooms"}, known=known).texts == {"message": "5 lamps for 12 rooms"}


def test_what_was_found_is_not_shown_when_the_result_is_logged() -> None:
    redacted = _redacted("Anna Müller, anna.mueller@web.example")
    assert "Anna" not in repr(redacted)
    assert "Müller" not in repr(ANNA)
    assert "Anna" not in repr(restore(redacted.texts["message"], redacted.map))
