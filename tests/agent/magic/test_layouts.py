"""Repositories of backup tools: each that is encrypted, and its twin that only seems so."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from guardian_agent.magic.layouts import judge
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic import made
from tests.agent.magic.folders import folder

TEXT, noise = made.TEXT, made.noise
RESTIC_KEY = json.dumps(
    {"kdf": "scrypt", "N": 32768, "r": 8, "p": 1, "salt": "c2FsdA==", "data": "ZGF0YQ=="}
).encode()
RESTIC = {
    "config": noise(155),
    "keys/ab12": RESTIC_KEY,
    "data/00/0011": noise(9000),
    "data/ff/ff11": noise(70_000, 2),
    "index/77": noise(400, 3),
    "snapshots/88": noise(300, 4),
    "locks/99": noise(200, 5),
}
BORG_CONFIG = b"[repository]\nversion = 1\nsegments_per_dir = 1000\nmax_segment_size = 524288000\n"
KOPIA = {
    "tool": "https://github.com/kopia/kopia",
    "uniqueID": "aGVsbG8=",
    "keyAlgo": "scrypt-65536-8-1",
    "encryption": "AES256_GCM",
    "encryptedBlockFormat": "ZGF0YQ==",
}
GOCRYPTFS = json.dumps(
    {"Creator": "gocryptfs", "EncryptedKey": "a2V5", "ScryptObject": {}, "FeatureFlags": ["HKDF"]}
).encode()
LITERAL = b"\xcb\xff\0\0\x23\x28b\x00\0\0\0\0" + TEXT[:8994]
CHUNK_SEALED, CHUNK_OPEN = bytes.fromhex("7b6785be222d4cf0"), bytes.fromhex("42ab3807be8370a1")
AES_CRYPT = b"AES\x02\x00\x00\x00" + noise(129 + 4800)
ENCFS = (
    b'<?xml version="1.0"?><!DOCTYPE boost_serialization>EncFS<encodedKeyData>QUJD</encodedKeyData>'
)


def borg(*segments: bytes, config: bytes = BORG_CONFIG) -> Mapping[str, bytes]:
    files = {f"data/0/{number}": segment for number, segment in enumerate(segments)}
    return {"config": config, "README": b"This is a Borg Backup repository.\n", **files}


def kopia(encryption: str = "AES256_GCM", blob: bytes = b"") -> Mapping[str, bytes]:
    settings = json.dumps({**KOPIA, "encryption": encryption}).encode()
    return {"kopia.repository.f": settings, "p12/345/678.f": blob or noise(9000)}


def pgbackrest(archive: bytes, backup: bytes) -> Mapping[str, bytes]:
    return {"archive/main/archive.info": archive, "backup/main/backup.info": backup}


def proxmox(*marks: bytes) -> Mapping[str, bytes]:
    chunks = {
        f".chunks/{number:04x}/{number:064x}": mark + noise(5000, number)
        for number, mark in enumerate(marks)
    }
    return {".lock": b"", **chunks}


INFO = b"[backrest]\nbackrest-format=5\n\n[db]\ndb-id=1\n" * 4
CASES = {
    "restic": (RESTIC, "restic", "encrypted"),
    "restic-without-keys": ({**RESTIC, "keys/ab12": b"{}"}, "restic", "unknown"),
    "restic-with-text": ({**RESTIC, "data/00/0011": TEXT}, "restic", "plaintext"),
    "borg": (borg(made.borg_segment(3), made.borg_segment(3, 3)), "borg", "encrypted"),
    "borg-keyfile": (borg(made.borg_segment(0)), "borg", "encrypted"),
    "borg-none": (borg(made.borg_segment(2)), "borg", "plaintext"),
    "borg-authenticated-with-a-key": (
        borg(made.borg_segment(7), config=BORG_CONFIG + b"key = aGVsbG8=\n"), "borg", "plaintext",
    ),
    "borg-one-open-segment": (
        borg(made.borg_segment(3), made.borg_segment(3), made.borg_segment(2)), "borg", "plaintext",
    ),
    "borg-new": (borg(made.borg_segment()), "borg", "unknown"),
    "borg-2": (borg(noise(99), config=BORG_CONFIG.replace(b"1", b"3", 1)), "borg", "unknown"),
    "kopia": (kopia(), "kopia", "encrypted"),
    "kopia-none": (kopia("NONE"), "kopia", "plaintext"),
    "kopia-unheard-of": (kopia("ROT13"), "kopia", "unknown"),
    "kopia-with-text": (kopia(blob=TEXT), "kopia", "plaintext"),
    "pgbackrest": (pgbackrest(made.salted(), made.salted()), "pgbackrest", "encrypted"),
    "pgbackrest-open": (pgbackrest(INFO, INFO), "pgbackrest", "plaintext"),
    "pgbackrest-half": (pgbackrest(made.salted(), INFO), "pgbackrest", "plaintext"),
    "proxmox": (proxmox(CHUNK_SEALED, CHUNK_SEALED), "proxmox", "encrypted"),
    "proxmox-mixed": (proxmox(CHUNK_SEALED, CHUNK_OPEN), "proxmox", "plaintext"),
    "proxmox-empty": (proxmox() | {".chunks/0000": b""}, "proxmox", "unknown"),
    "duplicity": (
        {"duplicity-full.20261101T000000Z.vol1.difftar.gpg": made.openpgp()},
        "duplicity", "encrypted",
    ),
    "duplicity-open": (
        {"duplicity-full.20261101T000000Z.vol1.difftar.gz": made.gzip.compress(TEXT)},
        "duplicity", "plaintext",
    ),
    "duplicity-old-chain-open": (
        {
            "duplicity-full.20261101T000000Z.vol1.difftar.gpg": made.openpgp(),
            "duplicity-inc.20261001T000000Z.to.20261002T000000Z.manifest": TEXT,
        },
        "duplicity", "plaintext",
    ),
    "duplicity-signed-only": (
        {"duplicity-full.20261101T000000Z.manifest.gpg": LITERAL},
        "duplicity", "plaintext",
    ),
    "duplicati": ({"duplicati-b1.dblock.zip.aes": AES_CRYPT}, "duplicati", "encrypted"),
    "duplicati-open": ({"duplicati-b1.dblock.zip": made.zipped(a=TEXT)}, "duplicati", "plaintext"),
    "duplicati-renamed": (
        {"duplicati-b1.dblock.zip.aes": made.zipped(a=TEXT)}, "duplicati", "plaintext",
    ),
    "gocryptfs": (
        {"gocryptfs.conf": GOCRYPTFS, "gocryptfs.diriv": noise(16), "Xy": noise(9000)},
        "gocryptfs", "encrypted",
    ),
    "gocryptfs-with-text": (
        {"gocryptfs.conf": GOCRYPTFS, "notes.txt": TEXT}, "gocryptfs", "plaintext",
    ),
    "gocryptfs-config-of-words": ({"gocryptfs.conf": TEXT}, "gocryptfs", "unknown"),
    "encfs": ({".encfs6.xml": ENCFS, "Zz": noise(5000)}, "encfs", "encrypted"),
    "cryfs": (
        {"cryfs.config": b"cryfs.config;1;scrypt\0" + noise(900), "AB/CD": noise(9000)},
        "cryfs", "encrypted",
    ),
    "cryptomator": (
        {"vault.cryptomator": b"eyJh.eyJm.c2ln", "d/AA/BB/x.c9r": noise(9000)},
        "cryptomator", "encrypted",
    ),
    "cryptomator-6": (
        {"masterkey.cryptomator": b'{"primaryMasterKey": "a2V5"}'}, "cryptomator", "encrypted",
    ),
    "rclone": (
        {"aa/bb": b"RCLONE\0\0" + noise(5000), "cc": b"RCLONE\0\0" + noise(90)},
        "rclone", "encrypted",
    ),
    "rclone-with-text": (
        {"aa": b"RCLONE\0\0" + noise(500), "cc": b"RCLONE\0\0" + noise(90), "notes": TEXT},
        "rclone", "plaintext",
    ),
    "veeam": ({"job.vbk": noise(9000), "job.vbm": TEXT}, "veeam", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_repository(case: str) -> None:
    files, kind, state = CASES[case]
    answer = judge(folder(files))
    assert answer is not None
    assert (answer.kind, answer.state) == (kind, state)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.txt": TEXT},
        {"config": TEXT, "data/1": TEXT},
        {"archive/main/notes": TEXT, "backup/main/notes": TEXT},
        {"one": b"RCLONE\0\0" + noise(500), "b": TEXT, "c": TEXT},
    ],
    ids=["nothing", "text", "almost-borg", "almost-pgbackrest", "one-rclone-file"],
)
def test_no_repository(files: Mapping[str, bytes]) -> None:
    assert judge(folder(files)) is None


NAMES = st.sampled_from(
    ["config", "data/0/1", "keys/k", "index/i", "snapshots/s", "kopia.repository", ".chunks/0000/x",
     "gocryptfs.conf", "x.dblock.zip.aes", "archive/m/archive.info", "backup/m/backup.info",
     "masterkey.cryptomator", ".encfs6.xml", "job.vbk"]
)  # fmt: skip


@given(
    st.dictionaries(
        NAMES, st.sampled_from([b"", b"{}", b"[]", b"[repository]", TEXT]) | st.binary(max_size=99)
    )
)
def test_names_alone_are_never_encrypted(files: Mapping[str, bytes]) -> None:
    answer = judge(folder(files))
    assert answer is None or answer.state != "encrypted"
