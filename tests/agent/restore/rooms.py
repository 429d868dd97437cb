"""A real room for engines, on the real machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import sandbox
from guardian_agent.system.real import real_system

GIGABYTE = 1024**3


@contextmanager
def room(folder: Path, limit: int = GIGABYTE) -> Iterator[Room]:
    """Enter a room below a folder that everybody may pass through."""
    plot = Plot(
        folder=str(folder),
        limit=limit,
        user="nobody",
        memory_bytes=2 * GIGABYTE,
        processes=100,
    )
    with sandbox(plot, real_system(), limit) as made:
        yield made


@contextmanager
def passable() -> Iterator[Path]:
    """Make an empty folder that everybody may pass through, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="guardian-room-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
