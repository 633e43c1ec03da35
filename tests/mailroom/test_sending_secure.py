"""Mail servers that want TLS: smtps://, smtp+tls://, and certificates that are not theirs."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.mailroom import handover
from conversations.tickets.states import SendingState
from tests.cast import Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import reply, send


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody has signed but itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    handover._trust.cache_clear()
    yield
    handover._trust.cache_clear()


@pytest.mark.usefixtures("trusted")
def test_starttls_comes_before_sign_in_and_sender(
    cast: Cast, settings: Any, impatient: None, server_tls: ssl.SSLContext
) -> None:
    with MailServer(tls=server_tls, password="right") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, True
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "right"
        assert send(reply(cast.ticket(), cast.ana)).state == SendingState.SENT


@pytest.mark.usefixtures("trusted")
def test_a_server_that_speaks_tls_from_the_start(
    cast: Cast, settings: Any, impatient: None, server_tls: ssl.SSLContext
) -> None:
    with MailServer(ssl_context=server_tls) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", server.port, True
        assert send(reply(cast.ticket(), cast.ana)).state == SendingState.SENT


def test_a_server_whose_certificate_nobody_knows_gets_nothing(
    cast: Cast, settings: Any, impatient: None, server_tls: ssl.SSLContext
) -> None:
    with MailServer(tls=server_tls) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, True
        sending = send(reply(cast.ticket(), cast.ana))
        assert (sending.state, sending.last_error) == (SendingState.QUEUED, "no_tls")
        assert "mail" not in server.behaviour.seen


def test_a_server_that_offers_no_tls_gets_nothing_when_tls_is_wanted(
    cast: Cast, settings: Any, mail_server: MailServer
) -> None:
    settings.EMAIL_USE_TLS = True
    sending = send(reply(cast.ticket(), cast.ana))
    assert (sending.state, sending.last_error) == (SendingState.QUEUED, "smtp_lacks_tls_or_sign_in")
    assert "mail" not in mail_server.behaviour.seen
