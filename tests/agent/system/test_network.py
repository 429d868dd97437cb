from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from guardian_agent.errors import DeliveryError
from guardian_agent.system.network import RealNetwork
from guardian_agent.system.pinned import public_key_hash

pytestmark = pytest.mark.tools

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """An expired certificate for another name: only its key counts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere.example")])
    past = datetime(2001, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(past)
        .not_valid_after(past + timedelta(days=1))
        .sign(key, SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "crt").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(private)
    return folder, public_key_hash(made.public_bytes(Encoding.DER))


class Server:
    """Takes one connection, keeps what came, answers as told."""

    def __init__(self, folder, answer, *, newest=ssl.TLSVersion.TLSv1_3) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.maximum_version = newest
        self.context.load_cert_chain(folder / "crt", folder / "key")
        self.answer = answer
        self.received = b""
        self.stopped = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.listener.close()
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()

    def serve(self):
        with suppress(OSError):
            self.listener.settimeout(20)
            plain, _ = self.listener.accept()
            with plain, self.context.wrap_socket(plain, server_side=True) as connection:
                self.talk(connection)

    def talk(self, connection):
        connection.settimeout(20)
        while not self.received.endswith(b"body"):
            data = connection.recv(65536)
            if not data:
                return
            self.received += data
        self.answer(self, connection)


def send(data):
    return lambda _, connection: connection.sendall(data)


def post(server, pin, *, seconds=20.0, limit=1000):
    return RealNetwork().post(
        f"{server.url}/v1/statements",
        b"body",
        headers={"Content-Type": "application/json"},
        pin=pin,
        seconds=seconds,
        limit=limit,
    )


def test_pinned_server_answers(certificate):
    folder, pin = certificate
    with Server(folder, send(OK)) as server:
        response = post(server, pin)
    assert (response.status, response.body) == (200, b"text")
    head = server.received.decode()
    assert head.startswith("POST /v1/statements HTTP/1.1\r\n")
    assert f"Host: {server.url.removeprefix('https://')}\r\n" in head
    assert "Content-Length: 4\r\n" in head


def test_wrong_key_gets_not_one_byte(certificate):
    folder, _ = certificate
    with (
        Server(folder, send(OK)) as server,
        pytest.raises(DeliveryError, match="not the pinned one"),
    ):
        post(server, "00" * 32)
    assert server.received == b""


def test_answer_is_cut_at_the_limit(certificate):
    folder, pin = certificate
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000
    with Server(folder, send(body)) as server:
        assert post(server, pin, limit=100).body == b"x" * 100


def test_redirect_is_not_followed(certificate):
    folder, pin = certificate
    body = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with Server(folder, send(body)) as server:
        assert post(server, pin).status == 302


def drip(server, connection):
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not server.stopped.wait(0.02):
            connection.sendall(b"x")


def hang(server, _):
    server.stopped.wait(20)


@pytest.mark.parametrize("answer", [drip, hang])
def test_slow_server_meets_the_deadline(certificate, answer):
    folder, pin = certificate
    with Server(folder, answer) as server, pytest.raises(DeliveryError, match="no answer in time"):
        post(server, pin, seconds=0.5)


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00\xff" * 99, b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000],
)
def test_broken_answer_is_a_delivery_error(certificate, answer):
    folder, pin = certificate
    with (
        Server(folder, send(answer)) as server,
        pytest.raises(DeliveryError, match=r"127\.0\.0\.1"),
    ):
        post(server, pin)


def greet(listener):
    connection, _ = listener.accept()
    with connection, suppress(OSError):
        connection.sendall(b"220 mail ready\r\n")


def test_server_without_tls():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=greet, args=[listener])
        thread.start()
        with pytest.raises(DeliveryError, match=r"127\.0\.0\.1"):
            RealNetwork().post(url, b"", headers={}, pin="00" * 32, seconds=20, limit=9)
        thread.join()


def test_old_tls_is_refused(certificate):
    folder, pin = certificate
    with (
        Server(folder, send(OK), newest=ssl.TLSVersion.TLSv1_2) as server,
        pytest.raises(DeliveryError),
    ):
        post(server, pin)
    assert server.received == b""


def test_handshake_meets_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(DeliveryError, match="no answer in time"):
            RealNetwork().post(url, b"", headers={}, pin="00" * 32, seconds=0.3, limit=9)


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(DeliveryError, match="refused"):
        RealNetwork().post(url, b"", headers={}, pin="00" * 32, seconds=20, limit=9)


@pytest.mark.parametrize(
    "url", ["http://central/", "https://", "file:///x", "https://user:word@central/"]
)
def test_other_urls_are_refused_for_good(url):
    with pytest.raises(DeliveryError, match="expected https") as caught:
        RealNetwork().post(url, b"", headers={}, pin="00" * 32, seconds=20, limit=9)
    assert caught.value.final


@pytest.mark.parametrize("certificate", [b"", b"nonsense"])
def test_no_certificate_is_no_key(certificate):
    with pytest.raises(ValueError, match=r".+"):
        public_key_hash(certificate)
