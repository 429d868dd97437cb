"""Database files and tables, other than SQLite, InnoDB and PostgreSQL's, that anybody reads."""

from __future__ import annotations

from guardian_agent.magic.data import number
from guardian_agent.magic.formats import Format, longer_than


def _redis(head: bytes) -> bool:
    return head[5:9].isdigit()


def _mysql_log(head: bytes) -> bool:
    """A binary log begins with a format description (type 15) or an older start event (1)."""
    return head[8:9] in {b"\x0f", b"\x01"} and number(head[13:17]) >= 19


def _dbase(head: bytes) -> bool:
    """A date, a header length that fits 32-byte fields, a record length."""
    length = number(head[8:10])
    is_dated = 1 <= head[2] <= 12 and 1 <= head[3] <= 31
    ends = head[length - 1 : length] == b"\r" or head[length - 264 : length - 263] == b"\r"
    return is_dated and length % 32 in {1, 8} and ends and number(head[10:12]) > 1


def _gdbm(head: bytes) -> bool:
    return number(head[4:8]) in {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}


def _my_isam(head: bytes) -> bool:
    return head[2:4] in {b"\x07\x01", b"\x08\x01"} and len(head) > 64


def _frm(head: bytes) -> bool:
    return head[2] in range(5, 12) and len(head) > 64


def _access(head: bytes) -> bool:
    """The header stays readable where the pages are encrypted: the second one tells."""
    return head[2048:2050] == b"\x01\x01" or head[4096:4098] == b"\x01\x01"


FORMATS: tuple[Format, ...] = (
    ("redis", (b"REDIS",), _redis),
    ("mongodump", (b"\x6d\xe2\x99\x81",), longer_than(8)),
    ("mysql-log", (b"\xfebin",), _mysql_log),
    ("my-isam", (b"\xfe\xfe",), _my_isam),
    ("mysql-table", (b"\xfe\x01",), lambda head: len(head) > 64 and _frm(head)),
    (
        "dbase",
        (b"\x03", b"\x83", b"\x8b", b"\xf5", b"\x30"),
        lambda head: len(head) > 64 and _dbase(head),
    ),
    ("parquet", (b"PAR1",), lambda head: len(head) > 12 and head[4] in {0x15, 0x1C, 0x2C}),
    ("orc", (b"ORC",), lambda head: len(head) > 64 and head[3] in {0x08, 0x0A, 0x12}),
    ("avro", (b"Obj\x01",), lambda head: b"avro." in head[:4096]),
    ("hdf5", (b"\x89HDF\r\n\x1a\n",), longer_than(48)),
    ("numpy", (b"\x93NUMPY",), lambda head: b"'descr'" in head[:256]),
    ("gdbm", (b"\xce\x9a\x57\x13", b"\xcf\x9a\x57\x13"), _gdbm),
    (
        "access",
        (b"\x00\x01\x00\x00Standard Jet DB\x00", b"\x00\x01\x00\x00Standard ACE DB\x00"),
        _access,
    ),
    ("registry", (b"regf",), lambda head: number(head[20:24]) == 1 and len(head) > 512),
    ("windows-log", (b"ElfFile\x00",), longer_than(128)),
    ("journal", (b"LPKSHHRH",), longer_than(200)),
    ("arrow", (b"ARROW1\x00\x00",), longer_than(32)),
    ("lucene", (b"\x3f\xd7\x6c\x17",), longer_than(16)),
)
