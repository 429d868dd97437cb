from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.observations import Encryption, Posture, Reason, Setting, Standing

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    PLAN,
    SECOND,
    T0,
    exposure,
    files,
    judged,
    posture,
    setting,
    told,
    unspoken,
)

DATA = "data.encrypted"
OPEN = files(3, Encryption.PLAINTEXT, "csv")


def agreed(evidence: ServerEvidence, *names: str, **more: tuple[str, ...]) -> Verdict:
    """Judge with other places agreed."""
    return judged(DATA, evidence, plan=replace(PLAN, exposures=names, **more))


def volume(*settings: Setting, name: str = "srv", **fields: object) -> Posture:
    """Return an encrypted volume; `settings` come in addition."""
    safe = (setting("volume-encrypted"), setting("swap-encrypted"))
    return posture(*safe, *settings, subject="volume", name=name, **fields)


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


def test_a_file_that_waits_too_long_to_be_read_again_is_unknown() -> None:
    evidence = told(exposure(files(3), oldest_look_at=T0 - 92 * DAY))
    assert judged(DATA, evidence).status is Status.PASS
    late = judged(DATA, evidence, T0 + SECOND)
    assert (late.status, late.since) == (Status.UNKNOWN, T0)
    assert late.reason.startswith("the newest reading of the file in exports that waits longest is")
    assert judged(DATA, evidence, T0 + SECOND, whole_within=93 * DAY).status is Status.PASS


def test_what_turned_into_ciphertext_is_an_alarm_and_no_encryption() -> None:
    verdict = judged(DATA, told(exposure(files(9), turned_files=2)))
    assert verdict.status is Status.FAIL
    assert verdict.reason == (
        "2 files in exports could be read once and look like ciphertext now: who encrypted them, "
        "and where is the key (ransomware?)"
    )


class TestStorage:
    def test_an_encrypted_volume_passes(self) -> None:
        verdict = agreed(told(volume()), volumes=("srv",))
        assert verdict.status is Status.PASS
        assert verdict.reason == "volume srv is encrypted"

    def test_beside_a_watched_place_both_are_said(self) -> None:
        evidence = told(exposure(files(2)), volume())
        assert agreed(evidence, "exports", volumes=("srv",)).reason == (
            "none of 2 files in 1 watched place can be read without a key; volume srv is encrypted"
        )

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("volume-encrypted", "lies on a disk that is not encrypted"),
            ("swap-encrypted", "memory is swapped to a disk that is not encrypted"),
            ("volume-cipher", "its disk's encryption does not cover all of it"),
            ("key-on-plain-volume", "its key lies readable on a disk beside it"),
        ],
    )
    def test_what_is_not_encrypted_fails(self, name: str, said: str) -> None:
        plain = volume(setting(name, Standing.UNSAFE))
        verdict = agreed(told(plain), volumes=("srv",))
        assert (verdict.status, verdict.reason) == (Status.FAIL, f"volume srv: {said}")

    def test_plain_temporary_files_are_tolerated_unless_agreed_otherwise(self) -> None:
        plain = told(volume(setting("temporary-encrypted", Standing.UNSAFE)))
        plan = replace(PLAN, exposures=(), volumes=("srv",))
        assert judged(DATA, plain, plan=plan).status is Status.PASS
        assert judged(DATA, plain, plan=plan, tolerated=()).status is Status.FAIL

    def test_a_database_and_a_bucket_must_be_looked_at(self) -> None:
        nothing = agreed(told(), databases=("shop",), buckets=("archive",))
        assert nothing.status is Status.UNKNOWN
        assert nothing.reason == (
            "database shop was never looked at; bucket archive was never looked at"
        )
        at_rest = posture(setting("at-rest-encrypted"), subject="database", name="shop")
        default = posture(setting("default-encryption"))
        good = agreed(told(at_rest, default), databases=("shop",), buckets=("archive",))
        assert good.reason == "database shop is encrypted; bucket archive is encrypted"

    def test_a_bucket_may_have_to_be_encrypted_by_the_client(self) -> None:
        plan = replace(PLAN, exposures=(), buckets=("archive",))
        stored = told(posture(setting("default-encryption")))
        assert judged(DATA, stored, plan=plan).status is Status.PASS
        strict = judged(DATA, stored, plan=plan, required=("client-side-encrypted",))
        assert strict.status is Status.UNKNOWN

    def test_objects_of_a_bucket_are_judged_as_files_are(self) -> None:
        default = posture(setting("default-encryption"))
        readable = told(default, exposure(OPEN, name="archive"))
        verdict = agreed(readable, buckets=("archive",))
        assert verdict.reason == "3 files in archive can be read (3 csv)"
        # Agreed on: it is never forgotten.
        old = told(exposure(OPEN, name="archive"), default, at=T0 - 90 * DAY)
        assert agreed(told(default, after=old), buckets=("archive",)).status is Status.FAIL

    def test_storage_is_enough_for_readable_files_only_where_that_was_agreed(self) -> None:
        evidence = told(exposure(OPEN), volume(name="exports"))
        plan = replace(PLAN, volumes=("exports",))
        assert judged(DATA, evidence, plan=plan).status is Status.FAIL
        assert judged(DATA, evidence, plan=plan, storage_is_enough=True).status is Status.PASS
        assert judged(DATA, evidence, storage_is_enough=True).status is Status.FAIL

    def test_storage_that_is_no_longer_known_to_be_encrypted_is_not_enough(self) -> None:
        plan = replace(PLAN, volumes=("exports",))
        for bad in (
            volume(setting("volume-cipher", Standing.FAILED), name="exports"),
            volume(name="exports", looked_at=T0 - 9 * DAY),
            volume(name="other"),
        ):
            evidence = told(exposure(OPEN), bad)
            verdict = judged(DATA, evidence, plan=plan, storage_is_enough=True)
            assert verdict.status is Status.FAIL

    def test_storage_heals_no_scan_and_no_alarm(self) -> None:
        plan = replace(PLAN, volumes=("exports",))
        for scan, status in (
            (exposure(OPEN, complete=False), Status.UNKNOWN),
            (exposure(OPEN, turned_files=1), Status.FAIL),
            (exposure(files(1, Encryption.UNKNOWN)), Status.PASS),
        ):
            evidence = told(scan, volume(name="exports"))
            verdict = judged(DATA, evidence, plan=plan, storage_is_enough=True)
            assert verdict.status is status

    def test_many_are_not_all_named(self) -> None:
        names = tuple(f"v{number}" for number in range(5))
        evidence = told(*(volume(name=name) for name in names))
        said = agreed(evidence, volumes=names).reason
        assert said == "volume v0 is encrypted; volume v1 is encrypted; volume v2 is encrypted"
