"""What of an answer is the customer's own: our quoted mail goes, none of their words does."""

from __future__ import annotations

import time

import pytest

from conversations.mailroom.quotes import own_words

OURS = ("secret-link", "help@desk.test")

APPLE = "Thanks!\n\n> On 3. Mar 2025, at 10:00, Help <help@desk.test> wrote:\n> \n> Your refund was paid out."
GMAIL = "Thanks!\n\nOn Mon, 3 Mar 2025 at 10:00, Help <help@desk.test> wrote:\n\n> Your refund\n> was paid out.\n"
WRAPPED = "Thanks!\n\nOn Mon, 3 Mar 2025 at 10:00, Nordlicht Outdoor\n<help@desk.test> wrote:\n> Your refund\n"
GERMAN = "Danke!\n\nAm 03.03.2025 um 10:00 schrieb Help <help@desk.test>:\n> Ihr Geld\n> ist da."
FRENCH = "Merci !\n\nLe lun. 3 mars 2025 à 10:00, Help <help@desk.test> a écrit :\n> Votre argent"
SPANISH = "¡Gracias!\n\nEl lun, 3 mar 2025 a las 10:00, Help (<help@desk.test>) escribió:\n> Su dinero"
OUTLOOK = (
    "Thanks!\n\nFrom: Help <help@desk.test>\nSent: Monday, 3 March 2025 10:00\nTo: Carla\nSubject: Re: refund\n\n"
    "Your refund was paid out."
)
OUTLOOK_GERMAN = (
    "Danke!\n\nVon: Help <help@desk.test>\nGesendet: Montag, 3. März 2025 10:00\nAn: Carla\nBetreff: AW: Geld\n\nText"
)


@pytest.mark.parametrize(
    ("mail", "own"),
    [(APPLE, "Thanks!"), (GMAIL, "Thanks!"), (WRAPPED, "Thanks!"), (GERMAN, "Danke!"), (FRENCH, "Merci !"),
     (SPANISH, "¡Gracias!"), (OUTLOOK, "Thanks!"), (OUTLOOK_GERMAN, "Danke!")],
)  # fmt: skip
def test_our_quoted_mail_goes_whatever_program_and_language_quoted_it(mail: str, own: str) -> None:
    assert own_words(mail, ours=OURS) == own


def test_answers_between_and_below_quoted_lines_stay() -> None:
    mail = (
        "Hello,\n\nOn Mon, 3 Mar 2025 at 10:00, Help <help@desk.test> wrote:\n> When did you send it?\n\nOn Friday.\n\n"
        "> Which size?\n\nLarge.\n"
    )
    own = own_words(mail, ours=OURS)
    assert "On Friday." in own
    assert "Large." in own
    assert own.startswith("Hello,")
    assert "When did you" not in own
    assert "wrote:" not in own


def test_an_answer_written_below_the_quote_stays() -> None:
    mail = "On Mon, 3 Mar 2025 at 10:00, Help <help@desk.test> wrote:\n> When did you send it?\n\nOn Friday."
    assert own_words(mail, ours=OURS) == "On Friday."


def test_a_forwarded_mail_of_somebody_else_stays() -> None:
    mail = "See below\n\nFrom: Shop <x@shop.test>\nSent: Monday\nTo: Carla\nSubject: Order\n\nYour order is cancelled."
    assert own_words(mail, ours=OURS) == mail


def test_what_is_nothing_but_a_quote_stays() -> None:
    assert own_words("> Your refund was paid out.", ours=OURS) == "> Your refund was paid out."


def test_own_lines_keep_their_indentation_and_their_dashes() -> None:
    text = "My list:\n\n  - one\n  - two\n\n    code\n-- \nCarla"
    assert own_words(text, ours=OURS) == text


@pytest.mark.parametrize("piece", ["On a a a a a a ", "\n", " \n", "From: \n", "On \n", "Am x schrieb ", "> ", "- \n"])
def test_texts_made_to_be_slow_are_read_within_seconds(piece: str) -> None:
    began = time.process_time()
    own_words(piece * (300_000 // len(piece)), ours=OURS)
    assert time.process_time() - began < 4
