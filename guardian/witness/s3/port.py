"""What is asked of an S3 store, as a Protocol: `client.py` asks a real one, tests a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: its fields by AWS's names, its headers in lower case, its root element's name."""

    fields: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    """Empty where the answer is no XML."""


class Refusal(Exception):
    """No answer, or one that is an error; its text never leaves the witness.

    `status` is HTTP's, 0 where none came; `code` the store's word for it, or why none came.
    """

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


class Client(Protocol):
    """One bucket, asked with central's own credential."""

    def call(self, operation: str, **parameters: object) -> Reply:
        """Ask one thing by the name of AWS's operation (`GetBucketVersioning`).

        Raises:
            Refusal: whatever else came than an answer.
        """
