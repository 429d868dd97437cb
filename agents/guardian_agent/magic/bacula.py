"""Volumes of Bacula and Bareos: labels and names lie open, files may be encrypted one by one."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data, number

_MARKS = {b"BB01", b"BB02"}
_BLOCK_MOST = 4 * 1024 * 1024
_HEADER = 24


def bacula(data: Data) -> Classified | None:
    """A block header: check sum, length, number, mark; then records."""
    length = number(data.head[4:8], "big")
    if data.head[12:16] not in _MARKS or not _HEADER < length <= _BLOCK_MOST:
        return None
    inner = data.part(length, data.size - length) if data.size > length else None
    if inner is not None and inner.state == "plaintext":
        return plaintext("bacula", "bacula-records-readable")
    return unknown("bacula", "bacula-files-unknown")
