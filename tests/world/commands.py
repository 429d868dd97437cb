"""Running commands as a person would: with a deadline, in a clean environment."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120
PROGRAMS = Path(sys.executable).parent
"""Where this environment's own commands are installed (`guardian`, `guardian-agent`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A finished command."""

    arguments: tuple[str, ...]
    status: int
    output: str
    errors: str

    def checked(self) -> Ran:
        """Return self when it exited 0; raise with everything it said otherwise."""
        if self.status != 0:
            raise RuntimeError(
                f"{' '.join(self.arguments)} exited {self.status}\n{self.output}\n{self.errors}"
            )
        return self


def run(
    *arguments: str | Path,
    environment: dict[str, str] | None = None,
    user: str | None = None,
    stdin: str | None = None,
    shift: str | None = None,
    directory: Path | None = None,
    seconds: float = SECONDS,
) -> Ran:
    """Run a command to its end.

    Args:
        arguments: the command; a bare name is looked up, our own commands first.
        environment: added to a minimal one.
        user: become this user first (needs root).
        stdin: text for its standard input.
        shift: run it with its clock moved, as faketime writes it ("-3d", "+2h").
        directory: where to run it.
        seconds: after these it is killed.
    """
    words = [_found(str(arguments[0])), *map(str, arguments[1:])]
    if shift is not None:
        words = [_found("faketime"), "-f", shift, *words]
    if user is not None:
        words = [_found("setpriv"), *_as(user), *words]
    done = subprocess.run(
        words,
        env=_clean() | (environment or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        cwd=directory or "/",
    )
    return Ran(
        arguments=tuple(words), status=done.returncode, output=done.stdout, errors=done.stderr
    )


def _found(name: str) -> str:
    if name.startswith("/"):
        return name
    own = PROGRAMS / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed: run deploy/develop/install.sh")
    return found


def _as(user: str) -> list[str]:
    who = pwd.getpwnam(user)
    return [f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]


def _clean() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_START",) if name in os.environ}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | kept
