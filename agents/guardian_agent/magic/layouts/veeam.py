"""Veeam: its files bear no public mark of encryption, and switching it on leaves old ones as is."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, unknown
from guardian_agent.magic.layouts.folder import Folder

_ENDS = (".vbk", ".vib", ".vrb", ".vbm")


def judge(folder: Folder) -> Classified | None:
    """A chain of Veeam: only its server knows."""
    if not any(name.endswith(_ENDS) for name in folder.top):
        return None
    return unknown("veeam", "veeam-ask-the-server")
