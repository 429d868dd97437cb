"""One file per storage that central looks at itself; see `guardian.ports.WitnessKind`."""

from __future__ import annotations

import importlib
import pkgutil

from guardian.ports import AnyWitnessKind


def load() -> dict[str, AnyWitnessKind]:
    """Return every kind that is there, by its name; a module of this folder is a kind."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    kinds: list[AnyWitnessKind] = [module.WITNESS for module in modules]
    return {kind.kind: kind for kind in sorted(kinds, key=lambda kind: kind.kind)}
