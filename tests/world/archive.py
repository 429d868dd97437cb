"""Archives that a nightly job drops into a folder: sound, altered, hostile, encrypted or not."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import run

PASSWORD = "a-long-enough-password"


@dataclass(slots=True)
class Archive:
    """A drop folder of archives."""

    folder: Path
    suffix: str = ".tar.gz"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def settings(self, root: Path) -> dict[str, object]:
        """What `agent.toml` says of this copy; names in the archives are relative to `root`."""
        known = {"tool": "file_drop", "path": str(self.folder), "pattern": f"*{self.suffix}"}
        return {**known, "root": str(root)}

    @property
    def newest(self) -> Path:
        return self.folder / f"nightly{self.suffix}"

    def make(self, source: Path, *, name: Path) -> None:
        """Archive `source` under the name that the live folder `name` has."""
        with tarfile.open(self.newest, "w:gz", format=tarfile.PAX_FORMAT) as archive:
            archive.add(source, arcname=_inside(name))

    def make_hostile(self, source: Path, victim: Path) -> None:
        """Archive `source` beside members that try to leave the target."""
        with tarfile.open(self.newest, "w:gz", format=tarfile.PAX_FORMAT) as archive:
            archive.add(source, arcname=_inside(source))
            for name in (f"../../../..{victim}", str(victim), "../escaped"):
                archive.addfile(*_member(name, b"owned"))
            link = tarfile.TarInfo(f"{_inside(source)}/link")
            link.type, link.linkname = tarfile.SYMTYPE, str(victim.parent)
            archive.addfile(link)
            archive.addfile(*_member(f"{_inside(source)}/link/{victim.name}", b"owned"))

    def make_disguised(self, source: Path) -> None:
        """Put an encrypted file's header before readable data."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(source, arcname=_inside(source))
        self.newest.write_bytes(b"Salted__" + b"\x8f" * 8 + packed.getvalue())

    def make_encrypted(self, source: Path) -> None:
        """Archive and encrypt with a password."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(source, arcname=_inside(source))
        encrypted(packed.getvalue(), self.newest)


_LOCKS = {
    ".locked.7z": (f"-p{PASSWORD}",),
    ".names-locked.7z": (f"-p{PASSWORD}", "-mhe=on"),
    ".7z": (),
    ".locked.zip": ("-tzip", f"-p{PASSWORD}"),
    ".aes.zip": ("-tzip", "-mem=AES256", f"-p{PASSWORD}"),
    ".zip": ("-tzip",),
}
"""How 7-Zip makes archives of these suffixes; a longer one comes before a shorter."""
_PACKERS = {".gz": "--gzip", ".bz2": "--bzip2", ".xz": "--xz", ".zst": "--zstd"}


def pack(source: Path, root: Path, target: Path) -> Path:
    """Make an archive of `source`, its names relative to `root`, as the target's suffix says."""
    target.unlink(missing_ok=True)
    name = str(source.relative_to(root))
    for suffix, words in _LOCKS.items():
        if target.name.endswith(suffix):
            run("7z", "a", "-bso0", "-bsp0", *words, str(target), name, directory=root).checked()
            return target
    packer = [option for suffix, option in _PACKERS.items() if target.name.endswith(suffix)]
    run("tar", "--create", *packer, "--file", str(target), name, directory=root).checked()
    return target


def altered(source: Path) -> Path:
    """Return a copy of `source` whose files have other bytes, the same sizes and dates."""
    copy = source.with_name(f"{source.name}-altered")
    shutil.copytree(source, copy)
    for path in sorted(copy.rglob("*.txt")):
        dates = path.stat()
        content = path.read_bytes()
        path.write_bytes(content.swapcase())
        os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    return copy


def encrypted(content: bytes, target: Path) -> None:
    """Encrypt with openssl, as many nightly scripts do."""
    clear = target.with_name(f".{target.name}.clear")
    clear.write_bytes(content)
    words = ("enc", "-aes-256-cbc", "-pbkdf2", "-pass", f"pass:{PASSWORD}")
    run("openssl", *words, "-in", clear, "-out", target).checked()
    clear.unlink()


def _inside(path: Path) -> str:
    """Return the member name of a live folder whose archive's root is two levels up."""
    return "/".join(path.parts[-2:])


def _member(name: str, content: bytes) -> tuple[tarfile.TarInfo, io.BytesIO]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, io.BytesIO(content)
