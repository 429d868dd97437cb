"""Families to the text that Prometheus scrapes (format 0.0.4).

Nothing carries over between scrapes but the count of samples that could not be written: families
are made afresh, so a client that is configured no more leaves no series behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from guardian import __version__
from guardian.domain.snapshot import Snapshot
from guardian.metrics.families import FAMILIES, SELF
from guardian.metrics.family import Family, counter, gauge

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_BUILD = Family(
    name="guardian_build_info",
    help="1, with central's version.",
    labels=("version",),
    samples=lambda _: [((__version__,), 1)],
)


class Exposition:
    """What `/metrics` answers with, scrape after scrape."""

    def __init__(self) -> None:
        self._errors = 0

    def render(self, snapshot: Snapshot, counters: Mapping[str, int]) -> bytes:
        """Return the whole exposition.

        Args:
            snapshot: the newest findings and figures.
            counters: statements received, by result ("accepted", "duplicate", a refusal's reason).
        """
        filled = [
            *(gauge(each, each.samples(snapshot)) for each in (*FAMILIES, *SELF, _BUILD)),
            counter(
                "guardian_statements_received",
                "Statements by what became of them.",
                ("result",),
                [((result,), total) for result, total in sorted(counters.items())],
            ),
        ]
        self._errors += sum(left_out for _, left_out in filled)
        errors, _ = counter(
            "guardian_exposition_errors",
            "Samples left out of /metrics because they could not be written.",
            (),
            [((), self._errors)],
        )
        return _text([*(metric for metric, _ in filled), errors])


def render(snapshot: Snapshot, counters: Mapping[str, int]) -> bytes:
    """Return one exposition by itself; see `Exposition.render`."""
    return Exposition().render(snapshot, counters)


def render_client(snapshot: Snapshot, client: str) -> bytes:
    """Return what `/metrics/clients/{client}` answers with: that client's samples alone."""
    own = _of_client(snapshot, client)
    return _text(gauge(family, family.samples(own))[0] for family in FAMILIES)


def _of_client(snapshot: Snapshot, client: str) -> Snapshot:
    return replace(
        snapshot,
        findings=tuple(each for each in snapshot.findings if each.asset.client == client),
        copies=tuple(each for each in snapshot.copies if each.asset.client == client),
        servers=tuple(each for each in snapshot.servers if each.client == client),
    )


def _text(metrics: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(metrics))
    return generate_latest(registry)


class _Collector:
    """Hands over families that are filled already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def describe(self) -> Iterable[Metric]:
        """Return nothing: a registry of one collector has no names to keep apart."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Return the families."""
        yield from self._metrics
