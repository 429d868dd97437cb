"""ZIP: the smallest encrypted member, in WinZip's AES or in ZipCrypto, tried to its checksum.

Sources: APPNOTE.TXT 6.1; WinZip's AE-1 and AE-2. The members of an archive mostly share a password.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, cast

from guardian_agent.exposure.doors.derive import pbkdf2
from guardian_agent.exposure.doors.lock import Lock, Look

_MAGIC = b"PK\x03\x04"
_DIRECTORY_MOST = 4 * 1024 * 1024
"""A larger list of members is not read."""
_MOST_AES = 4 * 1024 * 1024
_MOST_ZIPCRYPTO = 256 * 1024
"""Decrypted byte by byte: a quarter of a second."""
_LOCAL = struct.Struct("<4s5H3I2H")
_AES = 99
_AES_EXTRA = 0x9901
_SALT_BYTES = {1: 8, 2: 12, 3: 16}
_STREAMED = 8


def zip_file(look: Look) -> Lock | None:
    """Return the archive's lock; None where no encrypted member is small enough."""
    if not look.head.startswith(_MAGIC):
        return None
    try:
        with zipfile.ZipFile(_as_file(look)) as archive:
            members = [each for each in archive.infolist() if each.flag_bits & 1]
    except (zipfile.BadZipFile, NotImplementedError):
        return None
    for member in sorted(members, key=lambda each: each.compress_size):
        lock = _aes(look, member) if member.compress_type == _AES else _zipcrypto(look, member)
        if lock is not None:
            return lock
    return None


def _as_file(look: Look) -> IO[bytes]:
    return cast("IO[bytes]", _Reader(look))


class _Reader:
    """What `zipfile` asks of a file, with a limit to what it reads at once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._place = 0

    def read(self, count: int = -1) -> bytes:
        """Read on from where we are."""
        count = self._look.size - self._place if count < 0 else count
        if count > _DIRECTORY_MOST:
            raise zipfile.BadZipFile
        data = self._look.read(self._place, max(0, count))
        self._place += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go elsewhere."""
        place = offset + (0, self._place, self._look.size)[whence]
        if place < 0:
            raise zipfile.BadZipFile
        self._place = place
        return place

    def tell(self) -> int:
        """Say where we are."""
        return self._place

    def seekable(self) -> bool:
        """Say that one can go elsewhere."""
        return True


def _body(look: Look, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return a member's bytes as they lie there; none where there are too many."""
    local = look.read(member.header_offset, _LOCAL.size)
    if member.compress_size > most or len(local) < _LOCAL.size or local[:4] != _MAGIC:
        return b""
    name, extra = _LOCAL.unpack(local)[-2:]
    return look.read(member.header_offset + _LOCAL.size + name + extra, member.compress_size)


def _aes(look: Look, member: zipfile.ZipInfo) -> Lock | None:
    strength = _strength(member.extra)
    body = _body(look, member, _MOST_AES)
    salt_bytes = _SALT_BYTES.get(strength, 0)
    if not salt_bytes or len(body) < salt_bytes + 2 + 10:
        return None
    return Lock(material=body, opens=lambda secret: _opens_aes(body, salt_bytes, secret))


def _strength(extra: bytes) -> int:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == _AES_EXTRA and length >= 7:
            return extra[place + 8]
        place += 4 + length
    return 0


def _opens_aes(body: bytes, salt_bytes: int, secret: bytes) -> bool:
    salt, verifier = body[:salt_bytes], body[salt_bytes : salt_bytes + 2]
    key_bytes = 2 * salt_bytes
    derived = pbkdf2("sha1", secret, salt, 1000, 2 * key_bytes + 2)
    if derived[-2:] != verifier:
        return False
    mac = hmac.digest(derived[key_bytes:-2], body[salt_bytes + 2 : -10], hashlib.sha1)
    return hmac.compare_digest(mac[:10], body[-10:])


def _zipcrypto(look: Look, member: zipfile.ZipInfo) -> Lock | None:
    body = _body(look, member, _MOST_ZIPCRYPTO)
    if len(body) < 12 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return None
    local = look.read(member.header_offset, _LOCAL.size)
    time, expected = _LOCAL.unpack(local)[4], member.CRC
    check = time >> 8 if member.flag_bits & _STREAMED else expected >> 24
    is_packed = member.compress_type == zipfile.ZIP_DEFLATED

    def opens(secret: bytes) -> bool:
        header = bytes(_decrypted(body[:12], secret))
        if header[11] != check:
            return False
        plain = bytes(_decrypted(body, secret))[12:]
        return zlib.crc32(_unpacked(plain) if is_packed else plain) == expected

    return Lock(material=expected.to_bytes(4) + body, opens=opens)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(data, 64 * _MOST_ZIPCRYPTO)
    except zlib.error:
        return b"\0" * 3  # no deflate stream: the wrong key


def _decrypted(data: bytes, secret: bytes) -> Iterator[int]:
    """Yield the plain bytes of PKWARE's traditional cipher."""
    keys = [0x12345678, 0x23456789, 0x34567890]
    for each in secret:
        _update(keys, each)
    for each in data:
        mixed = keys[2] | 2
        plain = each ^ (mixed * (mixed ^ 1) >> 8 & 0xFF)
        _update(keys, plain)
        yield plain


def _update(keys: list[int], byte: int) -> None:
    keys[0] = keys[0] >> 8 ^ _TABLE[(keys[0] ^ byte) & 0xFF]
    keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    keys[2] = keys[2] >> 8 ^ _TABLE[(keys[2] ^ keys[1] >> 24) & 0xFF]


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xEDB88320 if byte & 1 else 0)
    return byte


_TABLE = tuple(_crc_of(byte) for byte in range(256))
