"""Proxmox Backup Server's datastore: encryption is each client's choice, so chunks are mixed."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, unknown
from guardian_agent.magic.layouts.folder import Folder, spread, together

_CHUNKS = ".chunks"
_FOLDERS = 16


def judge(folder: Folder) -> Classified | None:
    """A datastore by chunks out of several of its 65,536 folders."""
    if _CHUNKS not in folder.top:
        return None
    paths: list[str] = []
    for name in spread([each for each in folder.below(_CHUNKS) if len(each) == 4], 64):
        paths += folder.files(f"{_CHUNKS}/{name}", 1, depth=0)
        if len(paths) >= _FOLDERS:
            break
    found = [folder.look(path) for path in paths]
    if not found:
        return unknown("proxmox", "proxmox-without-chunks")
    return together("proxmox", found)
