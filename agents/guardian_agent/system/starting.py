"""Start a command: clean environment, session of its own, within its confinement."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from guardian_agent.errors import ProbeError
from guardian_agent.system.confining import confining
from guardian_agent.system.ports import Confinement
from guardian_agent.system.tools import SEARCH_PATH
from guardian_agent.wire.facts.words import Reason

_ENVIRONMENT = {"PATH": ":".join(SEARCH_PATH), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which terms a command runs; see `Processes.run`."""

    environment: Mapping[str, str] | None
    directory: str | None
    file_size_limit: int | None
    confinement: Confinement | None


def start(
    arguments: Sequence[str],
    terms: Terms,
    *,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start it; `LD_*` never reaches it.

    Raises:
        ProbeError: TOOL_MISSING, PERMISSION_DENIED, INTERNAL.
    """
    try:
        with confining(terms.confinement) as confine:
            return subprocess.Popen(
                arguments,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=_clean(terms),
                cwd=terms.directory,
                start_new_session=True,
                preexec_fn=_first(terms.file_size_limit, confine),  # noqa: PLW1509 - no threads
            )
    except FileNotFoundError as error:
        raise ProbeError(Reason.TOOL_MISSING, f"{arguments[0]}: {error}") from error
    except PermissionError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{arguments[0]}: {error}") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise ProbeError(Reason.INTERNAL, f"{arguments[0]} did not start: {error}") from error


def _first(file_size: int | None, confine: Callable[[], None] | None) -> Callable[[], None] | None:
    """Return what the child does before it becomes the command."""
    if file_size is None:
        return confine
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        if confine is not None:
            confine()

    return limited


def _clean(terms: Terms) -> dict[str, str]:
    added = terms.environment or {}
    clean = {**_ENVIRONMENT, **{k: v for k, v in added.items() if not k.startswith("LD_")}}
    if terms.confinement is None:
        return clean
    return {**clean, "HOME": terms.confinement.home, "TMPDIR": terms.confinement.home}
