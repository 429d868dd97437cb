"""Keys out of passwords, at a cost that a stranger's file cannot set.

The parameters stand in the file: one that asks for 16 GB of memory or a billion rounds is not
tried. What tools choose by themselves stays within these bounds: age takes 256 MiB, restic at most
64 MiB, cryptsetup some million rounds. Its argon2 takes up to 1 GiB, and then is not tried.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from guardian_agent.exposure.doors.lock import CannotTryError

MOST_MEMORY = 256 * 1024 * 1024
MOST_SCRYPT = 1 << 22
"""Of N x r x p: some two seconds."""
MOST_ROUNDS = 4_000_000
"""Of a hash function: two seconds."""
MOST_ARGON2 = 2 * 1024 * 1024
"""KiB times passes: some two seconds."""
MOST_LENGTH = 1024
_HASHES = {each.name: each for each in (SHA1(), SHA256(), SHA384(), SHA512())}  # noqa: S303 - asked for


def scrypt(secret: bytes, salt: bytes, *, n: int, r: int, p: int, length: int) -> bytes:
    """Return scrypt's output (RFC 7914); raise `CannotTryError` for a greedy file."""
    memory = MOST_MEMORY + 1024 * 1024
    if min(n, r, p) < 1 or 128 * r * (n + p + 2) > memory or n * r * p > MOST_SCRYPT:
        raise CannotTryError
    if not 1 <= length <= MOST_LENGTH:
        raise CannotTryError
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=length)


def pbkdf2(name: str, secret: bytes, salt: bytes, rounds: int, length: int) -> bytes:
    """Return PBKDF2's output with HMAC (RFC 8018); raise `CannotTryError` for a greedy file."""
    if not 1 <= length <= MOST_LENGTH or name not in _HASHES:
        raise CannotTryError
    blocks = -(-length // hashlib.new(name, usedforsecurity=False).digest_size)
    check_rounds(rounds * blocks)
    # The standard library's way takes twice as long: a scan can try twice as many.
    return PBKDF2HMAC(_HASHES[name], length, salt, rounds).derive(secret)


def argon2(
    kind: str, secret: bytes, salt: bytes, *, passes: int, lanes: int, kib: int, length: int
) -> bytes:
    """Return argon2's output (RFC 9106), where the installed library can.

    Raises:
        CannotTryError: for a greedy file, or a library without argon2.
    """
    if kind != "argon2id" or kib * 1024 > MOST_MEMORY or kib * passes > MOST_ARGON2:
        raise CannotTryError
    if length > MOST_LENGTH or not 1 <= lanes <= 64:
        raise CannotTryError
    try:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415 - may lack

        made = Argon2id(salt=salt, length=length, iterations=passes, lanes=lanes, memory_cost=kib)
        return made.derive(secret)
    except (ImportError, UnsupportedAlgorithm) as error:
        raise CannotTryError from error


def check_rounds(rounds: int) -> None:
    """Raise `CannotTryError` for more rounds of a hash than are worth their time."""
    if not 1 <= rounds <= MOST_ROUNDS:
        raise CannotTryError
