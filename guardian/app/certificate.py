"""Central's own TLS certificate: self-signed, because agents know its key and need no authority.

The token pins SHA-256 over the certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4), so
names and dates decide nothing; a longer life only spares the operator a rollover.
"""

from __future__ import annotations

import hashlib
import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guardian.errors import StoreError

LIFE = timedelta(days=3652)
"""Ten years."""
CLOCK_MARGIN = timedelta(days=1)
"""How far a client's clock may be behind and still find the certificate valid."""


def make_certificate(url: str, now: datetime) -> tuple[bytes, bytes]:
    """Return a new certificate for the host of `url`, and its private key, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "guardian")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_MARGIN)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(_names(url)), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _names(url: str) -> list[x509.GeneralName]:
    host = urlsplit(url).hostname or "localhost"
    try:
        return [x509.IPAddress(ip_address(host))]
    except ValueError:
        return [x509.DNSName(host)]


def pin(certificate: bytes) -> str:
    """Return what tokens carry: SHA-256 of the public key's DER form, in hexadecimal.

    Raises:
        StoreError: not a certificate in PEM.
    """
    try:
        public = x509.load_pem_x509_certificate(certificate).public_key()
    except ValueError as error:
        raise StoreError(f"tls.crt: not a certificate in PEM: {error}") from error
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()


def server_context(certificate: Path, private: Path) -> ssl.SSLContext:
    """Return what agents are spoken to with.

    Raises:
        StoreError: the certificate or its key is missing, damaged, or another's.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, private)
    except OSError as error:
        raise StoreError(
            f"{certificate} and {private.name} cannot be used together: {error.strerror}; "
            "`guardian doctor` says how to mend it"
        ) from error
    return context
