"""ZIP (PKWARE APPNOTE, WinZip AE-x): judged member by member, as the central directory lists them.

One readable member makes the archive readable; one ZipCrypto member among AES ones makes it weak.
"""

from __future__ import annotations

from guardian_agent.magic.answer import (
    DECLARED,
    PROVEN,
    Classified,
    encrypted,
    plaintext,
    unknown,
    weak,
)
from guardian_agent.magic.binary import reads
from guardian_agent.magic.data import Data
from guardian_agent.magic.inflate import MOST_OUT, inflated
from guardian_agent.magic.open_document import MANIFEST, sealed_parts
from guardian_agent.magic.randomness import looks_random
from guardian_agent.magic.zip_directory import (
    DEFLATED,
    LOCAL,
    LOCAL_BYTES,
    STORED,
    Directory,
    Entry,
    directory,
    is_gapless,
    says_encrypted,
    walk,
)
from guardian_agent.wire.facts.words import Encryption

_EMPTY = 2
"""Bytes that deflate makes of nothing."""
_PACKED_MOST = 16 * 1024
_PEEKED = 384 * 1024
"""Read of all members together to see that they could be ciphertext."""
_PEEK_MOST, _PEEK_LEAST = 4096, 192
_WORDS_LEAST = 24
"""Below, random bytes may read as a word by chance."""
_DECODED_LEAST = 1024
_MEMBERS_LOOKED_AT = 600
_MEMBERS_LOOKED_INTO = 200


def zip_archive(data: Data) -> Classified | None:
    """Answer for a ZIP file, and for all that are one inside (docx, xlsx, jar, odt)."""
    if not data.head.startswith(LOCAL):
        return None
    listed = directory(data)
    entries = listed.entries if listed else walk(data)
    members = [each for each in entries if each.packed > _EMPTY]
    readable = [each for each in members if not each.is_encrypted]
    if listed is not None and len(readable) == len(members):
        answer = _open_document(data, listed, members)
        if answer is not None:
            return answer
    if readable:
        return _readable(data, readable, mixed=len(readable) < len(members))
    if listed is None:
        return unknown("zip", "zip-cut-short")
    return _all_encrypted(data, listed, members)


def _open_document(data: Data, listed: Directory, members: list[Entry]) -> Classified | None:
    """OpenDocument encrypts member by member, and says of which in its manifest."""
    manifest = next((each for each in members if each.name == MANIFEST), None)
    if manifest is None or manifest.packed > _PACKED_MOST:
        return None
    sealed, others = sealed_parts(_contents(data, manifest) or b"", members)
    if not sealed:
        return None
    if others:
        return _readable(data, others, mixed=True)
    if not is_gapless(listed) or not all(each.method == STORED for each in sealed):
        return unknown("odf", "odf-contradicts-itself")
    if not all(_is_sealed(data, each, _peek(sealed), is_marked=False) for each in sealed):
        return unknown("odf", "odf-contradicts-itself")
    return encrypted("odf", "odf-every-part-encrypted")


def _all_encrypted(data: Data, listed: Directory, members: list[Entry]) -> Classified:
    if not members:
        return unknown("zip", "zip-without-contents")
    if any(entry.is_strong for entry in members):
        return unknown("zip", "zip-strong-encryption")
    step = -(-len(members) // _MEMBERS_LOOKED_AT)
    looked_at = members[::step]
    peek = _peek(looked_at)
    is_sound = all(_is_sealed(data, entry, peek, is_marked=True) for entry in looked_at)
    if not is_sound or not is_gapless(listed):
        return unknown("zip", "zip-contradicts-itself")
    if not all(entry.is_aes for entry in members):
        return weak("zip", "zip-zipcrypto")
    return encrypted("zip", "zip-aes-every-entry", PROVEN if step == 1 else DECLARED)


def _peek(members: list[Entry]) -> int:
    """Return how many bytes to read at each of three places of every member."""
    return max(_PEEK_LEAST, min(_PEEK_MOST, _PEEKED // (3 * len(members))))


def _is_sealed(data: Data, entry: Entry, peek: int, *, is_marked: bool) -> bool:
    """Whether a member could be ciphertext from its beginning to its end.

    `is_marked` asks for the mark in the member's own header, too.
    """
    local = data.at(entry.offset, LOCAL_BYTES)
    if local[:4] != LOCAL or says_encrypted(local) != is_marked:
        return False
    start = entry.body(local)
    last = max(entry.packed - peek, 0)
    blocks = [
        data.at(start + place, min(entry.packed, peek)) for place in sorted({0, last // 2, last})
    ]
    if not all(map(_could_be_ciphertext, blocks)):
        return False
    is_long = len(blocks[0]) >= _PEEK_LEAST
    return not (is_long and len(inflated("raw", blocks[0]) or b"") >= _DECODED_LEAST)


def _could_be_ciphertext(block: bytes) -> bool:
    """Judge short blocks by their words alone: of many some look odd by chance."""
    if len(block) < _PEEK_LEAST:
        return bool(block) and not (len(block) >= _WORDS_LEAST and reads(block))
    return looks_random(block)


def _readable(data: Data, members: list[Entry], *, mixed: bool) -> Classified:
    """Look into unencrypted members: what they hold may be encrypted by other means."""
    states: set[Encryption] = set()
    for entry in members[:_MEMBERS_LOOKED_INTO]:
        states.add(_member(data, entry).state)
        if Encryption.PLAINTEXT in states:
            return plaintext("zip", "zip-mixed" if mixed else "zip-entry-readable")
    is_all = not mixed and len(members) <= _MEMBERS_LOOKED_INTO
    if is_all and states == {Encryption.ENCRYPTED}:
        return encrypted("zip", "zip-members-encrypted")
    return unknown("zip", "zip-members-unknown")


def _member(data: Data, entry: Entry) -> Classified:
    local = data.at(entry.offset, LOCAL_BYTES)
    if local[:4] != LOCAL:
        return unknown("zip", "zip-contradicts-itself")
    if entry.method == STORED:
        return data.part(entry.body(local), entry.packed)
    out = _contents(data, entry)
    if not out:
        return unknown("zip", "zip-method-unknown")
    complete = entry.packed <= _PACKED_MOST and len(out) < MOST_OUT
    return data.inside(out, complete=complete)


def _contents(data: Data, entry: Entry) -> bytes | None:
    """Return the beginning of a member as it was; None when it cannot be decoded."""
    start = entry.body(data.at(entry.offset, LOCAL_BYTES))
    packed = data.at(start, min(entry.packed, _PACKED_MOST))
    if entry.method == STORED:
        return packed
    return inflated("raw", packed) if entry.method == DEFLATED else None
