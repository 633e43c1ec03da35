"""Staff read their language: every word of the desk is marked, translated, and no guess of a merging tool."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from accounts.preferences import STAFF_LANGUAGES, Preferences
from desk.ledger.kinds import kinds
from tests.cast import Cast
from tests.drafts import pending_draft

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("accounts", "conversations", "desk")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Values of rows that templates translate as they are: {% translate ticket.priority %}.
VALUES = {"low", "normal", "medium", "high", "urgent"}
_STRING = r'u?("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')'
_MARKS = r"%\(\w+\)s|\{\w+\}|</?\w+>"

# Names and codes that are the same in every language, what only programs read, and blocks that are no text.
NO_WORDS = {"Countersign", "API", "CSV", "JSON", "Ctrl", "Enter", "Esc", "SHA", "Shift"} | {
    "curl",
    "Authorization",
    "Bearer",
    "TOKEN",
    "api",
    "tickets",
}
NO_WORDS |= {"agent", "second", "supervisor", "admin", "auditor", "demo", "test"}
NO_TEXT = r"<code>.*?</code>|\{% block (?:code|\w+_class|dialog_id|dialog_label) %\}.*?\{% endblock[^%]*%\}"


def in_templates() -> Iterator[str]:
    for page in TEMPLATES:
        code = templatize(page.read_text(encoding="utf-8"), origin=str(page))
        for call in re.finditer(rf"\bn?gettext\(\s*{_STRING}|\b_\(\s*{_STRING}\s*\)", code):
            yield ast.literal_eval(call[1] or call[2])
        for call in re.finditer(rf"\bpgettext\(\s*{_STRING},\s*{_STRING}", code):
            yield f"{ast.literal_eval(call[1])}\x04{ast.literal_eval(call[2])}"


def in_code() -> Iterator[str]:
    for file in (file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) and node.args else None
            if isinstance(called, ast.Name) and called.id in CALLS and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def in_behaviours() -> set[str]:
    files = (file.read_text(encoding="utf-8") for file in (ROOT / "static/js").glob("*.js") if file.name != "words.js")
    return {said for file in files for said in re.findall(r'inWords\("([^"]+)"', file)}


def catalogue(language: str) -> gettext.GNUTranslations:
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_every_word_for_staff_has_its_translation() -> None:
    known = catalogue("de")._catalog  # type: ignore[attr-defined]
    names = {key if isinstance(key, str) else key[0] for key, said in known.items() if said}
    says = {facts.says for name, facts in kinds().items() if not name.startswith("trial.")}
    sources = {*in_templates(), *in_code(), *in_behaviours(), *says, *VALUES}
    assert len(sources) > 600
    assert sources - names == set()


def test_no_translation_is_a_guess() -> None:
    assert "fuzzy" not in (ROOT / "locale/de/LC_MESSAGES/django.po").read_text(encoding="utf-8")


def test_a_translation_names_what_the_source_names() -> None:
    for source, said in catalogue("de")._catalog.items():  # type: ignore[attr-defined]
        if source:
            original = source if isinstance(source, str) else source[0]
            assert set(re.findall(_MARKS, original)) <= set(re.findall(_MARKS, said)), original


def test_what_behaviours_say_comes_with_the_page() -> None:
    words = (ROOT / "templates/components/words.html").read_text(encoding="utf-8")
    assert set(re.findall(r'data-says="([^"]+)"', words)) == in_behaviours()


def test_behaviours_say_nothing_that_is_not_marked() -> None:
    """A sentence in quotes is said to somebody."""
    sentence = re.compile(r'"[A-Z][a-z\']+ [^"]*[a-z][^"]*"')
    for file in sorted((ROOT / "static/js").glob("*.js")):
        for line in file.read_text(encoding="utf-8").splitlines():
            code = line.partition("//")[0]
            if "new Error" not in code:
                assert not sentence.search(re.sub(r'inWords\("[^"]+"', "", code)), f"{file.name}: {line}"


def test_templates_hold_no_word_that_is_not_marked() -> None:
    found = []
    for page in TEMPLATES:
        text = page.read_text(encoding="utf-8")
        for part in (NO_TEXT, r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", r"\{%\s*comment.*?endcomment\s*%\}"):
            text = re.sub(part, "", text, flags=re.DOTALL)
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", text, flags=re.DOTALL)
        said = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text) + re.split(r"<[^>]*>", text)
        words = {word for each in said for word in re.findall(r"[A-Za-z]{2,}", each)} - NO_WORDS
        found += [f"{page.relative_to(ROOT)}: {sorted(words)}"] if words else []
    assert not found, "\n".join(found)


def test_every_language_of_the_desk_can_be_chosen() -> None:
    assert set(STAFF_LANGUAGES) <= set(dict(settings.LANGUAGES))
    assert all(Preferences(language=language).language == language for language in STAFF_LANGUAGES)  # type: ignore[arg-type]


def test_pages_are_german_where_german_is_asked_for(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    client.force_login(cast.sam)
    german = {"accept-language": "de-AT,de;q=0.9,en;q=0.1"}
    said = {
        f"/tickets/{ticket.number}/": ("Freigeben und senden", "Ablehnen", "Entwurf prüfen", "fertig, Version 2"),
        "/queue/mine/": ("Meine", "Hier ist nichts"),
        "/queue/all/?priority=high": ("Eingegrenzt auf", "Hoch", "Ansicht speichern"),
        "/queue/all/?sort=due": ("lässt sich nicht nach",),
        "/queue/all/": ("Alle angezeigten", "Zuweisen", "Wiedervorlage"),
        "/notices/": ("Mitteilungen", "Noch nichts für Sie"),
        "/ledger/": (f"hat Ticket {ticket.number} über",),
        "/settings/": ("Entwürfe anhalten", "Ein Modell darf entwerfen"),
        "/tickets/99999999/": ("Hier ist nichts",),
    }
    for path, words in said.items():
        page = client.get(path, headers=german).content.decode()
        for each in words:
            assert each in page, (path, each)


def test_what_programs_read_stays_the_same_in_every_language(cast: Cast, client: Client) -> None:
    token = {"Authorization": f"Bearer {cast.token(cast.ana, 'tickets:read')}"}
    answers = [
        client.get("/api/v1/tickets/99999999/", headers={**token, "accept-language": language}).json()
        for language in ("en", "de")
    ]
    assert [answer["code"] for answer in answers] == ["not_found", "not_found"]
    assert [answer["type"] for answer in answers] == ["urn:countersign:problem:not_found"] * 2
