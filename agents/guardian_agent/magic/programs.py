"""Programs and what compilers write, each checked beyond its first bytes."""

from __future__ import annotations

from guardian_agent.magic.data import number
from guardian_agent.magic.formats import Format, longer_than

_PYC_MAGICS = range(3000, 4000)
"""Of Python 3.0 to 3.20 or so; always followed by a carriage return and a line feed."""
_PYC_FLAGS = {0, 1, 3}
_PYC_HEADERS = (16, 12)
_CLASS_VERSIONS = range(45, 90)


def _elf(head: bytes) -> bool:
    """32 or 64 bits, either byte order, version 1."""
    return head[4:7] in {b"\x01\x01\x01", b"\x02\x01\x01", b"\x01\x02\x01", b"\x02\x02\x01"}


def _pe(head: bytes) -> bool:
    place = number(head[60:64])
    return head[place : place + 4] == b"PE\x00\x00"


def python_code(head: bytes) -> bool:
    """Python's compiled modules: magic number, flags, and a marshalled code object."""
    if head[2:4] != b"\r\n" or number(head[:2]) not in _PYC_MAGICS:
        return False
    is_code = any(head[size : size + 1] in {b"\xe3", b"\x63"} for size in _PYC_HEADERS)
    return is_code and number(head[4:8]) in _PYC_FLAGS


def _java_class(head: bytes) -> bool:
    """A class file of Java 1.1 or later (a fat Mach-O shares its mark, with few architectures)."""
    return number(head[6:8], "big") in _CLASS_VERSIONS or 1 <= number(head[4:8], "big") < 20


def _wasm(head: bytes) -> bool:
    return number(head[4:8]) in {1, 2, 13} or head[4:8] == b"\x0d\x00\x01\x00"


FORMATS: tuple[Format, ...] = (
    ("elf", (b"\x7fELF",), _elf),
    ("pe", (b"MZ",), _pe),
    ("java-class", (b"\xca\xfe\xba\xbe",), _java_class),
    ("java-modules", (b"\xda\xda\xfe\xca", b"\xca\xfe\xda\xda"), longer_than(28)),
    ("java-module", (b"JM\x01\x00PK\x03\x04",), longer_than(64)),
    ("mach-o", (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"), longer_than(28)),
    ("llvm-bitcode", (b"BC\xc0\xde", b"\xde\xc0\x17\x0b"), longer_than(16)),
    ("wasm", (b"\x00asm",), _wasm),
    ("dex", (b"dex\n035\x00", b"dex\n037\x00", b"dex\n038\x00", b"dex\n039\x00"), longer_than(112)),
    (
        "java-serialized",
        (b"\xac\xed\x00\x05",),
        lambda head: head[4:5] in b"pqrstuvwxyz{|}~" and len(head) > 8,
    ),
    ("guile", (b"GOOF----",), longer_than(16)),
    ("emacs-lisp", (b";ELC",), longer_than(8)),
    ("lua", (b"\x1bLuaQ", b"\x1bLuaR", b"\x1bLuaS", b"\x1bLuaT"), longer_than(12)),
    ("ocaml", (b"Caml1999",), longer_than(20)),
)
