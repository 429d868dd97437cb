"""What the newest objects are, by ranges of their bytes: at most 1 MiB of each."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked
from guardian_agent.exposure.buckets.newest import Listing, Object
from guardian_agent.exposure.buckets.port import Client
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.wire.facts.exposures import Exposure, KindCount, Standing
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug

_REASONS = {
    Standing.DENIED: Reason.PERMISSION_DENIED,
    Standing.UNSUPPORTED: Reason.UNSUPPORTED,
}
_Key = tuple[str, Encryption]


class _Unread(Exception):
    """Carries what is lacking out of a reader that can only return bytes."""

    def __init__(self, lack: Lack) -> None:
        super().__init__()
        self.lack = lack


def exposure(client: Client, name: Name, listing: Listing, now: datetime) -> Exposure:
    """Classify the newest objects, as whoever has the credentials reads them."""
    files: Counter[_Key] = Counter()
    sizes: Counter[_Key] = Counter()
    lack = listing.lack
    for each in listing.objects:
        try:
            found = _classified(client, each)
        except _Unread as unread:
            lack = lack or unread.lack
            continue
        key = (str(found.kind), found.state)
        files[key] += 1
        sizes[key] += each.size
    reason = Reason.NONE if lack is None else _REASONS.get(lack.standing, Reason.NO_ANSWER)
    return Exposure(
        name=name,
        scanned_at=now,
        complete=lack is None,
        reason=reason,
        counts=tuple(
            KindCount(
                kind=Slug(kind), state=state, files=files[kind, state], bytes=sizes[kind, state]
            )
            for kind, state in sorted(files)
        ),
    )


def _classified(client: Client, item: Object) -> Classified:
    def read(offset: int, count: int) -> bytes:
        count = min(count, item.size - offset)
        return _range(client, item.key, offset, count) if count > 0 else b""

    head = read(0, HEAD_BYTES)
    tail = read(max(item.size - TAIL_BYTES, 0), TAIL_BYTES)
    return classify(head, tail, item.size, read)


def _range(client: Client, key: str, offset: int, count: int) -> bytes:
    reply = asked(client, calls.READ, Key=key, Range=f"bytes={offset}-{offset + count - 1}")
    if isinstance(reply, Lack):
        raise _Unread(reply)
    body = reply.fields.get("Body", b"")
    if len(body) != count:
        # A store that ignores ranges, or an object that was replaced meanwhile.
        raise _Unread(Lack(standing=Standing.FAILED, rule=Slug("another-answer")))
    return bytes(body)
