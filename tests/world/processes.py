"""Which processes still hold on to a folder."""

from __future__ import annotations

from pathlib import Path


def of_folder(folder: Path) -> list[str]:
    """Return the processes that name `folder` in their arguments or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            place = (process / "cwd").readlink()
        except OSError:
            continue
        if str(folder).encode() in words or place.is_relative_to(folder):
            found.append(process.name)
    return found
