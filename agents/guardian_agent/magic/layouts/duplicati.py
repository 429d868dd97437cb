"""Duplicati: blocks, indexes and file lists, zipped, and encrypted where asked for."""

from __future__ import annotations

import re

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.layouts.folder import Folder, spread, together

_NAME = re.compile(r".*\.(?:dblock|dindex|dlist)\.(?:zip|7z)(?:\.aes|\.gpg)?")


def judge(folder: Folder) -> Classified | None:
    """Volumes of every kind; those whose names promise no encryption first."""
    names = sorted(name for name in folder.top if _NAME.fullmatch(name))
    if not names:
        return None
    in_clear = [name for name in names if name.endswith((".zip", ".7z"))]
    chosen = {*spread(names, 6), *spread(in_clear, 2)}
    return together("duplicati", [folder.look(name) for name in sorted(chosen)])
