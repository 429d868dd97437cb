"""Encrypted folders: gocryptfs, CryFS, EncFS and Cryptomator, each known by one file."""

from __future__ import annotations

from typing import Final

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.layouts.folder import Folder
from guardian_agent.wire.facts.words import Encryption

_TOOLS: Final = {
    "gocryptfs.conf": "gocryptfs",
    "cryfs.config": "cryfs",
    ".encfs6.xml": "encfs",
    "vault.cryptomator": "cryptomator",
    "masterkey.cryptomator": "cryptomator",
}
_OWN: Final = {*_TOOLS, "gocryptfs.diriv", "gocryptfs.longname", "IMPORTANT.rtf", "dirid.c9r"}
_LOOKED_AT: Final = 8


def judge(folder: Folder) -> Classified | None:
    """The tool's own file makes a claim; a readable file beside it refutes it."""
    mark = next((name for name in _TOOLS if name in folder.top), None)
    if mark is None:
        return None
    tool = _TOOLS[mark]
    if not _holds(folder, mark):
        return unknown(tool, f"{tool}-config-unreadable")
    paths = [path for path in folder.files("", 4, depth=3) if path.rsplit("/")[-1] not in _OWN]
    found = [folder.look(path).state for path in paths[:_LOOKED_AT]]
    if Encryption.PLAINTEXT in found:
        return plaintext(tool, f"{tool}-file-readable")
    return encrypted(tool, f"{tool}-config")


def _holds(folder: Folder, mark: str) -> bool:
    """Whether the tool's own file has its form."""
    start = folder.read(mark, 4096)
    match mark:
        case ".encfs6.xml":
            return b"EncFS" in start and b"<encodedKeyData>" in start
        case "vault.cryptomator":
            return start.count(b".") == 2 and start.startswith(b"ey")
        case "masterkey.cryptomator":
            return "primaryMasterKey" in folder.json(mark)
        case _:
            return folder.look(mark).state is Encryption.ENCRYPTED
