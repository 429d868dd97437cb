"""A corpus of files whose truth is known: who can read them without a key?

Made when it is needed: by the real tools where they are installed, after the specification where
there is none, and from recorded samples. `build` writes it to a folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.world.corpus import (
    archives,
    compressed,
    documents,
    folders,
    headless,
    huge,
    keys,
    messages,
    nested,
    readable,
    recorded,
    specified,
    volumes,
)
from tests.world.corpus.workshop import Sample, Truth, Workshop

__all__ = ["Sample", "Truth", "build"]

THREADS = 4
"""Tools wait for each other and for the disk more than they compute."""
_MAKERS = (
    messages.make,
    folders.make,
    recorded.make,
    keys.make,
    archives.make,
    documents.make,
    compressed.make,
    nested.make,
    volumes.make,
    specified.make,
    readable.make,
    headless.make,
)


def build(folder: Path, *, each: int = 30, big: bool = True) -> Sequence[Sample]:
    """Write the corpus below `folder` and return what each of its files is.

    Args:
        folder: an empty one.
        each: how many files of each kind at most.
        big: whether files of up to 1 GiB are among them, sparse where the format allows.
    """
    workshop = Workshop(folder, each=each)
    makers = [*_MAKERS, huge.make] if big else _MAKERS
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(make, workshop) for make in makers]:
            done.result()
    return sorted(workshop.samples, key=lambda sample: (sample.kind, sample.path))
