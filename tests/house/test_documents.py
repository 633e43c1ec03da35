"""The documents say what is."""

from __future__ import annotations

import re
from pathlib import Path

from desk.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_lists_every_variable_and_no_other() -> None:
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert listed == {name.upper() for name in Environment.model_fields}


def test_every_file_that_a_document_names_is_there() -> None:
    for document in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name} → {link}"
    rooms = ROOT / "conversations"
    for named in re.findall(r"`((?:portal|mailroom|tickets|drafting|redaction|knowledge|review)/[a-z_/.]+)`", README):
        assert (rooms / named).exists(), named
    for named in re.findall(r"`(desk/[a-z_/.]+)`", README):
        assert (ROOT / named).exists(), named


def test_no_lock_file_names_an_address() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index|--find-links| @ ", text)
