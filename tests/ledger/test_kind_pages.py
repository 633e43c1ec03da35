"""A page per kind: nothing is recorded of which nobody says what, why and how long."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from conversations.oversight.kind_pages import facts_in_words, nouns
from desk.ledger.kinds import kinds, reason_for
from tests.cast import Cast

OURS = sorted(name for name in kinds() if not name.startswith("trial."))


@pytest.fixture
def aud(cast: Cast, client: Client) -> Client:
    client.force_login(cast.aud)
    return client


def test_of_every_noun_somebody_says_why_it_is_recorded() -> None:
    without = sorted({name.partition(".")[0] for name in OURS if not reason_for(name.partition(".")[0])})
    assert not without, f"say with because() in the room's kinds.py why these are recorded: {without}"


def test_every_fact_of_every_kind_is_told_in_words_in_both_languages() -> None:
    for language in ("en", "de"):
        with translation.override(language):
            for name in OURS:
                for fact, words in facts_in_words(kinds()[name]):
                    assert words, (name, fact)
                    assert not re.search(r"[\[\]<>]|Annotated|typing|class", words), (name, fact, words)


def test_facts_of_several_kinds_of_type_read_as_people_do() -> None:
    told = dict(facts_in_words(kinds()["ledger.verified"]))
    assert told["verdict"] == "one of: ledger_holds, ledger_broken"
    assert told["first_bad"] == "a whole number or nothing"
    assert told["asked_by"].startswith("a reference")
    told = dict(facts_in_words(kinds()["text.erased"]))
    assert told["seqs"] == "several, each a whole number"
    assert told["sources"] == "several, each where a text was kept"
    assert dict(facts_in_words(kinds()["settings.recorded"]))["fingerprint"] == "a hash (SHA-256)"


@pytest.mark.parametrize(("language", "each"), [("en", 1), ("de", 8)])
def test_every_kind_has_its_page(aud: Client, cast: Cast, language: str, each: int) -> None:
    """In the other language some of them: their words have tests of their own."""
    cast.ticket()
    spoken = {"accept-language": language}
    overview = aud.get("/ledger/kinds/", headers=spoken).content.decode()
    assert all(f'href="/ledger/kinds/{name}/"' in overview for name in OURS)
    for name in OURS[::each]:
        assert aud.get(f"/ledger/kinds/{name}/", headers=spoken).status_code == 200, name


def test_a_page_says_how_many_there_are_which_facts_and_which_texts(aud: Client, cast: Cast) -> None:
    cast.ticket()
    page = aud.get("/ledger/kinds/message.received/").content.decode()
    assert "It commits to these texts without holding them: <code>text</code>" in page
    assert "<var>actor</var> wrote in <var>thread</var>" in page
    assert "1 entry," in page
    assert 'href="/ledger/?kind=message.received"' in page
    assert "The entry stays for good" in page
    page = aud.get("/ledger/kinds/hold.placed/").content.decode()
    assert "None so far." in page
    assert "needs a ground, an end and a second person" in page


@pytest.mark.parametrize("name", ["nothing.happened", "ticket", "'; --", "🦄", "x" * 500])
def test_there_is_no_page_of_what_is_no_kind(aud: Client, name: str) -> None:
    assert aud.get(f"/ledger/kinds/{name}/").status_code == 404


def test_nouns_hold_every_kind_once() -> None:
    assert sorted(name for each in nouns() for name in each["kinds"]) == sorted(kinds())
