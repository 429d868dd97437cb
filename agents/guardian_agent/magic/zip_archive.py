"""ZIP (PKWARE APPNOTE, WinZip AE-x): judged entry by entry from the central directory.

One readable entry makes the archive readable; one ZipCrypto entry among AES ones makes it weak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.inflate import MOST_OUT, inflated
from guardian_agent.magic.randomness import looks_random
from guardian_agent.wire.facts.words import Encryption

_LOCAL, _ENTRY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_WIDE_END, _WIDE_LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_BEYOND_16, _BEYOND_32 = 0xFFFF, 0xFFFF_FFFF
_LOCAL_BYTES, _ENTRY_BYTES = 30, 46
_DIRECTORY_MOST = 512 * 1024
_ENCRYPTED_BIT, _STRONG_BIT = 1, 1 << 6
_STORED, _DEFLATED, _AES = 0, 8, 99
_AES_EXTRA = b"\x01\x99\x07\x00"
_PEEK = 4096
_PACKED_MOST = 16 * 1024
_MANIFEST = b"META-INF/manifest.xml"
_MEMBERS_LOOKED_INTO = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the central directory says of one member."""

    flags: int
    method: int
    packed: int
    offset: int
    has_aes_extra: bool
    name: bytes = b""

    @property
    def is_encrypted(self) -> bool:
        """Whether bit 0 says that the member needs a password."""
        return bool(self.flags & _ENCRYPTED_BIT)

    @property
    def is_aes(self) -> bool:
        """Whether it is WinZip AE-x rather than the broken ZipCrypto."""
        return self.method == _AES and self.has_aes_extra


def zip_archive(data: Data) -> Classified | None:
    """Answer for a ZIP file, and for all that are one inside (docx, xlsx, jar, odt)."""
    if not data.head.startswith(_LOCAL):
        return None
    entries = _directory(data)
    if entries is None:
        entries, is_complete = _walk(data), False
    else:
        is_complete = True
    members = [entry for entry in entries if entry.packed]
    readable = [entry for entry in members if not entry.is_encrypted]
    manifest = next((each for each in readable if each.name == _MANIFEST), None)
    if manifest is not None and is_complete and len(readable) == len(members):
        answer = _open_document(data, manifest)
        if answer is not None:
            return answer
    if readable:
        return _readable(data, readable, mixed=len(readable) < len(members))
    return _all_encrypted(data, members) if is_complete else unknown("zip", "zip-cut-short")


def _open_document(data: Data, manifest: Entry) -> Classified | None:
    """OpenDocument encrypts entry by entry and says so in its manifest (ODF 1.2, part 3)."""
    listed = _contents(data, manifest) or b""
    entries = listed.split(b"<manifest:file-entry")[1:]
    parts = [entry.split(b"</manifest:file-entry>")[0] for entry in entries]
    contents = [part for part in parts if b'full-path="content.xml"' in part]
    if not contents or b"manifest:encryption-data" not in contents[0]:
        return None
    return encrypted("odf", "odf-content-encrypted")


def _all_encrypted(data: Data, members: list[Entry]) -> Classified:
    if not members:
        return unknown("zip", "zip-without-contents")
    if any(entry.flags & _STRONG_BIT for entry in members):
        return unknown("zip", "zip-strong-encryption")
    if not all(_agrees(data, entry) for entry in members[:_MEMBERS_LOOKED_INTO]):
        return unknown("zip", "zip-contradicts-itself")
    if not all(entry.is_aes for entry in members):
        return weak("zip", "zip-zipcrypto")
    return encrypted("zip", "zip-aes-every-entry", PROVEN)


def _agrees(data: Data, entry: Entry) -> bool:
    """Whether the member itself is marked encrypted and could be ciphertext."""
    local = data.at(entry.offset, _LOCAL_BYTES)
    if local[:4] != _LOCAL or not number(local[6:8]) & _ENCRYPTED_BIT:
        return False
    return looks_random(data.at(_body(entry, local), min(entry.packed, _PEEK)))


def _readable(data: Data, members: list[Entry], *, mixed: bool) -> Classified:
    """Look into unencrypted members: what they hold may be encrypted by other means."""
    found = [_member(data, entry) for entry in members[:_MEMBERS_LOOKED_INTO]]
    states = {answer.state for answer in found}
    if Encryption.PLAINTEXT in states:
        return plaintext("zip", "zip-mixed" if mixed else "zip-entry-readable")
    if states == {Encryption.ENCRYPTED} and not mixed and len(found) == len(members):
        return encrypted("zip", "zip-members-encrypted")
    return unknown("zip", "zip-members-unknown")


