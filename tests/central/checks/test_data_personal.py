from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.observations import Encryption, Exposure, PersonalData, Reason

from guardian.domain.verdict import Status
from tests.central.domain.making import (
    DAY,
    HOUR,
    PLAN,
    SECOND,
    T0,
    exposure,
    files,
    judged,
    personal,
    told,
    unspoken,
)

PERSONAL = "data.personal"
FILES = exposure(files(3))


def test_a_place_without_personal_data_passes() -> None:
    verdict = judged(PERSONAL, told(FILES, personal(files=2)))
    assert (verdict.status, verdict.holds_until) == (Status.PASS, T0 + 8 * DAY)
    assert verdict.reason == (
        "no personal data beyond what was agreed in 2 readable files of 1 watched place"
    )


def test_a_place_with_readable_files_passes_once_all_were_searched() -> None:
    scan = exposure(files(3, Encryption.PLAINTEXT), files(1, Encryption.EMPTY))
    assert judged(PERSONAL, told(scan, personal(files=3))).status is Status.PASS


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((("card", 1),), "1 payment card number"),
        ((("card", 12), ("iban", 3)), "12 payment card numbers, 3 bank account numbers"),
        ((("card", 1), ("card", 2)), "3 payment card numbers"),
        ((("from-the-future", 2),), "2 from the future numbers"),
        ((("email", 12_000),), "12,000 e-mail addresses"),
        (
            tuple((f"kind-{n}", n) for n in range(1, 7)),
            (
                "6 kind 6 numbers, 5 kind 5 numbers, 4 kind 4 numbers, 3 kind 3 numbers, "
                "and 2 more kinds"
            ),
        ),
    ],
)
def test_personal_data_fails_with_counts_by_kind(kinds: tuple[tuple[str, int]], said: str) -> None:
    verdict = judged(PERSONAL, told(FILES, personal(*kinds)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == f"in exports anybody who gets there can read {said}"


def test_some_may_be_agreed_on() -> None:
    found = told(FILES, personal(("card", 5), ("email", 101)))
    assert judged(PERSONAL, found, most_values=5, most_weak_values=101).status is Status.PASS
    assert judged(PERSONAL, found, most_values=5).status is Status.FAIL
    assert judged(PERSONAL, found, most_weak_values=101).status is Status.FAIL


def test_weak_kinds_have_a_limit_of_their_own() -> None:
    few = told(FILES, personal(("email", 100), ("phone", 100)))
    assert judged(PERSONAL, few).status is Status.PASS
    assert judged(PERSONAL, few, weak_kinds=("email",)).status is Status.FAIL


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((), "exports was never searched for personal data"),
        ((FILES,), "exports was never searched for personal data"),
        ((personal(),), "nothing was found in exports: is it mounted?"),
        ((exposure(), personal()), "nothing was found in exports: is it mounted?"),
        (
            (exposure(files(3), files(2, Encryption.UNKNOWN)), personal()),
            "2 files in exports could not be read, nor searched",
        ),
        (
            (exposure(files(3, Encryption.PLAINTEXT)), personal(files=2)),
            "of 3 readable files in exports 2 were searched",
        ),
        (
            (FILES, personal(complete=False, reason=Reason.BUDGET_SPENT)),
            "the search of exports was cut short (budget spent)",
        ),
    ],
)
def test_doubt_is_unknown(facts: tuple[Exposure | PersonalData, ...], said: str) -> None:
    verdict = judged(PERSONAL, told(*facts))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, said)


def test_what_was_found_fails_whatever_else_is_unknown_and_however_old() -> None:
    evidence = told(personal(("card", 1), complete=False))
    assert judged(PERSONAL, evidence, T0 + 99 * DAY).status is Status.FAIL


def test_a_search_grows_old_from_when_it_was_made() -> None:
    evidence = told(FILES, personal(looked_at=T0 - HOUR))
    due = T0 - HOUR + 8 * DAY
    assert judged(PERSONAL, evidence, due).status is Status.PASS
    late = judged(PERSONAL, evidence, due + SECOND)
    assert (late.status, late.since) == (Status.UNKNOWN, due)
    assert late.reason.startswith("the newest search of exports is 8 d old")


def test_nothing_agreed_is_unknown_and_says_what_to_do() -> None:
    plan = replace(PLAN, exposures=())
    for evidence in (unspoken(), told(), told(personal(name="other"))):
        verdict = judged(PERSONAL, evidence, plan=plan)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason.startswith("no place is agreed on")


def test_what_nobody_asked_for_fails_until_statements_stop_speaking_of_it() -> None:
    for age, status in ((8 * DAY, Status.FAIL), (8 * DAY + SECOND, Status.PASS)):
        old = told(personal(("card", 1), name="other"), at=T0 - age)
        assert judged(PERSONAL, told(FILES, personal(), after=old)).status is status
