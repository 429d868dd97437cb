"""Base64 (RFC 4648 section 4) in which every byte string has exactly one text.

The standard library's reader lets stray characters and set padding bits through, so that one
signed thing could come in many spellings.
"""

from __future__ import annotations

import base64

from guardian_agent.errors import DecodeError


def to_base64(data: bytes) -> str:
    """Return `data` in standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: object, path: str = "$") -> bytes:
    """Return what `to_base64` was given; raise `DecodeError` for any other spelling."""
    if not isinstance(text, str):
        raise DecodeError("expected base64", path)
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise DecodeError("expected base64", path) from None
    if to_base64(data) != text:
        raise DecodeError("expected base64 in its one canonical form", path)
    return data
