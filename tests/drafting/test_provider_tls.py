"""The same over TLS, as every provider outside this machine is asked."""

from __future__ import annotations

import datetime
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.drafting.provider import Provider, ProviderFailed

_BODY = {"messages": [{"role": "user", "content": "Hi"}]}
_ANSWER = json.dumps(
    {
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}],
    }
).encode()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


class _Slow:
    """Answers every request on a connection, each after a pause."""

    def __init__(self, certificate: Path, pause: float) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._listening = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self._pause = pause
        self.connections = 0
        self.base_url = f"https://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            self.connections += 1
            with connection:
                while received := connection.recv(65536):
                    if b"Hi" not in received:
                        received = connection.recv(65536)
                    time.sleep(self._pause)
                    head = (
                        f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(_ANSWER)}\r\n\r\n"
                    )
                    connection.sendall(head.encode() + _ANSWER[:20])
                    time.sleep(self._pause)
                    connection.sendall(_ANSWER[20:])

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return _certificate(tmp_path)


@pytest.fixture
def slow(certificate: Path) -> Iterator[_Slow]:
    server = _Slow(certificate, pause=0.35)
    yield server
    server.close()


def test_an_answer_that_takes_its_time_is_read_and_the_connection_kept(
    slow: _Slow, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    provider = Provider(slow.base_url, "key", "m", deadline=10)
    for _ in range(2):
        assert provider.complete(_BODY, before_send=lambda body: "receipt").content == "Hello"
    assert slow.connections == 1
    provider.close()


def test_a_certificate_that_nobody_vouches_for_is_unreachable(slow: _Slow) -> None:
    with pytest.raises(ProviderFailed) as failure:
        Provider(slow.base_url, "key", "m", attempts=1).complete(_BODY, before_send=lambda body: "receipt")
    assert failure.value.code == "unreachable"
