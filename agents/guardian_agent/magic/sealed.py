"""Files that say at byte 0 that a key is needed: age, OpenSSL, rclone, KeePass, AES Crypt, ...

Sources: age-encryption.org/v1; openssl-enc(1); rclone crypt; KeePass KDBX 3/4; aescrypt.com file
format; scrypt(1) format; the kernel's eCryptfs header; Proxmox Backup Server's data blobs.
"""

from __future__ import annotations

import re

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import UNENDING, Data, number
from guardian_agent.magic.randomness import body_is_random
from guardian_agent.magic.rule import Starting

AGE = b"age-encryption.org/v1\n"
_AGE_HEADER = re.compile(
    rb"age-encryption\.org/v1\n(?:-> [!-~ ]+\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)+"
    rb"--- [A-Za-z0-9+/]{43}\n"
)
_AGE_NONCE_AND_TAG = 32

_SSH_KEY = b"openssh-key-v1\x00"
_SALTED = b"Salted__"
_RCLONE = b"RCLONE\x00\x00"
_KEEPASS = b"\x03\xd9\xa2\x9a"
_KDBX = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"
_KDB1 = b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5"
_KDB1_HEADER = 124
_SCRYPT = b"scrypt\x00"
_LOG_N_END = 64
_AES_CRYPT_0_LEAST = 16 + 32
_AES_CRYPT_LEAST = 16 + 48 + 32 + 1 + 32
_ECRYPTFS_MARK = 0x3C81B7F5
_BLOB_ENCRYPTED = (bytes.fromhex("7b6785be222d4cf0"), bytes.fromhex("e6591bbf0bbfd80b"))
_BLOB_INDEX = (bytes.fromhex("2f7f41ed91fd0fcd"), bytes.fromhex("1c914ea519bab3cd"))
_XBCRYPT_HEADER = 64
_BLOB_PLAIN = (bytes.fromhex("42ab3807be8370a1"), bytes.fromhex("31b958426fb6a37f"))


def age(data: Data) -> Classified | None:
    """Binary age: header lines, their MAC, then a nonce and chunks of ChaCha20-Poly1305."""
    if not data.head.startswith(AGE):
        return None
    header = _AGE_HEADER.match(data.head)
    if header is None or data.size < header.end() + _AGE_NONCE_AND_TAG:
        return unknown("age", "age-header-broken")
    return _sealed(data, header.end(), "age")


def salted(data: Data) -> Classified | None:
    """OpenSSL's `enc` and pgBackRest: `Salted__`, eight bytes of salt, ciphertext."""
    if not data.head.startswith(_SALTED) or data.size <= 16:  # mark and salt
        return None
    return _sealed(data, 16, "openssl")


def rclone(data: Data) -> Classified | None:
    """Files of rclone crypt: mark, 24 bytes of nonce, secretbox chunks of at least 17 bytes."""
    if not data.head.startswith(_RCLONE) or data.size < 8 + 24 + 17:
        return None
    return _sealed(data, 8, "rclone")


