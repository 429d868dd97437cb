"""Microsoft Tape Format (NTBackup, SQL Server's .bak): a readable label before anything.

A compressed backup of SQL Server and an encrypted one look alike; one that is neither has pages
that anybody reads. Only the server's `RESTORE HEADERONLY` tells the first two apart.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data, number

_BLOCK_SIZES = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}
_DATABASE_PAGES = 16 * 1024


def mtf(data: Data) -> Classified | None:
    """Answer for a media family by what lies behind its label."""
    if not data.head.startswith(b"TAPE") or len(data.head) < 94:
        return None
    if number(data.head[84:86]) not in _BLOCK_SIZES and number(data.head[93:94]) != 1:
        return None
    start = _DATABASE_PAGES if data.size > 2 * _DATABASE_PAGES else 1024
    inner = data.part(start, max(data.size - start, 0)) if data.size > start else None
    if inner is not None and inner.state == "plaintext":
        return plaintext("mtf", "mtf-body-readable")
    return unknown("mtf", "mtf-ask-the-server")
