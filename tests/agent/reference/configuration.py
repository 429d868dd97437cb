"""`agent.toml`, from the dataclasses that it is decoded into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args, get_origin, get_type_hints

from guardian_agent import config
from guardian_agent.cli._main import DEFAULT_CONFIG

from tests.agent.reference.fields import prose, settings_table

HEAD = f"""\
## agent.toml

TOML, at `{DEFAULT_CONFIG}` or where `--config` says. Unknown keys are refused. Names are
1 to 63 of `a-z 0-9 . _ -`, words 1 to 40 of `a-z 0-9 . _ + -`; keys that end in `_bytes` and
`_seconds` count just these. Durations are words such as `"26h"` and `"90d"`. Beside the keys
below, a copy has those of its [probe](#probes), and a test those of its
[kind](#kinds-of-restore-tests).
"""

SINGULAR = {
    "backup_sets": "backup_set",
    "buckets": "bucket",
    "copies": "copy",
    "databases": "database",
    "exposures": "exposure",
    "tests": "test",
    "volumes": "volume",
}
"""How a list of tables is written: one table each."""


def section() -> str:
    """Return every table of `agent.toml` with its keys."""
    return "\n".join([HEAD, *(_table(name, kind) for name, kind in tables())])


def tables() -> Iterator[tuple[str, type]]:
    """Yield each table's heading and its dataclass."""
    yield from _below(config.AgentConfig, "")


def _below(kind: type, path: str) -> Iterator[tuple[str, type]]:
    for name, hint in get_type_hints(kind).items():
        many = get_origin(hint) is tuple
        inner = next((each for each in get_args(hint) if is_dataclass(each)), hint)
        if isinstance(inner, type) and is_dataclass(inner):
            full = path + (SINGULAR[name] if many else name)
            yield (f"[[{full}]]" if many else f"[{full}]"), inner
            yield from _below(inner, f"{full}.")


def _table(name: str, kind: type) -> str:
    nested = {field.name for field in fields(kind)} & {*SINGULAR, "settings"}
    return f"### `{name}`\n\n{prose(kind)}\n\n{settings_table(kind, nested)}"
