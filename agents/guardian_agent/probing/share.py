"""Which share of a copy's data one check reads, as the operator writes it: "5%"."""

from __future__ import annotations

import re

from guardian_agent.errors import DecodeError

ALL = "100%"

_SHARE = re.compile(r"(?:100|[1-9][0-9]?)%", re.ASCII)


def check_share(share: str, path: str) -> None:
    """Refuse what is no share.

    Raises:
        DecodeError: at `path`.
    """
    if _SHARE.fullmatch(share) is None:
        raise DecodeError('expected a share of 1% to 100%, such as "5%"', path)


def parts_of(share: str) -> int:
    """Return into how many parts data is divided of which none is larger than the share."""
    return -(-100 // int(share.removesuffix("%")))
