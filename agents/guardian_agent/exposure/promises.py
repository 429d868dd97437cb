"""What a file's name or its past promises: something that a reader makes sense of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEXT: Final = _words(
    "txt csv tsv log sql json jsonl xml html htm md rst yaml yml ini conf cfg toml py js ts c h "
    "cpp cs java sh php rb go css tex eml vcf ics svg ldif"
)
_PLAIN: Final = _words(
    "jpg jpeg png gif bmp tif tiff webp heic mp4 mov avi mkv wav flac ttf otf woff2 "
    "sqlite sqlite3 db3 mdb accdb dump dbf ibd exe dll so msi deb rpm"
)
_IMAGES: Final = _words("vmdk vhd vhdx vdi qcow2")
_PACKED: Final = _words("gz tgz bz2 xz txz zst lz4 tar")
_OWN: Final = _words("pdf doc xls ppt pst rar zip 7z")

_SEALS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_TEXT, _words("ansible-vault sops pem cms")),
    **dict.fromkeys(_PLAIN, _words("")),
    **dict.fromkeys(_IMAGES, _words("luks1 luks2 bitlocker disk qcow2")),
    **dict.fromkeys(_PACKED, _words("gzip bzip2 xz zstd lz4 tar")),
    **dict.fromkeys(_words("docx docm xlsx xlsm pptx pptm vsdx"), _words("ooxml")),
    **dict.fromkeys(_words("odt ods odp odg epub"), _words("odf zip")),
    **{ending: _words(ending) for ending in _OWN},
    "jar": _words("zip"),
}
"""By a name's ending: the containers in which such a file is encrypted by its own program."""
_CIPHERTEXT: Final = _words(
    "gpg pgp asc sig age enc encrypted aes crypt cpt kdbx kdb p7m p7e p7s hc tc luks vault "
    "ccrypt axx bfe rpmsg scrypt dpapi"
)
"""Endings of files that nobody but their owner should read."""
_SAYS_NOTHING: Final = _words("bin dat bak old tmp part orig data img raw key")
_ENDINGS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A readable file is expected; `seals` are the containers that make it unreadable rightly."""

    is_text: bool
    seals: frozenset[str]


def promised(path: str, before: str | None) -> Promise | None:
    """Return what is expected of a file; None when it may be anything, ciphertext included.

    Args:
        path: `report.docx` and `report.docx.locked` promise a document, `report.docx.gpg` does not.
        before: the kind that a reader made of it once; it counts whatever the name says.
    """
    endings = path.rsplit("/", 1)[-1].lower().split(".")[1:][-_ENDINGS:]
    last = endings[-1] if endings else ""
    if last in _CIPHERTEXT:
        return None
    known = [ending for ending in reversed(endings) if ending in _SEALS]
    by_name = known[0] if known and last not in _SAYS_NOTHING else ""
    if not by_name and before is None:
        return None
    seals = _SEALS.get(by_name, frozenset()) | ({before} if before else frozenset())
    is_text = before == "text" if before else by_name in _TEXT
    return Promise(is_text=is_text, seals=seals)
