"""Streams that say by a flag whether what they carry is encrypted: ZFS, MySQL's binary logs, PST.

Sources: OpenZFS `zfs_ioctl.h` (DRR_BEGIN, feature flags); MySQL's binary log encryption; MS-PST.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.binary import reads_inside
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.randomness import body_is_random
from guardian_agent.magic.rule import Starting

_ZFS = 0x2F5BACBAC
_ZFS_RAW = 1 << 24
_ZFS_RECORD = 312
_ZFS_SEVERAL, _ZFS_END = 2, 5
_MYSQL_HEADER = 512
_PST_UNICODE = 23


def zfs_send(data: Data) -> Classified | None:
    """A send stream: without the raw flag (`zfs send -w`) even an encrypted dataset is readable."""
    head = data.head
    if len(head) < _ZFS_RECORD:
        return None
    order = next((each for each in ("little", "big") if number(head[8:16], each) == _ZFS), None)
    if order is None or number(head[:4], order):
        return None
    version = number(head[16:24], order)
    if version & 3 == _ZFS_SEVERAL:
        return _zfs_several(data, order)
    features = version >> 2
    if features & _ZFS_RAW and reads_inside(data, _ZFS_RECORD):
        return unknown("zfs-send", "zfs-send-body-readable")
    if features & _ZFS_RAW:
        return encrypted("zfs-send", "zfs-send-raw")
    return plaintext("zfs-send", "zfs-send-not-raw")


def _zfs_several(data: Data, order: str) -> Classified:
    """A replication stream (`zfs send -R`): a header and its end, then one stream after another.

    The flag stands before each of them: what is true of the first need not be of the others.
    """
    end = _ZFS_RECORD + number(data.head[4:8], order)
    first = data.at(end + _ZFS_RECORD, 24)
    is_stream = number(first[8:16], order) == _ZFS and number(data.at(end, 4), order) == _ZFS_END
    if is_stream and not number(first[16:24], order) >> 2 & _ZFS_RAW:
        return plaintext("zfs-send", "zfs-send-not-raw")
    return unknown("zfs-send", "zfs-send-several-streams")


def mysql_log(data: Data) -> Classified | None:
    """A binary log that the server encrypts: version 1, fields up to 512, then ciphertext."""
    if not data.head.startswith(b"\xfdbin\x01"):
        return None
    if data.size <= _MYSQL_HEADER or not body_is_random(data, _MYSQL_HEADER):
        return unknown("mysql-log", "mysql-log-body-not-random")
    return encrypted("mysql-log", "mysql-log-encrypted")


def outlook(data: Data) -> Classified | None:
    """Outlook's folders: "permute" and "cyclic" are fixed tables that every reader has."""
    head = data.head
    if not head.startswith(b"!BDN") or head[8:10] != b"SM" or len(head) < 514:
        return None
    method = head[513] if number(head[10:12]) >= _PST_UNICODE else head[461]
    if method in {0, 1, 2}:
        return plaintext("pst", "pst-no-key")
    if method == 0x10 and not reads_inside(data, len(head[:564])):
        return encrypted("pst", "pst-information-protection")
    return unknown("pst", "pst-method-unknown")


RULES: tuple[Starting, ...] = (
    (zfs_send, (b"\x00\x00\x00\x00",)),
    (mysql_log, (b"\xfdbin",)),
    (outlook, (b"!BDN",)),
)
