from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.observations import Posture, Reach, Reason, Setting, Standing

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SET,
    T0,
    denied,
    encryption,
    exposure,
    files,
    judged,
    posture,
    reach,
    setting,
    told,
    unspoken,
)

EXPOSED = "data.exposed"
FILES = exposure(files(3))


def bucket(*settings: Setting) -> Posture:
    """Return a bucket that is closed; `settings` come in addition."""
    closed = (
        "public-access-block",
        "public-by-policy",
        "public-by-acl",
        "tls-only",
        "cross-account",
        "anonymous-list",
    )
    return posture(*(setting(name) for name in closed), *settings)


def of_bucket(*settings: Setting, **more: object) -> Verdict:
    plan = replace(PLAN, exposures=(), buckets=("archive",))
    return judged(EXPOSED, told(bucket(*settings)), plan=plan, **more)


def test_a_closed_place_passes() -> None:
    verdict = judged(EXPOSED, told(FILES, reach()))
    assert (verdict.status, verdict.holds_until) == (Status.PASS, T0 + 8 * DAY)
    assert verdict.reason == "nobody but its owner gets at exports"


@pytest.mark.parametrize(
    ("way", "items", "said"),
    [
        ("world-readable", 1, "1 file that every user of the machine can read"),
        ("world-readable", 3, "3 files that every user of the machine can read"),
        ("key-beside-data", 2, "2 folders where the key lies beside what it protects"),
        ("password-on-command-line", 2, "2 processes with a password on its command line"),
        ("from-the-future", 4, "4 times from the future"),
    ],
)
def test_each_way_in_fails(way: str, items: int, said: str) -> None:
    verdict = judged(EXPOSED, told(FILES, reach((way, items))))
    assert (verdict.status, verdict.reason) == (Status.FAIL, f"exports: {said}")


def test_the_most_frequent_ways_are_named() -> None:
    ways = [(f"way-{n}", n) for n in range(1, 6)]
    said = judged(EXPOSED, told(FILES, reach(*ways))).reason
    assert said == "exports: 5 times way 5, 4 times way 4, 3 times way 3, and 2 more ways"


def test_no_item_is_no_way() -> None:
    assert judged(EXPOSED, told(FILES, reach(("world-readable", 0)))).status is Status.PASS


def test_a_way_may_be_tolerated() -> None:
    evidence = told(FILES, reach(("world-readable", 3)))
    assert judged(EXPOSED, evidence, tolerated=("world-readable",)).status is Status.PASS
    closed_job = told(FILES, reach(), reach(("password-in-job", 1), name="jobs"))
    assert judged(EXPOSED, closed_job).status is Status.PASS
    assert judged(EXPOSED, closed_job, tolerated=()).status is Status.FAIL


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((), "nobody looked who gets at exports"),
        ((FILES,), "nobody looked who gets at exports"),
        ((reach(),), "nothing was found in exports: is it mounted?"),
        ((exposure(), reach()), "nothing was found in exports: is it mounted?"),
        (
            (FILES, reach(complete=False, reason=Reason.PERMISSION_DENIED)),
            "the look at who gets at exports was cut short (permission denied)",
        ),
        (
            (FILES, reach(complete=False, reason=Reason.BUDGET_SPENT)),
            "the look at who gets at exports was cut short (budget spent)",
        ),
        (
            (FILES, reach(complete=False, reason=Reason.UNSUPPORTED)),
            "exports: secrets in some files cannot be looked for: their formats are not decoded",
        ),
    ],
)
def test_doubt_is_unknown(facts: tuple[Reach, ...], said: str) -> None:
    verdict = judged(EXPOSED, told(*facts))
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, said)


def test_a_way_in_fails_whatever_else_is_unknown_and_however_old() -> None:
    evidence = told(reach(("world-readable", 1), complete=False))
    assert judged(EXPOSED, evidence, T0 + 99 * DAY).status is Status.FAIL


def test_a_look_grows_old_from_when_it_was_made() -> None:
    evidence = told(FILES, reach(looked_at=T0 - HOUR))
    due = T0 - HOUR + 8 * DAY
    assert judged(EXPOSED, evidence, due).status is Status.PASS
    late = judged(EXPOSED, evidence, due + SECOND)
    assert (late.status, late.since) == (Status.UNKNOWN, due)


