"""What an older Guardian wrote, in today's words: the functions that the schema's steps call.

Evidence is rewritten, not folded anew from the stored statements. That would need every statement
since an agent's enrolment, hours of work in a large fleet before central can start, and would
forget what can no longer be verified: restore tests whose draws carried a proof each. Central
judged them when they came, and that verdict stands.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from guardian_agent.wire.encode import moment

from guardian.domain.evidence import ended_at
from guardian.stores.sqlite.evidence import digest_of

WHOLE = 0.999
"""The share of the data that counted as all of it."""


def teach(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that steps call."""
    connection.create_function("evidence_digest", 2, _digest, deterministic=True)
    connection.create_function("tests_by_kind", 1, tests_by_kind, deterministic=True)


def _digest(body: str, checkpoints: bytes) -> str:
    return digest_of(body.encode("utf-8"), checkpoints)


def tests_by_kind(body: str) -> str:
    """Return a server's evidence of schema 1 as schema 2 has it.

    The newest, the newest good and the failed restore test go to their kinds, a failed check into
    the list of them, and a check that read everything becomes the one part of one.
    """
    evidence = json.loads(body)
    for copy in evidence.get("copies", []):
        found = [
            copy.pop(f"{which}restore", None) for which in ("", "last_good_", "standing_failed_")
        ]
        copy["tests"] = _kinds(*found)
        failed = copy.pop("standing_failed_integrity", None)
        copy["failed_checks"] = [] if failed is None else [failed]
        if failed is None:
            copy["parts_read"] = _parts(copy.get("last_good_integrity"))
    return json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))


def _kinds(newest: Any, good: Any, failed: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    kinds: dict[str, dict[str, Any]] = {}
    for role, test in (("last_good", good), ("standing_failed", failed), ("newest", newest)):
        if test is not None:
            known = kinds.setdefault(test["test"], {"kind": test["test"], "newest": test})
            known[role] = test
    return list(kinds.values())


def _parts(good: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    if good is None or good["fact"]["data_read"] < WHOLE:
        return []
    began, heard = (
        datetime.fromisoformat(text) for text in (good["fact"]["started_at"], good["received_at"])
    )
    ended = ended_at(began, good["fact"]["duration_seconds"], heard)
    return [{"part": 1, "parts": 1, "at": moment(ended)}]
