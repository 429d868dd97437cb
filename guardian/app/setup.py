"""What `guardian init` makes: central's signing key, its certificate and its store."""

from __future__ import annotations

from pathlib import Path

from guardian.app.certificate import make_certificate
from guardian.app.clock import SystemClock, SystemRandomness
from guardian.app.files import create, make_folder
from guardian.ports import Clock, Randomness
from guardian.stores.sqlite import SqliteStore

SIGNING_KEY = "signing.key"
CERTIFICATE = "tls.crt"
CERTIFICATE_KEY = "tls.key"
SEED_BYTES = 32


def initialise(
    folder: Path,
    url: str,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
) -> tuple[Path, ...]:
    """Make what the store folder lacks; a key that is there is never replaced.

    Args:
        folder: `[store] dir`.
        url: where agents will deliver; its host goes into the certificate.
        clock: central's clock.
        randomness: where the signing key comes from.

    Returns:
        The files that were made; empty when nothing was missing.

    Raises:
        StoreError: the folder cannot be written, or its database cannot be used.
    """
    make_folder(folder)
    made = [
        *_signing_key(folder / SIGNING_KEY, randomness or SystemRandomness()),
        *_certificate(folder / CERTIFICATE, folder / CERTIFICATE_KEY, url, clock or SystemClock()),
    ]
    SqliteStore(folder).close()
    return tuple(made)


def _signing_key(path: Path, randomness: Randomness) -> list[Path]:
    if path.exists():
        return []
    create(path, randomness.bytes(SEED_BYTES))
    return [path]


def _certificate(certificate: Path, private: Path, url: str, clock: Clock) -> list[Path]:
    if certificate.exists():
        return []
    public_part, private_part = make_certificate(url, clock.now())
    # The key goes first, and one of a broken-off attempt has no certificate that anybody pinned.
    private.unlink(missing_ok=True)
    create(private, private_part)
    create(certificate, public_part, mode=0o644)
    return [private, certificate]
