"""What a benchmark says: ours, the other's, and whether the ratio meets the goal."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One ratio, or one count that has no peer's below it.

    `goal` is written as it is checked: "<= 1.5" or ">= 0.6".
    """

    name: str
    unit: str
    ours: float
    other: float
    other_name: str
    ratio: float
    goal: str
    holds: bool

    def __str__(self) -> str:
        mark = "holds " if self.holds else "MISSED"
        figures = f"{self.ours:.4g} {self.unit} : {self.other:.4g} {self.unit} ({self.other_name})"
        return f"{mark} {self.name:<22} {self.ratio:5.2f}  goal {self.goal:<7} {figures}"


def at_most(limit: float, *, name: str, unit: str, ours: float, other: float, peer: str) -> Result:
    """Return a result that holds when ours costs at most `limit` times the other."""
    ratio = ours / other
    return _result(name, unit, ours, other, peer, f"<= {limit}", holds=ratio <= limit)


def at_least(limit: float, *, name: str, unit: str, ours: float, other: float, peer: str) -> Result:
    """Return a result that holds when ours does at least `limit` times the other."""
    ratio = ours / other
    return _result(name, unit, ours, other, peer, f">= {limit}", holds=ratio >= limit)


def no_more(limit: float, *, name: str, unit: str, ours: float, other: float, peer: str) -> Result:
    """Return a result that holds when ours itself is at most `limit`; the other may be 0."""
    result = _result(name, unit, ours, other or 1, peer, f"<= {limit}", holds=ours <= limit)
    return replace(result, other=round(other, 4), ratio=round(ours, 3))


def no_less(limit: float, *, name: str, unit: str, ours: float, other: float, peer: str) -> Result:
    """Return a result that holds when ours itself is at least `limit`; the other may be 0."""
    result = _result(name, unit, ours, other or 1, peer, f">= {limit}", holds=ours >= limit)
    return replace(result, other=round(other, 4), ratio=round(ours, 3))


def _result(
    name: str, unit: str, ours: float, other: float, peer: str, goal: str, *, holds: bool
) -> Result:
    return Result(
        name=name,
        unit=unit,
        ours=round(ours, 4),
        other=round(other, 4),
        other_name=peer,
        ratio=round(ours / other, 3),
        goal=goal,
        holds=holds,
    )
