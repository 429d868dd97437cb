"""Folders in memory, as the judges of repositories see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardian_agent.magic.layouts import Folder

from tests.agent.magic.asking import look


def folder(files: Mapping[str, bytes]) -> Folder:
    """Return a folder that holds these files, by their paths."""

    def names(path: str) -> Sequence[str] | None:
        if path in files:
            return None
        start = path + "/" if path else ""
        below = [each[len(start) :] for each in files if each.startswith(start)]
        return sorted({each.split("/")[0] for each in below})

    return Folder(
        names=names,
        look=lambda path: look(files[path]),
        read=lambda path, count: files.get(path, b"")[:count],
    )
