"""pgBackRest: every repository has a cipher of its own, and its info files have it, too."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.layouts.folder import Folder, together

_PARTS = {"archive", "backup"}


def judge(folder: Folder) -> Classified | None:
    """A repository by the info files of its stanzas, and some of what was archived."""
    if not folder.top >= _PARTS:
        return None
    paths = [
        f"{part}/{stanza}/{part}.info"
        for part in sorted(_PARTS)
        for stanza in folder.below(part)
        if f"{part}.info" in folder.below(f"{part}/{stanza}")
    ]
    if not paths:
        return None
    paths += folder.files("archive", 2)
    return together("pgbackrest", [folder.look(path) for path in paths])
