"""Run restic on a repository, without a lock and without a cache, and say why it failed."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from guardian_agent.probe import Subject
from guardian_agent.probing.tool import Failures, find_tool, read_environment, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

LEFT_OUT = (b"could not load snapshot", b"failed to load snapshot")
"""restic lists on without a damaged snapshot, and exits 0: 0.14, and 0.18 on."""

FAILURES = Failures(
    exits={
        10: Reason.NO_REPOSITORY,
        11: Reason.LOCKED,
        12: Reason.WRONG_PASSWORD,
        130: Reason.INTERRUPTED,
    },
    # 0.14 knows only exit status 1; the order matters, as some texts hold two of these.
    phrases=(
        (b"wrong password or no key found", Reason.WRONG_PASSWORD),
        (b"an empty password is not a password", Reason.WRONG_PASSWORD),
        (b"Resolving password failed: Readfile", Reason.PERMISSION_DENIED),
        (b"Resolving password failed", Reason.PATH_MISSING),
        (b"repository is already locked", Reason.LOCKED),
        (b"file too large", Reason.QUOTA_EXCEEDED),
        (b"no space left on device", Reason.QUOTA_EXCEEDED),
        (b"dial tcp", Reason.EXIT_STATUS),
        (b"i/o timeout", Reason.EXIT_STATUS),
        (b"connection reset", Reason.EXIT_STATUS),
        (b"ciphertext verification failed", Reason.DAMAGED),
        (b"invalid data returned", Reason.DAMAGED),
        *((phrase, Reason.DAMAGED) for phrase in LEFT_OUT),
        (b"does not match", Reason.DAMAGED),
        (b"is damaged", Reason.DAMAGED),
        (b"repository contains errors", Reason.DAMAGED),
        (b"permission denied", Reason.PERMISSION_DENIED),
        (b"Is there a repository at the following location?", Reason.NO_REPOSITORY),
    ),
)


class Where(Protocol):
    """What of a copy's settings says where its repository is, and what opens it."""

    @property
    def repository(self) -> str:
        """As restic takes it."""

    @property
    def password_file(self) -> str:
        """Its first line is the password."""

    @property
    def binary(self) -> str:
        """Which restic."""

    @property
    def environment_file(self) -> str | None:
        """Variables for restic, such as keys of a storage."""


W = TypeVar("W", bound=Where)


def restic(
    subject: Subject[W],
    system: System,
    *words: str,
    **bounds: Any,  # noqa: ANN401 - handed to run_tool as they are
) -> Completed:
    """Run restic on the repository; where it is may hold a password, so it is no argument."""
    settings = subject.settings
    variables = {"RESTIC_REPOSITORY": settings.repository}
    variables["RESTIC_PASSWORD_FILE"] = settings.password_file
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    tool = find_tool(system, settings.binary)
    return run_tool(
        system, [tool, "--no-lock", "--no-cache", *words], environment=variables, **bounds
    )
