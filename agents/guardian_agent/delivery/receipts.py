"""Central's receipts: the newest are kept, as the client's own proof of what was stated."""

from __future__ import annotations

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.records import keep, names, place
from guardian_agent.errors import StateError, TrustError
from guardian_agent.system import System
from guardian_agent.wire.receipt import MAX_RECEIPT_BYTES, Receipt, read_receipt

KEPT = 50

_FOLDER = "receipts"


def store(config: AgentConfig, system: System, statement: str, line: bytes) -> None:
    """Keep the receipt of a statement (its name in the spool); raise `StateError`."""
    keep(_path(config, statement), line + b"\n", system)


def kept(config: AgentConfig, system: System, statement: str, signer: bytes) -> Receipt | None:
    """Return the receipt of a statement if we have it and it is sound."""
    try:
        line = system.files.read(_path(config, statement), MAX_RECEIPT_BYTES + 1)
        return read_receipt(line.removesuffix(b"\n"), signer)
    except (OSError, StateError, TrustError):
        return None


def newest(config: AgentConfig, system: System, epoch: int, signer: bytes) -> Receipt | None:
    """Return the receipt with the highest number of an epoch."""
    for name in reversed(names(place(config, _FOLDER), system)):
        if name.startswith(f"{epoch:010d}-"):
            receipt = kept(config, system, name.replace(".receipt", ".dsse"), signer)
            if receipt is not None:
                return receipt
    return None


def prune(config: AgentConfig, system: System, still_waiting: set[str]) -> None:
    """Remove all but the newest `KEPT`, and those whose statements are still in the spool."""
    spooled = {_name(statement) for statement in still_waiting}
    folder = place(config, _FOLDER)
    try:
        for name in names(folder, system)[:-KEPT]:
            if name not in spooled:
                system.files.remove(f"{folder}/{name}")
    except OSError as error:
        raise StateError(f"{folder}: {error.strerror}") from error


def _path(config: AgentConfig, statement: str) -> str:
    return place(config, _FOLDER, _name(statement))


def _name(statement: str) -> str:
    return statement.removesuffix(".dsse") + ".receipt"
