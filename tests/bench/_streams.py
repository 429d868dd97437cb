"""Long streams of compressed data by real encoders, kept in `build/` between runs."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CACHE = Path("build/blocks")
LOCK = Path("requirements/codecs.lock")
SOURCE_BYTES = 14 << 20
MEDIA = ("jpeg", "png", "mp4")
COMMANDS = {
    "gzip": (("gzip", "-6", "-n"), ("gzip", "-1", "-n")),
    "zstd": (("zstd", "-q", "-3"), ("zstd", "-q", "-16")),
    "xz": (("xz", "-T1", "-6"), ("xz", "-T1", "-1")),
    "lz4": (("lz4", "-q", "-1"),),
    "brotli": (("brotli", "-q", "5"), ("brotli", "-q", "9")),
}
_KINDS = {".py", ".pyi", ".so", ".html", ".json", ".txt", ".md", ".h", ".c", ".css", ".js"}


def streams() -> dict[str, list[bytes]]:
    """Return, for each codec, what it made of files of this machine (or drew), level by level."""
    mark = hashlib.sha256(b"".join(Path(each).read_bytes() for each in (__file__, LOCK, _SCRIPT)))
    folder = CACHE / mark.hexdigest()[:12]
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(folder)
        (folder / "done").touch()
    names = sorted(each.name for each in folder.iterdir() if each.name != "done")
    made: dict[str, list[bytes]] = {}
    for name in names:
        made.setdefault(name.partition("-")[0], []).append((folder / name).read_bytes())
    return made


def ciphertexts(length: int) -> list[bytes]:
    """Return what two ciphers make of the same files."""
    source = source_bytes()[:length]
    key, nonce = bytes(range(32)), bytes(16)
    ciphers = (
        Cipher(algorithms.AES(key), modes.CTR(nonce)),
        Cipher(algorithms.AES(key), modes.CBC(nonce)),
        Cipher(algorithms.ChaCha20(key, nonce), mode=None),
    )
    return [cipher.encryptor().update(source) for cipher in ciphers]


def source_bytes() -> bytes:
    """Return programs, texts and code of the interpreter and what is installed beside it."""
    paths = sysconfig.get_paths()
    folders = (Path(paths["purelib"]), Path(paths["stdlib"]))
    found = bytearray()
    for path in sorted(
        _files(folders), key=lambda each: hashlib.sha256(each.name.encode()).digest()
    ):
        found += path.read_bytes()[: 1 << 20]
        if len(found) >= SOURCE_BYTES:
            break
    return bytes(found[:SOURCE_BYTES])


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in _KINDS and "test" not in path.parts and path.is_file():
                yield path


_SCRIPT = Path(__file__).with_name("_media.py")


def _make(folder: Path) -> None:
    source = source_bytes()
    for codec, commands in COMMANDS.items():
        for level, command in enumerate(commands):
            done = subprocess.run([*command, "-c"], input=source, capture_output=True, check=True)
            (folder / f"{codec}-{level}").write_bytes(done.stdout)
    (folder / "docx-0").write_bytes(_documents(source))
    subprocess.run([str(_encoders()), str(_SCRIPT), str(folder)], check=True)


def _documents(source: bytes) -> bytes:
    """Office documents one after the other: paragraphs of text as XML, in a zip."""
    documents = bytearray()
    for place in range(0, len(source), 800_000):
        lines = source[place : place + 800_000].decode("latin-1").splitlines()
        body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", f"<w:document>{body}</w:document>")
        documents += out.getvalue()
    return bytes(documents)


def _encoders() -> Path:
    """Return the interpreter of an environment that has the encoders, making it where needed."""
    folder = CACHE / "environment"
    python = folder / "bin/python"
    stamp = folder / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        words = [
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(LOCK),
        ]
        subprocess.run([str(python), "-m", "pip", *words], check=True)
        stamp.write_text(wanted)
    return python
