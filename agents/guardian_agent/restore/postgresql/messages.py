"""What the throw-away server's log says of a restore: which errors are benign, and which are not.

Pure. The server logs every error with its SQLSTATE (`log_line_prefix = '%e '`) and the statement,
so one reader serves psql and pg_restore, which say less. Source: PostgreSQL's `errcodes.txt` and
the messages of its versions 12 to 17.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guardian_agent.wire.facts.words import Reason

_LINE = re.compile(r"([0-9A-Z]{5}) (ERROR|PANIC|FATAL|STATEMENT):  (.*)", re.ASCII | re.DOTALL)

_NEWER_SETTINGS = (
    "default_table_access_method|default_with_oids|idle_in_transaction_session_timeout"
    "|lock_timeout|row_security|transaction_timeout|xmloption"
)
"""What pg_dump sets at the head of a dump and another version of the server does not know."""

_BENIGN = (
    ("42P06", r'schema "public" already exists'),
    ("42710", r'(extension|language) "plpgsql" already exists'),
    ("42710", r'role "[^"]*" already exists'),
    ("42704", r'role "[^"]*" does not exist'),
    ("22023", r'role "[^"]*" does not exist'),
    ("42704", rf'unrecognized configuration parameter "({_NEWER_SETTINGS})"'),
    ("42501", r"must be owner of (extension|language|schema) (plpgsql|public)"),
    ("42P04", r'database "(postgres|template1)" already exists'),
    ("22023", r'invalid value for parameter "default_tablespace".*'),
)
"""Errors that lose no data: something that every database has, or a name that belongs to the server
that was dumped (its roles, its tablespaces)."""
_REMOVES = re.compile(r"\s*(DROP|ALTER [A-Z ]+ \S+ DROP) .*", re.IGNORECASE | re.DOTALL)
"""A dump made with `--clean` removes first what an empty database does not have."""

_MACHINE = (
    (Reason.QUOTA_EXCEEDED, "53100|53200", r".*"),
    (Reason.QUOTA_EXCEEDED, ".*", r".*(No space left on device|File too large|Disk quota).*"),
    (Reason.TOOL_MISSING, ".*", r'extension "[^"]*" (is not available|has no installation).*'),
    (Reason.TOOL_MISSING, ".*", r"could not open extension control file .*"),
    (Reason.TOOL_MISSING, ".*", r"could not (access|load) (file|library) .*"),
    (Reason.TOOL_MISSING, "42704", r'language "[^"]*" does not exist'),
    (Reason.TOOL_MISSING, ".*", r".*shared_preload_libraries.*"),
    (Reason.UNSUPPORTED, "42704", r"collation .* does not exist"),
    (Reason.UNSUPPORTED, ".*", r"(invalid locale name|could not create locale).*"),
    (Reason.UNSUPPORTED, ".*", r'tablespace "[^"]*" does not exist'),
    (Reason.UNSUPPORTED, "58P01", r'directory "[^"]*" does not exist'),
)
"""What this machine lacks: the backup is not to blame, and nothing is known of it."""
_DAMAGE = re.compile(r"XX00[12]", re.ASCII)
"""data_corrupted, index_corrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One error in the log, with the first line of the statement that it stopped."""

    state: str
    text: str
    statement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a restore went by its messages; `text` is the one that decided, for the operator."""

    notices: int
    reason: Reason = Reason.NONE
    text: str = ""


def read_log(lines: Iterable[bytes]) -> Iterator[Message]:
    """Yield the errors in a log; continuation lines begin with a tab and are passed over."""
    pending: Message | None = None
    for line in lines:
        found = _LINE.fullmatch(line.decode("utf-8", "replace").rstrip("\n"))
        if found is None:
            continue
        state, severity, text = found.groups()
        if severity == "STATEMENT":
            if pending is not None and pending.state == state:
                pending = Message(state=state, text=pending.text, statement=text)
            continue
        if pending is not None:
            yield pending
        pending = Message(state=state, text=text)
    if pending is not None:
        yield pending


def judge(messages: Iterable[Message]) -> Judged:
    """Return how many messages were benign, and the weightiest of the others.

    What the machine lacks weighs more than the errors that follow from it; damage more than a
    refused statement.
    """
    notices = 0
    worst = Judged(notices=0)
    for message in messages:
        reason = reason_of(message)
        if reason is Reason.NONE:
            notices += 1
        elif _weight(reason) > _weight(worst.reason):
            text = f"{message.state}: {message.text}"
            worst = Judged(notices=0, reason=reason, text=text)
    return Judged(notices=notices, reason=worst.reason, text=worst.text)


def reason_of(message: Message) -> Reason:
    """Return what one error speaks of; NONE for a benign one."""
    for reason, states, pattern in _MACHINE:
        if re.fullmatch(states, message.state) and re.fullmatch(pattern, message.text):
            return reason
    if _DAMAGE.fullmatch(message.state):
        return Reason.DAMAGED
    if _REMOVES.fullmatch(message.statement):
        return Reason.NONE
    for state, pattern in _BENIGN:
        if message.state == state and re.fullmatch(pattern, message.text):
            return Reason.NONE
    return Reason.STATEMENT_FAILED


def _weight(reason: Reason) -> int:
    order = (
        Reason.NONE,
        Reason.STATEMENT_FAILED,
        Reason.DAMAGED,
        Reason.UNSUPPORTED,
        Reason.TOOL_MISSING,
        Reason.QUOTA_EXCEEDED,
    )
    return order.index(reason)
