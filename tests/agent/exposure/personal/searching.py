"""Searching bytes as a scan does."""

from __future__ import annotations

from guardian_agent.exposure.personal import Counted, search
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

PLENTY = 1 << 40
TEXT = Classified(
    state=Encryption.PLAINTEXT, kind=Slug("text"), rule=Slug("given"), confidence=Slug("proven")
)


def counted(data: bytes, found: Classified = TEXT, budget: int = PLENTY) -> Counted:
    """Search data that is called readable text."""
    return search(lambda place, count: data[place : place + count], len(data), found, budget)


def counted_as_found(data: bytes, budget: int = PLENTY) -> Counted:
    """Search data as what the classifier says it is."""

    def read(place: int, count: int) -> bytes:
        return data[place : place + count]

    found = classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), read)
    assert found.state is Encryption.PLAINTEXT, found.rule
    return search(read, len(data), found, budget)


def values(text: str) -> dict[str, int]:
    """Search a text."""
    return dict(counted(text.encode()).values)
