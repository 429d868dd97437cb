"""One file per backup tool; see `guardian_agent.probe` for what a probe is."""

from __future__ import annotations

import importlib
import pkgutil

from guardian_agent.probe import AnyProbe


def load() -> dict[str, AnyProbe]:
    """Return every probe by its tool's name: one for each module in this folder."""
    return {name: _import(name) for name in names()}


def find(tool: str) -> AnyProbe | None:
    """Return the probe for a tool, importing no other, or None where there is none."""
    return _import(tool) if tool in names() else None


def names() -> list[str]:
    """Return the names of all tools that have a probe."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def _import(name: str) -> AnyProbe:
    probe: AnyProbe = importlib.import_module(f"{__name__}.{name}").PROBE
    return probe
