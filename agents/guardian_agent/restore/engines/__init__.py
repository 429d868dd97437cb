"""One file per database engine; see `guardian_agent.restore.engine` for what an engine is."""

from __future__ import annotations

import importlib
import pkgutil

from guardian_agent.restore.engine import Engine


def find(name: str) -> Engine | None:
    """Return an engine by its name, importing no other, or None where there is none."""
    if name not in {module.name for module in pkgutil.iter_modules(__path__)}:
        return None
    engine: Engine = importlib.import_module(f"{__name__}.{name}").ENGINE
    return engine
