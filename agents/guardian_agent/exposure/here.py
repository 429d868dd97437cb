"""Whether an address is this machine's own."""

from __future__ import annotations

import re

_LOOPBACK = re.compile(r"localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1", re.ASCII)


def is_here(host: str) -> bool:
    """Say whether what goes to a host stays on this machine."""
    return _LOOPBACK.fullmatch(host) is not None
