"""Keys of encrypted devices that lie where anybody who has the disk reads them.

Sources: crypttab(5) of systemd and of Debian's cryptsetup, whose hook copies key files that match
`KEYFILE_PATTERN` into the initial RAM disk below `/boot`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.found import Found, safe, unsafe, unsupported
from guardian_agent.exposure.volumes.lies_on import Ground
from guardian_agent.exposure.volumes.memory import unread
from guardian_agent.exposure.volumes.tables import text_of
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Standing

_TABLE = "/etc/crypttab"
_OWN = "/etc/cryptsetup-keys.d"
_HOOK = "/etc/cryptsetup-initramfs/conf-hook"
_PATTERN = re.compile(r"^\s*(?:export\s+)?KEYFILE_PATTERN=[\"']?[^\"'\s#]", re.MULTILINE)
_ASKED = frozenset({"", "-", "none"})
_DRAWN = ("/dev/urandom", "/dev/random", "/dev/hwrng")
_FIELDS = 3


def keys(found: Iterable[Found], ground: Ground, system: System) -> list[Found]:
    """Look for key files of the encrypting devices that were crossed; none crossed, none sought."""
    seen = list(found)
    nodes = frozenset[str]().union(*(each.crossed for each in seen))
    named = sorted(frozenset[str]().union(*(each.keys for each in seen)))
    if not nodes and not named:
        return []
    try:
        paths = [*named, *_listed(nodes, system)]
        return [_judged(path, ground, system) for path in paths] or [safe("no-key-file")]
    except ProbeError as error:
        return [unread(error)]


def key_at(path: str, ground: Ground, system: System) -> Found:
    """Say whether one key file lies on a disk that anybody could read."""
    real = system.files.real(path)
    if not system.files.exists(real):
        return unsupported("key-not-here")
    on = ground.of_path(real)
    if on.standing is Standing.UNSAFE:
        return unsafe("key-beside-data")
    return safe("key-on-encrypted-volume") if on.standing is Standing.SAFE else on


def _judged(path: str, ground: Ground, system: System) -> Found:
    found = key_at(path, ground, system)
    if found.standing is Standing.SAFE and _is_copied(system):
        boot = ground.of_path(system.files.real("/boot"))
        return unsafe("key-in-initramfs") if boot.standing is Standing.UNSAFE else boot
    return found


def _listed(nodes: Iterable[str], system: System) -> Iterator[str]:
    names = {(text_of(system.files, f"{node}/dm/name") or "").strip() for node in nodes}
    for line in (text_of(system.files, _TABLE) or "").splitlines():
        fields = line.split()
        if not fields or fields[0].startswith("#") or fields[0] not in names:
            continue
        given = fields[_FIELDS - 1] if len(fields) >= _FIELDS else ""
        own = f"{_OWN}/{fields[0]}.key"
        if given in _ASKED and system.files.exists(own):
            yield own
        elif given.startswith("/") and given not in _DRAWN:
            yield given


def _is_copied(system: System) -> bool:
    return _PATTERN.search(text_of(system.files, _HOOK) or "") is not None
