"""countersign_verify.py reads an archive as something that an enemy may have made."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from desk.ledger.programs import countersign_verify as program
from tests.ledger.made import Log
from tests.ledger.outsiders import Auditor


def zipped(path: Path, files: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return str(path)


def test_limits_are_what_no_bundle_reaches_and_one_that_reaches_them_is_read(
    log: Log, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = log.files()
    limits = {
        "MOST_FILES": len(files),
        "MOST_BYTES": sum(map(len, files.values())),
        "LONGEST_LINE": max(len(line) for name in ("entries.jsonl", "texts.jsonl") for line in files[name].splitlines())
        + 1,
        "LONGEST_PROOF": max(len(content) for name, content in files.items() if name.startswith("proofs/")),
    }
    for name, most in limits.items():
        monkeypatch.setattr(program, name, most)
    assert auditor.checks(log, "--key", log.key)[0] == 0
    for name, most in limits.items():
        monkeypatch.setattr(program, name, most - (2 if name == "LONGEST_LINE" else 1))
        code, said = auditor.checks(log, "--key", log.key)
        assert (code, "It was not read." in said) == (2, True), name
        monkeypatch.setattr(program, name, most)


@pytest.mark.parametrize("name", program.NEEDED)
def test_a_file_that_every_bundle_has_is_missed(name: str, log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, change=lambda files: files.pop(name))
    assert (code, f"There is no {name} in it: this is no evidence bundle." in said) == (2, True)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("texts.jsonl", b"[]\n"),
        ("texts.jsonl", b"{}\n"),
        ("texts.jsonl", b'{"seq":1,"field":"text","salt":"00","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":true,"field":"text","salt":"' + b"0" * 64 + b'","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":1,"field":1,"salt":"' + b"0" * 64 + b'","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":1,"field":"text","salt":"' + b"0" * 64 + b'","text":"x"}'),
        ("keys.txt", b"\xff\n"),
        ("keys.txt", b"no key\n"),
        ("entries.jsonl", b"[]\n"),
    ],
)
def test_a_file_with_something_else_in_it_is_not_read(name: str, line: bytes, log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, change=lambda files: files.update({name: line}))
    assert code == 2, said
    assert said.startswith("countersign_verify: ")


def test_files_that_only_people_read_and_empty_lines_between_keys_are_allowed(log: Log, auditor: Auditor) -> None:
    more = {
        "ticket.html": b"<p>",
        "README.txt": b"",
        "countersign_verify.py": b"",
        "proofs/": b"",
        "keys.txt": f"\n{log.key}\n\n".encode(),
    }
    assert auditor.checks(log, "--key", log.key, change=lambda files: files.update(more))[0] == 0


def test_an_archive_packed_otherwise_or_with_doubled_names_is_not_read(
    log: Log, auditor: Auditor, tmp_path: Path
) -> None:
    path = tmp_path / "lzma.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in log.files().items():
            archive.writestr(name, content)
    assert "packed in a way that bundles are not" in auditor.runs(str(path))[1]
    assert "cannot be read" in auditor.runs(str(tmp_path / "nowhere.zip"))[1]
    assert auditor.runs(zipped(tmp_path / "x.zip", {"../x": b""}))[0] == 2
