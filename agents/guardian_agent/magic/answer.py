"""What the classifier answers, and the words it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

Read = Callable[[int, int], bytes]
"""`read(offset, count)` returns up to `count` bytes; fewer at the end of the data."""

PROVEN = Slug("proven")
DECLARED = Slug("declared")
LIKELY = Slug("likely")
NONE = Slug("none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """Whether some bytes can be read without a key, as what, and which rule says so.

    `kind` is the format (`gzip`, `age`, `text`), `rule` what decided (`gzip-decodes`), `confidence`
    one of `proven` (structure and content agree), `declared` (a header says so), `likely` (all
    samples say so), `none`.
    """

    state: Encryption
    kind: Slug
    rule: Slug
    confidence: Slug


def encrypted(kind: str, rule: str, confidence: Slug = DECLARED) -> Classified:
    """A container that needs a key; `PROVEN` when its body was seen to be random, too."""
    return _answer(Encryption.ENCRYPTED, kind, rule, confidence)


def weak(kind: str, rule: str) -> Classified:
    """Encrypted in form, by means that do not withstand an attacker."""
    return _answer(Encryption.WEAK, kind, rule, PROVEN)


def plaintext(kind: str, rule: str, confidence: Slug = PROVEN) -> Classified:
    """Some reader made sense of the bytes without a key."""
    return _answer(Encryption.PLAINTEXT, kind, rule, confidence)


def unknown(kind: str, rule: str) -> Classified:
    """Neither could be shown."""
    return _answer(Encryption.UNKNOWN, kind, rule, NONE)


def empty(kind: str, rule: str) -> Classified:
    """Nothing in it that anybody could read."""
    return _answer(Encryption.EMPTY, kind, rule, PROVEN)


def renamed(inner: Classified, kind: str, rule: str) -> Classified:
    """Keep what was found inside of a container, under the container's name."""
    return replace(inner, kind=Slug(kind), rule=Slug(rule[:40]))


def _answer(state: Encryption, kind: str, rule: str, confidence: Slug) -> Classified:
    return Classified(state=state, kind=Slug(kind), rule=Slug(rule), confidence=confidence)
