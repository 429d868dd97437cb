"""Evidence as it was last read or written, so that it need not be decoded for each statement.

It is known by its digest, which the row is read for each time: what another process wrote since, or
what a unit rolled back, is never taken for what is in the database.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from guardian.domain.evidence import ServerEvidence

MAX_SERVERS = 1024
"""Servers remembered: those that spoke last."""


class Decoded:
    """The newest evidence of the servers that spoke last; any thread may use it."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[str, ServerEvidence]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, digest: str, evidence: ServerEvidence) -> None:
        """Remember what the columns with this digest hold."""
        place = (evidence.client, evidence.server)
        with self._lock:
            self._known[place] = (digest, evidence)
            self._known.move_to_end(place)
            if len(self._known) > MAX_SERVERS:
                self._known.popitem(last=False)

    def find(self, client: str, server: str, digest: str) -> ServerEvidence | None:
        """Return the evidence of a row with this digest, or None where it must be decoded."""
        with self._lock:
            known, evidence = self._known.get((client, server), ("", None))
        return evidence if known == digest else None
