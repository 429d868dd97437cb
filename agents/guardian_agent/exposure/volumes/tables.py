"""The kernel's small tables below `/proc` and `/sys`, read with a limit."""

from __future__ import annotations

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.exposure.volumes.mounts import Mounts
from guardian_agent.system import Files, System
from guardian_agent.wire.facts.words import Reason

_MOUNTS = "/proc/self/mountinfo"
_BYTES = 4 * 1024 * 1024
"""More than the mounts of a machine with ten thousand containers."""


def text_of(files: Files, path: str) -> str | None:
    """Return a table's text; None where there is none.

    Raises:
        ProbeError: PERMISSION_DENIED; UNREADABLE_ANSWER when it cannot be read otherwise.
    """
    try:
        return files.read(path, _BYTES).decode("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{path}: {error.strerror}") from error
    except (OSError, StateError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"{path}: cannot be read") from error


def names_in(files: Files, folder: str) -> list[str]:
    """Return the names in a folder; none where there is no such folder.

    Raises:
        ProbeError: as `text_of`.
    """
    try:
        return [entry.path.rpartition("/")[2] for entry in files.scan(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{folder}: {error.strerror}") from error
    except OSError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"{folder}: cannot be read") from error


def known_mounts(system: System) -> Mounts:
    """Read the table of mounts.

    Raises:
        ProbeError: UNSUPPORTED where there is none; else as `text_of`.
    """
    text = text_of(system.files, _MOUNTS)
    if not text:
        raise ProbeError(Reason.UNSUPPORTED, f"{_MOUNTS}: this machine has no table of mounts")
    return Mounts(text)
