"""One file per control; see `guardian.domain.check` for what a check is."""

from __future__ import annotations

import importlib
import pkgutil

from guardian.domain.check import AnyCheck


def load() -> tuple[AnyCheck, ...]:
    """Return every check that is there, by control; a module of this folder is a check."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    return tuple(sorted((module.CHECK for module in modules), key=lambda check: check.control))
