"""Hold a signed manifest while a long test stands on it: passes go on and sign newer ones."""

from __future__ import annotations

from guardian_agent.restore.manifest import BLOCK_BYTES, fitting_index, manifest_file
from guardian_agent.system.ports import Files


def held(files: Files, signed: str, folder: str) -> str:
    """Copy the signed manifest and its index into `folder`, and return where the manifest lies.

    Raises:
        OSError: it cannot be copied.
    """
    copy = manifest_file(folder, "held")
    files.make_directory(copy.folder)
    _copy(files, signed, copy.signed)
    index = fitting_index(files, signed)
    if index is not None:
        # A pass that signed a newer manifest meanwhile leaves us without: nothing is noted then.
        _copy(files, index.path, copy.fresh_index)
    return copy.signed


def _copy(files: Files, source: str, target: str) -> None:
    with files.open(source) as old, files.create(target) as new:
        while block := old.read(BLOCK_BYTES):
            new.write(block)
