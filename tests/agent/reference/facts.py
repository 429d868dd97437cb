"""What leaves the server: the statement, and every kind of fact that may stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from guardian_agent.wire.observations import Observation, Unrecognised
from guardian_agent.wire.statement import ProbeFailure, Statement

from tests.agent.reference.fields import facts_table, meanings, prose

HEAD = """\
## What leaves the server

Once, to enrol: the token's secret and the agent's public key. Then statements, all signed: counts,
sizes, times, the names that agent.toml gives, the closed lists of words below, and for the few
files that a restore test draws the SHA-256 of their contents. No contents, no file's name or path,
nothing that a tool printed but its version, no password. `guardian-agent show --json` prints the
facts that a pass would state.

An id is 32 hexadecimal digits: of restore points and paths a keyed hash (HMAC-SHA256 with a secret
that stays on the server, cut to 128 bits); `boot_id` is the random one that the kernel draws at
each boot.
"""
KINDS = """\
### Kinds of facts

`kind` is a fact's tag among a statement's `observations`.
"""
PARTS = """\
### Parts of facts
"""
WORDS = """\
### Words

Closed lists: nothing else can stand where one of these is expected.
"""


def section() -> str:
    """Return the statement, the kinds of facts and the words they are told in."""
    frame = [_entry("###", kind.__name__, kind) for kind in (Statement, ProbeFailure)]
    told = [_entry("####", f'`kind = "{kind.KIND}"`', kind) for kind in kinds()]
    inner = [_entry("####", part.__name__, part) for part in parts()]
    listed = [_words(kind) for kind in words()]
    return "\n".join([HEAD, *frame, KINDS, *told, PARTS, *inner, WORDS, *listed])


def kinds() -> tuple[Any, ...]:
    """Return every kind of fact that an agent states; `Unrecognised` is central's own."""
    return tuple(kind for kind in get_args(Observation) if kind is not Unrecognised)


def parts() -> list[type]:
    """Return what stands within facts, each once."""
    return [each for each in _within(*kinds()) if is_dataclass(each)]


def words() -> list[type[Enum]]:
    """Return the closed lists that facts are told in, each once."""
    return [each for each in _within(ProbeFailure, *kinds()) if issubclass(each, Enum)]


def _within(*stated: type) -> list[type]:
    return list(dict.fromkeys(inner for kind in stated for inner in _inner(kind)))


def _inner(kind: type) -> Iterator[type]:
    for hint in get_type_hints(kind).values():
        for inner in _flat(hint):
            if isinstance(inner, type):
                yield inner
                yield from _inner(inner) if is_dataclass(inner) else ()


def _flat(hint: Any) -> Iterator[Any]:
    arguments = get_args(hint)
    if not arguments:
        yield hint
    for each in arguments:
        yield from _flat(each)


def _entry(level: str, heading: str, kind: type) -> str:
    return f"{level} {heading}\n\n{prose(kind)}\n\n{facts_table(kind)}"


def _words(kind: type[Enum]) -> str:
    said = meanings(kind)
    lines = [f"#### {kind.__name__}", "", prose(kind), ""]
    for word in kind:
        meaning = f": {said[word.name]}" if word.name in said else ""
        lines.append(f"- `{word.value}`{meaning}")
    return "\n".join(lines) + "\n"
