"""Archives made in memory, honest and hostile."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

MODIFIED = 1_760_000_000


def member(
    name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    """Return one member for `tar`."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(data)
    info.mtime = MODIFIED
    return info, data


def tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w") -> bytes:
    """Pack members as they are; `mode` names the compression ("w:gz")."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files with Info-ZIP's times in UTC."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            info.extra = struct.pack("<HHBi", 0x5455, 5, 1, MODIFIED)
            archive.writestr(info, data)
    return packed.getvalue()
