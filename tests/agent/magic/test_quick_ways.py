"""Short cuts of the classifier: what they leave out would have changed nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from guardian_agent.magic import repositories
from guardian_agent.magic.classify import classify
from guardian_agent.magic.data import Data, controls, has_long_word
from hypothesis import example, given, settings
from hypothesis import strategies as st

LETTERS = st.sampled_from(
    [b"a", b"~", b"!", b" ", b"\n", b"\t", b"\x00", b"\x7f", b"\xe4", b"\x1b"]
)
RUNS = st.builds(lambda letter, count: letter * count, LETTERS, st.integers(1, 70))
TEXTS = st.lists(RUNS, max_size=6).map(b"".join)
LONG_WORD = re.compile(rb"[!-~]{60}")
NAMES = "EncryptedKey ScryptObject FeatureFlags kdf N r p salt data K uniqueID keyAlgo encryption"
KEYS = st.sampled_from(NAMES.split())
VALUES = st.sampled_from(["NONE", "AES256_GCM", "", 1, None, "\\u004e", {"uniqueID": 1}])
TELLING = {
    "gocryptfs": {"EncryptedKey": "a", "ScryptObject": {}, "FeatureFlags": []},
    "restic-key": {"kdf": "scrypt", "N": 1, "r": 1, "p": 1, "salt": "", "data": ""},
    "kopia": {"uniqueID": "", "keyAlgo": "", "encryption": "NONE"},
}


def data_of(head: bytes) -> Data:
    return Data(head, head, len(head), lambda *_: b"", judge=lambda _: None)  # type: ignore[arg-type, return-value]


@given(TEXTS)
@example(b"a" * 60)
@example(b"a" * 59)
@example(b"a" * 59 + b" " + b"b" * 60)
def test_a_long_word_is_found_wherever_it_stands(text: bytes) -> None:
    is_there = LONG_WORD.search(text) is not None
    assert has_long_word(text) is is_there
    data = data_of(text)
    assert data.is_plain_ascii is (text.isascii() and not controls(text))
    if data.is_plain_ascii:
        assert data.has_long_word is is_there


def escaped(text: str) -> str:
    """Write the letters of JSON's names and values by their numbers."""
    return re.sub("[A-Za-z]", lambda found: f"\\u{ord(found[0]):04x}", text)


@settings(max_examples=300)
@given(
    fields=st.dictionaries(KEYS, VALUES, max_size=14) | st.sampled_from(list(TELLING.values())),
    is_escaped=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-32-le"]),
)
def test_no_configuration_is_passed_by_unread(
    *, fields: dict[str, Any], is_escaped: bool, encoding: str
) -> None:
    text = json.dumps(fields)
    text = escaped(text).replace("\\u006e\\u0075\\u006c\\u006c", "null") if is_escaped else text
    head = text.encode(encoding)

    found = repositories.json_config(data_of(head))
    kinds = (kind for kind, telling in TELLING.items() if telling.keys() <= fields.keys())
    assert (None if found is None else found.kind) == next(kinds, None)


@given(st.sampled_from(list(TELLING.values())))
def test_configurations_are_told(fields: dict[str, Any]) -> None:
    assert repositories.json_config(data_of(json.dumps(fields).encode())) is not None


WORDS = st.sampled_from(
    [
        b"\n-----BEGIN PGP MESSAGE-----\n", b"\n-----BEGIN AGE ENCRYPTED FILE-----\n", b"-", b"=",
        b"smime-type=enveloped-data", b"ENC[AES256_GCM,data:", b"lastmodified", b"[",
        b"some words that anybody reads\n", b"\n-----BEGIN ",
    ]
)  # fmt: skip
SEALED = (
    b"\n-----BEGIN PGP MESSAGE-----",
    b"\n-----BEGIN AGE ENCRYPTED FILE-----",
    b"smime-type=enveloped-data",
)
SOPS = (b"ENC[AES256_GCM,data:", b"lastmodified")


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=5))
def test_sealed_parts_of_a_text_are_seen(words: list[bytes]) -> None:
    text = b"some words before it, " + b" \n".join(words)
    found = classify(text, text, len(text), lambda *_: b"")
    if all(mark in text for mark in SOPS):
        assert found.kind == "sops"
    elif any(mark in text for mark in SEALED):
        assert found.rule == "text-around-ciphertext"
    else:
        assert found.rule == "text-readable"
