"""One file per kind of restore test; see `guardian_agent.restore.kind` for what a kind is."""

from __future__ import annotations

import importlib
import pkgutil

from guardian_agent.restore.kind import AnyKind


def find(name: str) -> AnyKind | None:
    """Return a kind by its name, importing no other, or None where there is none."""
    return _import(name) if name in names() else None


def names() -> list[str]:
    """Return the names of all kinds."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load() -> list[AnyKind]:
    """Return every kind."""
    return [_import(name) for name in names()]


def _import(name: str) -> AnyKind:
    kind: AnyKind = importlib.import_module(f"{__name__}.{name}").KIND
    return kind
