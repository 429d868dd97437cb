from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Encryption

from guardian.domain.readers import Readable, encrypted
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    SECOND,
    SET,
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


@pytest.mark.parametrize("state", Encryption)
@pytest.mark.parametrize(
    ("door", "said"),
    [
        ("empty-password", "the empty password opens it"),
        ("well-known-password", "a password that is published opens it"),
        ("key-beside-data", "a key that lies beside it opens it"),
        ("from-the-future", "the door from-the-future stands open"),
    ],
)
def test_an_open_door_refutes_every_claim_and_is_named(
    state: Encryption, door: str, said: str
) -> None:
    verdict = judged(ENCRYPTED, told(encryption(state, doors_tried=3, door=door)), T0 + 99 * DAY)
    assert verdict.status is Status.FAIL
    assert verdict.reason.startswith(f"{said}, whatever its format says (restic-format); ")


def test_a_key_beside_the_data_opens_it_for_who_takes_both() -> None:
    verdict = judged(ENCRYPTED, told(encryption(key_held="beside-data", fetched_by="owner")))
    assert verdict.status is Status.FAIL
    assert verdict.reason == (
        "its key lies beside it: who takes one has both (restic-format); "
        "only its owner can fetch its bytes"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"doors_tried": 3, "key_held": "on-server", "fetched_by": "owner"},
            (
                "3 keys that strangers try did not open it; the key is on the server; "
                "only its owner can fetch its bytes"
            ),
        ),
        (
            {"doors_tried": 1, "key_held": "not-here", "fetched_by": "local-users"},
            (
                "1 key that strangers try did not open it; the key is not on the server; "
                "every user of the server can fetch its bytes"
            ),
        ),
        (
            {},
            (
                "no key that strangers try could be tried; who holds the key is not known; "
                "who can fetch its bytes is not known"
            ),
        ),
        (
            {"key_held": "in-a-vault", "fetched_by": "one-role"},
            (
                "no key that strangers try could be tried; the key is held in a vault; "
                "fetched by one role"
            ),
        ),
    ],
)
def test_a_pass_answers_three_questions(fields: dict[str, object], said: str) -> None:
    verdict = judged(ENCRYPTED, told(encryption(**fields)))
    assert verdict.status is Status.PASS
    assert verdict.reason == (f"unreadable without the key (restic-format), seen 0 s ago; {said}")


def test_a_lock_on_which_no_key_could_be_tried_is_never_said_to_have_held() -> None:
    """7z's keys are tried by nobody here: that part of the answer stays open."""
    evidence = told(replace(encryption(doors_tried=0), rule=Slug("7z-aes-header")))
    said = judged(ENCRYPTED, evidence)
    assert "no key that strangers try could be tried" in said.reason
    assert "did not open" not in said.reason
    strict = judged(ENCRYPTED, evidence, must_be_tried=True)
    assert strict.status is Status.UNKNOWN
    assert strict.reason == "it says that it is encrypted (7z-aes-header), and no key was tried"


def test_what_only_says_so_may_be_too_little() -> None:
    said, tried = told(encryption()), told(encryption(doors_tried=2))
    assert judged(ENCRYPTED, said, must_be_tried=True).status is Status.UNKNOWN
    assert judged(ENCRYPTED, tried, must_be_tried=True).status is Status.PASS


class TestProperty:
    """Encrypted is proven, refuted or unknown, as the control says."""

    @pytest.mark.parametrize("state", Encryption)
    @pytest.mark.parametrize("fields", [{}, {"door": "empty-password"}, {"canary": True}])
    @pytest.mark.parametrize("wait", [timedelta(), 8 * DAY, 8 * DAY + SECOND])
    def test_it_agrees_with_the_control(
        self, state: Encryption, fields: dict[str, object], wait: timedelta
    ) -> None:
        evidence, now = told(encryption(state, **fields)), T0 + wait
        expected = {
            Status.PASS: Readable.PROVEN,
            Status.FAIL: Readable.REFUTED,
            Status.UNKNOWN: Readable.UNKNOWN,
        }[judged(ENCRYPTED, evidence, now).status]
        assert encrypted(evidence.copy(SET, COPY), 8 * DAY, now) is expected

    def test_a_failed_look_proves_nothing(self) -> None:
        failed = told(after=told(encryption()), failures=(failure(),))
        assert encrypted(failed.copy(SET, COPY), 8 * DAY, T0) is Readable.UNKNOWN

    def test_nothing_known_is_unknown(self) -> None:
        assert encrypted(None, DAY, T0) is Readable.UNKNOWN
        listed = told(points(point(1, T0))).copy(SET, COPY)
        assert encrypted(listed, DAY, T0) is Readable.UNKNOWN
