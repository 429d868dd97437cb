"""Every error central raises on purpose.

GuardianError              root: `message` says what was wrong, where, and what to do
|- ConfigError             guardian.toml or clients.d/*.toml cannot be used
|- StoreError              the store cannot be read or written
|  |- StoreFailure         its disk or file failed: this process must not go on with it
|- ClockJump               central's own clock cannot be relied on for now
|- EnrolmentError          an enrolment that is not granted
|- EvidenceError           the evidence log is damaged or does not agree with itself
|- ReportError             a report cannot be built
|- Refusal                 a statement that is not accepted (one class per reason, in ingest/trust)
"""

from __future__ import annotations

from typing import ClassVar


class GuardianError(Exception):
    """Root of central's own errors; its text is for the operator."""


class ConfigError(GuardianError):
    """guardian.toml or clients.d/*.toml cannot be used."""


class StoreError(GuardianError):
    """The store cannot be read or written."""


class StoreFailure(StoreError):
    """The store's disk or file failed (a failed fsync, a damaged page).

    Nothing is retried: after a failed fsync nobody knows what is on the disk, so the process ends
    and the next one recovers from the log.
    """


class ClockJump(GuardianError):
    """Central's clock jumped: what is judged by it would not be true."""


class EnrolmentError(GuardianError):
    """An enrolment that is not granted."""


class EvidenceError(GuardianError):
    """The evidence log is damaged or does not agree with itself."""


class ReportError(GuardianError):
    """A report cannot be built."""


class Refusal(GuardianError):
    """A statement that is not accepted; it changes nothing and is counted under `reason`."""

    reason: ClassVar[str] = "refused"
    status: ClassVar[int] = 403
