"""A throw-away SeaweedFS on loopback, with S3 over TLS and identities that may little."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.world.ports import reserve

ADMIN = "ADMIN"
_SECRET = "secret"
_WEED = Path(sys.executable).with_name("weed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A running store; `identities` are the access keys' ids, the administrator's besides."""

    folder: Path
    port: int

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "tls.crt"

    def credentials(self, key_id: str = ADMIN) -> str:
        """Return a credentials file's text."""
        return f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {_SECRET}\n"

    def admin(self) -> Any:
        """Return a boto3 client that may do everything."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ADMIN,
            aws_secret_access_key=_SECRET,
            verify=str(self.certificate),
            config=Config(s3={"addressing_style": "path"}, proxies={}),
        )


@contextlib.contextmanager
def seaweedfs(policies: dict[str, dict[str, Any]]) -> Iterator[Store]:
    """Start a store; `policies` gives access keys' ids with what each may do (an IAM policy)."""
    with tempfile.TemporaryDirectory(prefix="guardian-seaweedfs-") as made:
        folder = Path(made)
        _write_certificate(folder)
        (folder / "s3.json").write_text(json.dumps(_identities(policies)))
        (folder / "data").mkdir()
        ports = reserve(8)
        process = _started(folder, ports)
        try:
            store = Store(folder=folder, port=ports[6])
            _await(store, process)
            yield store
        finally:
            # Told to end, it takes a quarter of a minute.
            process.kill()
            process.wait(60)


def _identities(policies: dict[str, dict[str, Any]]) -> dict[str, Any]:
    def identity(key_id: str, **may: Any) -> dict[str, Any]:
        keys = [{"accessKey": key_id, "secretKey": _SECRET}]
        return {"name": key_id.lower(), "credentials": keys, **may}

    everything = ["Admin", "Read", "Write", "List", "Tagging"]
    limited = [identity(key_id, policyNames=[key_id.lower()]) for key_id in policies]
    return {
        "identities": [identity(ADMIN, actions=everything), *limited],
        "policies": [
            {"name": key_id.lower(), "content": json.dumps(policy)}
            for key_id, policy in policies.items()
        ],
    }


def _started(folder: Path, ports: Sequence[int]) -> subprocess.Popen[bytes]:
    names = (
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "s3.port",
        "s3.port.grpc",
    )
    words = [str(_WEED), "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    words += [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    words += ["-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=0"]
    words += ["-master.volumeSizeLimitMB=64", f"-s3.config={folder / 's3.json'}"]
    words += [f"-s3.cert.file={folder / 'tls.crt'}", f"-s3.key.file={folder / 'tls.key'}"]
    environment = {"WEED_S3_SSE_KEY": "test", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(words, stdout=log, stderr=log, cwd=folder, env=environment)


def _await(store: Store, process: subprocess.Popen[bytes]) -> None:
    context = ssl.create_default_context(cafile=str(store.certificate))
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            plain = socket.create_connection(("127.0.0.1", store.port), timeout=5)
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as spoken:
                spoken.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if b" 403 " in spoken.recv(64):
                    return
        time.sleep(0.05)
    raise RuntimeError((store.folder / "log").read_text()[-2000:])


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2100))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "tls.crt").write_bytes(signed.public_bytes(pem))
    (folder / "tls.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def watched_bucket(store: Store, name: str) -> dict[str, object]:
    """Return what an agent.toml says of a bucket of this store, whose owner it asks as."""
    path = store.folder / "owner.ini"
    path.write_text(store.credentials())
    path.chmod(0o600)
    return {
        "bucket": name,
        "endpoint": store.endpoint,
        "ca_file": str(store.certificate),
        "credentials_file": str(path),
    }
