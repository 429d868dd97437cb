"""What earlier looks at a place found, so that what did not change is not read again.

One file, in the order of the walk, that is merged with the walk while both are streamed: so it
costs no memory, however many files there are. While a pass walks it writes a journal beside it,
block by block; at the end, or in the next pass where this one was killed, the journal takes the
place of that part of the memory which was walked anew.

    line        name and version of the form
    frames      length and CRC-32, then one letter and what follows:
      H         header (JSON): where the next pass goes on, since when there is a whole round
      S         a stretch of the walk begins (JSON): after which place
      B         up to 512 files of one folder: JSON, names with NUL between, rows of fixed size
      E         the stretch went to its end, or the memory is whole

It has sizes, times and numbers of files, names, and what was found by kind: nothing of a file's
contents. It is never trusted: a torn or damaged one is read as far as it goes, and is not whole.
"""

from __future__ import annotations

import json
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import starmap, takewhile
from typing import Any, BinaryIO, NamedTuple

from guardian_agent.exposure.quickly import made
from guardian_agent.exposure.walk import BEGINNING, Position, key_of
from guardian_agent.system.ports import Entry, Files
from guardian_agent.wire.facts.words import Reason

BLOCK = 512
"""Files in one block: what a killed pass loses at most of a folder."""

_FORM = b"guardian-looks/1\n"
_FRAME = struct.Struct("<II")
_LENGTHS = struct.Struct("<II")
_ROW = struct.Struct("<QQQqqIQH")
_MOST = 64 * 1024 * 1024
_NO_TIME = 0

NOT, WAITS, PARTLY, CLOSED, FULL, WHOLE = "not", "waits", "partly", "closed", "full", "whole"
"""How far a file was searched: `CLOSED` is one of which something is not decoded here, `FULL` one
that was read to its end and has more values than are counted."""


class Answer(NamedTuple):
    """What a look at one file found; many files share one."""

    state: str
    kind: str
    before: str | None
    """Its kind when a reader made sense of it last, where none does now."""
    turned: bool
    ways: tuple[str, ...]
    """In which ways others get at it, modes and owners left out: those are seen without reading."""
    open_to: tuple[str, ...]
    """The ways by modes and owners."""
    personal: tuple[tuple[str, int], ...]
    """Personal data by kind: how many different values."""
    search: str
    """How far it was searched for secrets and personal data: `NOT`, `WAITS`, `PARTLY` and so on."""


class Row(NamedTuple):
    """One file as it was when it was looked at. Times of files in nanoseconds."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    looked_at: int
    """When it was read, in seconds since 1970."""
    searched: int
    """How many bytes were read or decoded to find personal data."""
    answer: int
    """Which of its block's answers."""

    def is_of(self, entry: Entry) -> bool:
        """Say whether the file is as it was."""
        return self[:5] == (
            entry.device,
            entry.inode,
            entry.size,
            entry.modified_ns,
            entry.changed_ns,
        )


class Block(NamedTuple):
    """Files of one folder in byte order of their names, and what was found in them."""

    folder: str
    names: Sequence[bytes]
    rows: Sequence[Row]
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How far the walk has come. Times in seconds since 1970."""

    settings: str
    """What was looked for, and where: another one's memory says nothing."""
    next: Position | None = None
    """After which place the next pass begins; None: at the beginning."""
    began: int = _NO_TIME
    """When the walk was at the beginning last."""
    trouble: str | None = None
    """What could not be looked into since."""
    round_began: int = _NO_TIME
    """When the last whole round began; 0: there was none."""
    round_trouble: str | None = None
    """What could not be looked into in it."""


class Memory:
    """Where the looks at one place lie: `kept` between passes, `journal` while one walks."""

    def __init__(self, folder: str, name: str) -> None:
        self.folder = folder
        self.kept = f"{folder}/{name}"
        self.journal = f"{folder}/{name}.walk"
        self.fresh = f"{folder}/{name}.fresh"

    def header(self, files: Files, settings: str) -> Header:
        """Return the header of the memory, an empty one where it is of no use."""
        try:
            with files.open(self.kept) as source:
                found = _header(source)
                last = b""
                for kind, _ in _frames(source):
                    last = kind
        except OSError:
            found, last = None, b""
        if found is None or found.settings != settings:
            return Header(settings=settings)
        # Of a damaged memory each file that is left is good, but not the whole.
        return found if last == b"E" else Header(settings=settings, began=found.began)

    def blocks(self, files: Files, settings: str) -> Iterator[Block]:
        """Yield what is remembered, in the order of the walk, as far as it can be read."""
        try:
            with files.open(self.kept) as source:
                found = _header(source)
                if found is not None and found.settings == settings:
                    yield from (unpacked(body) for kind, body in _frames(source) if kind == b"B")
        except OSError:
            return


