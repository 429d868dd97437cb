"""Central's secret files: made once, for its own user alone, durably; read back whole."""

from __future__ import annotations

import os
from pathlib import Path

from guardian.errors import StoreError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; nothing happens when it is there.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}") from error


def create(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file that must not exist yet: beside its place first, so that it is whole or absent.

    Raises:
        StoreError: it is there already, or it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.new")
    try:
        _write(unfinished, data, mode)
        os.link(unfinished, path)
        unfinished.unlink()
        _sync(path.parent)
    except FileExistsError:
        raise StoreError(f"{path}: is there already and is not replaced") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def _write(path: Path, data: bytes, mode: int) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """Return a file that `guardian init` made.

    Raises:
        StoreError: it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be read: {error.strerror}; restore it from a backup, or let "
            "`guardian init` make it for a central without agents"
        ) from error
