"""The newest checkpoint of this client's evidence log that central has signed.

It is what canaries carry and what seeds restore tests; and it is our memory of how long the log
was: a log that got shorter was rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import load, place, save
from guardian_agent.errors import TrustError
from guardian_agent.system import System
from guardian_agent.wire.names import Hash

if TYPE_CHECKING:
    from guardian_agent.wire.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log's size and root right after our statement `number` of `epoch` was added to it."""

    tree_size: int
    root: Hash
    received_at: datetime
    """Central's time."""
    epoch: int
    number: int


def newest(config: AgentConfig, system: System) -> Checkpoint | None:
    """Return the newest checkpoint, None before the first receipt; raise `StateError`."""
    return load(Checkpoint, place(config, "checkpoint"), system)


def advance(config: AgentConfig, system: System, receipt: Receipt) -> None:
    """Take over a verified receipt's checkpoint if it is of a later statement.

    Raises:
        TrustError: the log did not grow since the checkpoint we have: central was rolled back.
        StateError: the checkpoint cannot be read or written.
    """
    known = newest(config, system)
    if known is not None and (receipt.epoch, receipt.number) <= (known.epoch, known.number):
        return  # an older statement's receipt, sent again
    if known is not None and receipt.tree_size <= known.tree_size:
        raise TrustError(
            f"central_rolled_back: its log had {known.tree_size} entries after statement "
            f"{known.number}, and {receipt.tree_size} after statement {receipt.number}; central "
            "was restored from an old copy, or somebody removed evidence: ask your provider"
        )
    found = Checkpoint(
        tree_size=receipt.tree_size,
        root=receipt.root,
        received_at=receipt.received_at,
        epoch=receipt.epoch,
        number=receipt.number,
    )
    save(place(config, "checkpoint"), found, system)
