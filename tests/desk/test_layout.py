"""Pages are made without the indentation of their templates; what people wrote, and other texts, keep each of their blanks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Context, Engine

PAGE = """<ul>
    {% for item in items %}

      <li
          class="item">{{ item }}</li>
    {% endfor %}
</ul>
"""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "mail.txt").write_text("Hello,\n\n    quoted\n")
    return Engine(dirs=[str(tmp_path)], loaders=["desk.layout.Loader"])


def test_a_page_has_one_break_where_its_template_has_blanks(engine: Engine) -> None:
    page = engine.get_template("page.html").render(Context({"items": ["one"]}))
    assert page == '<ul>\n\n<li\nclass="item">one</li>\n\n</ul>\n'


def test_what_people_wrote_keeps_its_blanks(engine: Engine) -> None:
    page = engine.get_template("page.html").render(Context({"items": ["first\n\n    second  third"]}))
    assert ">first\n\n    second  third<" in page


def test_other_texts_stay_as_they_are(engine: Engine) -> None:
    assert engine.get_template("mail.txt").render(Context()) == "Hello,\n\n    quoted\n"
