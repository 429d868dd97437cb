"""How the table of readable formats is written, and how it becomes rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guardian_agent.magic.answer import Classified, plaintext
from guardian_agent.magic.data import Data
from guardian_agent.magic.rule import Rule, Starting

Format = tuple[str, tuple[bytes, ...], Callable[[bytes], bool]]
"""A kind, what its data starts with (four bytes or more, or few and a strict check), the check."""


def rules(formats: Iterable[Format]) -> tuple[Starting, ...]:
    """Return a rule for each format."""
    return tuple((_rule(kind, starts, holds), starts) for kind, starts, holds in formats)


def _rule(kind: str, starts: tuple[bytes, ...], holds: Callable[[bytes], bool]) -> Rule:
    answer = plaintext(kind, f"{kind}-structure")

    def readable(data: Data) -> Classified | None:
        return answer if data.head.startswith(starts) and holds(data.head) else None

    return readable


def longer_than(count: int) -> Callable[[bytes], bool]:
    """Return a check for formats whose first bytes are telling enough by themselves."""
    return lambda head: len(head) > count
