"""The answer to one question about a policy."""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is known, what decided it, and how many statements or accounts it is about."""

    standing: Standing
    rule: Slug
    items: int = 0


def safe(rule: str) -> Ruling:
    """The policy proves it."""
    return Ruling(standing=Standing.SAFE, rule=Slug(rule))


def unsafe(rule: str, items: int = 0) -> Ruling:
    """The policy refutes it."""
    return Ruling(standing=Standing.UNSAFE, rule=Slug(rule), items=items)


def unclear(rule: str, items: int = 0) -> Ruling:
    """Something in the policy is not understood that could decide."""
    return Ruling(standing=Standing.FAILED, rule=Slug(rule), items=items)
