"""The closed lists of words that facts are told in, so that no tool's text ever leaves."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How an attempt ended. `NOT_PERFORMED` is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PERFORMED = "not_performed"


class Reason(StrEnum):
    """Why something failed or was not performed: a closed list, so that no tool's text leaves."""

    NONE = "none"
    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    EXIT_STATUS = "exit_status"
    UNREADABLE_ANSWER = "unreadable_answer"
    TOOL_MISSING = "tool_missing"
    TOOL_UNTRUSTED = "tool_untrusted"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason, no secret
    NO_REPOSITORY = "no_repository"
    LOCKED = "locked"
    PERMISSION_DENIED = "permission_denied"
    PATH_MISSING = "path_missing"
    INTERRUPTED = "interrupted"
    QUOTA_EXCEEDED = "quota_exceeded"
    UNSAFE_CONTENTS = "unsafe_contents"
    DAMAGED = "damaged"
    MISMATCH = "mismatch"
    MISSING_FILE = "missing_file"
    NO_RESTORE_POINT = "no_restore_point"
    NOTHING_COMPARABLE = "nothing_comparable"
    NO_CHECKPOINT = "no_checkpoint"
    UNSUPPORTED = "unsupported"
    WRONG_ANSWER = "wrong_answer"
    """A question was answered, and not as expected."""
    NO_ANSWER = "no_answer"
    """A question had no answer of the agreed form: no row, several, text."""
    STATEMENT_FAILED = "statement_failed"
    """The database refused a statement of the dump (no benign one)."""
    NOT_EMPTY = "not_empty"
    """The throw-away target was not empty before."""
    NOTHING_RESTORED = "nothing_restored"
    """The restore ended well and there is nothing: no table, no row, no file."""
    INCOMPLETE = "incomplete"
    """Something that was agreed to be in it is not there, or it ends too early."""
    BUDGET_SPENT = "budget_spent"
    INTERNAL = "internal"


class Encryption(StrEnum):
    """Whether bytes can be read without a key; anything not proven is `UNKNOWN`."""

    ENCRYPTED = "encrypted"
    WEAK = "weak"
    PLAINTEXT = "plaintext"
    EMPTY = "empty"
    UNKNOWN = "unknown"
