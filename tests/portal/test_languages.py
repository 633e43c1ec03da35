"""Customers read their language: every word of their pages is there in each, and compiled as it is written."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from tests.cast import Cast
from tests.portal.letters import approved_reply, send
from tests.portal.pages import page_of, read, words

ROOT = Path(settings.BASE_DIR)
LANGUAGES = ("de", "es", "fr")
PAGES = [*sorted((ROOT / "templates/portal").glob("*.html")), ROOT / "templates/public.html"]
CODE = sorted((ROOT / "conversations/portal").glob("*.py"))
CALLS = {"_", "gettext", "gettext_lazy", "ngettext"}
_STRING = r'u?("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')'


def in_templates() -> Iterator[str]:
    for page in PAGES:
        code = templatize(page.read_text(encoding="utf-8"), origin=str(page))
        for call in re.finditer(rf"\bgettext\(\s*{_STRING}\s*\)|\b_\(\s*{_STRING}\s*\)", code):
            yield ast.literal_eval(call[1] or call[2])


def in_code() -> Iterator[str]:
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield ast.literal_eval(node.args[0])


def written(language: str) -> dict[str, str]:
    """What the .po file says, the first form of each."""
    text = (ROOT / f"locale/{language}/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    text = re.sub(r"^msgctxt .*\nmsgid .*\nmsgstr .*$", "", text, flags=re.MULTILINE)
    pairs = re.findall(r'^msgid (".*")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$', text, re.MULTILINE)
    return {ast.literal_eval(source): ast.literal_eval(target) for source, target in pairs if source != '""'}


def compiled(language: str) -> gettext.GNUTranslations:
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_for_customers_has_its_translation(language: str) -> None:
    sources = {*in_templates(), *in_code()}
    assert len(sources) > 100
    there = written(language)
    assert sources - {source for source, target in there.items() if target} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_words_are_the_written_ones(language: str) -> None:
    catalogue = compiled(language)
    for source, target in written(language).items():
        assert target in {catalogue.gettext(source), catalogue.ngettext(source, "", 1)}, source


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_what_the_source_names(language: str) -> None:
    for source, target in written(language).items():
        for mark in (r"%\(\w+\)s", r"</?\w+>"):
            assert sorted(re.findall(mark, source)) == sorted(re.findall(mark, target)), source


SAYINGS = {
    "en": ("Ask us", "People only", "How this answer came about", "8 hours"),
    "de": ("Fragen Sie uns", "Nur Menschen", "Wie diese Antwort entstanden ist", "8 Stunden"),
    "es": ("Pregúntenos", "Solo personas", "Cómo se ha elaborado esta respuesta", "8 horas"),
    "fr": ("Posez votre question", "Uniquement des personnes", "Comment cette réponse a été faite", "8 heures"),
}


@pytest.mark.parametrize("language", SAYINGS)
def test_the_browser_chooses_the_language(client: Client, cast: Cast, language: str) -> None:
    ask, people, how, wait = SAYINGS[language]
    header = {"accept-language": f"{language}-CH,{language};q=0.9,it;q=0.5"}
    ticket = cast.ticket()
    send(approved_reply(ticket, cast.ana))
    new, page = read(client, "/help/new/", **header), read(client, page_of(ticket), **header)
    assert f'lang="{language}"' in new.split("<head>")[0]
    assert ask in words(new)
    assert people in words(new)
    assert wait in words(new)
    assert how in words(page)
    assert "Accept-Language" in client.get("/help/new/", headers=header)["Vary"]


def test_an_unknown_language_gets_english(client: Client, cast: Cast) -> None:
    assert "Ask us" in read(client, "/help/new/", **{"accept-language": "xx, *;q=0.1"})


def test_mistakes_and_confirmations_are_said_in_the_language_too(client: Client, cast: Cast) -> None:
    header = {"accept-language": "de"}
    refused = client.post("/help/new/", {"email": "", "message": ""}, headers=header).content.decode()
    assert "Ohne Mailadresse können wir Ihnen nicht antworten." in refused
    ticket = cast.ticket()
    client.post(f"{page_of(ticket)}write/", {"message": "Noch etwas."}, headers=header)
    assert "Ihre Nachricht ist angekommen." in read(client, page_of(ticket), **header)


def test_what_the_customer_was_told_stays_in_the_language_of_the_ticket(client: Client, cast: Cast) -> None:
    ticket = cast.ticket(language="es")
    reply = send(approved_reply(ticket, cast.ana))
    html = read(client, page_of(ticket), **{"accept-language": "de"})
    assert f'lang="es">{reply.disclosure_text}' in html
