"""docs/reference/metrics.md, made from a whole exposition."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from guardian.metrics import render
from guardian.metrics.families import FAMILIES
from tests.central.metrics.snapshots import SNAPSHOT

HEAD = """\
# Metrics

`GET /metrics` on the operator's socket, Prometheus text format 0.0.4. `GET
/metrics/clients/{client}` answers with one client's metrics alone, and `GET /sd/prometheus` lists
those targets for `http_sd_configs`; scrape them with `honor_labels: true`. Scrape either all of
`/metrics` or the clients one by one, not both.

Times are moments in Unix seconds (0: never), never ages; sizes are bytes. Labels are configured
names and closed lists. A sample that cannot be written is left out and counted; it never takes the
others along.

| metric | type | labels | meaning |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    labels = {family.name: family.labels for family in FAMILIES}
    labels |= {"guardian_statements_received": ("result",), "guardian_build_info": ("version",)}
    lines = []
    for family in text_string_to_metric_families(render(SNAPSHOT, {"accepted": 1}).decode()):
        name = family.name + ("_total" if family.type == "counter" else "")
        named = ", ".join(f"`{label}`" for label in labels.get(family.name, ()))
        lines.append(f"| `{name}` | {family.type} | {named} | {family.documentation} |")
    return HEAD + "\n".join(lines) + "\n"
