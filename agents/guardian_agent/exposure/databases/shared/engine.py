"""What a database engine is to whoever looks at how it is set up.

An engine is a module in `exposure/databases/` with one constant `ENGINE`, named as the operator
names it (`engine = "postgresql"`). The packages there are what engines are made of; no list is
edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from guardian_agent.exposure.volumes.found import Found
from guardian_agent.system import System
from guardian_agent.wire.names import Slug

C = TypeVar("C")

Looked = Mapping[Slug, Sequence[Found]]
"""What is known, by setting; see `guardian_agent.wire.postures`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Generic[C]):
    """One kind of database server."""

    settings: type[C]
    look: Callable[[C, System], Looked]
    """Asks the server, or reads its configuration; raises `ProbeError` when nothing is known."""


AnyEngine = Engine[Any]
