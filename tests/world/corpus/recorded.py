"""Files that the real tools wrote once, kept with the tests."""

from __future__ import annotations

import json
from pathlib import Path

from tests.world.corpus.workshop import Truth, Workshop

_SAMPLES = Path(__file__).parents[2] / "fixtures" / "encryption"
_TRUTH = {
    True: Truth.ENCRYPTED,
    False: Truth.PLAINTEXT,
    "weak": Truth.WEAK,
    "unknown": Truth.UNTELLABLE,
    "keyfile": Truth.UNTELLABLE,
}
_UNTELLABLE = {
    "borg-none-config.ini": "configuration proves nothing about the data",
    "borg-repokey-config.ini": "the same",
    "openssl-nosalt-headerless.enc": "no header",
    "qcow2-plain-head-64k.bin": "nothing was written by the guest",
    "restic-config.bin": "no mark of its own",
    "restic-key.json": "the password decides",
    "restic-pack.bin": "no mark of its own",
    "sqlcipher3-debian.db": "no mark",
    "sqlcipher4.db": "no mark",
}


def make(workshop: Workshop) -> None:
    """Copy them, each a kind of its own."""
    for sample in json.loads((_SAMPLES / "MANIFEST.json").read_text()):
        name = sample["file"]
        truth = Truth.UNTELLABLE if name in _UNTELLABLE else _TRUTH[sample["encrypted"]]
        workshop.put("recorded", (_SAMPLES / name).read_bytes(), truth, "recorded", name)
