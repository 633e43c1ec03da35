"""Facts and promises in the ways in which people and models write them, none of which a check may miss."""

from __future__ import annotations

import pytest

from conversations.drafting.checks import Grounds, check
from conversations.drafting.checks.grounds import Said
from conversations.drafting.checks.parts import take_apart
from conversations.drafting.checks.promises import promises

SHOP = ("shop.example",)


def _words(text: str, kind: str, **more: object) -> list[str]:
    grounds = Grounds(language="en", **more)  # type: ignore[arg-type]
    return [found.words for found in check(text, grounds) if found.kind == kind]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("See https://evil.invalid/a.", "evil.invalid/a"),
        ("See [our page](https://evil.invalid/p?x=1).", "evil.invalid/p?x=1"),
        ("hxxps://evil[.]com/a", "evil.com/a"),
        ("Go to shop [dot] example now", "shop.example"),
        ("Write to help at nordlicht dot com", "nordlicht.com"),
        ("http://shop.example@evil.com/x", "evil.com/x"),
        ("http : // evil.com", "evil.com"),
        ("evil . com", "evil.com"),
        ("evil。com", "evil.com"),
        ("//evil.com/x", "evil.com/x"),
        ("http://10.0.0.1/x", "10.0.0.1/x"),
        ("аpple.com", "аpple.com"),
        ("xn--pple-43d.com", "xn--pple-43d.com"),
        ("bit.ly/abc", "bit.ly/abc"),
        ("data:text/html;base64,xx", "data:text/html;base64,xx"),
    ],
)
def test_a_link_is_found_however_it_is_written(text: str, key: str) -> None:
    assert [keys for part in take_apart(text).links for keys in part.keys] == [key]


@pytest.mark.parametrize(
    "text", ["That was today.It is done.", "z.B. usw. e.g. i.e. u.a.m.", "Data: we keep it.", "at 10.30"]
)
def test_what_is_no_link_is_none(text: str) -> None:
    assert take_apart(text).links == ()


def test_what_the_customer_links_to_counts_only_on_hosts_that_are_allowed() -> None:
    link = "https://track.example/1"
    assert _words(f"See {link}", "link", heard=[link]) == [link]
    assert _words(f"See {link}", "link", heard=[link], hosts=["track.example"]) == []
    assert _words(f"See https://de.{SHOP[0]}/x", "link", heard=[f"https://de.{SHOP[0]}/x"], hosts=SHOP) == []
    assert _words(f"See {link}", "link", hosts=["track.example"]) == [link], "nobody wrote it"
    assert _words(f"See {link}", "link", sources=[f"Track it at {link}."]) == []
    assert _words(f"See {link}", "link", said=[link]) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fifty euros", ("EUR", 50.0)),
        ("fünfundzwanzig Euro", ("EUR", 25.0)),
        ("einhundertfünfzig Euro", ("EUR", 150.0)),
        ("ciento cincuenta euros", ("EUR", 150.0)),
        ("vingt-cinq euros", ("EUR", 25.0)),
        ("deux cents euros", ("EUR", 200.0)),
        ("fifteen hundred dollars", ("USD", 1500.0)),
        ("１２ €", ("EUR", 12.0)),
        ("٥٠ euros", ("EUR", 50.0)),
        ("20 bucks", ("USD", 20.0)),
        ("30 quid", ("GBP", 30.0)),
        ("100 zł", ("PLN", 100.0)),
        ("half the price", ("PCT", 50.0)),
        ("zum halben Preis", ("PCT", 50.0)),
        ("la mitad del precio", ("PCT", 50.0)),
        ("la moitié du prix", ("PCT", 50.0)),
        ("fünfzig Prozent", ("PCT", 50.0)),
    ],
)
def test_an_amount_is_found_in_words_and_in_other_digits(text: str, meant: tuple[str, float]) -> None:
    assert [keys for part in take_apart(text).amounts for keys in part.keys] == [meant]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It arrives tomorrow.", "tomorrow"),
        ("Es kommt übermorgen.", "übermorgen"),
        ("Es kommt morgen.", "morgen"),
        ("Llegará mañana por la mañana.", "mañana"),
        ("Il arrive demain.", "demain"),
        ("By the end of the week.", "By the end of the week"),
        ("In den nächsten Tagen.", "In den nächsten Tagen"),
        ("La semaine prochaine.", "La semaine prochaine"),
        ("It will arrive today.", "will arrive today"),
        ("Within twenty-four hours.", "twenty-four hours"),
        ("In vierundzwanzig Stunden.", "vierundzwanzig Stunden"),
    ],
)
def test_a_date_may_be_a_word(text: str, words: str) -> None:
    assert _words(text, "date") == [words]
    assert _words(text, "date", sources=[text]) == []


