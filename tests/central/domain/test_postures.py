from __future__ import annotations

from collections.abc import Collection

import pytest
from guardian_agent.wire import postures as names
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Posture, Setting, Standing
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.postures import Question, Whose, posture_verdicts
from guardian.domain.setting_words import FAULTS
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import DAY, HOUR, SECOND, T0, denied, posture, setting, told

ASKED = Question(
    group=frozenset({"default-encryption", "newest-objects-encrypted", "tls-only", "hba-trust"}),
    needed={"bucket": frozenset({"tls-only"}), "database": frozenset()},
    max_age=8 * DAY,
    unheard_of=True,
)
BUCKET: Whose = ("bucket", "archive", None)


def verdicts(
    *facts: Posture, agreed: Collection[Whose] = (BUCKET,), asked: Question = ASKED
) -> list[Verdict]:
    return list(posture_verdicts(told(*facts), agreed, asked, T0))


def verdict(*settings: Setting, asked: Question = ASKED, subject: str = "bucket") -> Verdict:
    agreed = ((subject, "archive", None),)
    (found,) = verdicts(posture(*settings, subject=subject), agreed=agreed, asked=asked)
    return found


def test_what_is_safe_passes_until_the_look_is_too_old() -> None:
    found = verdict(setting("tls-only"))
    assert (found.status, found.holds_until) == (Status.PASS, T0 + 8 * DAY)
    evidence = told(posture(setting("tls-only"), looked_at=T0 - HOUR))
    due = T0 - HOUR + 8 * DAY
    (still,) = posture_verdicts(evidence, (BUCKET,), ASKED, due)
    (late,) = posture_verdicts(evidence, (BUCKET,), ASKED, due + SECOND)
    assert still.status is Status.PASS
    assert (late.status, late.since) == (Status.UNKNOWN, due)
    assert late.reason.startswith("the newest look at bucket archive is 8 d old")


@pytest.mark.parametrize(
    ("stated", "status", "said"),
    [
        (setting("tls-only", Standing.UNSAFE), Status.FAIL, "it may be asked without TLS"),
        (setting("tls-only", Standing.NOT_SET), Status.FAIL, "it may be asked without TLS"),
        (
            denied("tls-only", "s3.getbucketpolicy"),
            Status.UNKNOWN,
            "tls only is not known (permission s3:getbucketpolicy is missing)",
        ),
        (
            setting("tls-only", Standing.DENIED),
            Status.UNKNOWN,
            "tls only is not known (not allowed to ask)",
        ),
        (
            setting("tls-only", Standing.UNSUPPORTED),
            Status.UNKNOWN,
            "tls only is not known (it has no answer to that)",
        ),
        (setting("tls-only", Standing.FAILED), Status.UNKNOWN, "tls only is not known (no answer)"),
    ],
)
def test_each_standing(stated: Setting, status: Status, said: str) -> None:
    found = verdict(stated)
    assert (found.status, found.reason) == (status, f"bucket archive: {said}")


def test_what_certainly_is_unsafe_fails_whatever_else_is_not_known() -> None:
    trust = setting("hba-trust", Standing.UNSAFE, items=2)
    found = verdict(denied("tls-only", "s3.x"), trust)
    assert found.status is Status.FAIL
    assert found.reason == "bucket archive: it lets in without any proof (2 entries)"


def test_one_entry_of_several_is_enough() -> None:
    both = (setting("tls-only"), setting("tls-only", Standing.UNSAFE, rule="other"))
    assert verdict(*both).status is Status.FAIL


def test_what_must_be_looked_at_and_was_not_is_unknown() -> None:
    found = verdict(setting("hba-trust"))
    assert (found.status, found.reason) == (
        Status.UNKNOWN,
        "bucket archive: tls only was not looked at",
    )
    for subject in ("bucket", "database"):
        empty = verdict(subject=subject)
        assert empty.status is Status.UNKNOWN
        assert empty.reason.endswith("nothing that decides it was looked at")


def test_what_was_agreed_and_never_looked_at_is_unknown() -> None:
    (found,) = verdicts()
    assert (found.status, found.reason) == (
        Status.UNKNOWN,
        "bucket archive was never looked at",
    )


def test_settings_of_other_controls_say_nothing() -> None:
    swap = setting("swap-encrypted", Standing.UNSAFE)
    assert verdicts(posture(swap, subject="volume", name="srv"), agreed=()) == []


def test_what_nobody_asked_for_counts_until_statements_stop_speaking_of_it() -> None:
    plain = posture(setting("tls-only", Standing.UNSAFE), name="other")
    old = told(plain, at=T0 - 8 * DAY)
    (found,) = posture_verdicts(told(after=old), (), ASKED, T0)
    assert found.status is Status.FAIL
    older = told(plain, at=T0 - 8 * DAY - SECOND)
    assert list(posture_verdicts(told(after=older), (), ASKED, T0)) == []


def test_a_transport_is_named_by_its_copy() -> None:
    http = setting("tls-only", Standing.UNSAFE)
    (found,) = verdicts(
        posture(http, subject="transport", name="cloud", backup_set="files"), agreed=()
    )
    assert found.reason.startswith("transport files/cloud: ")