def keepass(data: Data) -> Classified | None:
    """KDBX 3 or 4: two magic words and a version; the database follows encrypted. Or KDB 1."""
    if data.head.startswith(_KDB1):
        return _sealed(data, _KDB1_HEADER, "kdb")
    if not data.head.startswith(_KDBX):
        return None
    if number(data.head[10:12]) not in {3, 4}:
        return unknown("kdbx", "kdbx-version-unknown")
    return _sealed(data, min(1024, data.size // 2), "kdbx")


def scrypt(data: Data) -> Classified | None:
    """Tarsnap's file encryption: mark, version 0, log2 N below 64, then the salted header."""
    if not data.head.startswith(_SCRYPT) or not 1 <= number(data.head[7:8]) < _LOG_N_END:
        return None
    return _sealed(data, 96, "scrypt")


def ecryptfs(data: Data) -> Classified | None:
    """A lower file of eCryptfs: two words at 8 and 12 that XOR to a fixed one."""
    first, second = number(data.head[8:12], "big"), number(data.head[12:16], "big")
    if first ^ second != _ECRYPTFS_MARK or data.size < 2 * 4096:
        return None
    return _sealed(data, 8192 if data.size > 8192 else 4096, "ecryptfs")


def proxmox_blob(data: Data) -> Classified | None:
    """Proxmox Backup Server chunks and blobs: eight bytes, the SHA-256 of a label, cut."""
    mark = data.head[:8]
    if mark in _BLOB_PLAIN:
        return plaintext("proxmox-blob", "proxmox-blob-plain")
    if mark in _BLOB_ENCRYPTED:
        return _sealed(data, 12, "proxmox-blob")
    if mark in _BLOB_INDEX:
        return unknown("proxmox-index", "proxmox-index-names-chunks")
    return None


def aes_crypt(data: Data) -> Classified | None:
    """AES Crypt 0 to 3: `AES`, version, a byte, (extensions,) IV, key block, ciphertext, HMAC."""
    if data.head[:3] != b"AES":
        return None
    version = number(data.head[3:4])
    start = _aes_crypt_start(data.head, version)
    least = _AES_CRYPT_0_LEAST if version == 0 else _AES_CRYPT_LEAST
    if start is None or data.size < start + least:
        return None
    if version < 3 and data.size != UNENDING and (data.size - start - least) % 16:
        return None
    return _sealed(data, start, "aescrypt")


def _aes_crypt_start(head: bytes, version: int) -> int | None:
    """Return where the IV stands; None when the fields before it do not fit the version."""
    reserved = number(head[4:5])
    if version == 0:
        return 5 if reserved < 16 else None  # the last block's length
    if reserved or version > 3:
        return None
    if version == 1:
        return 5
    end = _after_extensions(head)
    return end if end is None or version == 2 else end + 4  # version 3 tells its iterations


def _after_extensions(head: bytes) -> int | None:
    """Return where AES Crypt's extension blocks end; None when they do not."""
    place = 5
    while place + 2 <= len(head):
        length = number(head[place : place + 2], "big")
        place += 2 + length
        if length == 0:
            return place
    return None


def _sealed(data: Data, start: int, kind: str) -> Classified:
    """Believe a header only when what follows could be ciphertext."""
    if not body_is_random(data, start):
        return unknown(kind, f"{kind}-body-not-random")
    return encrypted(kind, f"{kind}-structure", PROVEN)


def ssh_key(data: Data) -> Classified | None:
    """An OpenSSH private key out of its armour: the cipher's name, or that there is none."""
    if not data.head.startswith(_SSH_KEY):
        return None
    start = len(_SSH_KEY) + 4
    cipher = data.head[start : start + number(data.head[start - 4 : start], "big")]
    derivation = data.head[start + len(cipher) + 4 :][:4]
    if b"none" in (cipher, derivation):
        return plaintext("ssh-key", "ssh-key-no-cipher")
    if cipher.startswith((b"aes", b"chacha20")):
        return encrypted("ssh-key", "ssh-key-cipher")
    return unknown("ssh-key", "ssh-key-cipher-unknown")


def xbcrypt(data: Data) -> Classified | None:
    """Percona XtraBackup's encrypted chunks: mark with a version, sizes, check sum, IV."""
    if data.head[:6] != b"XBCRYP" or data.head[6:8] not in {b"01", b"02", b"03"}:
        return None
    return _sealed(data, _XBCRYPT_HEADER, "xbcrypt")


RULES: tuple[Starting, ...] = (
    (age, (AGE,)),
    (salted, (_SALTED,)),
    (rclone, (_RCLONE,)),
    (keepass, (_KEEPASS,)),
    (scrypt, (_SCRYPT,)),
    (proxmox_blob, (*_BLOB_PLAIN, *_BLOB_ENCRYPTED, *_BLOB_INDEX)),
    (aes_crypt, (b"AES",)),
    (xbcrypt, (b"XBCRYP",)),
    (ssh_key, (_SSH_KEY,)),
)
