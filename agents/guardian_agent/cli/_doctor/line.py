"""One line of the doctor's answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How bad it is. `WARN` is for what may be right and is worth a look."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was looked at, what was found, and how to mend it."""

    check: str
    status: Status
    found: str
    mend: str | None = None


def ok(check: str, found: str) -> Line:
    """Return the line for what is as it should be."""
    return Line(check=check, status=Status.OK, found=found)


def warn(check: str, found: str, mend: str) -> Line:
    """Return the line for what may be wrong."""
    return Line(check=check, status=Status.WARN, found=found, mend=mend)


def fail(check: str, found: str, mend: str) -> Line:
    """Return the line for what is wrong."""
    return Line(check=check, status=Status.FAIL, found=found, mend=mend)
