from __future__ import annotations

import pytest
from guardian_agent.wire.observations import Encryption

from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    encryption,
    failure,
    judged,
    point,
    points,
    told,
    unspoken,
)

ENCRYPTED = "backup.encrypted"


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (Encryption.ENCRYPTED, Status.PASS, "unreadable without the key (restic-format)"),
        (Encryption.PLAINTEXT, Status.FAIL, "can be read without a key"),
        (Encryption.WEAK, Status.FAIL, "can be read with little effort"),
        (Encryption.UNKNOWN, Status.UNKNOWN, "nothing shows"),
        (Encryption.EMPTY, Status.UNKNOWN, "nothing shows"),
    ],
)
def test_each_state(state: Encryption, status: Status, said: str) -> None:
    verdict = judged(ENCRYPTED, told(encryption(state)))
    assert verdict.status is status
    assert said in verdict.reason


@pytest.mark.parametrize("state", Encryption)
def test_our_canary_in_the_raw_bytes_refutes_every_claim(state: Encryption) -> None:
    verdict = judged(ENCRYPTED, told(encryption(state, canary=True)))
    assert verdict.status is Status.FAIL
    assert "canary" in verdict.reason


def test_a_canary_not_found_changes_nothing() -> None:
    assert judged(ENCRYPTED, told(encryption(canary=False))).status is Status.PASS


def test_a_look_grows_old() -> None:
    seen = told(encryption())
    assert judged(ENCRYPTED, seen, T0 + 8 * DAY).status is Status.PASS
    late = judged(ENCRYPTED, seen, T0 + 8 * DAY + SECOND)
    assert late.status is Status.UNKNOWN
    assert late.since == T0 + 8 * DAY


def test_a_readable_copy_does_not_get_better_by_age() -> None:
    seen = told(encryption(Encryption.PLAINTEXT))
    assert judged(ENCRYPTED, seen, T0 + 99 * DAY).status is Status.FAIL


def test_a_late_statement_is_as_old_as_it_says() -> None:
    late = told(encryption(), wall_time=T0 - 9 * DAY)
    assert judged(ENCRYPTED, late).status is Status.UNKNOWN


def test_a_failed_look_makes_it_unknown() -> None:
    failed = told(after=told(encryption()), failures=(failure(),), at=T0 + HOUR)
    verdict = judged(ENCRYPTED, failed, T0 + HOUR)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.startswith("the newest look at it failed")


def test_nothing_told_is_unknown() -> None:
    assert judged(ENCRYPTED, unspoken()).status is Status.UNKNOWN
    listed = judged(ENCRYPTED, told(points(point(1, T0))))
    assert listed.reason == "the agent has not yet looked whether it is encrypted"
    failed = judged(ENCRYPTED, told(failures=(failure(),)))
    assert "restic: timeout" in failed.reason
