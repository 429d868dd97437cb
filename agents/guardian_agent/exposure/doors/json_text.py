"""Small JSON objects out of strangers' files."""

from __future__ import annotations

import json
from typing import Any


def fields_of(text: bytes) -> dict[str, Any]:
    """Return an object's fields; raise `ValueError` or `RecursionError` for anything else."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - a fault of the data
    return found
