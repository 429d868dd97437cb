"""duplicity: volumes, signatures and manifests, each an OpenPGP message or each in the clear."""

from __future__ import annotations

import re

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.layouts.folder import Folder, spread, together

_NAME = re.compile(
    r"duplicity-(?:full|inc|new|full-signatures|new-signatures)\."
    r".*\.(?:difftar|sigtar|manifest)(?:\.\w{2,4})*"
)


def judge(folder: Folder) -> Classified | None:
    """Volumes of every kind: an old chain may be in the clear beside an encrypted one."""
    names = sorted(name for name in folder.top if _NAME.fullmatch(name))
    if not names:
        return None
    in_clear = [name for name in names if not name.endswith((".gpg", ".asc"))]
    chosen = {*spread(names, 6), *spread(in_clear, 2)}
    return together("duplicity", [folder.look(name) for name in sorted(chosen)])
