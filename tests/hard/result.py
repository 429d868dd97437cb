"""How one long run ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one run ended, as docs and dashboards read it."""

    name: str
    runs: int
    violations: int
    goal: int
    seed: int
    holds: bool
