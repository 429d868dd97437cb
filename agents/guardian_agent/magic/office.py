"""Office documents in compound files: which are encrypted, which only in form, which not.

Sources: MS-OFFCRYPTO, MS-XLS (FilePass), MS-DOC (FibBase), MS-PPT (CurrentUserAtom). The older
formats know XOR and RC4 alone, of 40 bits or in a chaining that repeats: weak, all of them.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.compound import MAGIC, Compound
from guardian_agent.magic.data import Data, number

_LEAST_PACKAGE = 8 + 16
"""A size and one cipher block."""
_AES = 0x20
_BOF, _FILE_PASS = (0x0809, 0x0409, 0x0209, 0x0009), 0x002F
_RECORDS_LOOKED_INTO = 8
_WORD = 0xA5EC
_WORD_ENCRYPTED = 1 << 8
_USER_PLAIN, _USER_ENCRYPTED = 0xE391C05F, 0xF3D1C4DF
_READABLE = {
    "__properties_version1.0": "outlook-message",
    "Catalog": "thumbnails",
    "VisioDocument": "visio",
    "\u4840\u3b3f\u43f2\u4438\u45b1": "installer",
    "\u4840\u3f3f\u4577\u446c\u3e6a\u44b2\u482f": "installer",
}


def office(data: Data) -> Classified | None:
    """Answer for a compound file by the streams that are in it."""
    if not data.head.startswith(MAGIC):
        return None
    file = Compound(data)
    if "EncryptionInfo" in file.streams and "EncryptedPackage" in file.streams:
        return _package(file)
    for name in ("Workbook", "Book"):
        if name in file.streams:
            return _workbook(file.start(name, 512))
    if "WordDocument" in file.streams:
        return _word(file.start("WordDocument", 12))
    if "PowerPoint Document" in file.streams:
        return _slides(file.start("Current User", 16))
    for name, kind in _READABLE.items():
        if name in file.streams:
            return plaintext(kind, f"{kind}-streams")
    return unknown("cfb", "cfb-not-judged")


def _package(file: Compound) -> Classified:
    """An OOXML document around which Office put AES, or RC4 where it was told to."""
    if file.streams["EncryptedPackage"].size < _LEAST_PACKAGE:
        return unknown("ooxml", "ooxml-package-empty")
    info = file.start("EncryptionInfo", 512)
    major, minor, flags = number(info[:2]), number(info[2:4]), number(info[4:8])
    is_agile = (major, minor) == (4, 4) and b"AES" in info
    if is_agile or (major in {2, 3, 4} and minor == 2 and flags & _AES):
        return encrypted("ooxml", "ooxml-encrypted-package")
    if major in {2, 3, 4} and minor == 2:
        return weak("ooxml", "ooxml-rc4")
    return unknown("ooxml", "ooxml-cipher-unknown")


def _workbook(start: bytes) -> Classified:
    """BIFF: records of type, length, contents; FilePass follows the first one."""
    if number(start[:2]) not in _BOF:
        return unknown("xls", "xls-stream-unreadable")
    place = 0
    for _ in range(_RECORDS_LOOKED_INTO):
        kind, length = number(start[place : place + 2]), number(start[place + 2 : place + 4])
        if kind == _FILE_PASS:
            is_xor = length <= 6 and number(start[place + 4 : place + 6]) == 0
            return weak("xls", "xls-xor" if is_xor else "xls-rc4")
        place += 4 + length
    return plaintext("xls", "xls-no-password")


def _word(base: bytes) -> Classified:
    if number(base[:2]) != _WORD or len(base) < 12:
        return unknown("doc", "doc-stream-unreadable")
    if number(base[10:12]) & _WORD_ENCRYPTED:
        return weak("doc", "doc-xor-or-rc4")
    return plaintext("doc", "doc-no-password")


def _slides(user: bytes) -> Classified:
    match number(user[12:16]):
        case token if token == _USER_PLAIN:
            return plaintext("ppt", "ppt-no-password")
        case token if token == _USER_ENCRYPTED:
            return weak("ppt", "ppt-rc4")
        case _:
            return unknown("ppt", "ppt-stream-unreadable")
