"""Everything that is told of one configured place, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from guardian_agent.config import Volume
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.bitlocker import exported
from guardian_agent.exposure.volumes.cipher import cipher_of
from guardian_agent.exposure.volumes.found import Found, failed, settings_of
from guardian_agent.exposure.volumes.keys import keys
from guardian_agent.exposure.volumes.lies_on import Ground
from guardian_agent.exposure.volumes.memory import hibernation, swap, unread
from guardian_agent.exposure.volumes.mounts import Mount, Mounts
from guardian_agent.exposure.volumes.shares import is_share, on_its_way
from guardian_agent.exposure.volumes.tables import known_mounts
from guardian_agent.exposure.volumes.views import views
from guardian_agent.exposure.without_data import WITHOUT_DATA
from guardian_agent.system import System
from guardian_agent.wire import postures
from guardian_agent.wire.facts.exposures import Posture, Setting
from guardian_agent.wire.names import Slug

T = TypeVar("T")

_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - looked at, not written to
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def observe(volume: Volume, system: System) -> Posture:
    """Look at one configured place; see the package's own `observe`.

    Raises:
        ProbeError: the machine's own tables cannot be read.
    """
    looked_at = system.clock.now()
    settings: list[Setting] = []
    if volume.bitlocker_file is not None:
        found = exported(volume.bitlocker_file, system.files)
        settings += settings_of(postures.VOLUME_ENCRYPTED, found.volumes)
        settings += settings_of(postures.SWAP_ENCRYPTED, [found.swap])
        looked_at = min(looked_at, _exported_at(volume.bitlocker_file, system) or looked_at)
    if volume.paths:
        settings += _Look(volume.paths, known_mounts(system), system).settings()
    return Posture(
        subject=Slug("volume"), name=volume.name, looked_at=looked_at, settings=tuple(settings)
    )


class _Look:
    """One look at the paths of a configured place."""

    def __init__(self, paths: Sequence[str], mounts: Mounts, system: System) -> None:
        self._mounts = mounts
        self._system = system
        self._ground = Ground(mounts, system)
        self._paths = [system.files.real(path) for path in paths]

    def settings(self) -> list[Setting]:
        """Return all that can be told."""
        below = self._below()
        own = [self._at(path) for path in self._paths]
        own += [_asked(self._ground.of_mount, mount) for mount in below]
        nodes = sorted(frozenset[str]().union(*(each.crossed for each in own)))
        ciphers = [_asked(partial(cipher_of, system=self._system), node) for node in nodes]
        shares = [mount for mount in self._seen(below) if is_share(mount)]
        found = {
            postures.VOLUME_ENCRYPTED: own,
            postures.VOLUME_CIPHER: ciphers,
            postures.SWAP_ENCRYPTED: self._swap(),
            postures.HIBERNATION_ENCRYPTED: [hibernation(self._ground, self._system)],
            postures.TEMPORARY_ENCRYPTED: self._temporary(),
            postures.KEY_ON_PLAIN_VOLUME: keys(own, self._ground, self._system),
            postures.PLAIN_VIEW: views(self._mounts.all, self._paths),
            postures.SHARE_ENCRYPTED: [on_its_way(each, self._system.files) for each in shares],
        }
        return [each for name, parts in found.items() for each in settings_of(name, parts)]

    def _below(self) -> list[Mount]:
        """Return the mounts below the paths, each once, without those that the paths lie on."""
        seen: dict[str, Mount] = {}
        for path in self._paths:
            for mount in self._mounts.below(path):
                if mount.kind not in WITHOUT_DATA:
                    seen[mount.id] = mount
        return list(seen.values())

    def _seen(self, below: list[Mount]) -> list[Mount]:
        at = [self._mounts.at(path) for path in self._paths]
        return [*{each.id: each for each in (*at, *below) if each is not None}.values()]

    def _at(self, path: str) -> Found:
        if not self._system.files.exists(path):
            return failed("path-missing")
        return _asked(self._ground.of_path, path)

    def _temporary(self) -> list[Found]:
        real = self._system.files.real
        return [self._at(real(path)) for path in _TEMPORARY if self._system.files.exists(path)]

    def _swap(self) -> list[Found]:
        try:
            return swap(self._ground, self._system)
        except ProbeError as error:
            return [unread(error)]


def _asked(ask: Callable[[T], Found], about: T) -> Found:
    try:
        return ask(about)
    except ProbeError as error:
        return unread(error)


def _exported_at(path: str, system: System) -> datetime | None:
    try:
        changed = system.files.stat(path, follow=True).modified_ns
    except OSError:
        return None
    return _EPOCH + timedelta(microseconds=changed // 1000)
