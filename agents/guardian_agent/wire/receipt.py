"""The receipt: central's only answer to a statement, one signed ASCII line.

    guardian-receipt/1 <key id> <epoch> <number> <payload SHA-256> <received, Unix ms>
        <tree size> <tree root> <signature, base64>          (in one line, one space between)

(tree size, root) is the checkpoint of the client's evidence log right after this statement's
leaf; the signature is central's over everything before the last space. A fixed grammar keeps the
agent's reader so small that nothing can be hidden in what central says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guardian_agent.errors import DecodeError, TrustError
from guardian_agent.wire.base64text import from_base64, to_base64
from guardian_agent.wire.envelope import pae
from guardian_agent.wire.keys import SigningKey, verify
from guardian_agent.wire.names import Hash

RECEIPT_TYPE = "application/vnd.guardian.receipt.v1"
MAX_RECEIPT_BYTES = 512

_NUMBER = rb"(0|[1-9][0-9]{0,18})"
_HASH = rb"([0-9a-f]{64})"
_BODY = re.compile(
    rb"guardian-receipt/1 %b %b %b %b (0|[1-9][0-9]{0,13}) %b %b"
    % (_HASH, _NUMBER, _NUMBER, _HASH, _NUMBER, _HASH)
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What central has durably kept, and its log's state then; `received_at` to the millisecond."""

    key_id: Hash
    epoch: int
    number: int
    payload_hash: Hash
    received_at: datetime
    tree_size: int
    root: Hash


def sign_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """Return the receipt's line without an end of line; `received_at` is cut to milliseconds."""
    milliseconds = (receipt.received_at - _EPOCH) // _MILLISECOND
    body = (
        f"guardian-receipt/1 {receipt.key_id} {receipt.epoch} {receipt.number} "
        f"{receipt.payload_hash} {milliseconds} {receipt.tree_size} {receipt.root}"
    ).encode("ascii")
    return body + b" " + to_base64(key.sign(pae(RECEIPT_TYPE, body))).encode("ascii")


def read_receipt(line: bytes, signer: bytes) -> Receipt:
    """Return what central, whose public key is `signer`, has signed.

    Raises:
        TrustError: too long, not signed by `signer`, or not of the one form.
    """
    if len(line) > MAX_RECEIPT_BYTES:
        raise TrustError(f"the receipt is longer than {MAX_RECEIPT_BYTES} bytes")
    body, _, signature = line.rpartition(b" ")
    try:
        verify(signer, pae(RECEIPT_TYPE, body), from_base64(signature.decode("ascii")))
    except (UnicodeDecodeError, DecodeError):
        raise TrustError("the receipt's signature is not base64") from None
    return _parsed(body)


def _parsed(body: bytes) -> Receipt:
    found = _BODY.fullmatch(body)
    if found is None:
        raise TrustError("central signed a receipt of another form than guardian-receipt/1")
    key_id, epoch, number, payload_hash, milliseconds, tree_size, root = (
        part.decode("ascii") for part in found.groups()
    )
    return Receipt(
        key_id=Hash(key_id),
        epoch=int(epoch),
        number=int(number),
        payload_hash=Hash(payload_hash),
        received_at=_EPOCH + int(milliseconds) * _MILLISECOND,
        tree_size=int(tree_size),
        root=Hash(root),
    )
