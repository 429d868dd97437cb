"""Live data that turned into ciphertext: the opposite alarm of the same look."""

from __future__ import annotations

from typing import Final

from guardian_agent.exposure.hollow import is_hollow
from guardian_agent.exposure.hollow.samples import WINDOW, spread
from guardian_agent.exposure.promises import Promise, promised
from guardian_agent.magic import Classified, Read
from guardian_agent.magic.blocks import Verdict, judge
from guardian_agent.magic.randomness import CHI_SQUARE_BYTES, chi_square
from guardian_agent.magic.stripes import is_mixed, is_striped
from guardian_agent.wire.facts.words import Encryption

_UNRECOGNISED: Final = frozenset({"random", "mixed", "binary", "data", "compressed"})
"""Kinds that name no format: no header stands before the bytes."""
_CONTAINERS: Final = frozenset(
    {
        "age",
        "openpgp",
        "openssl",
        "aescrypt",
        "scrypt",
        "rclone",
        "cms",
        "zip",
        "7z",
        "rar",
        "kdbx",
        "ecryptfs",
        "luks1",
        "luks2",
    }
)
"""What single files are put into; configurations of encrypted folders are no such thing."""
_HEAD: Final = 32 * 1024
_SAMPLES: Final = 8
_SHORTEST: Final = 64
_SHORT_RANGE: Final = (140.0, 370.0)
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\r")
_CONTROL_SHARE: Final = 0.04
"""One random byte in nine is a control character; in a text of any alphabet none is."""


def has_turned(path: str, before: str | None, now: Classified, size: int, read: Read) -> bool:
    """Say whether a file that a reader made sense of looks like ciphertext now, whole or in part.

    Args:
        path: its name says what it is expected to be, where it was not seen before.
        before: the kind it had when it was last read and was `plaintext`; None for a new file.
        now: what the classifier says.
        size: bytes in all.
        read: reads the file as the classifier did; asked for at most 256 KiB, and for nothing
            where neither its name nor its past promises a readable file.
    """
    promise = promised(path, before)
    if promise is None or not size or now.state is Encryption.EMPTY:
        return False
    if now.state in {Encryption.ENCRYPTED, Encryption.WEAK}:
        is_strange = now.kind in _CONTAINERS and now.kind not in promise.seals
        return is_strange and not now.rule.startswith("armour-")
    if now.kind not in _UNRECOGNISED:
        return is_hollow(now.kind, size, read)
    return _is_ciphertext(promise, size, read)


def _is_ciphertext(promise: Promise, size: int, read: Read) -> bool:
    """Judge bytes before which the expected header does not stand, or no longer."""
    head = read(0, _HEAD)
    if len(head) < CHI_SQUARE_BYTES:
        return _is_noise(head)
    verdict = judge(head)
    if verdict is not Verdict.NEITHER:
        return verdict is Verdict.LOOKS_RANDOM
    if is_striped(head) or judge(head[:WINDOW]) is Verdict.LOOKS_RANDOM:
        return True
    return promise.is_text and is_mixed([head, *spread(_HEAD, size, _SAMPLES, read)])


def _is_noise(head: bytes) -> bool:
    """Say whether some hundred bytes are as random as can be seen in so few."""
    if len(head) < _SHORTEST:
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    low, high = _SHORT_RANGE
    return controls >= _CONTROL_SHARE * len(head) and low <= chi_square(head) <= high
