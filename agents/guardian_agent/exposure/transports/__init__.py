"""How backups travel: encrypted on their way, or readable by whoever listens.

A posture of subject `transport` has the one setting `transport-encrypted` (`data.exposed`), out of
what the copy's own settings name: a repository's address, or a folder that a share is mounted over.
"""

from __future__ import annotations

from datetime import datetime

from guardian_agent.config import BackupSet, Copy
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.transports.places import Place, place_of
from guardian_agent.exposure.travelling import KEPT_HERE, PLACES
from guardian_agent.exposure.volumes.found import (
    Found,
    failed,
    safe,
    settings_of,
    unsupported,
    worst,
)
from guardian_agent.exposure.volumes.shares import is_share, on_its_way
from guardian_agent.exposure.volumes.tables import known_mounts
from guardian_agent.system import System
from guardian_agent.wire import postures
from guardian_agent.wire.facts.exposures import Posture
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug


def observe(backup_set: BackupSet, copy: Copy, system: System, now: datetime) -> Posture | None:
    """Say how one copy's data travels; None where it stays on this machine.

    None, too, where nothing can be stated: a path on a machine that has no table of mounts. Of a
    tool whose settings name no place it is stated that nobody knows.

    Raises:
        ProbeError: the machine's table of mounts, or a tool's configuration, cannot be read.
    """
    places = _places(copy, system)
    found = [each for place in places if (each := _on_its_way(place, system)) is not None]
    if not found:
        return None
    judged = worst(found, none=found[0])
    return Posture(
        subject=Slug("transport"),
        name=copy.name,
        looked_at=now,
        settings=tuple(settings_of(postures.TRANSPORT_ENCRYPTED, [judged])),
        backup_set=backup_set.name,
    )


def _places(copy: Copy, system: System) -> list[Place]:
    if copy.tool == "pgbackrest":
        from guardian_agent.exposure.transports.pgbackrest import repositories  # noqa: PLC0415

        return repositories(copy.settings, system)
    named = [each for key in PLACES if isinstance(each := copy.settings.get(key), str)]
    if named or any(key in copy.settings for key in KEPT_HERE):
        return [_place(each, copy) for each in named]
    return [Place(found=unsupported("unknown-place"))]


def _place(text: str, copy: Copy) -> Place:
    if copy.tool == "duplicity" and text.startswith("rsync:") and "::" not in text:
        return Place(
            found=safe("ssh")
        )  # only with "::" is it a daemon's (duplicity(1), URL format)
    return place_of(text, by_ssh=copy.tool in ("borg", "borgmatic"))


def _on_its_way(place: Place, system: System) -> Found | None:
    """Return how what goes to a place travels; None where it does not leave this machine."""
    if place.path is None:
        return place.found
    try:
        mount = known_mounts(system).at(system.files.real(place.path))
    except ProbeError as error:
        if error.reason is Reason.UNSUPPORTED:
            return None
        raise
    if mount is None:
        return failed("no-mount")
    return on_its_way(mount, system.files) if is_share(mount) else None
