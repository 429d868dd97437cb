"""The canary: a small file in each backup set that the next backup takes along.

It carries the newest checkpoint that central gave, so a restore that gives it back proves that the
backup was made after that checkpoint existed. Its marker is random, of one set, and constant: found
in a copy's raw bytes, it proves that the copy is not encrypted.
"""

from __future__ import annotations

from datetime import datetime

from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError, StateError
from guardian_agent.restore.livedata import roots
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.canary import (
    FILE_NAME,
    MAX_CANARY_BYTES,
    Canary,
    format_canary,
    parse_canary,
)
from guardian_agent.wire.facts.livedata import CanaryPlanted
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash, restricted

MARKER_BYTES = 32
READABLE_BY_ALL = 0o644
"""A backup that runs as another user must be able to read it, or the canary itself would make the
backup incomplete; it tells nothing that anybody could use."""


def marker(state_dir: str, backup_set: str, system: System) -> Hash:
    """Return the set's marker, made at the first call and kept in the agent's state.

    Raises:
        StateError: the kept marker is damaged.
        OSError: it can be neither read nor made.
    """
    folder = f"{state_dir}/canaries"
    path = f"{folder}/{backup_set}"
    if not system.files.exists(path):
        system.files.make_directory(folder)
        made = system.randomness.bytes(MARKER_BYTES).hex()
        system.files.write(path, made.encode("ascii"))
    kept = known_marker(state_dir, backup_set, system.files)
    if kept is None:
        raise StateError(f"{path}: damaged: expected {2 * MARKER_BYTES} hexadecimal digits")
    return kept


def known_marker(state_dir: str, backup_set: str, files: Files) -> Hash | None:
    """Return the set's marker if one was ever made and can be read."""
    try:
        return restricted(Hash, _kept(state_dir, backup_set, files)[0])
    except (OSError, StateError, DecodeError):
        return None


def planted_since(state_dir: str, backup_set: str, files: Files) -> datetime | None:
    """Return when the set's first canary was planted; None when none ever was."""
    try:
        since = datetime.fromisoformat(_kept(state_dir, backup_set, files)[1])
    except (OSError, StateError, ValueError):
        return None
    return None if since.tzinfo is None else since  # cut short it could be held against no time


def note_planted(state_dir: str, backup_set: str, system: System) -> None:
    """Keep the time beside the marker when the set's first canary has been planted.

    Raises:
        OSError: it cannot be written.
    """
    kept = known_marker(state_dir, backup_set, system.files)
    if kept is None or planted_since(state_dir, backup_set, system.files) is not None:
        return
    text = f"{kept}\n{system.clock.now().isoformat()}"
    system.files.write(f"{state_dir}/canaries/{backup_set}", text.encode("ascii"))


def _kept(state_dir: str, backup_set: str, files: Files) -> tuple[str, str]:
    """Return the marker and the time that are kept in the agent's state."""
    data = files.read(f"{state_dir}/canaries/{backup_set}", MAX_CANARY_BYTES)
    first, _, second = data.decode("ascii", "replace").partition("\n")
    return first, second


def places(backup_set: BackupSet) -> list[str]:
    """Return where the set's canary may lie, one place a path."""
    return [f"{path.rstrip('/')}/{FILE_NAME}" for path in roots(backup_set)]


def place(backup_set: BackupSet, files: Files) -> str | None:
    """Return where the set's canary belongs: the first of its paths that is a folder now."""
    for path in backup_set.paths:
        try:
            if files.stat(path).is_directory:
                return f"{path.rstrip('/')}/{FILE_NAME}"
        except OSError:
            continue
    return None


def plant(backup_set: BackupSet, canary: Canary, files: Files) -> None:
    """Write the canary into the set's live data, replacing the one before it.

    Raises:
        StateError: none of the set's paths is a folder.
        OSError: it cannot be written.
    """
    where = place(backup_set, files)
    if where is None:
        raise StateError("none of its paths is a folder: is it mounted?")
    files.write(where, format_canary(canary), READABLE_BY_ALL)


def planted(backup_set: BackupSet, expected: Canary | None, files: Files) -> CanaryPlanted:
    """State whether the expected canary lies in the set's live data now."""
    if expected is None:
        return _fact(backup_set, Outcome.NOT_PERFORMED, Reason.NO_CHECKPOINT)
    where = place(backup_set, files)
    if where is None:
        return _fact(backup_set, Outcome.FAILED, Reason.PATH_MISSING)
    try:
        found = parse_canary(files.read(where, MAX_CANARY_BYTES))
    except FileNotFoundError:
        return _fact(backup_set, Outcome.FAILED, Reason.MISSING_FILE)
    except OSError:
        return _fact(backup_set, Outcome.FAILED, Reason.PERMISSION_DENIED)
    except StateError:
        found = None
    if found != expected:
        return _fact(backup_set, Outcome.FAILED, Reason.MISMATCH)
    return _fact(backup_set, Outcome.PASSED, Reason.NONE)


def _fact(backup_set: BackupSet, outcome: Outcome, reason: Reason) -> CanaryPlanted:
    return CanaryPlanted(backup_set=backup_set.name, outcome=outcome, reason=reason)
