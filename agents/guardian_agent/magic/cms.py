"""CMS (RFC 5652) in DER or BER: the outer content type decides, and the cipher inside."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown, weak
from guardian_agent.magic.binary import reads_inside
from guardian_agent.magic.data import Data, number

_PKCS7 = bytes.fromhex("06092a864886f70d0107")
_AUTH_ENVELOPED = bytes.fromhex("060b2a864886f70d0109100117")
_AES = bytes.fromhex("06096086480165030401")
_WEAK_CIPHERS = (
    bytes.fromhex("06082a864886f70d0307"),  # DES-EDE3-CBC
    bytes.fromhex("06082a864886f70d0302"),  # RC2-CBC
    bytes.fromhex("06082a864886f70d0304"),  # RC4
    bytes.fromhex("06052b0e030207"),  # DES-CBC
)


def cms(data: Data) -> Classified | None:
    """Answer for a CMS object; None when the bytes are none."""
    if data.head[:1] != b"\x30":
        return None
    content = data.head[_length_bytes(data.head) :]
    if content.startswith(_AUTH_ENVELOPED):
        return _enveloped(data, content)
    if not content.startswith(_PKCS7):
        return None
    match number(content[len(_PKCS7) : len(_PKCS7) + 1]):
        case 2:
            return _signed(content)
        case 3 | 6:
            return _enveloped(data, content)
        case _:
            return unknown("cms", "cms-type-unknown")


def _length_bytes(head: bytes) -> int:
    """Return how long tag and length of the outer sequence are."""
    first = number(head[1:2])
    return 2 + (first & 0x7F if first > 0x80 else 0)  # long form


def _enveloped(data: Data, content: bytes) -> Classified:
    if any(cipher in content for cipher in _WEAK_CIPHERS):
        return weak("cms", "cms-weak-cipher")
    if _AES in content and reads_inside(data, len(data.head) - len(content) + len(_AES)):
        return unknown("cms", "cms-body-readable")
    if _AES in content:
        return encrypted("cms", "cms-enveloped-aes")
    return unknown("cms", "cms-cipher-unknown")


def _signed(content: bytes) -> Classified:
    """Signed data of type `data` is readable; anything else may be sealed again."""
    if _PKCS7 + b"\x01" in content[:256]:
        return plaintext("cms", "cms-signed-data")
    return unknown("cms", "cms-signed-unknown")
