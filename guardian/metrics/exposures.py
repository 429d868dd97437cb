"""The families about who else can read client data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from guardian.domain.readers import Readable
from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.metrics.family import Family, Sample
from guardian.metrics.of_copies import COPY, SERVER, of_copies

MOST_KINDS = 32
"""Kinds shown for one server; agents name them, so rarer ones are summed up."""
OTHER_KINDS = "other"

Counted = Iterable[tuple[str, int]]
"""(kind, items); a kind may come more than once."""


def _by_kind(counted: Callable[[ServerFigures], Counted]) -> Callable[[Snapshot], Iterator[Sample]]:
    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        for server in snapshot.servers:
            for kind, items in _commonest(counted(server)):
                yield (server.client, server.server, kind), items

    return samples


def _commonest(counted: Counted) -> Iterator[tuple[str, int]]:
    """Keep the kinds with most items and sum the rest up, so that no agent floods the metrics."""
    kinds: Counter[str] = Counter()
    for kind, items in counted:
        kinds[kind] += items
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = Counter(dict(ranked[:MOST_KINDS]))
    rest = sum(items for _, items in ranked[MOST_KINDS:])
    if rest:
        kept[OTHER_KINDS] += rest
    yield from sorted(kept.items())


def _values(server: ServerFigures) -> Counted:
    return ((each.kind, each.values) for seen in server.personal for each in seen.fact.counts)


def _ways(server: ServerFigures) -> Counted:
    return ((each.way, each.items) for seen in server.reaches for each in seen.fact.counts)


def _uncovered(server: ServerFigures) -> Counted:
    return server.uncovered or ()


def _turned(snapshot: Snapshot) -> Iterator[Sample]:
    for server in snapshot.servers:
        if server.exposures:
            turned = sum(seen.fact.turned_files for seen in server.exposures)
            yield (server.client, server.server), turned


def _settings(snapshot: Snapshot) -> Iterator[Sample]:
    for server in snapshot.servers:
        counts = Counter(
            (seen.fact.subject, each.standing.value)
            for seen in server.postures
            for each in seen.fact.settings
        )
        subjects = sorted({subject for subject, _ in counts})
        for subject in subjects[:MOST_KINDS]:
            for standing in sorted({each for of, each in counts if of == subject}):
                labels = (server.client, server.server, subject, standing)
                yield labels, counts[subject, standing]


def _is_encrypted(copy: CopyFigures) -> float | None:
    return {Readable.PROVEN: 1.0, Readable.REFUTED: 0.0}.get(copy.encrypted)


def _doors(copy: CopyFigures) -> float | None:
    return None if copy.encryption is None else copy.encryption.fact.doors_tried


EXPOSURES = (
    Family(
        name="guardian_copy_encrypted",
        help="1 if a copy is proven to be unreadable without its key, 0 if it can be read; absent "
        "where nobody knows.",
        labels=COPY,
        samples=of_copies(_is_encrypted),
    ),
    Family(
        name="guardian_copy_doors_tried",
        help="Keys that any stranger would try, tried on a copy; absent before the first look.",
        labels=COPY,
        samples=of_copies(_doors),
    ),
    Family(
        name="guardian_exposed_items",
        help="Files of client data that can be read without a key, by kind.",
        labels=(*SERVER, "kind"),
        samples=_by_kind(lambda server: server.exposed),
    ),
    Family(
        name="guardian_turned_files",
        help="Files that could be read once and look like ciphertext now; absent before the first "
        "scan.",
        labels=SERVER,
        samples=_turned,
    ),
    Family(
        name="guardian_reach_items",
        help="Ways in which others get at client data, by kind.",
        labels=(*SERVER, "kind"),
        samples=_by_kind(_ways),
    ),
    Family(
        name="guardian_personal_data_values",
        help="Different values of personal data that can be read without a key, by kind.",
        labels=(*SERVER, "kind"),
        samples=_by_kind(_values),
    ),
    Family(
        name="guardian_uncovered_bytes",
        help="Live data in no restore point, by what kind of place it lies in; absent before the "
        "first look.",
        labels=(*SERVER, "kind"),
        samples=_by_kind(_uncovered),
    ),
    Family(
        name="guardian_settings",
        help="Settings that decide who can read client data, by what they are of and what is "
        "known of them.",
        labels=(*SERVER, "subject", "standing"),
        samples=_settings,
    ),
)
"""What there is to see of who else can read."""
