"""On which line of a TOML file a value stands."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the number of the line that ends the value at `path`; None when it is not there.

    The standard library's reader tells no positions. But the beginning of a file, cut between two
    lines, is TOML too (except inside a value of several lines), and no value stands there twice:
    so the first beginning that has the value ends with it.
    """
    lines = text.split("\n")
    counts = range(len(lines) + 1)
    first = bisect_left(counts, True, key=lambda count: _stands(lines, count, path))
    return first if first < len(counts) else None


def _stands(lines: list[str], count: int, path: Sequence[str | int]) -> bool:
    for shorter in range(count, 0, -1):
        try:
            data = tomllib.loads("\n".join(lines[:shorter]))
        except tomllib.TOMLDecodeError:
            continue
        return _has(data, path)
    return False


def _has(data: Any, path: Sequence[str | int]) -> bool:  # noqa: ANN401 - plain data
    for step in path:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return False
        elif not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True
