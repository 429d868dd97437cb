"""What comes back over the network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer, its body cut at the limit that the caller gave."""

    status: int
    body: bytes
