"""One metric family, and the samples that may be in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from guardian.domain.snapshot import Snapshot

LONGEST_LABEL = 128
"""Every name and slug that may be configured or stated is shorter."""

Sample = tuple[tuple[str, ...], float]
"""Label values in the family's order, and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A metric's name, its help and its labels, with how a snapshot fills it."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: Callable[[Snapshot], Iterable[Sample]]


def gauge(family: Family, samples: Iterable[Sample]) -> tuple[Metric, int]:
    """Return the family with its good samples, and how many bad ones were left out."""
    metric = GaugeMetricFamily(family.name, family.help, labels=family.labels)
    return metric, _fill(metric, samples)


def counter(
    name: str, documentation: str, labels: tuple[str, ...], samples: Iterable[Sample]
) -> tuple[Metric, int]:
    """Return a counter with its good samples, and how many bad ones were left out."""
    metric = CounterMetricFamily(name, documentation, labels=labels)
    return metric, _fill(metric, samples)


def _fill(metric: GaugeMetricFamily | CounterMetricFamily, samples: Iterable[Sample]) -> int:
    """Add each sample by itself: one that cannot be written must not blind the others (T79)."""
    seen: set[tuple[str, ...]] = set()
    left_out = 0
    for labels, value in samples:
        if labels not in seen and _can_be_written(labels, value):
            seen.add(labels)
            metric.add_metric(labels, value)
        else:
            left_out += 1
    return left_out


def _can_be_written(labels: tuple[str, ...], value: float) -> bool:
    """Refuse what some reader stumbles over: surrogates, control characters, endless names."""
    return math.isfinite(value) and all(
        label.isprintable() and len(label) <= LONGEST_LABEL for label in labels
    )