def test_a_setting_that_a_store_does_not_have_may_be_settled_by_others() -> None:
    missing = setting("default-encryption", Standing.UNSUPPORTED)
    tls, newest = setting("tls-only"), setting("newest-objects-encrypted")
    assert verdict(tls, missing).status is Status.UNKNOWN
    assert verdict(tls, missing, newest).status is Status.PASS
    dark = setting("newest-objects-encrypted", Standing.FAILED)
    assert verdict(tls, missing, newest, dark).status is Status.UNKNOWN
    not_allowed = denied("default-encryption", "s3.getencryptionconfiguration")
    assert verdict(tls, not_allowed, newest).status is Status.UNKNOWN


def test_an_operator_may_tolerate_and_require() -> None:
    plain = setting("tls-only", Standing.UNSAFE)
    tolerant = ASKED.changed((), ("tls-only",))
    assert verdict(plain, setting("hba-trust"), asked=tolerant).status is Status.PASS
    strict = ASKED.changed(("versioning",), ())
    assert verdict(setting("tls-only")).status is Status.PASS
    assert verdict(setting("tls-only"), asked=strict).reason == (
        "bucket archive: versioning was not looked at"
    )
    kept = setting("versioning", Standing.NOT_SET)
    assert verdict(setting("tls-only"), kept).status is Status.PASS
    assert verdict(setting("tls-only"), kept, asked=strict).status is Status.FAIL
    assert verdict(setting("hba-trust"), asked=strict, subject="database").status is Status.PASS


def test_what_only_a_newer_central_understands_is_said() -> None:
    odd = setting("from-the-future", Standing.UNSAFE)
    found = verdict(setting("tls-only"), odd)
    assert (found.status, found.reason) == (
        Status.UNKNOWN,
        "bucket archive: from the future is unsafe, which this version cannot judge",
    )
    assert verdict(setting("tls-only"), setting("from-the-future")).status is Status.PASS


def test_no_more_is_said_than_a_person_reads() -> None:
    many = [setting(f"odd-{n}", Standing.NOT_SET) for n in range(5)]
    found = verdict(setting("tls-only"), *many)
    assert found.reason.count("cannot judge") == 3
    assert found.reason.endswith(", and 2 more")


def test_every_setting_has_words() -> None:
    known = {
        getattr(names, name) for name in dir(names) if isinstance(getattr(names, name), names.Slug)
    }
    assert known == set(FAULTS)
    assert known >= names.ENCRYPTION | names.EXPOSURE
    for said in FAULTS.values():
        assert said.isprintable()
        assert said[-1] != "."


def test_a_required_setting_without_words_is_named() -> None:
    asked = ASKED.changed(("odd-one",), ())
    found = verdict(setting("tls-only"), setting("odd-one", Standing.NOT_SET), asked=asked)
    assert found.reason == "bucket archive: odd one is not set"


SETTINGS = st.lists(
    st.builds(
        setting,
        st.sampled_from(sorted(ASKED.group)),
        st.sampled_from(Standing),
        items=st.sampled_from([0, 1, 7]),
    ),
    max_size=5,
)


@given(SETTINGS)
def test_not_known_never_passes(stated: list[Setting]) -> None:
    found = verdict(*stated)
    by_name = {each.setting for each in stated if each.standing is Standing.SAFE}
    if found.status is Status.PASS:
        assert "tls-only" in by_name
        assert not [each for each in stated if each.standing in (Standing.UNSAFE, Standing.NOT_SET)]
    if any(each.standing in (Standing.DENIED, Standing.FAILED) for each in stated):
        assert found.status is not Status.PASS


@given(SETTINGS, SETTINGS)
def test_one_setting_that_is_unsafe_is_enough(stated: list[Setting], more: list[Setting]) -> None:
    unsafe = [each for each in more if each.standing is Standing.UNSAFE]
    expected = Status.FAIL if unsafe else verdict(*stated).status
    assert verdict(*stated, *unsafe).status is expected


@pytest.mark.parametrize("name", ["object-lock", "newest-objects-locked"])
def test_a_lock_that_does_not_hold_counts_days(name: str) -> None:
    strict = ASKED.changed((Slug(name),), ())
    locked = setting(name, Standing.UNSAFE, items=30)
    found = verdict(setting("tls-only"), locked, asked=strict)
    assert found.status is Status.FAIL
    assert found.reason.endswith("can be deleted before its date (30 days)") or (
        found.reason.endswith("can be deleted before their date (30 days)")
    )


@pytest.mark.parametrize("name", ["account-public-access-block", "newest-objects-locked"])
def test_what_only_some_ask_for_is_judged_where_it_is_required(name: str) -> None:
    open_ = setting(name, Standing.NOT_SET)
    assert verdict(setting("tls-only"), open_).status is Status.PASS
    strict = ASKED.changed((Slug(name),), ())
    assert verdict(setting("tls-only"), open_, asked=strict).status is Status.FAIL
    assert verdict(setting("tls-only"), asked=strict).status is Status.UNKNOWN
