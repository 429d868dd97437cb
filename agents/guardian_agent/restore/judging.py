"""What the results of single files amount to: draws with their proof, sums, and an outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from guardian_agent.probe import keyed_hash
from guardian_agent.restore.drawing import NOT_COMPARED
from guardian_agent.restore.records import Record
from guardian_agent.wire.facts.restores import Compared, Draw, DrawResult
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash


def draw_of(
    place: int, record: Record, result: DrawResult, restored: str | None, key: bytes
) -> Draw:
    """Return what became of one file drawn; what came back is told where it differs."""
    differs = result not in NOT_COMPARED and restored not in (None, record.content)
    return Draw(
        index=place,
        path_hash=keyed_hash(key, record.path),
        size=record.size,
        modified_ns=record.modified_ns,
        content=None if record.content is None else Hash(record.content),
        result=result,
        restored=Hash(restored) if differs and restored is not None else None,
    )


def added_up(records: Sequence[Record], results: Sequence[DrawResult]) -> Compared:
    """Return what became of files beyond those drawn."""
    return Compared(
        files=len(records),
        bytes=sum(record.size for record in records),
        matched=results.count(DrawResult.MATCHED),
        mismatched=results.count(DrawResult.MISMATCHED),
        missing=results.count(DrawResult.MISSING),
        changed=sum(result in NOT_COMPARED for result in results),
    )


def verdict(
    drawn: Collection[DrawResult], beyond: Collection[DrawResult]
) -> tuple[Outcome, Reason]:
    """Say how a test ended by its files; those beyond the draws can only make it fail."""
    results = {*drawn, *beyond}
    if DrawResult.MISMATCHED in results:
        return Outcome.FAILED, Reason.MISMATCH
    if DrawResult.MISSING in results:
        return Outcome.FAILED, Reason.MISSING_FILE
    if DrawResult.MATCHED not in drawn:
        return Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE
    return Outcome.PASSED, Reason.NONE
