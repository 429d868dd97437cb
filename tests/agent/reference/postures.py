"""Database engines with their settings, and what every setting of a posture says."""

from __future__ import annotations

import ast
import importlib
from itertools import pairwise
from pathlib import Path

from guardian_agent.exposure import databases, transports, volumes
from guardian_agent.wire import postures
from guardian_agent.wire.names import Slug

from tests.agent.reference.fields import prose, settings_table

HEAD = """\
## Postures

A posture says how something that holds or carries client data is set up: a volume, a database, a
bucket, the way of a copy. Each of its settings is `safe`, `unsafe`, `not_set`, `unsupported` (what
was asked cannot tell), `denied` (it was not allowed to ask) or `failed` (no answer).
"""


def section() -> str:
    """Return the engines, the other subjects, and the settings of all."""
    engines = (_engine(name) for name in databases.names())
    parts = ("### Volumes", prose(volumes), "### Transports", prose(transports), *engines, _names())
    return "\n\n".join((HEAD.rstrip(), *parts)) + "\n"


def _engine(name: str) -> str:
    module = importlib.import_module(f"{databases.__name__}.{name}")
    settings = module.ENGINE.settings
    parts = (f'### `engine = "{name}"`', prose(module), prose(settings), settings_table(settings))
    return "\n\n".join(parts)


def _names() -> str:
    rows = [f"| `{name}` | {_control(name)} | {said} |" for name, said in _said().items()]
    head = ["### Settings", "", "| setting | control | says |", "|---|---|---|"]
    return "\n".join([*head, *rows])


def _control(name: str) -> str:
    found = {"data.encrypted": postures.ENCRYPTION, "data.exposed": postures.EXPOSURE}
    return ", ".join(f"`{control}`" for control, names in found.items() if name in names) or "-"


def _said() -> dict[str, str]:
    """Return the text below each name, as it stands in the module."""
    body = ast.parse(Path(postures.__file__).read_text()).body
    found = {}
    for named, said in pairwise(body):
        value = getattr(postures, ast.unparse(named.targets[0]), None) if _is_name(named) else None
        if isinstance(value, Slug):
            found[value] = " ".join(ast.literal_eval(said.value).split())
    return found


def _is_name(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign)
