"""One pass over a drop folder: everything in the order of names, each file dealt with once.

What is accepted gets its receipt durably before it is removed, so a kill at any moment only makes
the next pass answer again. A file that is bad is moved aside; one that cannot be read holds up
its own sender alone, because what follows it would leave a gap.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from guardian_agent.errors import DecodeError
from guardian_agent.wire.enrolment import read_request
from guardian_agent.wire.statement import MAX_BYTES

from guardian.errors import ConfigError, EnrolmentError, Refusal
from guardian.ingest.service import Answer
from guardian.ingest.trust import NotStored, TooLarge
from guardian.sources.drop_folder.folder import Folder, NoPlainFileError, OversizedError

MAX_REQUEST_BYTES = 4096
MAX_REFUSED = 1000
"""Refused files that are kept to be looked at; more are only counted."""

_SENDER = re.compile(r"[0-9a-f]{64}", re.ASCII)
_STATEMENT = re.compile(r"[0-9]{10}-[0-9]{20}\.dsse", re.ASCII)
_UNREADABLE = (NoPlainFileError, FileNotFoundError, NotADirectoryError, PermissionError)
_REQUEST = re.compile(r"([0-9a-f]{64})\.json", re.ASCII)


class Ingests(Protocol):
    """What files are handed to (`guardian.ingest.service.Ingest`)."""

    def answer(self, raw: bytes) -> Answer:
        """Accept one statement; raise `Refusal`, `StoreFailure`."""

    def enrol(self, raw: bytes) -> bytes:
        """Enrol one agent; raise `EnrolmentError`, `StoreError`."""

    def refuse(self, reason: str) -> None:
        """Count a statement that was refused before it was read."""


@dataclass(slots=True, kw_only=True)
class Drained:
    """What became of the files of one pass."""

    accepted: int = 0
    duplicates: int = 0
    enrolled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By reason."""
    skipped: int = 0
    """Links, odd names and unreadable files: left where they are."""


def drain(folder: Path, ingest: Ingests) -> Drained:
    """Take everything out of a drop folder.

    Raises:
        ConfigError: there is no such folder.
        NotStored: the store cannot keep what comes; the rest stays for the next pass.
        StoreError: the same for an enrolment.
    """
    try:
        with Folder.open(str(folder)) as root, root.within("outbox", make=True) as outbox:
            return _Pass(root, outbox, ingest).run()
    except OSError as error:
        raise ConfigError(
            f"drop folder {folder}: {error.strerror} ({error.filename}); "
            "it must be there, and central must be allowed to write in it"
        ) from error


class _Pass:
    def __init__(self, root: Folder, outbox: Folder, ingest: Ingests) -> None:
        self._root = root
        self._outbox = outbox
        self._ingest = ingest
        self._drained = Drained()

    def run(self) -> Drained:
        self._each("enrol", self._enrolments)
        self._each("inbox", self._senders)
        return self._drained

    def _each(self, name: str, take: Callable[[Folder], None]) -> None:
        if name in self._root.names():
            with self._root.within(name) as folder:
                take(folder)

    def _enrolments(self, folder: Folder) -> None:
        for name in folder.names():
            found = _REQUEST.fullmatch(name)
            if found is None:
                self._drained.skipped += 1
            else:
                self._enrolment(folder, name, found[1])

    def _enrolment(self, folder: Folder, name: str, secret_hash: str) -> None:
        try:
            raw = folder.read(name, MAX_REQUEST_BYTES)
            _check_name(raw, secret_hash)
            self._put_out("enrol", f"{secret_hash}.json", self._ingest.enrol(raw))
            folder.remove(name)
            self._drained.enrolled += 1
        except _UNREADABLE:
            self._drained.skipped += 1
        except OversizedError:
            self._put_aside(folder, name, TooLarge.reason)
        except (DecodeError, EnrolmentError) as error:
            self._put_aside(folder, name, getattr(error, "reason", "malformed"))

    def _senders(self, inbox: Folder) -> None:
        for name in inbox.names():
            if _SENDER.fullmatch(name) is None:
                self._drained.skipped += 1
                continue
            try:
                with inbox.within(name) as sender:
                    self._statements(sender)
            except (NotADirectoryError, IsADirectoryError, PermissionError):
                self._drained.skipped += 1

    def _statements(self, sender: Folder) -> None:
        for name in sender.names():
            if _STATEMENT.fullmatch(name) is None:
                self._drained.skipped += 1
            else:
                self._statement(sender, name)

    def _statement(self, sender: Folder, name: str) -> None:
        try:
            answer = self._ingest.answer(sender.read(name, MAX_BYTES))
        except (NoPlainFileError, FileNotFoundError):
            self._drained.skipped += 1
        except OversizedError:
            self._ingest.refuse(TooLarge.reason)
            self._put_aside(sender, name, TooLarge.reason)
        except NotStored:
            raise
        except Refusal as refusal:
            self._put_aside(sender, name, refusal.reason)
        else:
            self._acknowledge(answer)
            sender.remove(name)

    def _acknowledge(self, answer: Answer) -> None:
        """Write the receipt to the place that it names itself, whatever the file was called."""
        _, key_id, epoch, number, *_ = answer.receipt.decode("ascii").split(" ")
        self._put_out(key_id, f"{int(epoch):010d}-{int(number):020d}.receipt", answer.receipt)
        if answer.duplicate:
            self._drained.duplicates += 1
        else:
            self._drained.accepted += 1

    def _put_out(self, folder: str, name: str, data: bytes) -> None:
        with self._outbox.within(folder, make=True) as target:
            target.write(name, data)

    def _put_aside(self, folder: Folder, name: str, reason: str) -> None:
        self._drained.refused[reason] += 1
        with self._root.within("refused", make=True) as refused:
            kept = refused.names()
            if len(kept) >= MAX_REFUSED:
                folder.remove(name)
            else:
                folder.move(name, refused, _next_name(kept, reason))


def _check_name(raw: bytes, secret_hash: str) -> None:
    """See to it that a grant goes to the one who holds the token's secret."""
    if hashlib.sha256(read_request(raw).secret).hexdigest() != secret_hash:
        raise DecodeError("the request lies under another token's name")


def _next_name(kept: list[str], reason: str) -> str:
    last = kept[-1].partition("-")[0] if kept else "0"
    number = int(last) + 1 if last.isascii() and last.isdigit() else len(kept) + 1
    return f"{number:08d}-{reason}"
