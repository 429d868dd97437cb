"""rclone crypt has no configuration beside its files: they all bear its mark, or it is none."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.layouts.folder import Folder, together

_FILES = 9


def judge(folder: Folder) -> Classified | None:
    """A remote of rclone crypt: the sampled files bear its mark; readable ones lie beside them."""
    files = []
    for path in folder.files("", 3, depth=2):
        files.append(path)
        if len(files) == _FILES:
            break
    found = [folder.look(path) for path in files]
    if sum(answer.kind == "rclone" for answer in found) * 2 <= len(found):
        return None
    return together("rclone", found)
