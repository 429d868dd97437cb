"""Files made by the real tools: never `encrypted` for a readable one, never the reverse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.wire.observations import Encryption

SAMPLES = Path(__file__).parents[2] / "fixtures" / "encryption"
MANIFEST = json.loads((SAMPLES / "MANIFEST.json").read_text())

HONESTLY_UNKNOWN = {
    "borg-none-config.ini": "borg's configuration looks alike with and without encryption",
    "borg-repokey-config.ini": "the same, with a key: mode `authenticated` has one too",
    "openssl-nosalt-headerless.enc": "no header: bytes alone prove nothing",
    "qcow2-plain-head-64k.bin": "the guest's first cluster was never written",
    "random-bytes.bin": "random",
    "restic-config.bin": "no magic: restic is known by its folder",
    "restic-key.json": "the password decides",
    "restic-pack.bin": "no magic",
    "sqlcipher3-debian.db": "no magic",
    "sqlcipher4.db": "no magic",
}

POSSIBLE = {
    True: {Encryption.ENCRYPTED, Encryption.UNKNOWN},
    False: {Encryption.PLAINTEXT, Encryption.UNKNOWN},
    "weak": {Encryption.WEAK},
    "unknown": {Encryption.UNKNOWN},
    "keyfile": {Encryption.UNKNOWN},
}


def look(data: bytes) -> Classified:
    return classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])


@pytest.mark.parametrize("sample", MANIFEST, ids=lambda sample: sample["file"])
def test_a_sample_is_never_taken_for_its_opposite(sample: dict) -> None:
    answer = look((SAMPLES / sample["file"]).read_bytes())
    assert answer.state in POSSIBLE[sample["encrypted"]]
    assert (answer.state is Encryption.UNKNOWN) == (sample["file"] in HONESTLY_UNKNOWN)


JSON_CUT_SHORT = {"gocryptfs.conf", "restic-key.json"}
"""Half of a configuration is text that anybody reads, and no configuration any more."""


@pytest.mark.parametrize("sample", MANIFEST, ids=lambda sample: sample["file"])
def test_half_a_sample_is_never_taken_for_the_opposite_either(sample: dict) -> None:
    data = (SAMPLES / sample["file"]).read_bytes()
    possible = {*POSSIBLE[sample["encrypted"]], Encryption.UNKNOWN}
    if sample["file"] in JSON_CUT_SHORT:
        possible.add(Encryption.PLAINTEXT)
    assert look(data[: len(data) // 2]).state in possible


def test_every_honest_unknown_is_still_a_sample() -> None:
    assert HONESTLY_UNKNOWN.keys() <= {sample["file"] for sample in MANIFEST}
