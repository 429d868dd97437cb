"""ZFS: a dataset encrypts itself, or its pool lies on devices that do.

Source: zfsprops(7) and zpool-list(8). Whoever may use `zfs` may list without being root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from guardian_agent.exposure.volumes.asking import ask
from guardian_agent.exposure.volumes.found import Found, failed, safe, unsafe, worst
from guardian_agent.system import System

_PROPERTIES = "encryption,keylocation"
_ROOT = "cap_sys_admin"


def zfs(dataset: str, system: System, device: Callable[[str], Found]) -> Found:
    """Look at a dataset; `device` looks at a device of its pool by its path."""
    told = ask(
        system, "zfs", "get", "-H", "-o", "property,value", _PROPERTIES, dataset, permission=_ROOT
    )
    if isinstance(told, Found):
        return told
    values = dict(line.split("\t", 1) for line in told.splitlines() if "\t" in line)
    encryption = values.get("encryption", "").strip()
    if not encryption:
        return failed("zfs-answer")
    if encryption not in ("off", "-"):
        where = values.get("keylocation", "").strip()
        keys = frozenset({where[len("file://") :]} if where.startswith("file:///") else ())
        return replace(safe("zfs-encryption"), keys=keys)
    return _pool(dataset.partition("/")[0], system, device)


def _pool(pool: str, system: System, device: Callable[[str], Found]) -> Found:
    told = ask(system, "zpool", "list", "-v", "-H", "-P", pool, permission=_ROOT)
    if isinstance(told, Found):
        return told
    words = (line.strip().split("\t", 1)[0] for line in told.splitlines())
    found = worst((device(word) for word in words if word.startswith("/dev/")), failed("no-device"))
    return unsafe("zfs-plain") if found.rule == "plain-disk" else found
