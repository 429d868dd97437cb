"""What families about copies share: their labels, and one sample for each copy's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from guardian.domain.asset import Asset
from guardian.domain.snapshot import CopyFigures, Snapshot
from guardian.metrics.family import Sample

SERVER = ("client", "server")
COPY = (*SERVER, "backup_set", "copy")


def labels_of(asset: Asset) -> tuple[str, ...]:
    """Return an asset's values of the labels in `COPY`."""
    return (asset.client, asset.server, asset.backup_set or "", asset.copy or "")


def seconds(moment: datetime | None) -> float:
    """Return a moment in Unix seconds, 0 for never."""
    return 0.0 if moment is None else moment.timestamp()


def optional_seconds(moment: datetime | None) -> float | None:
    """Return a moment in Unix seconds; None where there is none."""
    return None if moment is None else moment.timestamp()


def of_copies(
    value: Callable[[CopyFigures], float | None],
) -> Callable[[Snapshot], Iterator[Sample]]:
    """Return what gives one sample for each copy whose number is known."""

    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        for each in snapshot.copies:
            number = value(each)
            if number is not None:
                yield labels_of(each.asset), number

    return samples
