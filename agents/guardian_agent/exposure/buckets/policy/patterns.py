"""Patterns with `*` (anything) and `?` (one character): what one covers, where two meet."""

from __future__ import annotations

import re

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_ANYTHING = "\x00"
"""Stands for what no pattern spells out: no pattern has it in it."""
_PARTITION = re.compile(r"arn:[a-z0-9*?-]+:s3:[^:]*:[^:]*:", re.IGNORECASE)


def covers(wide: str, narrow: str) -> bool:
    """Say whether `wide` matches whatever `narrow` does.

    Each star of `narrow` is tried as nothing, one and many strange characters: only a star of
    `wide` takes them all. So is a policy variable there, for what it stands for is not known here;
    one in `wide` is taken for what is written, and matches nothing.
    """
    readings = ("", _ANYTHING, _ANYTHING * (len(wide) + 1))
    return all(matches(wide, _strange(narrow, each)) for each in readings)


def meets(one: str, other: str) -> bool:
    """Say whether any text matches both; a policy variable may stand for anything."""
    return _meet(_VARIABLE.sub("*", one), _VARIABLE.sub("*", other))


def matches(pattern: str, text: str) -> bool:
    """Say whether a text matches, in time of their lengths' product."""
    place = mark = 0
    star = -1
    here = 0
    while here < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, mark = place, here
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[here]):
            place, here = place + 1, here + 1
        elif star >= 0:
            mark += 1
            place, here = star + 1, mark
        else:
            return False
    return not pattern[place:].strip("*")


def bucket_pattern(resource: str) -> str:
    """Return a resource's pattern without what comes before the bucket's name.

    A policy of one bucket has one partition and names no region or account there, so
    `arn:aws-cn:s3:::b/*` is `b/*`. A star alone stays one.
    """
    found = _PARTITION.match(resource)
    return resource if found is None else resource[found.end() :]


def _strange(pattern: str, reading: str) -> str:
    return _VARIABLE.sub("*", pattern).replace("?", _ANYTHING).replace("*", reading)


def _meet(one: str, other: str) -> bool:
    reachable = {0}
    reachable = _past_stars(other, reachable)
    for sign in one:
        reachable = _step(sign, other, reachable)
        if not reachable:
            return False
    return len(other) in reachable


def _step(sign: str, other: str, reachable: set[int]) -> set[int]:
    """Return where in `other` one may stand after one more sign of the first pattern."""
    if sign == "*":
        return set(range(min(reachable), len(other) + 1))
    after: set[int] = set()
    for place in reachable:
        if place < len(other):
            if other[place] == "*":
                after.add(place)
            elif "?" in (sign, other[place]) or sign == other[place]:
                after.add(place + 1)
    return _past_stars(other, after)


def _past_stars(other: str, reachable: set[int]) -> set[int]:
    """A star may stand for nothing."""
    found = set(reachable)
    for place in range(len(other)):
        if place in found and other[place] == "*":
            found.add(place + 1)
    return found
