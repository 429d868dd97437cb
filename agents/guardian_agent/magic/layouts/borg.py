"""Borg 1.x: the key type in every object of a segment decides, whatever `config` says."""

from __future__ import annotations

import re

from guardian_agent.magic.answer import Classified, unknown
from guardian_agent.magic.layouts.folder import Folder, together

_PARTS = {"config", "data"}
_CONFIG_MOST = 8192
_VERSION = re.compile(rb"^version\s*=\s*(\d+)", re.MULTILINE)


def judge(folder: Folder) -> Classified | None:
    """A repository of Borg; of version 2 only the presence is told."""
    if not folder.top >= _PARTS:
        return None
    config = folder.read("config", _CONFIG_MOST)
    version = _VERSION.search(config)
    if not config.startswith(b"[repository]") or version is None:
        return None
    if version[1] != b"1":
        return unknown("borg", "borg-version-unknown")
    found = [folder.look(path) for path in folder.files("data", 3, depth=1)]
    told = [answer for answer in found if answer.rule != "borg-key-type-unknown"]
    return together("borg", [answer for answer in told if answer.kind == "borg"])
