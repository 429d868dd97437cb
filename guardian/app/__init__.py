"""The composition root: the only place that knows which implementation is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from guardian_agent.errors import TrustError
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import Hash

from guardian import checks
from guardian.app.certificate import pin
from guardian.app.clock import SystemClock, SystemRandomness
from guardian.app.files import read
from guardian.app.judging import Judging
from guardian.app.setup import CERTIFICATE, SIGNING_KEY
from guardian.app.witnessing import Witnessing, places
from guardian.config import Settings, load_config
from guardian.domain.asset import ServerPlan
from guardian.domain.snapshot import Snapshot
from guardian.errors import EnrolmentError, StoreError
from guardian.ingest.enrolment import Address, create_token
from guardian.ingest.service import Ingest
from guardian.ports import Clock, Randomness, Store
from guardian.stores.sqlite import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Central, put together."""

    settings: Settings
    store: Store
    key: SigningKey
    clock: Clock
    randomness: Randomness
    ingest: Ingest
    judging: Judging
    witnessing: Witnessing

    @property
    def plans(self) -> Sequence[ServerPlan]:
        """Return what every server's agent must speak about."""
        return self.settings.plans

    def judge_all(self) -> Snapshot:
        """Judge everything and record what changed; raise `StoreError`."""
        return self.judging.judge_all()

    def judge_due(self) -> Snapshot:
        """Judge what new evidence or the time can have changed; raise `StoreError`."""
        return self.judging.judge_due()

    def snapshot(self) -> Snapshot | None:
        """Return what the newest pass of this process found; None before the first."""
        return self.judging.snapshot()

    def create_token(self, client: str, server: str, life: timedelta) -> str:
        """Return a token that enrols one agent as a configured server, once.

        Raises:
            EnrolmentError: the server is not configured, so nobody would judge it.
            StoreError: the certificate cannot be read, or the token cannot be kept.
        """
        if (client, server) not in {(plan.client, plan.server) for plan in self.plans}:
            raise EnrolmentError(
                f"no server {server!r} of client {client!r} is configured; "
                "add it to a file in clients.d first"
            )
        return create_token(
            self.store,
            self.address(),
            self.randomness,
            client=client,
            server=server,
            now=self.clock.now(),
            life=life,
        )

    def address(self) -> Address:
        """Return how agents find central and know it; raise `StoreError` without certificate."""
        certificate = read(self.settings.store_dir / CERTIFICATE)
        return Address(url=self.settings.url, pin=Hash(pin(certificate)), signer=self.key.public)

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_app(
    config_path: Path,
    *,
    central: bool = False,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
) -> App:
    """Put central together from its configuration.

    Args:
        config_path: guardian.toml.
        central: be the one long-running central of this store (`serve`); commands work beside it.
        clock: another clock than the machine's.
        randomness: another source than the kernel's.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the store or a key is missing, damaged, or in use by another central.
    """
    settings = load_config(config_path)
    looked_at = places(settings)
    key = _signing_key(settings.store_dir / SIGNING_KEY)
    store = SqliteStore(settings.store_dir, central=central)
    clock = clock or SystemClock()
    known = {check.control: check for check in checks.load()}
    return App(
        settings=settings,
        store=store,
        key=key,
        clock=clock,
        randomness=randomness or SystemRandomness(),
        ingest=Ingest(store, key, clock),
        judging=Judging(store, settings.plans, known, clock),
        witnessing=Witnessing(store, looked_at, key, clock),
    )


def _signing_key(path: Path) -> SigningKey:
    try:
        return SigningKey.from_seed(read(path))
    except TrustError as error:
        raise StoreError(f"{path}: {error}; restore it from a backup") from error
