from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.observations import Encryption, Reason

from guardian.domain.check import Case
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    CHECKS,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SERVER_ASSET,
    T0,
    exposure,
    files,
    judged,
    told,
    unspoken,
)

DATA = "data.encrypted"
OPEN = files(3, Encryption.PLAINTEXT, "csv")


def agreed(evidence: ServerEvidence, *names: str) -> Verdict:
    """Judge with other places agreed."""
    check = CHECKS[DATA]
    case = Case(asset=SERVER_ASSET, plan=replace(PLAN, exposures=names), evidence=evidence)
    return check.judge(case, check.settings(), T0)


def test_only_encrypted_files_pass() -> None:
    verdict = judged(DATA, told(exposure(files(3), files(1, Encryption.EMPTY, "empty"))))
    assert verdict.status is Status.PASS
    assert verdict.reason == "none of 4 files in 1 watched place can be read without a key"


def test_a_scan_grows_old_from_when_it_was_made() -> None:
    evidence = told(exposure(files(3), scanned_at=T0 - HOUR))
    due = T0 - HOUR + 8 * DAY
    verdict = judged(DATA, evidence, due)
    assert (verdict.status, verdict.holds_until) == (Status.PASS, due)
    late = judged(DATA, evidence, due + SECOND)
    assert (late.status, late.since) == (Status.UNKNOWN, due)
    assert late.reason.startswith("the newest scan of exports is 8 d old")


def test_no_date_makes_a_scan_younger_than_its_receipt() -> None:
    ahead = told(exposure(files(3), scanned_at=T0 + 99 * DAY))
    assert judged(DATA, ahead).holds_until == T0 + 8 * DAY


def test_readable_files_fail_with_counts_and_kinds() -> None:
    weak = files(1, Encryption.WEAK, "zip-zipcrypto")
    verdict = judged(DATA, told(exposure(files(9), OPEN, weak)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == "4 files in exports can be read (3 csv, 1 zip-zipcrypto)"


def test_the_oldest_scan_decides() -> None:
    evidence = told(
        exposure(files(1), scanned_at=T0 - DAY), exposure(files(1), name="dumps", scanned_at=T0)
    )
    assert agreed(evidence, "exports", "dumps").holds_until == T0 + 7 * DAY


def test_three_kinds_are_all_of_three() -> None:
    kinds = [files(n, Encryption.PLAINTEXT, f"kind{n}") for n in range(1, 4)]
    assert judged(DATA, told(exposure(*kinds))).reason.endswith("(3 kind3, 2 kind2, 1 kind1)")


def test_the_commonest_kinds_are_named() -> None:
    kinds = [files(n, Encryption.PLAINTEXT, f"kind{n}") for n in range(5)]
    verdict = judged(DATA, told(exposure(*kinds)))
    assert verdict.reason == "10 files in exports can be read (4 kind4, 3 kind3, 2 kind2, ...)"


def test_readable_files_fail_whatever_else_is_unknown_and_however_old() -> None:
    cut = exposure(OPEN, complete=False, reason=Reason.TIMEOUT)
    assert judged(DATA, told(cut), T0 + 99 * DAY).status is Status.FAIL


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (exposure(), "nothing was found in exports: is it mounted?"),
        (exposure(files(0)), "nothing was found in exports: is it mounted?"),
        (
            exposure(files(1), files(2, Encryption.UNKNOWN, "random")),
            "of 2 files in exports nobody can say whether it is encrypted",
        ),
        (
            exposure(files(1), complete=False, reason=Reason.BUDGET_SPENT),
            "the scan of exports was cut short (budget spent)",
        ),
        (exposure(files(1), complete=False), "the scan of exports was cut short"),
    ],
)
def test_doubt_is_unknown(scan: object, said: str) -> None:
    verdict = judged(DATA, told(scan))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == said


def test_a_place_agreed_and_never_scanned_is_unknown() -> None:
    assert judged(DATA, unspoken()).reason == "exports was never scanned"
    verdict = agreed(told(exposure(files(3))), "exports", "dumps")
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "dumps was never scanned"


def test_no_place_at_all_is_unknown_and_says_what_to_do() -> None:
    verdict = agreed(told())
    assert verdict.status is Status.UNKNOWN
    assert "name the folders with client data" in verdict.reason


def test_a_place_that_only_the_agent_chose_can_fail_and_never_passes() -> None:
    alone = agreed(told(exposure(files(3))))
    assert alone.status is Status.UNKNOWN
    assert "no place is agreed on" in alone.reason
    assert agreed(told(exposure(OPEN))).status is Status.FAIL


def test_a_place_nobody_asked_for_is_forgotten_when_statements_stop_naming_it() -> None:
    once = told(exposure(OPEN, name="old", scanned_at=T0 - 9 * DAY), at=T0 - 8 * DAY)
    assert agreed(told(exposure(files(1)), after=once), "exports").status is Status.FAIL
    once = told(exposure(OPEN, name="old"), at=T0 - 8 * DAY - SECOND)
    assert agreed(told(exposure(files(1)), after=once), "exports").status is Status.PASS


def test_a_place_agreed_is_never_forgotten() -> None:
    once = told(exposure(OPEN), at=T0 - 30 * DAY)
    assert judged(DATA, told(after=once)).status is Status.FAIL


def test_scans_without_an_agent_are_judged() -> None:
    evidence = replace(told(exposure(OPEN)), agent=None)
    assert judged(DATA, evidence).status is Status.FAIL
