"""A listing of every file of a restore point, kept on disk: there may be millions of lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnySubject
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason


def long_listing(
    subject: AnySubject, system: System, ask: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Yield each line of what the tool lists, one JSON object a line.

    Args:
        subject: whose scratch folder holds the listing meanwhile.
        system: the machine.
        ask: has the tool write its listing to a new file; raises `ProbeError` when it fails.

    Raises:
        ProbeError: as `ask`; UNREADABLE_ANSWER for a line that is no JSON object.
    """
    with scratch_folder(subject, system) as folder:
        listing = f"{folder}/listing"
        ask(listing)
        with system.files.open(listing) as lines:
            for line in lines:
                yield _object(line)


def size_of(item: dict[str, Any], otherwise: int | None = None) -> int:
    """Return how many bytes an entry has.

    Raises:
        ProbeError: UNREADABLE_ANSWER when it does not tell.
    """
    size = item.get("size", otherwise)
    if not isinstance(size, int) or size < 0:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "an entry of a listing has no size")
    return size


def _object(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "a line of a listing is no JSON") from error
    if not isinstance(item, dict):
        raise ProbeError(Reason.UNREADABLE_ANSWER, "a line of a listing is no object")
    return item
