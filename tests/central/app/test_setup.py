from __future__ import annotations

import hashlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from guardian_agent.wire.token import parse_token

from guardian.app import open_app
from guardian.app.certificate import make_certificate, pin
from guardian.app.files import create
from guardian.app.setup import initialise
from guardian.errors import EnrolmentError, StoreError
from tests.central.config.samples import TINY, write
from tests.central.ingest.speaker import HOUR, NOON, FakeClock, FakeRandomness

ACME = TINY.format(id="acme", name="ACME")
URL = "https://backup.example:8443"


def make(folder):
    return initialise(folder, URL, FakeClock(), FakeRandomness())


def test_everything_is_made_once_and_for_its_owner_alone(tmp_path):
    folder = tmp_path / "new" / "store"
    made = make(folder)
    assert [path.name for path in made] == ["signing.key", "tls.key", "tls.crt"]
    before = {path: path.read_bytes() for path in made}
    assert make(folder) == ()
    assert {path: path.read_bytes() for path in made} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes.pop("tls.crt") == 0o644
    assert set(modes.values()) == {0o600}
    assert (folder / "signing.key").read_bytes() == FakeRandomness().bytes(32)


def test_a_certificate_key_without_certificate_is_made_anew(tmp_path):
    make(tmp_path)
    (tmp_path / "tls.crt").unlink()
    assert [path.name for path in make(tmp_path)] == ["tls.key", "tls.crt"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")


@pytest.mark.parametrize(
    ("url", "names"),
    [
        (URL, [x509.DNSName("backup.example")]),
        ("https://192.0.2.7:8443", ["192.0.2.7"]),
        ("file:///srv/drop", [x509.DNSName("localhost")]),
    ],
)
def test_the_certificate_is_for_the_url_and_ten_years(url, names):
    certificate = x509.load_pem_x509_certificate(make_certificate(url, NOON)[0])
    assert certificate.not_valid_before_utc <= NOON - 24 * HOUR
    assert certificate.not_valid_after_utc >= NOON + 3650 * 24 * HOUR
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    found = list(extension.value)
    assert [name if isinstance(name, x509.DNSName) else str(name.value) for name in found] == names


def test_the_pin_is_that_of_the_public_key():
    pem, _ = make_certificate(URL, NOON)
    spki = (
        x509.load_pem_x509_certificate(pem)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert pin(pem) == hashlib.sha256(spki).hexdigest()
    with pytest.raises(StoreError, match="not a certificate"):
        pin(b"nonsense")


def test_a_secret_file_is_whole_or_absent_and_never_replaced(tmp_path):
    path = tmp_path / "secret"
    (tmp_path / ".secret.new").write_bytes(b"left by a kill")
    create(path, b"first")
    with pytest.raises(StoreError, match="not replaced"):
        create(path, b"second")
    assert path.read_bytes() == b"first"
    with pytest.raises(StoreError, match="cannot be written"):
        create(tmp_path / "nowhere" / "secret", b"x")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be made"):
        make(tmp_path / "file" / "store")


def opened(tmp_path, **options):
    return open_app(write(tmp_path, acme=ACME), clock=FakeClock(), **options)


def test_central_needs_what_init_makes(tmp_path):
    with pytest.raises(StoreError, match="guardian init"):
        opened(tmp_path)
    make(tmp_path / "store")
    (tmp_path / "store" / "signing.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="restore it from a backup"):
        opened(tmp_path)


def test_a_token_carries_what_agents_must_know(tmp_path):
    make(tmp_path / "store")
    app = opened(tmp_path)
    token = parse_token(app.create_token("acme", "web1", HOUR))
    assert token.url == app.settings.url
    assert token.pin == pin((tmp_path / "store" / "tls.crt").read_bytes())
    assert token.signer == app.key.public
    assert app.store.tokens()[0].expires_at == NOON + HOUR
    app.close()


def test_only_a_configured_server_gets_a_token(tmp_path):
    make(tmp_path / "store")
    app = opened(tmp_path)
    with pytest.raises(EnrolmentError, match="is configured"):
        app.create_token("acme", "web9", HOUR)
    assert app.store.tokens() == []
    app.close()


def test_one_central_and_commands_beside_it(tmp_path):
    make(tmp_path / "store")
    central = opened(tmp_path, central=True)
    command = opened(tmp_path)
    command.create_token("acme", "web1", HOUR)
    assert len(central.store.tokens()) == 1
    with pytest.raises(StoreError, match="another central"):
        opened(tmp_path, central=True)
    command.close()
    central.close()
