"""Passwords in what runs backups: job files, and the command lines and environments of processes.

A command line is readable by every local user while the command runs (proc(5)), and a job file by
everybody who may read its folder. What was found is counted by way, never kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from guardian_agent.config import Jobs
from guardian_agent.errors import StateError
from guardian_agent.exposure.reach.folders import OTHERS_READ, Folders
from guardian_agent.exposure.reach.job_files import JobFiles
from guardian_agent.system import System
from guardian_agent.system.ports import Entry, Files
from guardian_agent.wire.facts.exposures import Reach, ReachCount
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug

NAME = Name("jobs")

_MOST_BYTES = 1024 * 1024
_PROCESSES = "/proc"

_VARIABLES = (
    *(b"RESTIC_PASSWORD", b"BORG_PASSPHRASE", b"KOPIA_PASSWORD", b"PASSPHRASE", b"SSHPASS"),
    *(b"DUPLICATI__PASSPHRASE", b"AWS_SECRET_ACCESS_KEY", b"B2_ACCOUNT_KEY", b"AZURE_ACCOUNT_KEY"),
    *(b"PGPASSWORD", b"MYSQL_PWD", b"RCLONE_CONFIG_PASS"),
)
"""As the tools' manuals name them."""
_ASSIGNED = re.compile(
    rb"(?<![A-Z0-9_])(?:" + b"|".join(_VARIABLES) + rb")[\"']?\s{0,3}[=:]\s{0,3}[\"']?[^\s\"'$<({]"
)
_A = rb"[\s\0]"
"""What stands between the words of a command: blanks in a file, NUL in a process."""
_VALUE = rb"[^\s\0$\"'-][^\s\0]+"
_COMMANDS = tuple(
    re.compile(form.replace(b"_A_", _A).replace(b"_VALUE_", _VALUE))
    for form in (
        rb"(?<=_A_)--?(?:password|passphrase|db-password|pass)(?:=|_A_)(?!file:|env:|fd:)_VALUE_",
        rb"(?<![\w-])(?:mysql|mariadb)[a-z-]{0,6}_A_(?:[^\n|;]{0,400}?_A_)?-p_VALUE_",
        rb"(?<![\w-])sshpass_A_+-p_A_{0,3}_VALUE_",
        rb"(?<![\w-])curl_A_(?:[^\n|;]{0,400}?_A_)?(?:-u|--user)_A_{0,3}[^\s\0:$]{1,64}:[^\s\0$]+",
        rb"[a-z+]{2,12}://[^\s:/@\0]{1,64}:[^\s:/@\0$]{1,128}@[\w\[]",
    )
)


def observe(jobs: Jobs, system: System) -> Reach:
    """Count where a password stands in a job file or a running process."""
    looked_at = system.clock.now()
    look = _Look(system.files)
    counts: Counter[str] = Counter()
    for path in jobs.paths:
        counts.update(way for entry in look.at(path) for way in look.of_file(entry))
    if jobs.processes:
        counts.update(look.of_processes())
    return Reach(
        name=NAME,
        looked_at=looked_at,
        complete=look.reason is Reason.NONE,
        reason=look.reason,
        counts=tuple(ReachCount(way=Slug(way), items=counts[way]) for way in sorted(counts)),
    )


class _Look(JobFiles):
    """One look; `reason` says what was not seen."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self._files = files
        self._folders = Folders(files)

    def of_file(self, entry: Entry) -> Iterator[str]:
        """Yield the ways of one job file."""
        text = self.read(entry.path)
        if _ASSIGNED.search(text) or _has_password(text):
            folder = entry.path.rpartition("/")[0] or "/"
            is_open = bool(entry.mode & OTHERS_READ) and self._folders.are_open(folder)
            yield "password-in-open-job" if is_open else "password-in-job"

    def of_processes(self) -> Iterator[str]:
        """Yield the ways of all processes that can be seen.

        Where not even the first one can be, others' are hidden (`hidepid` of proc(5), `ProtectProc`
        of systemd.exec(5)), and nothing is known of them.
        """
        entries = self.below(_PROCESSES)
        if not any(entry.path == f"{_PROCESSES}/1" for entry in entries):
            self.reason = Reason.PERMISSION_DENIED
        for entry in entries:
            if not entry.path.rpartition("/")[2].isdigit():
                continue
            if _has_password(self._glance(f"{entry.path}/cmdline")):
                yield "password-on-command-line"
            if _ASSIGNED.search(self._glance(f"{entry.path}/environ").replace(b"\0", b"\n")):
                yield "password-in-environment"

    def _glance(self, path: str) -> bytes:
        """Read of a process what it was given; one that has ended has nothing."""
        try:
            return self._files.read(path, _MOST_BYTES)
        except (FileNotFoundError, ProcessLookupError):
            return b""
        except (OSError, StateError):
            self.reason = Reason.PERMISSION_DENIED
            return b""


def _has_password(command: bytes) -> bool:
    return any(form.search(command) for form in _COMMANDS)
