"""AES as the containers use it, without what newer libraries have dropped."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, CTR, ECB, XTS

BLOCK = 16


def encrypt_blocks(key: bytes, data: bytes) -> bytes:
    """Encrypt whole blocks, each for itself."""
    return Cipher(AES(key), ECB()).encryptor().update(data)  # noqa: S305 - the formats say so


def decrypt_blocks(key: bytes, data: bytes) -> bytes:
    """Decrypt whole blocks, each for itself."""
    return Cipher(AES(key), ECB()).decryptor().update(data)  # noqa: S305 - the formats say so


def decrypt_cbc(key: bytes, start: bytes, data: bytes) -> bytes:
    """Decrypt as many whole blocks as there are, chained; padding stays."""
    whole = len(data) - len(data) % BLOCK
    return Cipher(AES(key), CBC(start)).decryptor().update(data[:whole])


def apply_ctr(key: bytes, start: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt with a counter that begins at `start`."""
    return Cipher(AES(key), CTR(start)).decryptor().update(data)


def decrypt_xts(key: bytes, sector: int, data: bytes) -> bytes:
    """Decrypt one sector of a disk."""
    return Cipher(AES(key), XTS(sector.to_bytes(BLOCK, "little"))).decryptor().update(data)


def decrypt_cfb(key: bytes, data: bytes) -> bytes:
    """Decrypt with the feedback of the ciphertext, beginning at zeros (OpenPGP's way)."""
    whole = -(-len(data) // BLOCK) * BLOCK
    before = (bytes(BLOCK) + data)[:whole]
    stream = encrypt_blocks(key, before.ljust(whole, b"\0"))[: len(data)]
    return xored(stream, data)


def xored(one: bytes, other: bytes) -> bytes:
    """Return the exclusive or of two strings of one length."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