class Journal:
    """Writes looks as they are made."""

    def __init__(self, out: BinaryIO, header: Header) -> None:
        self._out = out
        out.write(_FORM + _frame(b"H", _header_bytes(header)))

    def begin(self, after: Position) -> None:
        """Begin a stretch of the walk."""
        self._out.write(_frame(b"S", _position_bytes(after)))

    def add(self, block: Block) -> None:
        """Take some files of one folder; without any, the walk has come past it."""
        self._out.write(_frame(b"B", packed(block)))

    def end(self, at: Position | None) -> None:
        """End the stretch: it went to this place, or all the way."""
        self._out.write(_frame(b"E", b"" if at is None else _position_bytes(at)))


class _Stretch(NamedTuple):
    """A part of the walk in a journal: where its blocks lie there, and what it goes over.

    It begins after `begin`; `end` is the last place in it (None: it went all the way).
    """

    offset: int
    begin: Position
    end: Position | None


def fold(files: Files, memory: Memory, header: Header, take: Callable[[Block], None]) -> None:
    """Put what was walked anew in its place in the memory, and hand over what was not.

    Raises:
        OSError: the memory cannot be written.
    """
    with ExitStack() as opened:
        source = _opened(files, memory, header, opened)
        out = opened.enter_context(files.create(memory.fresh))
        out.write(_FORM + _frame(b"H", _header_bytes(header)))
        rest = _Rest(memory.blocks(files, header.settings))
        if source is not None:
            for stretch in sorted(_stretches(source), key=lambda each: each.begin):
                _put(out, rest.up_to(stretch.begin), take)
                _copy(source, stretch, out)
                rest.skip(stretch.end)
        _put(out, rest.up_to(None), take)
        out.write(_frame(b"E", b""))
    files.rename(memory.fresh, memory.kept)
    files.remove(memory.journal)


def _put(out: BinaryIO, blocks: Iterator[Block], take: Callable[[Block], None]) -> None:
    for block in blocks:
        take(block)
        out.write(_frame(b"B", packed(block)))


def _copy(source: BinaryIO, stretch: _Stretch, out: BinaryIO) -> None:
    source.seek(stretch.offset)
    blocks = takewhile(lambda frame: frame[0] == b"B", _frames(source))
    out.writelines(_frame(b"B", body) for _, body in blocks)


def left_behind(files: Files, memory: Memory, header: Header) -> Header | None:
    """Return how far a killed pass came; None where no journal was left behind."""
    with ExitStack() as opened:
        source = _opened(files, memory, header, opened)
        if source is None:
            return None
        stretches = _stretches(source)
        began = _own_header(source).began
    if not stretches:
        return None
    last = stretches[-1]
    # What it could not look into is not known: only a whole round without that will do.
    trouble = header.trouble or Reason.INTERRUPTED.value
    from_beginning = any(each.begin == BEGINNING for each in stretches)
    return replace(
        header,
        next=last.end or last.begin,
        trouble=trouble,
        began=began if from_beginning else header.began,
    )


class _Rest:
    """Known blocks, taken off from the front up to some place, in the midst of a block."""

    def __init__(self, known: Iterator[Block]) -> None:
        self._known = known
        self._next = next(known, None)

    def up_to(self, end: Position | None) -> Iterator[Block]:
        """Take off what lies up to a place, the place itself included; None: all."""
        while self._next is not None:
            taken, left = _split(self._next, end)
            if taken is not None:
                yield taken
            self._next = left if left is not None else next(self._known, None)
            if left is not None:
                return

    def skip(self, end: Position | None) -> None:
        """Drop what lies up to a place."""
        for _ in self.up_to(end):
            pass


