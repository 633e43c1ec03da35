"""The witness program on an auditor's machine, against a desk over HTTP, and by mail and file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from desk.actions import SYSTEM
from desk.ledger import keys
from desk.ledger.models import Checkpoint, Cosignature, Counter, Entry, Key
from desk.ledger.notes import Note, Signature, VerifierKey, write_hashes
from desk.ledger.programs import countersign_witness as program
from desk.ledger.prove import prove_consistency
from desk.ledger.seal import seal
from desk.ledger.witnesses import handed_out, newest_checkpoint, newest_witnessed
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.ledger import outsiders
from tests.ledger.conftest import statement
from tests.ledger.damage import cut, rewrite


class Machine:
    """An auditor's own folder, and the program."""

    def __init__(self, home: Path, url: str = "", token: str = "") -> None:
        self.home, self.url = home, url
        self.token = home.parent / "token.txt"
        self.token.write_text(token)

    def run(self, *arguments: object, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
        return outsiders.run(program, "--home", self.home, *arguments, environment=environment)

    def run_apart(self, *arguments: object) -> tuple[int, str, str]:
        return outsiders.run_apart(program, "--home", self.home, *arguments)

    def begin(self) -> VerifierKey:
        code, said, _beside = self.run("new", "auditor.example")
        assert code == 0
        log = Key.objects.latest("id").verifier
        assert self.run("trust", log, "--desk", self.url, "--token-file", self.token)[0] == 0
        return VerifierKey.parse(said)

    def seen(self) -> int:
        (path,) = (self.home / "logs").glob("*.json")
        note = json.loads(path.read_text()).get("checkpoint", "")
        return int(note.splitlines()[1]) if note else 0


@pytest.fixture
def http() -> Iterator[str]:
    """The desk's own address: whole requests, as the test client makes them, over a real socket."""
    from django.test import Client

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            given = {name: self.headers[name] for name in ("Authorization", "Idempotency-Key") if self.headers[name]}
            answer = Client(raise_request_exception=False).generic(
                self.command, self.path, self.rfile.read(length), self.headers.get("Content-Type") or "", headers=given
            )
            content = answer.content
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connections.close_all()

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def machine(keyed: Cast, http: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A witness that the desk's policy names, and a desk with something sealed."""
    machine = Machine(tmp_path / "witness", http, keyed.token(keyed.aud, "ledger:read"))
    witness = machine.begin()
    policy = tmp_path / "policy"
    policy.write_text(f"log {Key.objects.get().verifier}\nwitness auditor {witness}\nquorum auditor\n")
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(policy))
    keyed.ticket()
    seal()
    return machine


def test_a_witness_countersigns_what_follows_and_the_desk_hands_it_out(machine: Machine, keyed: Cast) -> None:
    code, line, said = machine.run_apart("countersign")
    assert code == 0, said
    assert "the first checkpoint of this log that you see" in said
    first = newest_checkpoint()
    assert Signature.parse(line.strip()).name == "auditor.example"
    assert handed_out(first).endswith(line)
    keyed.ticket()
    seal()
    code, _line, said = machine.run("countersign")
    assert code == 0, said
    assert f"The {first.size} entries that you saw before stand unchanged" in said
    assert machine.seen() == newest_checkpoint().size > first.size
    assert Cosignature.objects.count() == 2
    kept = Entry.objects.filter(kind="checkpoint.cosigned").latest("seq")
    assert (kept.facts["size"], kept.facts["witnessed"]) == (newest_checkpoint().size, "yes")
    policy_file = Path(settings.ENV.ledger_policy)
    from desk.ledger.policy import read_policy

    witnessed = newest_witnessed(read_policy(policy_file))
    assert witnessed is not None
    assert witnessed.size == newest_checkpoint().size


def test_the_same_checkpoint_twice_changes_nothing(machine: Machine) -> None:
    assert machine.run("countersign")[0] == 0
    code, _line, said = machine.run("countersign")
    assert code == 0, said
    assert "Nothing new" in said
    assert Cosignature.objects.count() == 1


def test_a_witness_that_is_shown_two_histories_refuses_and_keeps_the_evidence(
    machine: Machine, keyed: Cast, outside: Path
) -> None:
    for _each in range(2):
        keyed.ticket()
        seal()
    assert machine.run("countersign")[0] == 0
    size = machine.seen()
    cut(Checkpoint.objects.order_by("size")[0].size)
    settings.ENV.ledger_anchor_file = ""
    while Counter.objects.get().value <= size:
        keyed.ticket("It was all quite different.")
    seal()
    code, line, said = machine.run("countersign")
    assert code == 1
    assert line == ""
    assert "THIS LOG IS NOT CONSISTENT" in said
    assert machine.seen() == size, "what was seen before stays what this witness holds the log to"
    (place,) = (machine.home / "evidence").iterdir()
    kept, shown = (Note.parse((place / name).read_text()) for name in ("kept.txt", "shown.txt"))
    log = Key.objects.get().verifier
    assert kept.verified([log]) == shown.verified([log]) == [log]
    assert not Cosignature.objects.filter(checkpoint=newest_checkpoint().size).exists()
    assert machine.run("countersign")[0] == 1, "and it stays refused"


def test_a_log_that_shows_less_than_before_was_cut_or_restored(machine: Machine, keyed: Cast) -> None:
    keyed.ticket()
    seal()
    assert machine.run("countersign")[0] == 0
    cut(Checkpoint.objects.earliest("size").size)
    code, _line, said = machine.run("countersign")
    assert code == 1
    assert "its end was cut off, or an old copy was restored" in said


def test_two_roots_for_one_size_are_two_histories(machine: Machine, tmp_path: Path) -> None:
    assert machine.run("countersign")[0] == 0
    signer = keys.read_signers()[-1]
    text = Note.parse(newest_checkpoint().note).text.splitlines()
    other = f"{text[0]}\n{text[1]}\n{'A' * 43}=\n"
    (tmp_path / "other").write_text(str(Note(other, (signer.sign(other),))))
    code, _line, said = machine.run("countersign", "--checkpoint", tmp_path / "other")
    assert code == 1
    assert "there are two roots" in said


def test_a_changed_entry_below_what_was_seen_is_refused(machine: Machine, keyed: Cast) -> None:
    assert machine.run("countersign")[0] == 0
    rewrite(3, actor="person:00000000-0000-0000-0000-000000000000")
    statement("DELETE FROM ledger_checkpoint")
    keyed.ticket()
    settings.ENV.ledger_anchor_file = ""
    seal()
    code, _line, said = machine.run("countersign")
    assert code == 1, said


def test_by_mail_and_file_without_a_network(machine: Machine, keyed: Cast, tmp_path: Path) -> None:
    from desk.ledger.anchors import _mail

    mail: Any = _mail(newest_checkpoint()).message()
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    code, line, said = machine.run("countersign", "--mail", tmp_path / "mail.eml")
    assert code == 0, said
    assert "Send this line back" in said
    assert Signature.parse(line.strip())
    first = newest_checkpoint()
    keyed.ticket()
    seal()
    (tmp_path / "checkpoint").write_text(handed_out(newest_checkpoint()))
    code, _line, said = machine.run("countersign", "--checkpoint", tmp_path / "checkpoint")
    assert code == 2
    assert f"`ledger prove --consistency {first.size} {newest_checkpoint().size}`" in said
    (tmp_path / "proof").write_text(write_hashes(prove_consistency(first.size, newest_checkpoint().size)))
    arguments = ("countersign", "--checkpoint", tmp_path / "checkpoint", "--consistency", tmp_path / "proof")
    assert machine.run(*arguments)[0] == 0
    code, _line, said = machine.run("countersign", "--mail", tmp_path / "mail.eml")
    assert code == 2
    assert "older" in said
    (tmp_path / "empty.eml").write_bytes(EmailMessage().as_bytes())
    assert machine.run("countersign", "--mail", tmp_path / "empty.eml")[0] == 2


def test_a_checkpoint_that_the_log_did_not_sign_is_not_taken(machine: Machine, tmp_path: Path) -> None:
    note = newest_checkpoint().note
    (tmp_path / "forged").write_text(note.replace("\n", "\n1", 1))
    code, _line, said = machine.run("countersign", "--checkpoint", tmp_path / "forged")
    assert code == 2
    assert "not signed with a key" in said


def test_a_key_that_took_over_has_to_be_trusted_by_the_auditor(machine: Machine, keyed: Cast) -> None:
    assert machine.run("countersign")[0] == 0
    keys.rotate("compromised", by=SYSTEM)
    seal()
    code, _line, said = machine.run("countersign")
    assert code == 2
    assert "If the log has a new key" in said
    assert machine.run("trust", Key.objects.latest("id").verifier)[0] == 0
    assert machine.run("countersign")[0] == 0


def test_what_is_asked_wrongly_is_said(keyed: Cast, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "w")
    log = Key.objects.get().verifier
    assert "begin with `new NAME`" in machine.run("countersign")[2]
    assert machine.run("new", "two words")[0] == 2
    assert machine.run("new", "auditor.example")[0] == 0
    assert "There is a key already" in machine.run("new", "auditor.example")[2]
    assert (tmp_path / "w" / "key").stat().st_mode & 0o077 == 0
    assert "no log that you trust yet" in machine.run("countersign")[2]
    assert "not a verifier key" in machine.run("trust", "nonsense")[2]
    assert "begins with https://" in machine.run("trust", log, "--desk", "http://desk.example.com")[2]
    assert machine.run("trust", log)[0] == 0
    assert "Where the desk is" in machine.run("countersign")[2]
    assert machine.run("trust", log, "--desk", "http://127.0.0.1:9")[0] == 0
    assert "A token" in machine.run("countersign")[2]
    code, _line, said = machine.run("countersign", environment={"COUNTERSIGN_TOKEN": "x"})
    assert code == 2
    assert "does not answer" in said
    assert "last seen" not in machine.run("show")[1]


def test_a_token_that_is_not_taken_is_said_in_the_words_of_the_desk(machine: Machine) -> None:
    code, _line, said = machine.run("countersign", environment={"COUNTERSIGN_TOKEN": "nonsense"})
    assert code == 2
    assert "The desk refused (401)" in said


def test_two_runs_at_once_do_not_both_countersign(machine: Machine) -> None:
    import fcntl

    with (machine.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, _line, said = machine.run("countersign")
    assert code == 2
    assert "Another run" in said


def test_what_is_seen_is_on_the_disk_before_the_signature_goes_out(machine: Machine) -> None:
    statement("UPDATE accounts_token SET revoked_at = now()")
    note = machine.home.parent / "note"
    note.write_text(newest_checkpoint().note)
    assert machine.run("countersign", "--checkpoint", note)[0] == 0
    assert machine.seen() == newest_checkpoint().size
    assert not list(machine.home.rglob("*.new"))


# --- The desk's side -------------------------------------------------------------------------------------------------------


def line_of(machine: Machine, tmp_path: Path) -> str:
    (tmp_path / "note").write_text(newest_checkpoint().note)
    return machine.run("countersign", "--checkpoint", tmp_path / "note")[1]


def post(who: Caller, line: str) -> Any:
    return who.send("POST", "ledger/cosignatures/", line.encode(), "text/plain")


def test_a_cosignature_is_shown_to_auditors(machine: Machine, keyed: Cast, tmp_path: Path) -> None:
    from django.test import Client

    post(caller(keyed, keyed.aud), line_of(machine, tmp_path))
    client = Client()
    client.force_login(keyed.aud, backend="accounts.backends.PersonBackend")
    page = client.get("/ledger/outside/").content.decode()
    assert "auditor.example" in page
    assert f"The first {newest_checkpoint().size} entries are witnessed" in page
    assert client.get("/ledger/programs/countersign_witness.py").getvalue() == Path(program.__file__).read_bytes()
    assert client.get("/ledger/programs/settings.py").status_code == 404