@pytest.mark.parametrize(
    "text", ["Guten Morgen, am Morgen sind wir da.", "Por la mañana.", "Have a good weekend.", "That was today."]
)
def test_greetings_are_no_dates(text: str) -> None:
    assert _words(text, "date") == []


PROMISED = """\
You will get your money back.
Your refund has been approved.
I have refunded the amount.
We're going to compensate you.
We'd be happy to reimburse you.
This will not happen again.
You are entitled to a replacement and compensation.
It's on the house.
You can keep the boots.
It was our fault.
Rest assured your parcel will arrive.
A replacement has been sent.
Consider it done.
Ihr Geld wird Ihnen zurückerstattet.
Sie erhalten Ihr Geld zurück.
Wir haben die Erstattung bereits veranlasst.
Selbstverständlich schreiben wir Ihnen den Betrag gut.
Wir sichern Ihnen zu, dass es kommt.
Das geht auf unsere Kosten.
Wir schicken Ihnen sofort ein neues Paar.
Sie dürfen die Stiefel behalten.
Das war unser Fehler.
Darauf können Sie sich verlassen.
Le devolveremos el dinero.
Se le reembolsará el importe.
Vamos a compensarle.
Hemos aprobado su reembolso.
Nos comprometemos a enviarlo.
Puede quedarse con las botas.
Ha sido culpa nuestra.
No volverá a ocurrir.
Vous serez remboursé sous peu.
Votre remboursement a été validé.
Nous allons vous envoyer une nouvelle paire.
Vous pouvez garder les bottes.
C'est notre faute.
Nous prenons tout en charge.
Un geste commercial vous sera accordé."""


@pytest.mark.parametrize("text", PROMISED.splitlines())
def test_a_promise_is_found_in_its_forms(text: str) -> None:
    assert list(promises(Said(text, Grounds(language="en"))))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your message.",
        "A colleague will look into the rest of your question and get back to you.",
        "You asked about a refund.",
        "We cannot refund an order that is packed.",
        "Bitte schicken Sie uns ein Foto.",
        "Sie finden die Rechnung in Ihrem Konto.",
        "Alguien de nuestro equipo revisará su pregunta y le responderá.",
        "Envíenos una foto, por favor.",
        "Un membre de notre équipe va examiner votre question et vous répondra.",
        "Pouvez-vous nous envoyer une photo ?",
    ],
)
def test_what_binds_nobody_is_no_promise(text: str) -> None:
    assert list(promises(Said(text, Grounds(language="en")))) == []


def test_a_quote_covers_only_promises_of_what_an_article_speaks_of() -> None:
    article = "We refund the price within 5 working days."
    kept, more = "We will refund the price soon.", "We guarantee you a new bicycle."
    assert _words(kept, "promise", sources=[article], supported=[kept]) == []
    assert _words(more, "promise", sources=[article], supported=[more]) == ["We guarantee"]


@pytest.mark.parametrize(
    ("language", "address", "text", "words"),
    [
        ("de", "formal", "Kannst du uns schreiben?", "du"),
        ("de", "informal", "Das können Sie uns schreiben.", "Sie"),
        ("es", "formal", "Puedes ver tu pedido.", "tu"),
        ("fr", "formal", "Tu peux voir la commande.", "Tu"),
        ("fr", "informal", "Comme vous voulez.", "vous"),
    ],
)
def test_another_form_of_address_is_a_hint(language: str, address: str, text: str, words: str) -> None:
    found = check(text, Grounds(language=language, address=address))
    assert [(flag.kind, flag.severity, flag.words) for flag in found] == [("tone", "hint", words)]
    assert check(text, Grounds(language=language)) == []
