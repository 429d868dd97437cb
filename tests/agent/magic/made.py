"""Containers made in memory, for the cases no tool makes on purpose."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import zipfile
import zlib

TEXT = b"".join(b"%d;Ada Lovelace;ada@example.org;London\n" % number for number in range(2000))


def noise(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def age(body: bytes | None = None) -> bytes:
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"B" * 43 + b"\n"
    return b"age-encryption.org/v1\n" + stanza + b"--- " + b"C" * 43 + b"\n" + (body or noise(9000))


def salted(body: bytes | None = None) -> bytes:
    return b"Salted__" + noise(8) + (body or noise(9008, 2))


def symmetric_key() -> bytes:
    return b"\x8c\x0d\x04\x09\x03\x08" + noise(8) + b"\xff"


def openpgp(body: bytes | None = None) -> bytes:
    content = b"\x01" + (body or noise(9000, 3))
    return symmetric_key() + b"\xd2\xff" + struct.pack(">I", len(content)) + content


def armour(label: str, body: bytes) -> bytes:
    lines = base64.encodebytes(body)
    return b"-----BEGIN %b-----\n\n%b-----END %b-----\n" % (label.encode(), lines, label.encode())


def vault(sealed: bytes | None = None) -> bytes:
    """Write salt, MAC and ciphertext in hexadecimal, and that in hexadecimal again."""
    parts = (noise(32), noise(32, 2), noise(4000, 3) if sealed is None else sealed)
    digits = b"\n".join(part.hex().encode() for part in parts).hex().encode()
    lines = [digits[place : place + 80] for place in range(0, len(digits), 80)]
    return b"$ANSIBLE_VAULT;1.1;AES256\n" + b"\n".join(lines) + b"\n"


def luks2(cipher: str = "aes-xts-plain64", requirements: tuple = (), body: bytes = b"") -> bytes:
    meta = {
        "segments": {"0": {"type": "crypt", "offset": "32768", "encryption": cipher}},
        "config": {"requirements": {"mandatory": list(requirements)}} if requirements else {},
    }
    head = b"LUKS\xba\xbe\x00\x02" + struct.pack(">Q", 16384)
    return (head.ljust(4096, b"\0") + json.dumps(meta).encode()).ljust(32768, b"\0") + body


def luks1(cipher: bytes = b"aes", body: bytes = b"") -> bytes:
    head = b"LUKS\xba\xbe\x00\x01" + cipher.ljust(32, b"\0") + b"xts-plain64".ljust(32, b"\0")
    return (head.ljust(104, b"\0") + struct.pack(">I", 8)).ljust(4096, b"\0") + body


def tar(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def flip_zip_flags(data: bytes, count: int) -> bytes:
    """Mark `count` members encrypted in both headers, without encrypting them."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        for _ in range(count):
            start = data.index(mark, start + 1)
            data = data[: start + place] + b"\x01" + data[start + place + 1 :]
    return data


def qcow2(method: int = 0, guest: bytes = b"") -> bytes:
    cluster = 65536
    head = struct.pack(">4sIQIIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 1 << 30, method, 1, cluster)
    first = struct.pack(">Q", 2 * cluster | 1 << 63)
    second = struct.pack(">Q", 3 * cluster | 1 << 63) if guest else b""
    parts = [part.ljust(cluster, b"\0") for part in (head, first, second)]
    return b"".join(parts) + guest.ljust(cluster, b"\0")


def borg_segment(*types: int) -> bytes:
    entries = b""
    for kind in types:
        content = noise(32) + bytes([kind]) + noise(200, kind)
        entries += struct.pack("<IIB", 7, 9 + len(content), 0) + content
    return b"BORG_SEG" + entries + struct.pack("<IIB", 7, 9, 2)


def _folders(count: int, coders: bytes, sizes: bytes, packed: bytes, offset: bytes) -> bytes:
    header = b"\x06" + offset + bytes([count]) + b"\x09" + packed + b"\x00"
    return header + b"\x07\x0b" + bytes([count]) + b"\x00" + coders + b"\x0c" + sizes + b"\x00\x00"


def seven_zip(*folders: bytes, names: bytes = b"", is_packed: bool = False) -> bytes:
    """A 7z whose folders have one coder each, by id; unpacked ten times as large as packed.

    `is_packed` packs the header itself with LZMA, as the tool does where that saves space.
    """
    count = len(folders)
    coders = b"".join(b"\x01" + bytes([len(coder)]) + coder for coder in folders)
    streams = _folders(count, coders, b"\x82\x80" * count, b"\x40" * count, b"\x00")
    header = b"\x01\x04" + streams + b"\x05\x01\x11" + names + b"\x00"
    body = noise(0x40 * count)
    if is_packed:
        spec = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
        packed = lzma.compress(header, lzma.FORMAT_RAW, filters=[spec])
        coder = b"\x01\x23\x03\x01\x01\x05\x5d" + struct.pack("<I", 1 << 16)
        place = bytes([len(body)])
        header = b"\x17" + _folders(1, coder, bytes([len(header)]), bytes([len(packed)]), place)
        body += packed
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    head = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start
    return head + body + header


def cms(kind: int, cipher: str = "6086480165030401") -> bytes:
    oid = bytes.fromhex("06092a864886f70d0107") + bytes([kind])
    algorithm = b"\x06" + bytes([len(bytes.fromhex(cipher)) + (cipher.startswith("6086"))])
    content = oid + b"\xa0\x80" + algorithm + bytes.fromhex(cipher) + b"\x2a" + noise(3000)
    return b"\x30\x82" + struct.pack(">H", len(content)) + content


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R", before: bytes = b"") -> bytes:
    """A PDF of some objects, numbered from 1, with its table; `before` stands before the first."""
    out = bytearray(b"%PDF-1.7\n" + before)
    entries = [b"0000000000 65535 f \n"]
    for number, each in enumerate(objects, 1):
        entries.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n%b" % (len(entries), b"".join(entries))
    end = b"trailer\n<<%b/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out) + table + end % (trailer, len(entries), len(out))


def pdf_lock(filters: bytes = b"/StmF/StdCF/StrF/StdCF", method: bytes = b"AESV3") -> bytes:
    """An encryption dictionary that no known password opens."""
    secrets = b"".join(b"/%b<%b>" % (name, noise(48).hex().encode()) for name in (b"O", b"U"))
    told = b"/Filter/Standard/V 5/R 6/P -4/CF<</StdCF<</CFM/%b>>>>" % method
    return b"<<" + told + filters + secrets + b">>"


PACKERS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
}
