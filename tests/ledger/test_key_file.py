"""The key file: what is read from it, and what is said when there is no key in it that would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from desk.actions import SYSTEM
from desk.ledger import keys
from desk.ledger.models import Key
from desk.ledger.notes import COSIGNED, Signer
from desk.ledger.refusals import Refused
from tests.cast import Cast

ONE, TWO = Signer.new("desk.test/ledger"), Signer.new("desk.test/ledger")


def code() -> str:
    with pytest.raises(Refused) as caught:
        keys.read_signers()
    assert caught.value.seq is None
    return caught.value.code


def trouble(reason: str = "") -> str:
    """Why no key is made, or none takes over."""
    with pytest.raises(keys.KeyTrouble) as caught:
        keys.rotate(reason, by=SYSTEM) if reason else keys.make(by=SYSTEM)  # type: ignore[arg-type] - one of the three
    return str(caught.value)


def test_keys_are_read_oldest_first_and_empty_lines_are_none(standing: None, outside: Path) -> None:
    (outside / "key").write_text(f"\n{ONE.secret()}\n\n  \n{TWO.secret()}")
    assert [each.verifier for each in keys.read_signers()] == [ONE.verifier, TWO.verifier]


def test_what_is_no_key_file_has_its_code(standing: None, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = outside / "key"
    assert code() == "key_missing"
    for wrong in (b"", b"\n\n", b"no key\n", b"\xff\n", str(ONE.verifier).encode(), f"{ONE.secret()}\nx\n".encode()):
        path.write_bytes(wrong)
        assert code() == "key_unreadable", wrong
    path.unlink()
    path.mkdir()
    assert code() == "key_unreadable"
    monkeypatch.setattr(settings.ENV, "ledger_key", "")
    assert code() == "no_key"


def test_without_a_file_and_without_a_key_there_is_none_to_miss(company: Cast, outside: Path) -> None:
    assert code() == "no_key"


def test_a_second_first_key_and_a_handover_that_could_not_be_signed_are_refused(
    standing: None, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, path = Key.objects.latest("id").verifier, outside / "key"
    there = Key.objects.count()
    assert trouble() == "There is a key. `ledger key rotate` makes the next one."
    assert trouble("routine") == f"{path} cannot be read as keys (key_missing)."
    path.write_text(f"{ONE.secret()}\n")
    assert trouble("routine").startswith(f"The private half of {last} is not in {path}. If it is gone for good, use")
    with pytest.raises(keys.KeyTrouble) as caught:
        keys.forget()
    assert str(caught.value) == f"The private half of {last} is not in {path}."
    path.write_text("x")
    for reason in ("routine", "lost"):
        assert trouble(reason) == f"{path} cannot be read as keys (key_unreadable)."
    assert path.read_text() == "x"
    monkeypatch.setattr(settings.ENV, "ledger_key", "")
    assert trouble("lost") == "LEDGER_KEY names no file for the private key."
    assert Key.objects.count() == there


def test_the_first_key_takes_the_last_of_a_file_that_is_there(company: Cast, outside: Path) -> None:
    (outside / "key").write_text(f"{ONE.secret()}\n{TWO.secret()}\n")
    made = keys.make(by=SYSTEM)
    assert (made.verifier, made.reason) == (TWO.verifier, "first")
    assert keys.rotate("lost", by=SYSTEM).reason == "lost"
    with pytest.raises(keys.KeyTrouble, match="has not signed yet"):
        keys.forget()


def test_the_folder_of_the_key_is_made_for_its_owner_alone(company: Cast, tmp_path: Path, outside: Path) -> None:
    settings.ENV.ledger_key = str(tmp_path / "a" / "key")
    keys.make(by=SYSTEM)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    (signer,) = keys.read_signers()
    assert (tmp_path / "a" / "key").read_text() == f"{signer.secret()}\n"
    assert signer.type != COSIGNED


def test_the_log_is_called_as_it_is_set_or_after_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "ledger_origin", "log.example")
    assert keys.origin() == "log.example"
    monkeypatch.setattr(settings.ENV, "ledger_origin", "")
    for address, name in (
        ("https://desk.example.com", "desk.example.com/ledger"),
        ("https://desk.example.com/", "desk.example.com/ledger"),
        ("http://desk.example.com:8000/help/", "desk.example.com:8000/help/ledger"),
    ):
        monkeypatch.setattr(settings, "PUBLIC_URL", address)
        assert keys.origin() == name
