"""What of a server's live data is in no restore point, and what of that is nobody's fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardian_agent.wire.observations import LiveArea

from guardian.domain.asset import Exemption, Uncovered
from guardian.domain.excuses import ends_at
from guardian.domain.looks import LiveAreasSeen
from guardian.domain.words import size

NAMED = 3
"""Areas that a sentence names."""
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The areas of one look that count, and until when the others do not."""

    areas: tuple[LiveArea, ...]
    accepted: int = 0
    """Areas that somebody accepts to be in no backup."""
    until: datetime | None = None
    """When the first of those counts again,"""
    excuse: Exemption | None = None
    """and who accepted that one."""


def standing(seen: LiveAreasSeen, accepted: Sequence[Uncovered], now: datetime) -> Standing:
    """Leave out the areas that somebody accepts to be in no backup, until that ends."""
    said = {each.area: each.exemption for each in accepted}
    holding = {area: each for area, each in said.items() if now < ends_at(each)}
    found = [holding[each.area] for each in seen.fact.areas if each.area in holding]
    first = min(found, key=ends_at, default=None)
    return Standing(
        areas=tuple(each for each in seen.fact.areas if each.area not in holding),
        accepted=len(found),
        until=None if first is None else ends_at(first),
        excuse=first,
    )


def named(areas: Iterable[LiveArea]) -> str:
    """Name areas as an operator finds them again ("home 3f2a9c01…, web 77b0e1d2… and 2 more")."""
    known = list(areas)
    said = ", ".join(f"{each.kind} {each.area[:_DIGITS]}…" for each in known[:NAMED])
    return f"{said} and {len(known) - NAMED} more" if len(known) > NAMED else said


def largest_open(areas: Iterable[LiveArea]) -> list[LiveArea]:
    """Return the areas with something in no restore point, the most first."""
    found = [each for each in areas if each.bytes_uncovered]
    return sorted(found, key=lambda each: (-each.bytes_uncovered, each.area))


def amount(count: int, areas: Sequence[LiveArea]) -> str:
    """Say how much, and where ("41 GB (home 3f2a9c01…)")."""
    return f"{size(count)} ({named(areas)})" if areas else size(count)


def by_kind(seen: LiveAreasSeen) -> tuple[tuple[str, int], ...]:
    """Return bytes in no restore point by kind; what is not named is of no kind."""
    named_ones = ((each.kind, each.bytes_uncovered) for each in seen.fact.areas)
    rest = seen.fact.rest_bytes_uncovered
    return (*named_ones, *((("unnamed", rest),) if rest else ()))
