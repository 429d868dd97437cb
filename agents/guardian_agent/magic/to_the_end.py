"""Is packed ciphertext ciphertext to its end? A sealed beginning says nothing of what follows it.

More may stand in the same stream, and behind it: what is concatenated is one file to `zcat` and its
kin. So what is packed is called encrypted only where all of it was unpacked and seen.
"""

from __future__ import annotations

from collections.abc import Iterable

from guardian_agent.magic.answer import LIKELY, Classified, plaintext, renamed, unknown
from guardian_agent.magic.binary import reads
from guardian_agent.magic.data import Data
from guardian_agent.magic.randomness import BLOCK
from guardian_agent.wire.facts.words import Encryption

_SEALED = {Encryption.ENCRYPTED, Encryption.WEAK}
_SAMPLED_FROM = 4 * BLOCK
"""Beyond, the rules look at samples of what they are given."""


def everything(data: Data) -> bytes | None:
    """Return all of some data; None where that is more than may be read of it."""
    if data.whole:
        return data.head
    rest = data.at(len(data.head), data.size - len(data.head))
    return data.head + rest if len(data.head) + len(rest) == data.size else None


def judged(data: Data, kind: str, streams: Iterable[bytes] | None) -> Classified:
    """Answer for all that is packed in some data, of which the beginning is sealed.

    Args:
        data: what it was unpacked from.
        kind: how it was packed.
        streams: all of it, stream by stream; None where not all could be unpacked.
    """
    if streams is None:
        return unknown(kind, f"{kind}-goes-on")
    written = [stream for stream in streams if stream]
    found = [data.inside(stream, complete=True) for stream in written]
    states = {answer.state for answer in found} - {Encryption.EMPTY}
    if Encryption.PLAINTEXT in states or any(map(_reads_inside, written)):
        return plaintext(kind, f"{kind}-mixed", LIKELY)
    if states and states <= _SEALED:
        worst = min(found, key=lambda answer: answer.state is not Encryption.WEAK)
        return renamed(worst, kind, f"{kind}-holds-{worst.kind}")
    return unknown(kind, f"{kind}-goes-on")


def _reads_inside(stream: bytes) -> bool:
    """Say whether any block of a long stream is words."""
    if len(stream) <= _SAMPLED_FROM:
        return False
    return any(reads(stream[place : place + BLOCK]) for place in range(0, len(stream), BLOCK))
