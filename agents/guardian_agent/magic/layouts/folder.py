"""A repository as its judges see it: names in folders, and a look at some files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.wire.facts.words import Encryption

_JSON_MOST = 64 * 1024
_DEPTH = 5
_TRIED = 8


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Some folder. Paths are relative to it, with `/` between names; it itself is the empty path.

    Args:
        names: what lies directly in a folder; None for what is no folder, or cannot be read.
        look: what the classifier says of a file.
        read: up to so many bytes of a file's beginning; none where it cannot be read.
    """

    names: Callable[[str], Sequence[str] | None]
    look: Callable[[str], Classified]
    read: Callable[[str, int], bytes]

    @cached_property
    def top(self) -> frozenset[str]:
        """What lies directly in it."""
        return frozenset(self.below(""))

    def below(self, path: str) -> Sequence[str]:
        """Return what lies directly in a folder, sorted; nothing where there is none."""
        return sorted(self.names(path) or ())

    def json(self, path: str) -> dict[str, Any]:
        """Return a JSON object; an empty one when the file holds none."""
        try:
            content = json.loads(self.read(path, _JSON_MOST))
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def files(self, path: str, each: int = 3, depth: int = _DEPTH) -> Iterator[str]:
        """Yield a few files below a folder, out of `each` names of every level, spread over them.

        Empty folders do not count, as long as others can be tried instead.
        """
        useful = 0
        for name in spread(self.below(path), _TRIED * each):
            inner = f"{path}/{name}" if path else name
            found = [inner]
            if self.names(inner) is not None:
                found = list(self.files(inner, each, depth - 1)) if depth else []
            yield from found
            useful += bool(found)
            if useful == each:
                return


Judge = Callable[[Folder], Classified | None]


def spread(items: Sequence[str], count: int) -> Sequence[str]:
    """Return up to `count` items, the first and the last among them."""
    if len(items) <= count:
        return items
    return [items[index * (len(items) - 1) // (count - 1)] for index in range(count)]


def together(kind: str, found: Iterable[Classified]) -> Classified:
    """Judge a repository by some of its files: one that anybody reads makes it readable."""
    states = {answer.state for answer in found} - {Encryption.EMPTY}
    if Encryption.PLAINTEXT in states:
        share = "mixed" if Encryption.ENCRYPTED in states else "readable"
        return plaintext(kind, f"{kind}-files-{share}")
    if states == {Encryption.ENCRYPTED}:
        return encrypted(kind, f"{kind}-files-encrypted")
    return unknown(kind, f"{kind}-files-unknown")
