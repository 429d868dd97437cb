"""What the classifier answers, and the words it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Encryption

Read = Callable[[int, int], bytes]
"""`read(offset, count)` returns up to `count` bytes; fewer at the end of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """Whether some bytes can be read without a key, as what, and which rule says so.

    `kind` is the format (`gzip`, `age`, `text`), `rule` what decided (`gzip-decodes`), `confidence`
    one of `proven` (structure and content agree), `declared` (a header says so), `none`.
    """

    state: Encryption
    kind: Slug
    rule: Slug
    confidence: Slug