def _member(data: Data, entry: Entry) -> Classified:
    local = data.at(entry.offset, _LOCAL_BYTES)
    if local[:4] != _LOCAL:
        return unknown("zip", "zip-contradicts-itself")
    if entry.method == _STORED:
        return data.part(_body(entry, local), entry.packed)
    out = _contents(data, entry)
    if not out:
        return unknown("zip", "zip-method-unknown")
    complete = entry.packed <= _PACKED_MOST and len(out) < MOST_OUT
    return data.inside(out, complete=complete)


def _contents(data: Data, entry: Entry) -> bytes | None:
    """Return the beginning of a member as it was; None when it cannot be decoded."""
    start = _body(entry, data.at(entry.offset, _LOCAL_BYTES))
    packed = data.at(start, min(entry.packed, _PACKED_MOST))
    if entry.method == _STORED:
        return packed
    return inflated("raw", packed) if entry.method == _DEFLATED else None


def _body(entry: Entry, local: bytes) -> int:
    return entry.offset + _LOCAL_BYTES + number(local[26:28]) + number(local[28:30])


def _directory(data: Data) -> list[Entry] | None:
    """Return every entry of the central directory; None when it is not all there."""
    place = data.tail.rfind(_END)
    if place < 0:
        return None
    end = data.tail[place : place + 22]
    if len(data.tail) != place + 22 + number(end[20:22]):  # something stands behind its comment
        return None
    count, size, offset = number(end[10:12]), number(end[12:16]), number(end[16:20])
    if count == _BEYOND_16 or _BEYOND_32 in {size, offset}:
        count, size, offset = _wide_end(data, place)
    if size > _DIRECTORY_MOST:
        return None
    entries = list(_entries(data.at(offset, size)))
    return entries if len(entries) == count else None


def _wide_end(data: Data, place: int) -> tuple[int, int, int]:
    """Read count, size and offset of a directory beyond 65,534 entries or 4 GiB (ZIP64)."""
    locator = data.tail[max(place - 20, 0) : place]
    end = data.at(number(locator[8:16]), 56) if locator.startswith(_WIDE_LOCATOR) else b""
    if not end.startswith(_WIDE_END):
        return -1, 0, 0
    return number(end[32:40]), number(end[40:48]), number(end[48:56])


def _entries(directory: bytes) -> Iterator[Entry]:
    place = 0
    while directory[place : place + 4] == _ENTRY:
        head = directory[place : place + _ENTRY_BYTES]
        name, extra, comment = number(head[28:30]), number(head[30:32]), number(head[32:34])
        extras = directory[place + _ENTRY_BYTES + name :][:extra]
        packed, offset = _wide(head, extras)
        yield Entry(
            flags=number(head[8:10]),
            method=number(head[10:12]),
            packed=packed,
            offset=offset,
            has_aes_extra=_AES_EXTRA in extras,
            name=directory[place + _ENTRY_BYTES :][:name],
        )
        place += _ENTRY_BYTES + name + extra + comment


def _wide(head: bytes, extras: bytes) -> tuple[int, int]:
    """Return packed size and offset; beyond 32 bits they stand in an extra field, in order."""
    values = [number(head[24:28]), number(head[20:24]), number(head[42:46])]
    field = _extra(extras, 1)
    place = 0
    for index, value in enumerate(values):
        if value == _BEYOND_32:
            values[index] = number(field[place : place + 8])
            place += 8
    return values[1], values[2]


def _extra(extras: bytes, kind: int) -> bytes:
    """Return the extra field of one kind; none when there is none."""
    place = 0
    while place + 4 <= len(extras):
        length = number(extras[place + 2 : place + 4])
        if number(extras[place : place + 2]) == kind:
            return extras[place + 4 : place + 4 + length]
        place += 4 + length
    return b""


def _walk(data: Data) -> list[Entry]:
    """Read local headers from the start, for an archive without a (usable) directory."""
    entries: list[Entry] = []
    place = 0
    while len(entries) < _MEMBERS_LOOKED_INTO:
        head = data.at(place, _LOCAL_BYTES)
        if head[:4] != _LOCAL or len(head) < _LOCAL_BYTES:
            break
        flags, packed = number(head[6:8]), number(head[18:22])
        start = place + _LOCAL_BYTES + number(head[26:28]) + number(head[28:30])
        streamed = packed in {0, 0xFFFF_FFFF} and flags & 8
        entries.append(
            Entry(
                flags=flags,
                method=number(head[8:10]),
                packed=max(data.size - start, 0) if streamed else packed,
                offset=place,
                has_aes_extra=False,
            )
        )
        if streamed:
            break
        place = start + packed
    return entries
