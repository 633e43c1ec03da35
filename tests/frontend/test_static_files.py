"""The committed front-end files: what the lock says, licensed, and fit for hashed names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command
from django.core.management.base import CommandError
from whitenoise.storage import CompressedManifestStaticFilesStorage

from desk.delivery import collect
from desk.management.commands import vendor

STATIC = Path(__file__).resolve().parents[2] / "static"
TEMPLATES = STATIC.parent / "templates"


def test_the_vendored_files_are_those_of_the_lock() -> None:
    assert vendor.differences(json.loads(vendor.LOCK.read_text())) == []


def test_a_changed_vendored_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "htmx").mkdir()
    (tmp_path / "htmx/htmx.min.js").write_text("something else")
    monkeypatch.setattr(vendor, "VENDOR", tmp_path)
    with pytest.raises(CommandError, match=r"htmx/htmx\.min\.js"):
        call_command(vendor.Command(), "--check", skip_checks=True)


def test_every_package_comes_with_its_licence() -> None:
    for package in json.loads(vendor.LOCK.read_text())["packages"]:
        assert any(path.endswith("LICENSE") for path in package["files"]), package["name"]
        assert package["licence"]
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])


def test_every_icon_in_use_is_in_the_sprite_and_no_other() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (vendor.VENDOR / vendor.SPRITE).read_text()))
    code = [
        *TEMPLATES.rglob("*.html"),
        *STATIC.parent.glob("conversations/**/*.py"),
        *STATIC.parent.glob("accounts/**/*.py"),
    ]
    source = "\n".join(path.read_text() for path in code)
    needed = set(re.findall(r'icon\.html" with name="([a-z0-9-]+)"', source)) | set(
        re.findall(r'\bicon="([a-z0-9-]+)"', source)
    )
    quoted = {name for name in sprite if f'"{name}"' in source}
    assert needed <= sprite
    assert sprite == quoted


def test_collected_files_have_hashed_names_throughout_and_are_compressed(tmp_path: Path) -> None:
    root = tmp_path / "static"
    assert collect(root)
    storage = CompressedManifestStaticFilesStorage(location=str(root), base_url="/static/")
    sheet = (root / storage.stored_name("css/app.css")).read_text()
    imports = re.findall(r'@import url\("([^"]+)"\) layer\((\w+)\)', sheet)
    assert len(imports) > 20
    for address, _layer in imports:
        assert re.search(r"\.[0-9a-f]{12}\.css$", address), address
        assert (root / "css" / address).is_file(), address
    fonts = (root / storage.stored_name("css/fonts.css")).read_text()
    assert re.search(r"inter-latin\.[0-9a-f]{12}\.woff2", fonts)
    large = root / storage.stored_name("vendor/bootstrap/bootstrap.min.css")
    assert large.with_name(f"{large.name}.gz").stat().st_size < large.stat().st_size / 5


def test_files_are_collected_again_when_one_has_changed(tmp_path: Path, settings: Any) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    get_finder.cache_clear()
    try:
        root = tmp_path / "static"
        assert collect(root)
        assert not collect(root)
        before = json.loads((root / "staticfiles.json").read_text())["paths"]
        (source / "a.css").write_text("b{}")
        assert collect(root)
        after = json.loads((root / "staticfiles.json").read_text())["paths"]
        assert before.keys() == after.keys() == {"a.css"}
        assert before != after
        assert not (root / before["a.css"]).exists()
    finally:
        get_finder.cache_clear()


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_holds_a_style_or_a_script_of_its_own(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", source, re.IGNORECASE)


def test_no_script_writes_html_from_strings_or_runs_text() -> None:
    for path in STATIC.glob("js/*.js"):
        source = path.read_text()
        assert not re.search(r"\beval\(|new Function|\.write\(|insertAdjacentHTML|outerHTML =", source), path.name
