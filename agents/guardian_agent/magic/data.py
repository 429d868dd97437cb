"""Data as the rules see it: a head, a tail, and a little reading in between."""

from __future__ import annotations

from collections.abc import Callable

from guardian_agent.magic.answer import Classified, Read, unknown

READ_BUDGET = 768 * 1024
"""Bytes that all rules together may read beyond head and tail."""

UNENDING = 1 << 62
"""Stands for the size of decoded data whose end was not reached."""

MAX_DEPTH = 3
"""How deep containers are opened: a tar in a gzip has members at depth 2."""

_NO_CONTROLS = {8, 9, 10, 12, 13, 27}
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in _NO_CONTROLS)
_NO_TEXT = 0
_LETTER = ord("a")
_LONG_WORD = b"a" * 60 + b" "
_CLASSES = bytes(
    _LETTER if 33 <= code < 127 else 32 if code == 32 or code in _NO_CONTROLS else _NO_TEXT
    for code in range(256)
)
"""Of each byte whether it is a letter, a blank, or none of plain text: one pass tells all three."""

Judge = Callable[["Data"], Classified]


class Data:
    """Bytes of which only the ends are at hand; `at` reads the rest within a budget.

    Past the budget, and past the end, `at` returns fewer bytes: rules must take short answers for
    "not known". `judge` is the whole classifier, for what lies inside of a container.
    """

    __slots__ = (
        "_budget",
        "_depth",
        "_found_classes",
        "_is_plain_ascii",
        "_judge",
        "_read",
        "head",
        "size",
        "tail",
    )

    def __init__(
        self, head: bytes, tail: bytes, size: int, read: Read, *, judge: Judge, depth: int = 0
    ) -> None:
        self.head = head
        self.tail = tail
        self.size = size
        self._read = read
        self._judge = judge
        self._depth = depth
        self._budget = READ_BUDGET
        self._found_classes: bytes | None = None
        self._is_plain_ascii: bool | None = None

    @property
    def whole(self) -> bool:
        """Whether `head` is all there is."""
        return len(self.head) >= self.size

    @property
    def is_plain_ascii(self) -> bool:
        """Whether the head is ASCII text: most formats with a binary header are ruled out."""
        if self._is_plain_ascii is None:
            self._is_plain_ascii = self.head.isascii() and _NO_TEXT not in self._classes()
        return self._is_plain_ascii

    @property
    def has_long_word(self) -> bool:
        """Whether some word of the head, which is plain ASCII, is as long as a line of base64."""
        # A blank ends what is sought: from one that does not fit the search leaps a word on.
        return _LONG_WORD in self._classes() + b" "

    def _classes(self) -> bytes:
        if self._found_classes is None:
            self._found_classes = self.head.translate(_CLASSES)
        return self._found_classes

    @property
    def known(self) -> int:
        """How far the data is known to reach: its size, or what was decoded of it so far."""
        return len(self.head) if self.size == UNENDING else self.size

    def at(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`; none outside of the data."""
        count = min(count, self.size - offset)
        if offset < 0 or count <= 0:
            return b""
        if offset + count <= len(self.head):
            return self.head[offset : offset + count]
        from_tail = offset - (self.size - len(self.tail))
        if from_tail >= 0:
            return self.tail[from_tail : from_tail + count]
        if count > self._budget:
            return b""
        self._budget -= count
        return self._read(offset, count)[:count]

    def inside(self, decoded: bytes, *, complete: bool) -> Classified:
        """Classify what came out of a container; `complete` when it is all of it."""
        size = len(decoded) if complete else UNENDING
        return self._nested(decoded, decoded if complete else b"", size, _slicer(decoded))

    def part(self, offset: int, size: int, peek: int = 4096) -> Classified:
        """Classify a stored member of a container, by `peek` bytes of each end at first."""
        peek = min(size, peek)
        head = self.at(offset, peek)
        tail = head if peek == size else self.at(offset + size - peek, peek)
        return self._nested(head, tail, size, lambda place, count: self.at(offset + place, count))

    def _nested(self, head: bytes, tail: bytes, size: int, read: Read) -> Classified:
        if self._depth >= MAX_DEPTH:
            return unknown("nested", "nested-too-deep")
        inner = Data(head, tail, size, read, judge=self._judge, depth=self._depth + 1)
        return self._judge(inner)


def _slicer(data: bytes) -> Read:
    return lambda offset, count: data[offset : offset + count]


def has_long_word(text: bytes) -> bool:
    """Say whether some word is as long as a line of base64: 60 printable characters of ASCII."""
    return _LONG_WORD in text.translate(_CLASSES).replace(b"\0", b" ") + b" "


def controls(text: bytes) -> int:
    """Count control characters that do not occur in text."""
    return len(text) - len(text.translate(None, _CONTROLS))


def number(data: bytes, order: str = "little") -> int:
    """Return an unsigned integer; `order` is `little` or `big`; no bytes are 0."""
    return int.from_bytes(data, "big" if order == "big" else "little")
