"""Whether other users of the machine can read a database's folders, or its dumps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guardian_agent.exposure.volumes.found import Found, denied, failed, safe, unsafe
from guardian_agent.system import Files

_OTHERS_READ = 0o004
_OTHERS_ENTER = 0o001
_MOST = 20_000
"""Entries looked at: enough to find a mode that a job sets for all it writes."""
_DEEPEST = 3


def readable(
    files: Files, folder: str, is_data: Callable[[str], bool] = lambda _: True
) -> list[Found]:
    """Return one answer for each file that others read; one that all is closed, where none is.

    Args:
        files: the machine's.
        folder: where the data lie; a link is followed, for the operator named it.
        is_data: whether a file's name is that of data.
    """
    try:
        top = files.stat(folder, follow=True)
        if not top.is_directory:
            return [unsafe("others-read") if top.mode & _OTHERS_READ else safe("closed")]
        if not _is_reached(files, folder):
            return [safe("closed")]
        found = _search(files, folder, is_data)
    except FileNotFoundError:
        return [failed("path-missing")]
    except PermissionError:
        return [denied("cap_dac_read_search")]
    except OSError:
        return [failed("unreadable-folder")]
    return [unsafe("others-read")] * found or [safe("closed")]


def _is_reached(files: Files, folder: str) -> bool:
    """Say whether others may pass through every folder on the way."""
    place = files.real(folder)
    while place != "/":
        if not files.stat(place, follow=True).mode & _OTHERS_ENTER:
            return False
        place = place.rpartition("/")[0] or "/"
    return True


def _search(files: Files, top: str, is_data: Callable[[str], bool]) -> int:
    waiting, seen, found = [(top, 0)], 0, 0
    while waiting and seen < _MOST:
        folder, depth = waiting.pop()
        for entry in files.scan(folder):
            seen += 1
            if entry.is_directory and entry.mode & _OTHERS_ENTER and depth < _DEEPEST:
                waiting.append((entry.path, depth + 1))
            elif entry.is_file and entry.mode & _OTHERS_READ:
                found += is_data(entry.path.rpartition("/")[2])
    return found


def all_readable(files: Files, folders: Sequence[str]) -> list[Found]:
    """Return the answers for several folders of dumps."""
    return [each for folder in folders for each in readable(files, folder)]
