"""Disk images of virtual machines: judged by the volume that the guest sees.

Sources: QEMU's qcow2 specification; Microsoft's VHD and MS-VHDX; VMware's Virtual Disk Format 5.0.
Of VHD, VHDX and VMDK none has an encryption of its own; VMware's lies in the machine's settings.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, unknown, weak
from guardian_agent.magic.binary import reads_inside
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.inflate import inflated
from guardian_agent.magic.rule import Starting

_SECTOR = 512
_QCOW2_HEADER = 512
_PEEK = 48 * 1024
_UNUSED = 0xFFFF_FFFF
_VHDX_REGIONS = 192 * 1024
_VHDX_BAT = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08")
_VHDX_PRESENT = 6
_VMDK_COMPRESSED = 1 << 16


def qcow2(data: Data) -> Classified | None:
    """qcow2: the method at 32; a plain image is judged by the volume its guest sees."""
    if number(data.head[4:8], "big") not in {2, 3} or not data.head.startswith(b"QFI\xfb"):
        return None
    match number(data.head[32:36], "big"):
        case 0:
            return _qcow2_guest(data)
        case 1:
            return weak("qcow2", "qcow2-legacy-aes")
        case 2:
            if reads_inside(data, _QCOW2_HEADER):
                return unknown("qcow2", "qcow2-body-readable")
            return encrypted("qcow2", "qcow2-luks")
        case _:
            return unknown("qcow2", "qcow2-method-unknown")


def _qcow2_guest(data: Data) -> Classified:
    """Follow the first entries of both tables to the guest's first cluster."""
    bits = number(data.head[20:24], "big")
    if not 9 <= bits <= 21:  # the specification's cluster sizes
        return unknown("qcow2", "qcow2-header-broken")
    offset = number(data.head[40:48], "big")
    for _ in range(2):
        offset = number(data.at(offset, 8), "big") & 0x00FF_FFFF_FFFF_FE00
        if not offset:
            return unknown("qcow2", "qcow2-guest-unseen")
    return _guest(data, "qcow2", offset, 1 << bits)


def vhd(data: Data) -> Classified | None:
    """A dynamic VHD: a copy of the footer, a header, and a table of blocks with bitmaps."""
    if not data.head.startswith(b"conectix") or data.head[512:520] != b"cxsparse":
        return None
    table, block = number(data.head[528:536], "big"), number(data.head[544:548], "big")
    first = number(data.at(table, 4) or b"\xff" * 4, "big")
    if first == _UNUSED or not block:
        return unknown("vhd", "vhd-guest-unseen")
    bitmap = -(-block // _SECTOR // 8 // _SECTOR) * _SECTOR
    return _guest(data, "vhd", first * _SECTOR + bitmap, block)


def vhdx(data: Data) -> Classified | None:
    """A VHDX: the region table names the block table, whose entries count in MiB."""
    if not data.head.startswith(b"vhdxfile"):
        return None
    regions = data.at(_VHDX_REGIONS, 16 + 2 * 32)
    place = regions.find(_VHDX_BAT)
    if not regions.startswith(b"regi") or place < 0:
        return unknown("vhdx", "vhdx-header-broken")
    entry = number(data.at(number(regions[place + 16 : place + 24]), 8))
    if entry & 7 != _VHDX_PRESENT:
        return unknown("vhdx", "vhdx-guest-unseen")
    return _guest(data, "vhdx", entry >> 20 << 20, 1 << 20)


def vmdk(data: Data) -> Classified | None:
    """A sparse VMDK: grain directory, grain table, grain; streamed ones have packed grains."""
    if not data.head.startswith(b"KDMV") or number(data.head[4:8]) not in {1, 2, 3}:
        return None
    grain = number(data.head[20:28]) * _SECTOR
    if number(data.head[8:12]) & _VMDK_COMPRESSED:
        return _streamed(data, number(data.head[64:72]) * _SECTOR)
    place = number(data.head[56:64]) * _SECTOR
    for _ in range(2):
        place = number(data.at(place, 4)) * _SECTOR
        if not place:
            return unknown("vmdk", "vmdk-guest-unseen")
    return _guest(data, "vmdk", place, grain)


def _streamed(data: Data, place: int) -> Classified:
    """The first grain of a streamed VMDK: its place, its packed length, zlib data."""
    marker = data.at(place, 12)
    packed = data.at(place + 12, min(number(marker[8:12]), 1 << 17))
    if number(marker[:8]) or not packed:
        return unknown("vmdk", "vmdk-guest-unseen")
    out = inflated("zlib", packed)
    if not out:
        return unknown("vmdk", "vmdk-grain-broken")
    return _believed("vmdk", data.inside(out, complete=False))


def _guest(data: Data, kind: str, place: int, size: int) -> Classified:
    return _believed(kind, data.part(place, size, peek=_PEEK))


def _believed(kind: str, inner: Classified) -> Classified:
    """Only what says what a volume is says what the guest's disk is."""
    if inner.kind in {"luks1", "luks2", "filesystem", "disk", "bitlocker"}:
        return inner
    return unknown(kind, f"{kind}-guest-unknown")


RULES: tuple[Starting, ...] = (
    (qcow2, (b"QFI\xfb",)),
    (vhd, (b"conectix",)),
    (vhdx, (b"vhdxfile",)),
    (vmdk, (b"KDMV",)),
)
