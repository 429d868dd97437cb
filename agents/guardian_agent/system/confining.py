"""Confine a command before it starts: what the kernel keeps, its children keep too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guardian_agent.system.ports import Confinement


@contextmanager
def confining(confinement: Confinement | None) -> Iterator[Callable[[], None] | None]:
    """Yield what a child must call before it becomes the command; None: nothing."""
    if confinement is None:
        yield None
        return
    from guardian_agent.system.child import Child

    with Child.prepared(confinement) as child:
        yield child
