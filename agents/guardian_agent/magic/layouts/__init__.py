"""Is a folder, or what lies under a bucket's prefix, the repository of a backup tool?

The files of one prove nothing each by itself (a pack of restic is random bytes); together with the
layout they do. `judge` answers for a whole repository, by a few of its files.
"""

from __future__ import annotations

from typing import Final

from guardian_agent.magic.answer import Classified
from guardian_agent.magic.layouts import (
    borg,
    duplicati,
    duplicity,
    encrypted_folder,
    kopia,
    pgbackrest,
    proxmox,
    rclone_crypt,
    restic,
    veeam,
)
from guardian_agent.magic.layouts.folder import Folder, Judge

__all__ = ["Folder", "judge"]

_JUDGES: Final[tuple[Judge, ...]] = (
    restic.judge,
    borg.judge,
    kopia.judge,
    pgbackrest.judge,
    proxmox.judge,
    duplicity.judge,
    duplicati.judge,
    encrypted_folder.judge,
    veeam.judge,
    rclone_crypt.judge,
)


def judge(folder: Folder) -> Classified | None:
    """Say whether a repository can be read without a key; None for what is none.

    Its `kind` is the tool. `encrypted` says what the sampled files say: a repository that is large
    was not read as a whole. Whether its key is worth anything is another question.
    """
    for each in _JUDGES:
        answer = each(folder)
        if answer is not None:
            return answer
    return None
