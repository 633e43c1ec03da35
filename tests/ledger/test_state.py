"""How far sealing is: on /metrics, on /health/ready and on the page of the ledger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from desk.ledger import anchors, seal
from desk.ledger.models import Anchor, Checkpoint, Cosignature, Entry
from desk.ledger.notes import COSIGNED, Note, Proof, Signer
from desk.ledger.refusals import WORDS, words
from desk.ledger.state import sealing
from tests.cast import Cast
from tests.ledger.conftest import statement
from tests.ledger.test_seal import head


def gauges(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {name: float(value) for name, value in re.findall(r"^countersign_ledger_(\S+) (\S+)$", text, re.MULTILINE)}


def test_metrics_tell_how_far_sealing_and_anchors_are(keyed: Cast, outside: Path, client: Client) -> None:
    statement("UPDATE ledger_entry SET at = now() - interval '90 s'")
    found = gauges(client)
    assert (found["sealed_entries"], found["unsealed_entries"]) == (0, head())
    assert 89 < found["seal_lag_seconds"] < 120
    seal.attempt()
    found = gauges(client)
    assert (found["sealed_entries"], found["unsealed_entries"], found["seal_lag_seconds"]) == (head(), 0, 0)
    assert (found['anchor_lag_entries{anchor="file"}'], found['anchor_lag_seconds{anchor="file"}']) == (0, 0)
    keyed.ticket()
    seal.seal()
    statement("UPDATE ledger_checkpoint SET at = now() - interval '1 h'")
    found = gauges(client)
    assert found['anchor_lag_entries{anchor="file"}'] == head() - Anchor.objects.get().size
    assert 3500 < found['anchor_lag_seconds{anchor="file"}'] < 3700


def test_a_refusal_is_on_metrics_and_the_desk_is_ready_all_the_same(keyed: Cast, client: Client) -> None:
    seal.attempt()
    assert client.get("/health/ready").json()["parts"]["ledger"] == "ok"
    keyed.ticket()
    statement("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = %s", head())
    seal.attempt()
    assert gauges(client)['refuses{code="leaf_wrong"}'] == 1
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["ledger"] == "leaf_wrong"


def test_a_ledger_that_falls_behind_is_seen(keyed: Cast, client: Client) -> None:
    statement("UPDATE ledger_entry SET at = now() - interval '61 s'")
    assert client.get("/health/ready").json()["parts"]["ledger"] == "behind"
    assert sealing().trouble == "behind"


def test_every_code_has_its_words() -> None:
    package = Path(seal.__file__).parent
    raised = {
        code
        for file in package.glob("*.py")
        for code in re.findall(
            r'Refused\("(\w+)"|_half\(\w+, signers, "(\w+)"\)|"(key_missing|no_key)"', file.read_text()
        )
        for code in code
        if code
    }
    assert raised == set(WORDS)
    assert words("of_tomorrow") == "of_tomorrow"
    told = (Path(settings.BASE_DIR) / "docs/ledger.md").read_text()
    assert [code for code in WORDS if f"`{code}`" not in told] == []


@pytest.fixture
def aud(keyed: Cast, client: Client) -> Client:
    client.force_login(keyed.aud)
    return client


def test_the_page_says_what_is_sealed_and_who_knows_of_it(aud: Client, keyed: Cast) -> None:
    page = aud.get("/ledger/").content.decode()
    assert f"{head()} entries wait to be sealed" in page
    assert "Not sealed yet" in page
    seal.attempt()
    checkpoint = Checkpoint.objects.get()
    witness = Signer.new("witness.example.org", type=COSIGNED)
    line = witness.cosign(Note.parse(checkpoint.note).text, time=1_750_000_000)
    Cosignature.objects.create(
        checkpoint=checkpoint,
        witness=witness.name,
        key=str(witness.verifier),
        line=str(line),
        seen_at=Entry.objects.latest("seq").at,
    )
    page = aud.get("/ledger/").content.decode()
    assert f"<b>{head()}</b> entries sealed" in page
    assert bytes(checkpoint.root).hex() in page
    assert f"knows {head()} entries" in page
    assert f"witness.example.org countersigned {head()} entries" in page
    assert "wait to be sealed" not in page
    assert "Not sealed yet" not in page
    german = aud.get("/ledger/", headers={"accept-language": "de"}).content.decode()
    assert f"Ankerdatei: kennt {head()} Einträge" in german


def test_the_page_says_why_nothing_is_sealed(aud: Client, keyed: Cast, outside: Path) -> None:
    seal.attempt()
    keyed.ticket()
    statement("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = %s", head())
    (outside / "checkpoints").unlink()
    (outside / "checkpoints").mkdir()
    anchors._failed("file", "is_a_directory")
    seal.attempt()
    page = aud.get("/ledger/").content.decode()
    assert 'data-sealing="anchor_unreadable"' in page
    assert str(WORDS["anchor_unreadable"]) in page
    assert "the last attempt failed" in page
    (outside / "checkpoints").rmdir()
    seal.attempt()
    page = aud.get("/ledger/").content.decode()
    assert 'data-sealing="leaf_wrong"' in page
    assert f"(at entry {head()})" in page


def test_an_entry_leads_to_its_proof_and_the_page_to_its_checkpoint(aud: Client, keyed: Cast) -> None:
    assert aud.get("/ledger/checkpoint/").status_code == 409
    seal.attempt()
    note = Checkpoint.objects.get().note
    answer = aud.get("/ledger/checkpoint/")
    assert answer.content.decode() == note
    assert answer["Content-Disposition"] == f'attachment; filename="checkpoint-{head()}.txt"'
    page = aud.get("/ledger/").content.decode()
    assert 'href="/ledger/5/proof/"' in page
    answer = aud.get("/ledger/5/proof/")
    assert answer["Content-Disposition"] == 'attachment; filename="entry-5.tlog-proof"'
    proof = Proof.parse(answer.content.decode())
    assert (proof.index, proof.checkpoint) == (4, note)
    assert aud.get(f"/ledger/{head() + 1}/proof/").status_code == 404


def test_proofs_on_pages_are_for_those_who_read_the_ledger(keyed: Cast, client: Client) -> None:
    seal.attempt()
    for path in ("/ledger/checkpoint/", "/ledger/1/proof/"):
        client.logout()
        assert client.get(path).status_code == 302
        client.force_login(keyed.ana)
        assert client.get(path).status_code == 404
        client.force_login(keyed.sam)
        assert client.get(path).status_code == 200
