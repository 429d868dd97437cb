"""Compressed data: readable, however random it looks."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

from tests.world.corpus.workshop import Truth, Workshop, found, tool

_CODECS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
}
_TOOLS = {
    "zstd": (("zstd", "-q", "-3"), ("zstd", "-q", "-19"), ("zstd", "-q", "-1", "--no-check")),
    "lz4": (("lz4", "-q", "-1"), ("lz4", "-q", "-9")),
}


def make(workshop: Workshop) -> None:
    for content in workshop.readable():
        for kind, pack in _CODECS.items():
            workshop.put(kind, pack(content), Truth.PLAINTEXT, "python")
    for kind, ways in _TOOLS.items():
        if not found(kind):
            continue
        for index, content in enumerate(workshop.readable()):
            made = tool(*ways[index % len(ways)], "-c", data=content)
            workshop.put(kind, made, Truth.PLAINTEXT, kind)
