"""Run borg on a repository, with caches of nobody, and say why it failed."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from guardian_agent.probe import Subject
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.probing.tool import (
    Failures,
    find_tool,
    read_environment,
    read_secret,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

WARNING = 1
"""borg did what it was asked, and has something to say; after a check: it found damage."""

FAILURES = Failures(
    exits={},
    phrases=(
        (b"PassphraseWrong", Reason.WRONG_PASSWORD),
        (b"NoPassphraseFailure", Reason.WRONG_PASSWORD),
        (b"KeyfileNotFoundError", Reason.WRONG_PASSWORD),
        (b"LockTimeout", Reason.LOCKED),
        (b"LockFailed", Reason.LOCKED),
        (b"LockError", Reason.LOCKED),
        (b"Repository.DoesNotExist", Reason.NO_REPOSITORY),
        (b"Repository.ParentPathDoesNotExist", Reason.NO_REPOSITORY),
        (b"Repository.InvalidRepository", Reason.NO_REPOSITORY),
        (b"Archive.DoesNotExist", Reason.NO_RESTORE_POINT),
        (b"File too large", Reason.QUOTA_EXCEEDED),
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"IntegrityError", Reason.DAMAGED),
        (b"integrity error", Reason.DAMAGED),
        (b"Repository.ObjectNotFound", Reason.DAMAGED),
        (b"Repository.CheckNeeded", Reason.DAMAGED),
    ),
)


class Where(Protocol):
    """What of a copy's settings says where its repository is, and what opens it."""

    @property
    def repository(self) -> str:
        """As borg takes it."""

    @property
    def passphrase_file(self) -> str | None:
        """Its first line is the passphrase."""

    @property
    def key_file(self) -> str | None:
        """For the `keyfile` modes."""

    @property
    def binary(self) -> str:
        """Which borg."""

    @property
    def environment_file(self) -> str | None:
        """Variables for borg."""


W = TypeVar("W", bound=Where)


def borg(
    subject: Subject[W],
    system: System,
    *words: str,
    **bounds: Any,  # noqa: ANN401 - handed to run_tool as they are
) -> Completed:
    """Run borg on the repository, with a base folder (caches, known repositories) of its own."""
    variables = _variables(subject.settings, system)
    command, *rest = words
    arguments = [find_tool(system, subject.settings.binary), command, "--log-json", *rest]
    with scratch_folder(subject, system) as base:
        variables["BORG_BASE_DIR"] = base
        return run_tool(system, arguments, environment=variables, **bounds)


def succeeded(done: Completed) -> bool:
    """Say whether borg did what it was asked, maybe with something to say."""
    return done.status in {0, WARNING}


def _variables(settings: Where, system: System) -> dict[str, str]:
    # An empty passphrase rather than none, so that borg never asks a terminal.
    variables = {"BORG_PASSPHRASE": ""}
    if settings.environment_file is not None:
        variables |= read_environment(system, settings.environment_file)
    if settings.passphrase_file is not None:
        variables["BORG_PASSPHRASE"] = read_secret(system, settings.passphrase_file)
    if settings.key_file is not None:
        variables["BORG_KEY_FILE"] = settings.key_file
    return variables | {
        "BORG_REPO": settings.repository,
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
    }


def has_passphrase(settings: Where, system: System) -> bool:
    """Say whether anything is configured that opens an encrypted repository."""
    variables = _variables(settings, system)
    return bool(variables["BORG_PASSPHRASE"] or "BORG_PASSCOMMAND" in variables)
