"""Try one step of a pass: whatever happens to it, the others go on and it is told.

Before a step begins, its name is written to the state. A step that takes the whole pass down with
it (out of memory, killed) is found there by the next pass, told as interrupted, and left out once,
so that the facts of the others get through.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardian_agent.errors import DecodeError, ProbeError, StateError
from guardian_agent.run.facts import Facts
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

MAX_MARKER_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a pass looks at: a copy by its tool, a set's live data, a watched place."""

    probe: Slug
    backup_set: Name | None = None
    copy: Name | None = None
    watch: Name | None = None

    def __str__(self) -> str:
        """Name the step for the operator ("restic of files/local")."""
        where = [name for name in (self.backup_set, self.copy, self.watch) if name is not None]
        return f"{self.probe} of {'/'.join(where)}"


class Attempts:
    """Tries the steps of one pass; `marker` None leaves no trace of them (for `show`)."""

    __slots__ = ("_files", "_interrupted", "_marker")

    def __init__(self, files: Files, marker: str | None) -> None:
        self._files = files
        self._marker = marker
        self._interrupted = None if marker is None else _left_open(files, marker)

    def attempt(self, step: Step, action: Iterable[Observation]) -> Facts:
        """Run `action` to its end and return what it stated, with the failure if it broke off."""
        if step == self._interrupted:
            return _failed(step, Reason.INTERRUPTED, "it took the pass before this one down")
        self._open(step)
        found: list[Observation] = []
        try:
            found.extend(action)
            failed = Facts()
        except ProbeError as error:
            failed = _failed(step, error.reason, str(error))
        except Exception as error:  # noqa: BLE001 - one broken probe must not silence the others
            failed = _failed(step, Reason.INTERNAL, f"{type(error).__name__}: {error}")
        return Facts(observations=tuple(found), failures=failed.failures, notes=failed.notes)

    def close(self) -> None:
        """Take the marker away: the pass came to its end."""
        if self._marker is not None:
            self._files.remove(self._marker)

    def _open(self, step: Step) -> None:
        if self._marker is not None:
            # Without room for the marker the pass can still tell that the disk is full.
            with contextlib.suppress(OSError):
                self._files.write(self._marker, to_json(step))


def _left_open(files: Files, marker: str) -> Step | None:
    try:
        return build(Step, read_json(files.read(marker, MAX_MARKER_BYTES)))
    except (OSError, StateError, DecodeError):
        return None


def _failed(step: Step, reason: Reason, message: str) -> Facts:
    # It brings every kind of fact along: imported where something fails.
    from guardian_agent.wire.statement import ProbeFailure  # noqa: PLC0415

    failure = ProbeFailure(
        probe=step.probe, reason=reason, backup_set=step.backup_set, copy=step.copy
    )
    return Facts(failures=(failure,), notes=(f"{step}: {reason.value}: {message}",))
