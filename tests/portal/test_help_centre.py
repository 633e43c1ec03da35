"""The help centre: articles, search, and how AI is used here, for everybody and without signing in."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.knowledge.actions import save_article
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.portal.pages import entries, read, words


@pytest.fixture
def _articles(cast: Cast) -> None:
    def article(slug: str, language: str, title: str, body: str) -> None:
        save_article(slug=slug, language=language, title=title, body=body, tags=[], by=SYSTEM)

    article(
        "refunds", "en", "Refunds and returns", "## How long\n\nA refund takes 14 days after your parcel has arrived."
    )
    article("refunds", "de", "Erstattung und Rückgabe", "## Wie lange\n\nEine Erstattung dauert 14 Tage.")
    article(
        "boots", "en", "Waxing boots", "## Wax\n\nUse **one** layer of wax.\n\n| Size | Wax |\n|---|---|\n| 42 | 20 g |"
    )


@pytest.mark.usefixtures("_articles")
@pytest.mark.parametrize("path", ["/", "/help/"])
def test_everybody_finds_the_articles_and_the_way_to_ask(client: Client, path: str) -> None:
    html = read(client, path)
    assert 'href="/help/articles/refunds/"' in html
    assert 'href="/help/new/"' in html
    assert "A person decides every answer that you get." in html
    assert words(html).count("Refunds and returns") == 1


@pytest.mark.usefixtures("_articles")
def test_search_finds_what_bears_on_the_words(client: Client) -> None:
    html = read(client, "/help/?q=how+long+does+a+refund+take")
    assert "/help/articles/refunds/" in html
    assert "/help/articles/boots/" not in html


@pytest.mark.usefixtures("_articles")
@pytest.mark.parametrize(
    "asked", ["xyzzy", "%00", "%27%3B+DROP+TABLE", "%28%29%26%7C%21%3A%2A", "%22", "a" * 3000, "\u202e"]
)
def test_search_that_finds_nothing_says_so_and_offers_to_write(client: Client, asked: str) -> None:
    html = read(client, f"/help/?q={asked}")
    assert "Nothing found" in html or "/help/articles/" in html
    assert 'href="/help/new/"' in html


@pytest.mark.usefixtures("_articles")
def test_an_article_is_shown_in_the_readers_language_or_in_english(client: Client) -> None:
    assert "Eine Erstattung dauert 14 Tage." in read(client, "/help/articles/refunds/", **{"accept-language": "de"})
    boots = read(client, "/help/articles/boots/", **{"accept-language": "de"})
    assert "<strong>one</strong>" in boots
    assert "<td>20 g</td>" in boots
    assert 'lang="en"' in boots


def test_an_article_brings_no_script_along(client: Client, cast: Cast) -> None:
    body = (
        "## Trap\n\n<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n"
        "[click](javascript:alert(1)) [also](data:text/html,x) ![pixel](https://spy.example/x.png)"
    )
    save_article(slug="trap", language="en", title="<b>Trap</b>", body=body, tags=[], by=SYSTEM)
    for path in ("/help/articles/trap/", "/help/"):
        html = read(client, path)
        for bad in ("<script>alert", "<img", 'href="javascript', 'href="data', "<b>Trap"):
            assert bad not in html, bad


def test_an_article_that_is_not_there_says_where_to_go(client: Client, cast: Cast) -> None:
    response = client.get("/help/articles/gone/")
    assert response.status_code == 404
    assert "This article is not here" in response.content.decode()


def test_how_ai_is_used_is_told_in_full(client: Client, cast: Cast) -> None:
    page = words(read(client, "/help/trust/"))
    for told in ("Who decides", "What the AI is given", "What the AI gets wrong", "What you can choose"):
        assert told in page


def test_people_of_the_staff_start_at_their_queue(client: Client, cast: Cast) -> None:
    client.force_login(cast.ana, backend="accounts.backends.PersonBackend")
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/queue/")


def test_reading_writes_nothing(client: Client, cast: Cast) -> None:
    before = entries()
    for path in ("/", "/help/", "/help/?q=refund", "/help/trust/", "/help/new/", "/help/thanks/"):
        client.get(path)
        client.head(path)
        assert client.post(path, {"q": "x"}).status_code in {400, 405}
    assert entries() == before
