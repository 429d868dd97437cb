"""HTTP service discovery for Prometheus: one target for each client's own metrics.

Scrape them with `honor_labels: true`: the label `client` keeps the targets' `up` apart, and the
samples carry the same one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable


def service_discovery(clients: Iterable[str], address: str) -> bytes:
    """Return the list of targets as Prometheus reads it (`http_sd_config`).

    Args:
        clients: ids.
        address: host and port of the operator's socket.
    """
    targets = [
        {
            "targets": [address],
            "labels": {"__metrics_path__": f"/metrics/clients/{client}", "client": client},
        }
        for client in sorted(clients)
    ]
    return json.dumps(targets).encode("ascii")
