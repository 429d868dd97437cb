"""kopia: `kopia.repository` says which cipher; on file systems its blobs end in `.f`."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, plaintext
from guardian_agent.magic.layouts.folder import Folder, spread
from guardian_agent.wire.facts.words import Encryption

_FORMAT = ("kopia.repository.f", "kopia.repository")
_NO_BLOBS = {".shards", ".storageconfig", "kopia.blobcfg", "kopia.blobcfg.f", *_FORMAT}


def judge(folder: Folder) -> Classified | None:
    """A repository of kopia: what its format says, unless a blob can be read all the same."""
    path = next((name for name in _FORMAT if name in folder.top), None)
    if path is None:
        return None
    found = folder.look(path)
    if found.state is not Encryption.ENCRYPTED:
        return found
    for name in spread(sorted(folder.top - _NO_BLOBS), 6):
        paths = [name] if folder.names(name) is None else [*folder.files(name, 1, depth=3)]
        if any(folder.look(blob).state is Encryption.PLAINTEXT for blob in paths):
            return plaintext("kopia", "kopia-blob-readable")
    return found
