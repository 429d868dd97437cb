"""A store in a table: what it answers to each operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardian_agent.exposure.buckets.calls import (
    ACCESS_BLOCK,
    ACL,
    ENCRYPTION,
    LIST,
    LOCK,
    LOGGING,
    VERSIONING,
)
from guardian_agent.exposure.buckets.port import Refusal, Reply

Answer = Reply | Refusal
ROOTS = {
    each.operation: each.root
    for each in (ACCESS_BLOCK, ACL, ENCRYPTION, LIST, LOCK, LOGGING, VERSIONING)
}


class TableClient:
    """Answers from a table, each question with one answer or by a function of its parameters."""

    def __init__(self, **answers: Answer | dict[str, Any] | Callable[..., Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, operation: str, **parameters: Any) -> Reply:
        self.asked.append((operation, parameters))
        told = self.answers.get(operation, Refusal(500, "InternalError"))
        if callable(told):
            told = told(**parameters)
        if isinstance(told, dict):
            told = Reply(fields=told, root=ROOTS.get(operation, ""))
        if isinstance(told, Refusal):
            raise told
        return told
