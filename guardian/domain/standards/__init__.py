"""One file per standard; see `guardian.domain.requirement.kinds` for what a standard is."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from guardian.domain.requirement.kinds import Standard


@cache
def load() -> tuple[Standard, ...]:
    """Return every standard that is there, by name; a module of this folder is a standard."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    return tuple(sorted((module.STANDARD for module in modules), key=lambda each: each.name))
