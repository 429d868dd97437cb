"""This machine's second processor, lent to work that is worth a copy of this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardian_agent.system.twin import RealTwin


class RealTwins:
    """This machine's second processor; see `Twins`."""

    def __init__(self, processors: int | None = None) -> None:
        """Count on so many; None: on those that this process may use."""
        self._processors = processors or len(os.sched_getaffinity(0))

    @contextmanager
    def twin(self, act: Callable[[Any], Any]) -> Iterator[RealTwin | None]:
        """Make a twin until the block's end; None where it could not work beside us."""
        made = _made(act) if self._processors > 1 else None
        try:
            yield made
        finally:
            if made is not None:
                made.end()


def _made(act: Callable[[Any], Any]) -> RealTwin | None:
    # Most passes never need one, and its sockets take long to load.
    from guardian_agent.system.twin import RealTwin

    try:
        return RealTwin(act)
    except OSError:  # as many processes as we may have
        return None
