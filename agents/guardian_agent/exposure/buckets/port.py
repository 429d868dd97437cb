"""What is asked of an S3 store, as a Protocol: `client.py` asks a real one, tests a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: its fields by AWS's names, its headers in lower case, its root element's name.

    `root` is empty where there is no XML. An object's bytes are the field `Body`.
    """

    fields: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    root: str = ""


class Refusal(Exception):
    """No answer, or one that is an error.

    `status` is HTTP's, 0 where none came; `code` the store's word, or why none came (`timeout`,
    `unreachable`, `closed`, `tls`, `time-spent`, `too-long`). Neither it nor its text leave here.
    """

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


class Client(Protocol):
    """One way to a store: with credentials or without, over TLS or in clear."""

    def call(self, operation: str, **parameters: object) -> Reply:
        """Ask one thing of the bucket, by the name of AWS's operation (`GetBucketPolicy`).

        Raises:
            Refusal: whatever else came than an answer.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that the credentials are of, where the store is AWS."""

    number: str
    client: Client
    """Asks about the account as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways to one bucket."""

    owner: Client | None
    """With the operator's credentials; None where there are none."""
    stranger: Client
    """As anybody."""
    in_clear: Client | None
    """As anybody, without TLS; None where the endpoint has none anyhow."""
    account: Account | None = None
    """None where nothing is known of it."""
