"""restic (its design document): keys are JSON, everything else is always encrypted.

Who knows a password is the question; the empty one and published ones are tried elsewhere.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.layouts.folder import Folder
from guardian_agent.wire.facts.words import Encryption

_PARTS = {"config", "data", "index", "keys", "snapshots"}
_KEY = {"kdf", "N", "r", "p", "salt", "data"}


def judge(folder: Folder) -> Classified | None:
    """A repository of restic, or of rustic."""
    if not folder.top >= _PARTS:
        return None
    keys = [folder.json(f"keys/{name}") for name in folder.below("keys")[:4]]
    if not any(key.keys() >= _KEY and key["kdf"] == "scrypt" for key in keys):
        return unknown("restic", "restic-without-keys")
    files = [*folder.files("data", 3), *folder.files("snapshots", 2)]
    if any(folder.look(path).state is Encryption.PLAINTEXT for path in files):
        return plaintext("restic", "restic-files-readable")
    return encrypted("restic", "restic-keys")
