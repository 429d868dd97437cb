"""Repositories of backup tools: encrypted, in the clear, and both."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.world.commands import run
from tests.world.corpus.archives import zipped
from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, content, found, noise, tool

_BORG = {
    "repokey": Truth.ENCRYPTED,
    "repokey-blake2": Truth.ENCRYPTED,
    "keyfile": Truth.ENCRYPTED,
    "authenticated": Truth.PLAINTEXT,
    "none": Truth.PLAINTEXT,
}
_KOPIA = {
    "tool": "https://github.com/kopia/kopia",
    "uniqueID": "aGVsbG8=",
    "keyAlgo": "scrypt-65536-8-1",
    "encryption": "AES256_GCM",
    "encryptedBlockFormat": "ZGF0YQ==",
}
_CHUNKS = {True: bytes.fromhex("7b6785be222d4cf0"), False: bytes.fromhex("42ab3807be8370a1")}


def make(workshop: Workshop) -> None:
    source = workshop.scratch / "source"
    source.mkdir()
    for index in range(12):
        (source / f"{index}.txt").write_bytes(content(4000 + index * 900, index))
    _restic(workshop, source)
    _borg(workshop, source)
    _gocryptfs(workshop)
    _specified(workshop)


def _folder(workshop: Workshop, kind: str, truth: Truth, origin: str) -> Path:
    path = workshop.reserve(f"repository-{kind}", truth, origin, "d")
    path.mkdir()
    return path


def _restic(workshop: Workshop, source: Path) -> None:
    folder = _folder(workshop, "restic", Truth.ENCRYPTED, "restic")
    environment = {"RESTIC_PASSWORD": PASSWORD, "HOME": str(workshop.scratch)}
    for words in (("init",), ("backup", str(source))):
        run("restic", "--repo", folder, *words, environment=environment).checked()


def _borg(workshop: Workshop, source: Path) -> None:
    for mode, truth in _BORG.items():
        folder = _folder(workshop, f"borg-{mode}", truth, "borg")
        home = {"BORG_PASSPHRASE": PASSWORD, "BORG_BASE_DIR": str(workshop.scratch / "borg")}
        home["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes"
        run("borg", "init", "-e", mode, folder, environment=home).checked()
        run("borg", "create", f"{folder}::one", source, environment=home).checked()


def _gocryptfs(workshop: Workshop) -> None:
    for kind, inner, truth in (
        ("gocryptfs", noise(9000), Truth.ENCRYPTED),
        ("gocryptfs-with-text", content(9000, 1), Truth.PLAINTEXT),
    ):
        if not found("gocryptfs"):
            return
        folder = _folder(workshop, kind, truth, "gocryptfs")
        password = workshop.scratch / "gocryptfs.key"
        password.write_text(PASSWORD)
        tool("gocryptfs", "-init", "-q", "-scryptn", "10", "-passfile", password, folder)
        (folder / "ZmlsZQ").write_bytes(inner)


def _specified(workshop: Workshop) -> None:
    sealed, text = b"Salted__" + noise(4008), content(4000, 2)
    crypt = b"AES\x02\x00\x00\x00" + noise(129 + 4800)
    full = "duplicity-full.20261101T000000Z.vol1.difftar"
    for kind, truth, files in (
        ("kopia", Truth.ENCRYPTED, {"kopia.repository.f": _format(), "p1/2/3.f": noise(9000)}),
        ("pgbackrest", Truth.ENCRYPTED, _stanza(sealed, sealed)),
        ("pgbackrest-half", Truth.PLAINTEXT, _stanza(sealed, b"[backrest]\n" + text)),
        ("duplicity-open", Truth.PLAINTEXT, {f"{full}.gz": text}),
        ("duplicati", Truth.ENCRYPTED, {"duplicati-b1.dblock.zip.aes": crypt}),
        ("duplicati-open", Truth.PLAINTEXT, {"duplicati-b1.dblock.zip": zipped({"a": text})}),
        ("proxmox", Truth.ENCRYPTED, _chunks(True, True, True)),
        ("proxmox-mixed", Truth.PLAINTEXT, _chunks(True, False, True)),
        (
            "rclone",
            Truth.ENCRYPTED,
            {"a": b"RCLONE\x00\x00" + noise(900), "b": b"RCLONE\x00\x00" + noise(90)},
        ),
        ("veeam", Truth.UNTELLABLE, {"job.vbk": noise(9000), "job.vbm": text}),
    ):
        folder = _folder(workshop, kind, truth, "specification")
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    shutil.rmtree(workshop.scratch / "source")


def _format() -> bytes:
    return json.dumps(_KOPIA).encode()


def _stanza(archive: bytes, backup: bytes) -> dict[str, bytes]:
    return {"archive/main/archive.info": archive, "backup/main/backup.info": backup}


def _chunks(*sealed: bool) -> dict[str, bytes]:
    return {
        f".chunks/{number:04x}/{number:064x}": _CHUNKS[each] + noise(5000, number)
        for number, each in enumerate(sealed)
    }
