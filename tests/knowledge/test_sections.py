"""Articles in Markdown become sections in plain text."""

from __future__ import annotations

from conversations.knowledge.sections import Section, sections_of


def test_each_second_level_heading_begins_a_section() -> None:
    found = sections_of("## One\n\nFirst **bold** text.\n\n## Two\n\nSecond.\nSame line.\n\nNext.", title="All")
    assert found == [Section("One", "First bold text."), Section("Two", "Second. Same line.\n\nNext.")]


def test_what_stands_before_the_first_heading_goes_under_the_title() -> None:
    assert sections_of("Hello.\n\n## One\n\nText.", title="All")[0] == Section("All", "Hello.")


def test_a_heading_in_code_is_no_heading_and_other_levels_stay_in_the_text() -> None:
    found = sections_of("## One\n\n```\n## not a heading\n```\n\n### Detail\n\nText.", title="All")
    assert found == [Section("One", "## not a heading\n\nDetail\n\nText.")]


def test_lists_tables_links_and_breaks_read_as_lines_of_words() -> None:
    body = (
        "## One\n\n- first\n- [second](https://shop.example/x)\n  more\n\n3. third\n4. fourth\n\n"
        "| Size | Chest |\n|---|---|\n| S | 88 |\n\nLine one  \nline two &amp; `code`"
    )
    assert sections_of(body, title="All")[0].text == (
        "- first\n- second more\n\n3. third\n4. fourth\n\nSize | Chest\nS | 88\n\nLine one\nline two & code"
    )


def test_html_is_text_and_a_heading_without_text_is_no_section() -> None:
    found = sections_of("## Empty\n\n## One\n\n<script>alert(1)</script> & more", title="All")
    assert found == [Section("One", "<script>alert(1)</script> & more")]
