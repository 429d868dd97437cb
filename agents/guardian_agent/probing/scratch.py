"""A private folder for what a tool writes while it is asked, gone afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnySubject
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason


@contextlib.contextmanager
def scratch_folder(subject: AnySubject, system: System) -> Iterator[str]:
    """Make an empty private folder and remove it with all that is in it.

    Raises:
        ProbeError: it cannot be made.
    """
    if not subject.scratch:
        raise ProbeError(Reason.INTERNAL, "this copy was given no scratch folder")
    folder = f"{subject.scratch}/{system.randomness.bytes(8).hex()}"
    try:
        system.files.make_directory(folder)
    except OSError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{folder}: cannot be made: {error}") from error
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):
            system.files.remove_tree(folder)