def test_nothing_agreed_is_unknown_and_says_what_to_do() -> None:
    plan = replace(PLAN, exposures=())
    for evidence in (unspoken(), told(), told(reach(name="jobs"))):
        verdict = judged(EXPOSED, evidence, plan=plan)
        assert verdict.status is Status.UNKNOWN
        assert verdict.reason.startswith("no place is agreed on")


def test_what_nobody_asked_for_fails_until_statements_stop_speaking_of_it() -> None:
    def after(age: object) -> Verdict:
        old = told(reach(("password-in-open-job", 1), name="jobs"), at=T0 - age)
        return judged(EXPOSED, told(FILES, reach(), after=old))

    assert after(8 * DAY).status is Status.FAIL
    assert after(8 * DAY + SECOND).status is Status.PASS


class TestBuckets:
    def test_a_closed_bucket_passes(self) -> None:
        assert of_bucket().reason == "nobody but its owner gets at archive"

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("public-by-policy", "its policy lets strangers in"),
            ("tls-only", "it may be asked without TLS"),
            ("anonymous-read", "a stranger got an object out of it"),
            ("cross-account", "it lets in accounts that nobody agreed on"),
        ],
    )
    def test_each_way_into_a_bucket_fails(self, name: str, said: str) -> None:
        verdict = of_bucket(setting(name, Standing.UNSAFE))
        assert (verdict.status, verdict.reason) == (Status.FAIL, f"bucket archive: {said}")

    def test_a_missing_permission_is_named(self) -> None:
        verdict = of_bucket(denied("public-by-acl", "s3.getbucketacl"))
        assert verdict.status is Status.UNKNOWN
        assert "permission s3:getbucketacl is missing" in verdict.reason

    def test_what_keeps_no_secret_is_asked_only_where_agreed(self) -> None:
        off = setting("access-logging", Standing.NOT_SET)
        assert of_bucket(off).status is Status.PASS
        assert of_bucket(off, required=("access-logging",)).status is Status.FAIL


class TestDatabases:
    def test_a_database_that_lets_in_without_proof_fails(self) -> None:
        plan = replace(PLAN, exposures=(), databases=("shop",))
        tls, trust = setting("tls-enabled"), setting("hba-trust", Standing.UNSAFE)
        listening = setting("listen-local", Standing.UNSAFE)

        def of(*settings: Setting) -> Verdict:
            shop = posture(*settings, subject="database", name="shop")
            return judged(EXPOSED, told(shop), plan=plan)

        assert of(tls, listening).status is Status.PASS
        assert of(tls, trust).reason == "database shop: it lets in without any proof"
        assert of(listening).status is Status.UNKNOWN


class TestCopies:
    def transported(self, standing: Standing) -> ServerEvidence:
        sent = posture(
            setting("transport-encrypted", standing),
            subject="transport",
            name=COPY,
            backup_set=SET,
        )
        return told(FILES, reach(), sent)

    def test_a_copy_that_travels_in_clear_text_fails(self) -> None:
        verdict = judged(EXPOSED, self.transported(Standing.UNSAFE))
        assert verdict.reason == "transport files/local: it travels in clear text"
        assert judged(EXPOSED, self.transported(Standing.SAFE)).status is Status.PASS
        assert judged(EXPOSED, self.transported(Standing.FAILED)).status is Status.UNKNOWN

    @pytest.mark.parametrize(
        ("who", "status"),
        [("anyone", Status.FAIL), ("local-users", Status.PASS), (None, Status.PASS)],
    )
    def test_a_copy_that_anybody_can_fetch_fails(self, who: str | None, status: Status) -> None:
        verdict = judged(EXPOSED, told(FILES, reach(), encryption(fetched_by=who)))
        assert verdict.status is status
        if status is Status.FAIL:
            assert verdict.reason == "anybody can fetch the copy files/local"

    def test_a_copy_that_is_not_agreed_on_any_more_is_not_judged(self) -> None:
        evidence = told(FILES, reach(), encryption(fetched_by="anyone"))
        plan = replace(PLAN, obligations=PLAN.obligations[:1])
        assert judged(EXPOSED, evidence, plan=plan).status is Status.PASS


def test_many_places_are_not_all_named() -> None:
    names = tuple(f"p{number}" for number in range(5))
    facts = [fact for name in names for fact in (exposure(files(1), name=name), reach(name=name))]
    verdict = judged(EXPOSED, told(*facts), plan=replace(PLAN, exposures=names))
    assert verdict.reason == "nobody but its owner gets at p0, p1, p2 and 2 more"
