"""Archives with passwords, without, and with some of both."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, noise, tool

_7Z = ("7z", "a", "-bd", "-bso0", "-bsp0", f"-p{PASSWORD}")
_PLAIN_7Z = _7Z[:-1]


def make(workshop: Workshop) -> None:
    _zip(workshop)
    _seven_zip(workshop)
    _mixed(workshop)
    _plain(workshop)
    _rar(workshop)


def _zip(workshop: Workshop) -> None:
    ways = {
        "zip-aes": ("-tzip", "-mem=AES256"),
        "zip-aes128": ("-tzip", "-mem=AES128"),
        "zip-zipcrypto": ("-tzip", "-mem=ZipCrypto"),
    }
    for kind, words in ways.items():
        truth = Truth.WEAK if kind == "zip-zipcrypto" else Truth.ENCRYPTED
        for path in _inputs(workshop):
            target = workshop.reserve(kind, truth, "7z", "zip")
            tool(*_7Z, *words, target, path, folder=workshop.scratch)


def _seven_zip(workshop: Workshop) -> None:
    for kind, words in {"7z-aes": (), "7z-aes-names": ("-mhe=on",)}.items():
        for path in _inputs(workshop):
            target = workshop.reserve(kind, Truth.ENCRYPTED, "7z", "7z")
            tool(*_7Z, *words, target, path, folder=workshop.scratch)
    for path in _inputs(workshop, readable=True):
        target = workshop.reserve("7z", Truth.PLAINTEXT, "7z", "7z")
        tool(*_PLAIN_7Z, target, path, folder=workshop.scratch)


def _mixed(workshop: Workshop) -> None:
    """Archives to which somebody added a file without the password."""
    for path in _inputs(workshop, readable=True, each=min(workshop.each, 12)):
        other = workshop.scratch / "other.txt"
        other.write_bytes(path.read_bytes()[::-1])
        for end, words in (("zip", ("-tzip", "-mem=AES256")), ("7z", ())):
            target = workshop.reserve(f"{end}-mixed", Truth.PLAINTEXT, "7z", end)
            tool(*_7Z, *words, target, path, folder=workshop.scratch)
            plain = words[:1]
            tool(*_PLAIN_7Z, *plain, target, other, folder=workshop.scratch)


def _plain(workshop: Workshop) -> None:
    for index, content in enumerate(workshop.readable()):
        workshop.put("zip", zipped({"a.txt": content}), Truth.PLAINTEXT, "python", "zip")
        if index < 12:
            stored = zipped({"a.txt": content, "b.bin": noise(500)}, zipfile.ZIP_STORED)
            workshop.put("zip-stored", stored, Truth.PLAINTEXT, "python", "zip")


def _inputs(workshop: Workshop, *, readable: bool = False, each: int | None = None) -> list[Path]:
    chosen = workshop.readable(each=each) if readable else workshop.contents(each=each)
    paths = []
    for index, content in enumerate(chosen):
        path = workshop.scratch / f"input-{index}.txt"
        path.write_bytes(content)
        paths.append(path)
    return paths


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _rar(workshop: Workshop) -> None:
    """Nothing free writes RAR: after the technical notes."""
    for index, content in enumerate(workshop.readable(each=min(workshop.each, 12))):
        sealed = noise(-(-len(content) // 16) * 16, index)
        for kind, made, truth in (
            ("rar5-sealed", rar5(sealed, sealed=True), Truth.ENCRYPTED),
            ("rar5-names-sealed", rar5_names_sealed(sealed), Truth.ENCRYPTED),
            ("rar5", rar5(content, sealed=False), Truth.PLAINTEXT),
            ("rar4-sealed", rar4(sealed, flags=0x8004), Truth.ENCRYPTED),
            ("rar4", rar4(content, flags=0x8000), Truth.PLAINTEXT),
        ):
            workshop.put(kind, made, truth, "specification", "rar")


def _number(value: int) -> bytes:
    """RAR 5's numbers: seven bits a byte, the lowest first."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _block5(*fields: int, tail: bytes = b"", extra: bytes = b"", data: bytes = b"") -> bytes:
    header = b"".join(map(_number, fields)) + tail + extra
    return noise(4) + _number(len(header)) + header + data


def rar5(body: bytes, *, sealed: bool) -> bytes:
    """One stored file; `sealed` adds the record that says so."""
    extra = b"\x30\x01\x00\x00\x0f" + noise(44) if sealed else b""
    flags = 2 | bool(extra)
    lengths = [len(extra)] if extra else []
    tail = b"".join(map(_number, (0, len(body), 0x20, 0, 1, 5))) + b"a.txt"
    file = _block5(2, flags, *lengths, len(body), tail=tail, extra=extra, data=body)
    return b"Rar!\x1a\x07\x01\x00" + _block5(1, 0, 0) + file + _block5(5, 0, 0)


def rar5_names_sealed(body: bytes) -> bytes:
    crypt = _block5(4, 0, 0, 0, tail=b"\x0f" + noise(16))
    return b"Rar!\x1a\x07\x01\x00" + crypt + noise(16) + body


def rar4(body: bytes, *, flags: int) -> bytes:
    """One stored file."""
    name = b"a.txt"
    size = len(body).to_bytes(4, "little")
    fields = size + size + b"\x03" + noise(4) + b"\x00" * 4 + b"\x1d\x30"
    fields += len(name).to_bytes(2, "little") + b"\x20\x00\x00\x00" + name
    file = b"\x74" + flags.to_bytes(2, "little") + (7 + len(fields)).to_bytes(2, "little") + fields
    main = b"\xcf\x90\x73\x00\x00\x0d\x00" + b"\x00" * 6
    end = b"\xc4\x3d\x7b\x00\x40\x07\x00"
    return b"Rar!\x1a\x07\x00" + main + b"\x12\x34" + file + body + end
