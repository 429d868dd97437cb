"""OpenPGP messages (RFC 4880, RFC 9580): the packets decide, not the armour line.

`gpg --sign` writes the same `BEGIN PGP MESSAGE` as `gpg --encrypt`, and a packet's first byte
occurs in random data once in 256; so the packets are walked and their fields checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.magic.answer import PROVEN, Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.inflate import MOST_OUT, inflated
from guardian_agent.magic.randomness import body_is_random

MAX_PACKETS = 40
PUBLIC_KEY = 6
PKESK, SIGNATURE, SKESK, ONE_PASS = 1, 2, 3, 4
COMPRESSED, CIPHERTEXT, MARKER, LITERAL, PROTECTED, AEAD = 8, 9, 10, 11, 18, 20
_SESSION_KEYS = {PKESK, SKESK}
_SEALED = {CIPHERTEXT, PROTECTED, AEAD}
_SIGNED = {SIGNATURE, ONE_PASS}
_PUBLIC_KEY_ALGORITHMS = {1, 2, 16, 18, 19, 22, 25, 26}
_KEY_ALGORITHMS = {*_PUBLIC_KEY_ALGORITHMS, 3, 17, 27, 28}
_PUBLIC_KEY_MOST = 4096
_HASHES = {1, 2, 3, 8, 9, 10, 11, 12, 14}
_S2K_TYPES = {0, 1, 3, 4}
_ONE_PASS_BYTES = 13


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag, where its body starts, how long it is (None: until the end)."""

    tag: int
    start: int
    length: int | None


def openpgp(data: Data) -> Classified | None:
    """Answer for a binary OpenPGP message; None when the bytes are none."""
    keys, end = 0, 0
    for packet in _packets(data):
        if packet.tag == PUBLIC_KEY and not end:
            return _public(data, packet)
        end = data.size + 1 if packet.length is None else packet.start + packet.length
        if packet.tag in _SEALED:
            return _sealed(data, packet) if keys else None
        if not _plausible(data, packet):
            return None
        if packet.tag in _SESSION_KEYS:
            keys += 1
        elif packet.tag == COMPRESSED:
            return _compressed(data, packet)
        elif packet.tag == LITERAL:
            return _literal(data, packet)
    is_signature = end == data.size and not keys
    return plaintext("openpgp", "openpgp-signature") if is_signature else None


def _public(data: Data, packet: Packet) -> Classified | None:
    """A public key, as it stands at the start of a key ring: version, time, algorithm."""
    body = data.at(packet.start, 6)
    is_short = packet.length is not None and 6 < packet.length < _PUBLIC_KEY_MOST
    if len(body) < 6 or not is_short or body[0] not in {4, 6} or body[5] not in _KEY_ALGORITHMS:
        return None
    return plaintext("openpgp", "openpgp-public-key")


def _packets(data: Data) -> Iterator[Packet]:
    """Walk the packet headers; the last one may reach beyond the end."""
    place = 0
    for _ in range(MAX_PACKETS):
        packet = _header(data, place)
        if packet is None:
            return
        yield packet
        if packet.length is None:
            return
        place = packet.start + packet.length


def _header(data: Data, place: int) -> Packet | None:
    head = data.at(place, 6)
    if len(head) < 2 or not head[0] & 0x80:  # the bit that marks a packet
        return None
    if head[0] & 0x40:
        return _new_header(head, place)
    kind = head[0] & 3
    if kind == 3:  # indeterminate length
        return Packet(head[0] >> 2 & 15, place + 1, None)
    width = 1 << kind
    return Packet(head[0] >> 2 & 15, place + 1 + width, number(head[1 : 1 + width], "big"))


