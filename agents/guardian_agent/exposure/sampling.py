"""Read of one file what the classifier needs, and read it once for all who look at it.

The classifier is given both ends and reads some more where its rules ask for it. What it calls
ciphertext is looked at in places, too, that nobody but us can foresee: whoever hides readable data
behind an encrypted beginning would have to know them. Holes are passed by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, Read
from guardian_agent.magic.answer import LIKELY
from guardian_agent.magic.binary import reads
from guardian_agent.system.ports import Held
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

INTERIOR = 14
"""Places inside of a file, beside its ends."""
BLOCK = 16 * 1024
_WORD = 1 << 64

_WHOLLY_CIPHERTEXT = frozenset(
    {
        *("age", "aescrypt", "ecryptfs", "kdb", "kdbx", "luks1", "luks2", "openpgp", "openssl"),
        *("random", "rclone", "scrypt", "xbcrypt"),
    }
)
"""Kinds that have nothing but ciphertext behind their header; archives have names in between."""
_ZEROS = "zeros"

Classify = Callable[[bytes, bytes, int, Read], Classified]


class Sample:
    """The ends of a file that is held open; `read` serves from them, and reads elsewhere."""

    __slots__ = ("_held", "_tail_at", "head", "size", "tail")

    def __init__(self, held: Held) -> None:
        """Read both ends; raise `OSError`."""
        self._held = held
        self.head = head = held.read(0, HEAD_BYTES)
        if len(head) < HEAD_BYTES:  # all of it; or cut short since, or a size nobody knew
            self.size, self._tail_at, self.tail = len(head), 0, head
            return
        self.size = max(held.entry.size, HEAD_BYTES)
        self._tail_at = self.size - TAIL_BYTES
        self.tail = held.read(self._tail_at, TAIL_BYTES) if self._tail_at else head

    def read(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes; fewer at the end; raise `OSError`."""
        if offset + count <= len(self.head) or self.size == len(self.head):
            return self.head[offset : offset + count]
        if offset >= self._tail_at:
            return self.tail[offset - self._tail_at : offset - self._tail_at + count]
        return self._held.read(offset, count)

    def classified(self, classify: Classify, key: bytes) -> Classified:
        """Say whether the file can be read without a key; raise `OSError`.

        Args:
            classify: the classifier.
            key: decides with the file's number which places inside of it are looked at.
        """
        found = classify(self.head, self.tail, self.size, self.read)
        if self.size <= HEAD_BYTES + TAIL_BYTES or found.state is Encryption.PLAINTEXT:
            return found
        if found.kind in _WHOLLY_CIPHERTEXT and any(map(reads, self._interior(key))):
            return _inside(Encryption.PLAINTEXT, "mixed", "readable-inside", LIKELY)
        if found.kind == _ZEROS:
            return self._of_what_is_written(found, classify, key)
        return found

    def _of_what_is_written(self, found: Classified, classify: Classify, key: bytes) -> Classified:
        """Judge a file whose ends are holes by what lies between them."""
        for block in self._interior(key):
            if not block.strip(b"\0"):
                continue
            inner = classify(block, block, len(block), _slicer(block))
            if inner.state is Encryption.PLAINTEXT:
                return _inside(inner.state, "sparse", f"sparse-{inner.rule}", LIKELY)
            found = _inside(Encryption.UNKNOWN, "sparse", "sparse-data-unknown", Slug("none"))
        return found

    def _interior(self, key: bytes) -> Iterator[bytes]:
        """Yield a block of each stretch of the file, each from where data is stored."""
        entry = self._held.entry
        first, last = len(self.head), self._tail_at - BLOCK
        stretch = max(1, (last - first) // INTERIOR)
        begun = first
        for number in range(INTERIOR):
            said = f"{entry.device} {entry.inode} {number}".encode()
            chance = int.from_bytes(hashlib.blake2b(said, key=key, digest_size=8).digest())
            wanted = first + number * stretch + chance * stretch // _WORD
            place = self._held.next_data(max(wanted, begun))
            if place >= self._tail_at:
                return
            yield self._held.read(place, BLOCK)
            begun = place + BLOCK


def _inside(state: Encryption, kind: str, rule: str, confidence: Slug) -> Classified:
    return Classified(state=state, kind=Slug(kind), rule=Slug(rule[:40]), confidence=confidence)


def _slicer(data: bytes) -> Read:
    return lambda offset, count: data[offset : offset + count]
