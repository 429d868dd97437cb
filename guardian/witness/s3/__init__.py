"""A bucket of an S3 store, by central's own read-only credential (extra `s3`: boto3).

Sources: AWS's API reference for the operations, its page on required permissions, and what the
stores in use were seen to answer instead.
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from guardian_agent.wire.names import Slug

from guardian.domain.storage import Layout, NoLook, StorageLook
from guardian.errors import ConfigError
from guardian.ports import Looking, WitnessKind
from guardian.witness.s3.looking import KIND, Target, look

if TYPE_CHECKING:
    from guardian.witness.s3.client import Access

MAX_CREDENTIALS = 64 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which bucket, and the files that hold central's credential and the store's certificate."""

    bucket: str
    """What the store calls it."""
    credentials_file: str
    """In AWS's own form: `[default]`, `aws_access_key_id`, `aws_secret_access_key`."""
    prefix: str = ""
    """The folder of the bucket in which the copy lies."""
    endpoint: str | None = None
    """`https://host:port` of the store; left out for AWS's own."""
    region: str | None = None
    """AWS's region of the bucket."""
    ca_file: str | None = None
    """The certificate that signed the store's, where no public authority did."""
    layout: Layout | None = None
    """What lies there, where its names do not show it."""
    shared: bool = False
    """Other backup sets are kept in the same place."""


class Bucket:
    """Looks at one bucket; see `guardian.ports.Witness`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, looking: Looking) -> StorageLook | NoLook:
        """Ask the bucket for all that a look tells."""
        settings = self._settings
        try:
            from guardian.witness.s3.client import BotoClient  # noqa: PLC0415 - an optional extra
        except ImportError:
            return self._nothing(looking, "boto3-missing")
        access = _access(settings)
        if access is None:
            return self._nothing(looking, "credentials-unreadable")
        host = None if settings.endpoint is None else urlsplit(settings.endpoint).hostname
        return look(
            BotoClient(access, looking.clock, looking.deadline),
            looking,
            Target(
                prefix=_folder(settings.prefix),
                host=host,
                layout=settings.layout,
                shared=settings.shared,
            ),
        )

    def _nothing(self, looking: Looking, reason: str) -> NoLook:
        return NoLook(looked_at=looking.clock.now(), reason=Slug(reason))


def _folder(prefix: str) -> str:
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""


def _access(settings: Settings) -> Access | None:
    """Read the credential; None where the file cannot be read or is none."""
    from guardian.witness.s3.client import Access  # noqa: PLC0415 - an optional extra

    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        with Path(settings.credentials_file).open("rb") as file:
            parser.read_string(file.read(MAX_CREDENTIALS).decode("utf-8"))
        named = parser.sections()
        told = parser[named[0] if len(named) == 1 else "default"]
        return Access(
            bucket=settings.bucket,
            endpoint=settings.endpoint,
            region=settings.region,
            ca_file=settings.ca_file,
            key_id=told["aws_access_key_id"].strip(),
            secret=told["aws_secret_access_key"].strip(),
            token=told.get("aws_session_token"),
        )
    except (OSError, ValueError, KeyError, configparser.Error):
        return None


def _open(settings: Settings) -> Bucket:
    if settings.endpoint is not None:
        _check_endpoint(settings.endpoint)
    return Bucket(settings)


def _check_endpoint(endpoint: str) -> None:
    """Refuse what anybody on the way could answer in the store's stead."""
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError("endpoint: not a URL") from None
    if host is None or parts.scheme not in ("https", "http") or parts.path not in ("", "/"):
        raise ConfigError('endpoint: expected "https://host[:port]"')
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ConfigError("endpoint: answers without TLS prove nothing; use https")


WITNESS = WitnessKind(kind=KIND, settings=Settings, open=_open)
