"""What a trap is: a real fault, its healthy twin, and what must be said of the fault.

A trap is a module in `tests/traps/` with a constant `TRAP` and two functions, `fault(world)` and
`twin(world)`. Nothing else lives in that folder, and no list is edited.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.world.world import World

HERE = Path(__file__).resolve().parent.parent / "traps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One trap of the catalogue."""

    id: str
    title: str
    control: str
    says: frozenset[str] = frozenset({"fail"})
    """The statuses that catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTrap:
    """A trap with its two worlds."""

    trap: Trap
    fault: Callable[[World], None]
    twin: Callable[[World], None]


def load(folder: Path = HERE) -> list[LoadedTrap]:
    """Return every trap in `folder`, by id."""
    found = [_load(path) for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    times = Counter(loaded.trap.id for loaded in found)
    twice = [id_ for id_, count in times.items() if count > 1]
    if twice:  # only one of them would ever run
        raise RuntimeError(f"several traps are called {', '.join(twice)}")
    return sorted(found, key=lambda loaded: loaded.trap.id)


def _load(path: Path) -> LoadedTrap:
    spec = importlib.util.spec_from_file_location(f"traps_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return LoadedTrap(trap=module.TRAP, fault=module.fault, twin=module.twin)