def _new_header(head: bytes, place: int) -> Packet:
    tag, first = head[0] & 63, head[1]
    if first < 192:  # RFC 9580, 4.2.1.1
        return Packet(tag, place + 2, first)
    if first < 224:
        return Packet(tag, place + 3, ((first - 192) << 8) + number(head[2:3]) + 192)
    if first < 255:  # partial lengths
        return Packet(tag, place + 2, None)
    return Packet(tag, place + 6, number(head[2:6], "big"))


def _plausible(data: Data, packet: Packet) -> bool:
    """Check the fields of a packet that may stand before the one that decides."""
    body = data.at(packet.start, 16)
    if packet.tag == LITERAL:
        return body[:1] in {b"b", b"t", b"u", b"l", b"m"} and _literal_name(data, packet)
    if packet.tag == COMPRESSED:
        return number(body[:1]) in {1, 2, 3}
    if packet.length is None or len(body) < min(packet.length, 16):
        return False
    return _fields_hold(packet.tag, body[: packet.length], packet.length)


def _fields_hold(tag: int, body: bytes, length: int) -> bool:
    if tag == PKESK:
        return _public_key(body, length)
    if tag == SKESK:
        return _symmetric_key(body, length)
    if tag == SIGNATURE:
        return length > 10 and body[0] in {4, 6} and body[1] in {0, 1} and body[3] in _HASHES
    if tag == ONE_PASS:
        return length == _ONE_PASS_BYTES and body[0] == 3 and body[2] in _HASHES
    return tag == MARKER and body == b"PGP"


def _public_key(body: bytes, length: int) -> bool:
    if not 20 <= length <= 2100:  # from X25519 to RSA 16384
        return False
    return body[0] == 6 or (body[0] == 3 and body[9] in _PUBLIC_KEY_ALGORITHMS)


def _symmetric_key(body: bytes, length: int) -> bool:
    if not 4 <= length < 200 or body[0] not in {4, 5, 6}:
        return False
    return body[0] != 4 or (1 <= body[1] <= 13 and body[2] in _S2K_TYPES)


def _literal(data: Data, packet: Packet) -> Classified | None:
    """A literal packet is readable; random bytes that only look like one are none."""
    if body_is_random(data, packet.start):
        return None
    return plaintext("openpgp", "openpgp-literal")


def _literal_name(data: Data, packet: Packet) -> bool:
    length = number(data.at(packet.start + 1, 1))
    name = data.at(packet.start + 2, length)
    return len(name) == length and all(byte >= 32 for byte in name)  # no controls


def _sealed(data: Data, packet: Packet) -> Classified | None:
    version = number(data.at(packet.start, 1))
    if packet.tag != CIPHERTEXT and version not in {1, 2}:
        return None
    if packet.length is not None and packet.start + packet.length > data.size:
        return unknown("openpgp", "openpgp-cut-short")
    if not body_is_random(data, packet.start + 1):
        return unknown("openpgp", "openpgp-body-not-random")
    return encrypted("openpgp", "openpgp-session-key", PROVEN)


def _compressed(data: Data, packet: Packet) -> Classified | None:
    """A compressed packet needs no key; what it holds may still."""
    algorithm = number(data.at(packet.start, 1))
    body = data.at(packet.start + 1, min(data.size - packet.start - 1, 60 * 1024))
    if packet.length is None:
        body = _first_chunk(data, packet, body)
    out = inflated(("raw", "zlib", "bzip2")[algorithm - 1], body)
    if out is None:
        return None
    inner = data.inside(out, complete=len(out) < MOST_OUT)
    if inner.kind == "openpgp":
        return inner
    return unknown("openpgp", "openpgp-compressed-unknown")


def _first_chunk(data: Data, packet: Packet, body: bytes) -> bytes:
    """Cut a partial-length body to its first chunk; an indeterminate one is whole."""
    mark = number(data.at(packet.start - 1, 1))
    is_partial = number(data.at(packet.start - 2, 1)) & 0xC0 == 0xC0 and 224 <= mark < 255
    return body[: (1 << (mark & 31)) - 1] if is_partial else body
