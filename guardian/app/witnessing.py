"""Looking at every storage with a witness: who looks where, and one pass over all of them.

Each look runs in a thread of its own that is given up at its deadline: a share that hangs in the
kernel, or a store that never ends, holds up neither the other looks nor the process's end.
"""

from __future__ import annotations

import hashlib
import hmac
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import ShortHash, Slug

from guardian import witness
from guardian.config import Settings, WitnessTable
from guardian.config.toml import shaped
from guardian.domain.asset import Asset
from guardian.domain.storage import NoLook, StorageLook
from guardian.errors import ConfigError
from guardian.ingest.witnessing import keep
from guardian.ports import AnyWitnessKind, Clock, Looking, Store, Witness

LOOK_SECONDS = 240
"""In which a look must end with what it has seen,"""
GRACE_SECONDS = 30
"""and after which it is given up."""
AT_ONCE = 8
"""Storages that are looked at at the same time."""
_SECRET = b"guardian: names of what central saw in a storage"
_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One storage that central looks at."""

    asset: Asset
    witness: Witness


def places(settings: Settings) -> tuple[Place, ...]:
    """Return every storage with a witness.

    Raises:
        ConfigError: a kind that does not exist, or settings that it cannot use.
    """
    kinds = witness.load()
    return tuple(
        Place(asset=table.asset, witness=_opened(table, kinds)) for table in settings.witnesses
    )


def _opened(table: WitnessTable, kinds: dict[str, AnyWitnessKind]) -> Witness:
    kind = kinds.get(table.kind)
    if kind is None:
        there = ", ".join(kinds)
        raise ConfigError(f"{table.where}: no kind {table.kind!r} of witness; there are: {there}")
    try:
        return kind.open(shaped(kind.settings, dict(table.table), table.where))
    except ConfigError as error:
        text = str(error)
        raise ConfigError(
            text if text.startswith(table.where) else f"{table.where}: {text}"
        ) from None


def saw(found: StorageLook | NoLook) -> str:
    """Say in a word what a look saw: the layout, or why nothing."""
    return found.reason if isinstance(found, NoLook) else found.layout.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A look that is under way."""

    thread: threading.Thread
    end: float
    """Monotonic: when it is given up."""


_Answers = queue.SimpleQueue[tuple[Asset, StorageLook | NoLook]]


def _answer(place: Place, looking: Looking, answers: _Answers) -> None:
    found: StorageLook | NoLook = NoLook(looked_at=looking.clock.now(), reason=Slug("broken"))
    try:
        found = place.witness.look(looking)
    finally:
        answers.put((place.asset, found))


class Witnessing:
    """Looks at storage and keeps what was seen; one pass at a time."""

    def __init__(self, store: Store, found: Sequence[Place], key: SigningKey, clock: Clock) -> None:
        self._store = store
        self._places = tuple(found)
        self._clock = clock
        self._secret = hashlib.sha256(key.sign(_SECRET)).digest()
        self._given_up: dict[Asset, threading.Thread] = {}

    @property
    def places(self) -> tuple[Place, ...]:
        """Return every storage that is looked at."""
        return self._places

    def run(
        self, client: str | None = None, stopping: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Asset, StorageLook | NoLook]]:
        """Look at each storage, of one client or of all, keep what was seen, and yield it.

        Raises:
            StoreError: what was seen could not be kept.
        """
        since = self._newest()
        chosen = [each for each in self._places if client in (None, each.asset.client)]
        for asset, found in self._looked(chosen, since, stopping):
            if stopping():
                return
            keep(self._store, asset, found, self._clock.now())
            yield asset, found

    def _looked(
        self,
        chosen: Sequence[Place],
        since: Mapping[Asset, datetime | None],
        stopping: Callable[[], bool],
    ) -> Iterator[tuple[Asset, StorageLook | NoLook]]:
        """Look at some storages at once, and yield what each showed as soon as it did."""
        answers: _Answers = queue.SimpleQueue()
        running: dict[Asset, _Running] = {}
        waiting = deque(chosen)
        while (waiting or running) and not stopping():
            while waiting and len(running) < AT_ONCE:
                place = waiting.popleft()
                if self._hangs(place.asset):
                    yield place.asset, self._nothing("still-looking")
                else:
                    looking = self._looking(place.asset, since.get(place.asset))
                    running[place.asset] = self._begin(place, looking, answers)
            yield from self._next(answers, running)

    def _next(
        self, answers: _Answers, running: dict[Asset, _Running]
    ) -> Iterator[tuple[Asset, StorageLook | NoLook]]:
        """Yield the next answer, or give up the looks that have no time left."""
        if not running:
            return
        first = min(each.end for each in running.values())
        try:
            asset, found = answers.get(timeout=max(0.0, first - self._clock.monotonic()))
        except queue.Empty:
            for late in [asset for asset, each in running.items() if each.end <= first]:
                self._given_up[late] = running.pop(late).thread
                yield late, self._nothing("time-spent")
            return
        if running.pop(asset, None) is not None:
            yield asset, found

    def _begin(self, place: Place, looking: Looking, answers: _Answers) -> _Running:
        thread = threading.Thread(target=_answer, args=(place, looking, answers), daemon=True)
        thread.start()
        return _Running(thread=thread, end=looking.deadline + GRACE_SECONDS)

    def _hangs(self, asset: Asset) -> bool:
        """Say whether a look that was given up still hangs."""
        before = self._given_up.get(asset)
        return before is not None and before.is_alive()

    def _nothing(self, reason: str) -> NoLook:
        return NoLook(looked_at=self._clock.now(), reason=Slug(reason))

    def _looking(self, asset: Asset, since: datetime | None) -> Looking:
        return Looking(
            clock=self._clock,
            deadline=self._clock.monotonic() + LOOK_SECONDS,
            hashed=self._hashing(asset),
            since=since,
        )

    def _newest(self) -> dict[Asset, datetime | None]:
        """Return the newest time that each storage showed at the look before."""
        return {
            Asset(
                client=known.client,
                server=known.server,
                backup_set=copy.backup_set,
                copy=copy.copy,
            ): copy.witness.look.newest_at
            for known in self._store.all_evidence()
            for copy in known.copies
            if copy.witness is not None and copy.witness.look is not None
        }

    def _hashing(self, asset: Asset) -> Callable[[str], ShortHash]:
        """Return what turns names into keyed hashes that no other copy's names share."""
        key = hmac.digest(self._secret, str(asset).encode(), "sha256")

        def hashed(name: str) -> ShortHash:
            digest = hmac.digest(key, name.encode("utf-8", "surrogateescape"), "sha256")
            return ShortHash(digest.hex()[:_DIGITS])

        return hashed
