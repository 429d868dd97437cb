"""The machine's network, of which the agent needs one thing: to reach central."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian_agent.system.response import Response


class RealNetwork:
    """POST over TLS 1.3; all that this takes is imported when the first one is sent."""

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        pin: str,
        seconds: float,
        limit: int,
    ) -> Response:
        """POST to a server whose key is pinned; see `guardian_agent.system.pinned.post`."""
        from guardian_agent.system import pinned

        return pinned.post(url, body, headers=headers, pin=pin, seconds=seconds, limit=limit)
