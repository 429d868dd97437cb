"""Find a container's locks, and try the closed list of keys on them."""

from __future__ import annotations

import hashlib
import hmac
import io
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import UnsupportedAlgorithm

from guardian_agent.errors import StateError
from guardian_agent.exposure.doors.aes_crypt import aes_crypt
from guardian_agent.exposure.doors.age import age
from guardian_agent.exposure.doors.beside import secrets_beside
from guardian_agent.exposure.doors.borg import borg
from guardian_agent.exposure.doors.gocryptfs import config_lock, gocryptfs
from guardian_agent.exposure.doors.kopia import kopia
from guardian_agent.exposure.doors.lock import (
    BESIDE,
    EMPTY,
    WELL_KNOWN,
    CannotTryError,
    Lock,
    Look,
)
from guardian_agent.exposure.doors.luks import luks
from guardian_agent.exposure.doors.office import office
from guardian_agent.exposure.doors.openpgp import openpgp
from guardian_agent.exposure.doors.openssl import openssl
from guardian_agent.exposure.doors.pdf import pdf
from guardian_agent.exposure.doors.restic import key_lock, restic
from guardian_agent.exposure.doors.zip_file import zip_file
from guardian_agent.probing.look import reading
from guardian_agent.system.ports import Clock, Files
from guardian_agent.wire.names import Slug

RULES_VERSION = b"1"
"""Changes with the list of keys, or with how they are tried."""
SECONDS = 30.0
"""Past it no further key is tried; one key takes seconds at most (see `derive`)."""

_HEAD_BYTES = 64 * 1024
_ARMOURED = (b"-----BEGIN PGP MESSAGE-----", b"-----BEGIN AGE ENCRYPTED FILE-----")
_MOST_ARMOURED = 4 * 1024 * 1024
_MOST_JSON = 64 * 1024
_FAULTS = (
    CannotTryError,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What comes of a stranger's bytes that make no sense: then nothing could be tried."""

_FILES: tuple[Callable[[Look], Lock | None], ...] = (
    *(age, aes_crypt, openssl, luks, zip_file, office, pdf, openpgp),
)
_FOLDERS: tuple[Callable[[str, Files], Iterator[Lock]], ...] = (restic, borg, kopia, gocryptfs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How many keys were tried, and which door opened; None: none that was tried did.

    0 doors: none could be tried, or it has no lock that is known here. `complete` is False where
    the time was up before the last key.
    """

    doors: int
    opened: Slug | None
    complete: bool = True


UNTRIED = Tried(doors=0, opened=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The locks of one container, and the secrets that lie beside it."""

    locks: tuple[Lock, ...]
    beside: tuple[bytes, ...]

    def identity(self, key: bytes) -> str:
        """Return what stands for the same locks and the same keys: an HMAC under our own key."""
        parts = (RULES_VERSION, *(lock.material for lock in self.locks), b"", *self.beside)
        seen = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
        return hmac.digest(key, seen.digest(), hashlib.sha256).hex()

    def tried(self, clock: Clock) -> Tried:
        """Try one key after the other, the cheapest to come by first, until one opens."""
        deadline = clock.monotonic() + SECONDS
        doors = 0
        for door, secret in self._keys():
            was_tried = False
            for lock in self.locks:
                if clock.monotonic() >= deadline:
                    return Tried(doors=doors, opened=None, complete=False)
                opens = _try(lock, secret) if _fits(lock, door, secret) else None
                if opens:
                    opened = lock.empty_opens if door == EMPTY else door
                    return Tried(doors=doors + 1, opened=opened)
                was_tried |= opens is not None
            doors += was_tried
        return Tried(doors=doors, opened=None)

    def _keys(self) -> Iterator[tuple[Slug, bytes]]:
        yield EMPTY, b""
        for secret in dict.fromkeys(each for lock in self.locks for each in lock.published):
            yield WELL_KNOWN, secret
        for secret in self.beside:
            yield BESIDE, secret


def examine(path: str, files: Files) -> Attempt:
    """Find the locks of a repository folder or a file.

    Raises:
        ProbeError: it cannot be read at all.
    """
    with reading(path):
        if files.stat(path, follow=True).is_directory:
            locks = tuple(_of_folder(path, files))
        else:
            with files.open(path) as file:
                locks = tuple(_of_look(_look(file)))
        return Attempt(locks=locks, beside=secrets_beside(path, files) if locks else ())


def of_bytes(look: Look) -> Attempt:
    """Find the lock of a file by its bytes alone, whatever lies beside it."""
    return Attempt(locks=tuple(_of_look(look)), beside=())


def _of_folder(path: str, files: Files) -> Iterator[Lock]:
    for find in _FOLDERS:
        found = find(path, files)
        while True:
            try:
                lock = next(found, None)
            except (*_FAULTS, StateError):
                break
            if lock is None:
                break
            yield lock


def _of_look(look: Look) -> Iterator[Lock]:
    try:
        look = _dearmoured(look)
    except _FAULTS:
        return
    for find in _FILES:
        try:
            lock = find(look)
        except _FAULTS:
            continue
        if lock is not None:
            yield lock
            return
    if look.head[:1] == b"{" and look.size <= _MOST_JSON:
        yield from _of_json(look.head)


def _of_json(text: bytes) -> Iterator[Lock]:
    """A key file of restic or a gocryptfs configuration, by itself."""
    if b'"scrypt"' in text:
        yield key_lock(text)
    elif b'"ScryptObject"' in text:
        yield config_lock(text)


def _look(file: BinaryIO) -> Look:
    def read(place: int, count: int) -> bytes:
        file.seek(max(0, place))
        return file.read(max(0, count))

    return Look(head=read(0, _HEAD_BYTES), size=file.seek(0, io.SEEK_END), read=read)


def _dearmoured(look: Look) -> Look:
    """Return what an armour holds; another file as it is."""
    if not look.head.lstrip().startswith(_ARMOURED):
        return look
    lines = look.read(0, _MOST_ARMOURED).split(b"-----")[2].splitlines()
    blank = next((number for number, line in enumerate(lines) if number and not line.strip()), 0)
    body = b"".join(line.strip() for line in lines[blank:] if not line.startswith(b"="))
    return _look(io.BytesIO(b64decode(body[: len(body) // 4 * 4])))


def _fits(lock: Lock, door: Slug, secret: bytes) -> bool:
    if door == WELL_KNOWN:
        return secret in lock.published
    return lock.takes_passwords or door == BESIDE


def _try(lock: Lock, secret: bytes) -> bool | None:
    """Say whether a key opens a lock; None where it could not be tried."""
    try:
        return lock.opens(secret)
    except _FAULTS:
        return None
