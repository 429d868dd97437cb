"""Bytes without any mark: ciphertext, and compressed data that looks like it."""

from __future__ import annotations

import lzma

from tests.world.corpus.workshop import PASSWORD, Truth, Workshop, found, noise, tool

_EACH = 6
"""Few: they are what nobody can tell, whoever looks."""
_RAW = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
_NO_SALT = ("openssl", "enc", "-aes-256-ctr", "-nosalt", "-pbkdf2", "-iter", "10")


def make(workshop: Workshop) -> None:
    for index, content in enumerate(workshop.readable(1500, each=min(_EACH, workshop.each))):
        for kind, made in (
            ("noise", noise(len(content), index)),
            ("ciphertext-without-mark", tool(*_NO_SALT, "-pass", f"pass:{PASSWORD}", data=content)),
            ("raw-lzma", lzma.compress(noise(2000) + content, lzma.FORMAT_RAW, filters=_RAW)),
        ):
            workshop.put(kind, made, Truth.UNTELLABLE, "openssl")
        if found("ccrypt"):
            key = workshop.scratch / "ccrypt.key"
            key.write_text(PASSWORD)
            made = tool("ccrypt", "-e", "-k", key, data=content)
            workshop.put("ccrypt", made, Truth.UNTELLABLE, "ccrypt")
    _sqlcipher(workshop)


def _sqlcipher(workshop: Workshop) -> None:
    """A database that is random from its first byte on, and one whose header lies open."""
    if not found("sqlcipher"):
        return
    for index in range(min(_EACH, workshop.each)):
        path = workshop.reserve("sqlcipher", Truth.UNTELLABLE, "sqlcipher", "db")
        fill = "create table a(b); " + f"insert into a values('{'x' * 900}'); " * (3 + index)
        tool("sqlcipher", path, f"PRAGMA key='{PASSWORD}'; {fill}")
        sealed = path.read_bytes()
        open_header = b"SQLite format 3\x00\x04\x00\x01\x01\x10\x40\x20\x20" + sealed[24:]
        workshop.put("sqlcipher-open-header", open_header, Truth.UNTELLABLE, "sqlcipher", "db")
