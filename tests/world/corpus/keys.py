"""Private keys, certificates and secrets in text."""

from __future__ import annotations

import base64

from tests.world.corpus.workshop import Truth, Workshop, noise, tool


def make(workshop: Workshop) -> None:
    for index in range(min(workshop.each, 6)):
        key = tool("openssl", "genpkey", "-algorithm", "ed25519")
        workshop.put("private-key", key, Truth.PLAINTEXT, "openssl", "pem")
        parts = (noise(32, index), noise(32, index + 50), noise(400 + 96 * index, index + 100))
        vault = "\n".join(_lines("\n".join(part.hex() for part in parts).encode().hex(), 80))
        made = f"$ANSIBLE_VAULT;1.1;AES256\n{vault}\n".encode()
        workshop.put("ansible-vault", made, Truth.ENCRYPTED, "specification", "yml")
        workshop.put("ssh-key", _ssh(b"none", index), Truth.PLAINTEXT, "specification", "key")
        workshop.put("ssh-key-sealed", _ssh(b"aes256-ctr", index), Truth.ENCRYPTED, "specification")


def _ssh(cipher: bytes, seed: int) -> bytes:
    """An OpenSSH private key: mark, cipher, key derivation, public key, private part."""
    derivation = b"none" if cipher == b"none" else b"bcrypt"
    options = b"" if cipher == b"none" else _field(noise(16, seed)) + b"\x00\x00\x00\x10"
    public = _field(b"ssh-ed25519") + _field(noise(32, seed))
    parts = (cipher, derivation, options)
    body = b"openssh-key-v1\x00" + b"".join(map(_field, parts)) + b"\x00\x00\x00\x01"
    body += _field(public) + _field(noise(144, seed))
    lines = "\n".join(_lines(base64.b64encode(body).decode(), 70))
    label = "OPENSSH PRIVATE KEY"
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def _field(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _lines(text: str, width: int) -> list[str]:
    return [text[place : place + width] for place in range(0, len(text), width)]
