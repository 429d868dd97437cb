"""File systems and partition tables: names and data lie open, or in the partitions they name.

Sources: the superblocks of ext4, XFS, Btrfs, NTFS, exFAT, FAT, HFS+, ISO 9660 and UFS; the MBR;
the UEFI specification's GPT; LVM2's label; Linux's swap header.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.wire.facts.words import Encryption

_EXT_ENCRYPT = 1 << 16
"""ext4's feature `encrypt`: some of its folders may be encrypted by fscrypt."""
_SECTOR = 512
_SIGNATURE = b"\x55\xaa"
_PROTECTIVE = 0xEE
_PEEK = 40 * 1024
_PARTITIONS_LOOKED_INTO = 8
_PARTITIONS_MOST = 128
"""Slots of a GPT as every tool makes it; used ones need not follow each other."""
_BTRFS = 65536


def filesystem(data: Data) -> Classified | None:
    """A file system's superblock, or that of something below file systems."""
    head = data.head
    if _is_ext(head):
        if number(head[1120:1124]) & _EXT_ENCRYPT:
            return unknown("filesystem", "filesystem-may-hold-encrypted")
        return plaintext("filesystem", "filesystem-superblock")
    if _is_windows(head) or _is_other(head) or data.at(_BTRFS + 64, 8) == b"_BHRfS_M":
        return plaintext("filesystem", "filesystem-superblock")
    if head[512:520] == b"LABELONE" and head[536:544] == b"LVM2 001":
        return unknown("lvm", "lvm-volumes-decide")
    if head[4086:4096] == b"SWAPSPACE2" and number(head[1024:1028]) == 1:
        return plaintext("swap", "swap-header")
    return None


def _is_ext(head: bytes) -> bool:
    """ext2 to ext4: mark, block size, inodes."""
    is_marked = head[1080:1082] == b"\x53\xef"
    return is_marked and number(head[1048:1052]) <= 6 and any(head[1024:1028])


def _is_windows(head: bytes) -> bool:
    """NTFS, exFAT, FAT32, FAT16 and FAT12."""
    if head[510:512] != _SIGNATURE:
        return False
    is_named = head[3:11] in {b"NTFS    ", b"EXFAT   "}
    return is_named or head[82:90] == b"FAT32   " or head[54:62] in {b"FAT16   ", b"FAT12   "}


def _is_other(head: bytes) -> bool:
    block = number(head[4:8], "big")
    return (
        (head[:4] == b"XFSB" and block in {512, 1024, 2048, 4096, 65536})
        or head[32769:32774] == b"CD001"
        or (head[1024:1026] in {b"H+", b"HX"} and number(head[1026:1028], "big") in {4, 5})
        or (head[:4] == b"JFS1" or head[1052:1056] == b"\x10\x20\xf5\xf2")
    )


def partitions(data: Data) -> Classified | None:
    """A disk with a partition table: one readable partition makes the disk readable."""
    if data.head[510:512] != _SIGNATURE:
        return None
    named = _gpt(data) if data.head[450] == _PROTECTIVE else _mbr(data)
    starts = list(islice(named, _PARTITIONS_LOOKED_INTO))
    if not starts:
        return None
    found = [data.part(start, size, peek=_PEEK) for start, size in starts]
    states = {answer.state for answer in found}
    if Encryption.PLAINTEXT in states:
        return plaintext("disk", "disk-partition-readable")
    if states == {Encryption.ENCRYPTED} and len(found) < _PARTITIONS_LOOKED_INTO:
        return encrypted("disk", "disk-partitions-encrypted")
    return unknown("disk", "disk-partitions-unknown")


def _mbr(data: Data) -> Iterator[tuple[int, int]]:
    """Yield start and length of the primary partitions, in bytes."""
    table = data.head[446:510]
    entries = [table[place : place + 16] for place in range(0, 64, 16)]
    if any(entry[0] not in {0, 0x80} for entry in entries):
        return
    for entry in entries:
        start, count = number(entry[8:12]) * _SECTOR, number(entry[12:16]) * _SECTOR
        if entry[4] and start and count and start < data.size:
            yield start, min(count, data.size - start)


def _gpt(data: Data) -> Iterator[tuple[int, int]]:
    """Yield start and length of the partitions of a GPT, in bytes."""
    header = data.head[_SECTOR : _SECTOR + 92]
    if not header.startswith(b"EFI PART"):
        return
    table, size = number(header[72:80]) * _SECTOR, number(header[84:88])
    for index in range(min(number(header[80:84]), _PARTITIONS_MOST)):
        entry = data.at(table + index * size, 48)
        first, last = number(entry[32:40]) * _SECTOR, (number(entry[40:48]) + 1) * _SECTOR
        if any(entry[:16]) and 0 < first < last and first < data.size:
            yield first, min(last, data.size) - first
