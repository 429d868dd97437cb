"""What a tool itself tells of its newest restore point: only its faults are believed.

A tool that says "all files were saved" may be right; that is not proof. Held against nothing, a
point is not known to be whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from guardian_agent.probe import Answers, AnySubject, keyed_hash
from guardian_agent.probing.answers import decoded, decoded_text
from guardian_agent.probing.points import Listed
from guardian_agent.system import Completed
from guardian_agent.wire.facts.copies import CopyEncryption, PointContents
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug


def contents(
    subject: AnySubject, listed: Listed, *, faulty: bool, files: int = 0, missing: int = 0
) -> PointContents:
    """State what its tool tells of a point.

    Args:
        subject: whose it is.
        listed: the point.
        faulty: its tool says that it lacks something.
        files: how many files its tool counts in it.
        missing: of the set's paths, how many certainly are not in it.
    """
    return PointContents(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        point=keyed_hash(subject.key, listed.native_id),
        files=files,
        bytes=listed.bytes or 0,
        paths_expected=len(subject.backup_set.paths),
        paths_missing=missing,
        files_compared=0,
        files_missing=0,
        valid=False if faulty else None,
        reason=Reason.INCOMPLETE if faulty else Reason.UNSUPPORTED,
    )


def encryption(subject: AnySubject, state: Encryption, rule: str) -> CopyEncryption:
    """State whether a copy can be read without its key, and what decided."""
    return CopyEncryption(
        backup_set=subject.backup_set.name, copy=Name(subject.copy), state=state, rule=Slug(rule)
    )


def as_told(done: Completed) -> str:
    """Return what a command printed, as one JSON text: lines that were lost show."""
    return json.dumps(done.stdout.decode("utf-8", "surrogateescape"))


def lines_told(answers: Answers, question: str) -> list[str]:
    """Return the lines of `as_told`.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    return decoded_text(answers, question).splitlines()


def seen_in(state: Encryption, rule: str) -> str:
    """Return what some bytes showed as an answer."""
    return json.dumps({"state": state, "rule": rule})


def seen_told(answers: Answers, question: str = "seen") -> tuple[Encryption, str]:
    """Read `seen_in` back.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    seen = decoded(_Seen, answers, question)
    return seen.state, seen.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    state: Encryption
    rule: Slug
