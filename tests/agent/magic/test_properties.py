"""Whatever the bytes: an answer, and never a proof out of nothing."""

from __future__ import annotations

import json
from pathlib import Path

from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.magic.classify import STARTS as RULES
from guardian_agent.wire.decode import build
from guardian_agent.wire.encode import plain
from guardian_agent.wire.observations import Encryption
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.magic.made import noise

SAMPLES = Path(__file__).parents[2] / "fixtures" / "encryption"
READABLE = [
    (SAMPLES / sample["file"]).read_bytes()
    for sample in json.loads((SAMPLES / "MANIFEST.json").read_text())
    if sample["encrypted"] is False
]
STARTS = sorted({path.read_bytes()[:40] for path in SAMPLES.iterdir()})
MAGIC = st.sampled_from(
    [
        b"\x8c\x0d\x04\x09", b"\x85\x01\x8c\x03", b"\xa3\x01", b"\xc4\x0d\x03", b"\x88\x10\x04\x00",
        b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04", b"%PDF-", b"\x28\xb5\x2f\xfd", b"QFI\xfb\0\0\0\x03",
        b"LUKS\xba\xbe\0\x01", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"BORG_SEG", b"AES\x02\0",
        b"SQLite format 3\0", b"-----BEGIN PGP MESSAGE-----\n", b"PGDMP\x01", b"scrypt\0",
        *STARTS,
    ]
)  # fmt: skip


def look(data: bytes) -> Classified:
    return classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])


@given(st.binary(max_size=600))
def test_bytes_out_of_nowhere_are_never_encrypted(data: bytes) -> None:
    assert look(data).state not in {Encryption.ENCRYPTED, Encryption.WEAK}


@given(st.text(max_size=600))
def test_text_out_of_nowhere_is_never_encrypted(text: str) -> None:
    assert look(text.encode()).state not in {Encryption.ENCRYPTED, Encryption.WEAK}


@given(MAGIC, st.binary(max_size=400))
def test_every_magic_with_anything_behind_has_an_answer(magic: bytes, rest: bytes) -> None:
    answer = look(magic + rest)
    assert build(Classified, plain(answer)) == answer


@settings(max_examples=300)
@given(
    st.sampled_from(READABLE),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 70_000),
)
def test_damage_never_makes_a_readable_file_encrypted(
    data: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(data)
    for place, value in changes:
        damaged[min(place, len(damaged) - 1)] = value
    state = look(bytes(damaged[: max(length, 1)])).state
    assert state is not Encryption.ENCRYPTED


CONTAINERS = frozenset({
    "age", "openssl", "rclone", "kdbx", "kdb", "scrypt", "proxmox-blob", "aescrypt", "xbcrypt",
    "ssh-key", "mysql-log", "ecryptfs", "borg", "gocryptfs", "kopia", "cryfs", "luks1", "luks2",
    "qcow2", "zip", "odf", "7z", "rar", "ooxml", "xls", "doc", "ppt", "pdf", "xbstream", "zfs-send",
    "pst", "bitlocker", "cms", "openpgp", "ansible-vault", "tar", "disk", "gzip", "bzip2", "xz",
    "lzma", "zlib", "zstd", "lz4",
})  # fmt: skip
"""Every kind that may be called encrypted or weak: containers, and what holds such."""
MARKS = st.sampled_from(sorted({start for _, starts in RULES for start in starts}))


@settings(max_examples=400)
@given(MARKS, st.integers(0, 40), st.binary(max_size=64), st.integers(0, 9000))
def test_any_mark_before_anything_has_an_answer_and_a_container(
    mark: bytes, zeros: int, rest: bytes, length: int
) -> None:
    answer = look(mark + bytes(zeros) + rest + noise(length))
    assert build(Classified, plain(answer)) == answer
    if answer.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
        assert answer.kind in CONTAINERS


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(SAMPLES.iterdir())),
    st.lists(st.tuples(st.integers(0, 70_000), st.binary(min_size=1, max_size=40)), max_size=4),
)
def test_damage_crashes_nothing(path: Path, changes: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(path.read_bytes())
    for place, value in changes:
        damaged[place : place + len(value)] = value
    answer = look(bytes(damaged))
    if answer.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
        assert answer.kind in CONTAINERS