def _split(block: Block, end: Position | None) -> tuple[Block | None, Block | None]:
    """Cut a block after a place."""
    if end is None:
        return block, None
    key = key_of(block.folder)
    if key != end.folder:
        return (block, None) if key < end.folder else (None, block)
    cut = bisect_right(block.names, end.name)
    before = block._replace(names=block.names[:cut], rows=block.rows[:cut])
    after = block._replace(names=block.names[cut:], rows=block.rows[cut:])
    return before if before.names else None, after if after.names else None


def _opened(files: Files, memory: Memory, header: Header, opened: ExitStack) -> BinaryIO | None:
    """Open the journal if there is one and it was made for the same settings."""
    try:
        source = opened.enter_context(files.open(memory.journal))
    except OSError:
        return None
    return source if _own_header(source).settings == header.settings else None


def _own_header(source: BinaryIO) -> Header:
    source.seek(0)
    found = _header(source)
    return found or Header(settings="")


def _stretches(source: BinaryIO) -> list[_Stretch]:
    """Find the stretches of a journal; what is torn off from the last is not in it."""
    found: list[_Stretch] = []
    source.seek(0)
    _header(source)
    for kind, body in _frames(source):
        if kind == b"S":
            begin = _position(body)
            found.append(_Stretch(source.tell(), begin, begin))
        elif kind == b"B" and found:
            # A block whose files are all gone stands for the beginning of its folder.
            last = found[-1]
            found[-1] = last._replace(end=max(last.end or last.begin, _last_of(body)))
        elif kind == b"E" and found:
            found[-1] = found[-1]._replace(end=_position(body) if body else None)
    return found


def _last_of(body: bytes) -> Position:
    folder, _, names, _ = _parts(body)
    return Position(key_of(folder), names[names.rfind(b"\0") + 1 :])


def _position(body: bytes) -> Position:
    return Position(*(bytes.fromhex(part) for part in json.loads(body)))


def _position_bytes(place: Position) -> bytes:
    return json.dumps([part.hex() for part in place]).encode()


def _frame(kind: bytes, body: bytes) -> bytes:
    body = kind + body
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def _frames(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield frames up to the end, or to the first that is not whole."""
    while len(head := source.read(_FRAME.size)) == _FRAME.size:
        length, check = _FRAME.unpack(head)
        if not 0 < length <= _MOST:
            return
        body = source.read(length)
        if len(body) < length or zlib.crc32(body) != check:
            return
        yield body[:1], body[1:]


def _header(source: BinaryIO) -> Header | None:
    """Read the line and the header; None where they are not those of this form."""
    if source.read(len(_FORM)) != _FORM:
        return None
    kind, body = next(_frames(source), (b"", b""))
    if kind != b"H":
        return None
    held = json.loads(body)
    place = held.pop("next")
    at = None if place is None else Position(*(bytes.fromhex(part) for part in place))
    return Header(next=at, **held)


def _header_bytes(header: Header) -> bytes:
    held = asdict(header)
    held["next"] = None if header.next is None else [part.hex() for part in header.next]
    return json.dumps(held).encode()


def packed(block: Block) -> bytes:
    """Write a block as it stands in a frame."""
    meta = json.dumps([block.folder, block.answers]).encode()
    names = b"\0".join(block.names)
    rows = b"".join(starmap(_ROW.pack, block.rows))
    return _LENGTHS.pack(len(meta), len(names)) + meta + names + rows


def unpacked(body: bytes) -> Block:
    """Read what `packed` wrote."""
    folder, answers, names, rows = _parts(body)
    return Block(
        folder,
        names.split(b"\0") if names else [],
        [made(Row, row) for row in _ROW.iter_unpack(rows)],
        [_answer(each) for each in answers],
    )


def _parts(body: bytes) -> tuple[str, list[Any], bytes, bytes]:
    """Take a block apart: its folder and answers, and the bytes of its names and of its rows."""
    meta_length, names_length = _LENGTHS.unpack_from(body)
    place = _LENGTHS.size + meta_length
    folder, answers = json.loads(body[_LENGTHS.size : place])
    return folder, answers, body[place : place + names_length], body[place + names_length :]


def _answer(held: list[Any]) -> Answer:
    state, kind, before, turned, ways, open_to, personal, search = held
    pairs = tuple((what, count) for what, count in personal)
    return Answer(state, kind, before, turned, tuple(ways), tuple(open_to), pairs, search)
