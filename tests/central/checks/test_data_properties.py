"""What holds of data.* whatever agents have seen of who else can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import (
    Encryption,
    Exposure,
    KindCount,
    PersonalData,
    Posture,
    Reach,
    Reason,
    Setting,
    Standing,
)
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.asset import ServerPlan
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
    personal,
    posture,
    reach,
    setting,
    told,
)

CONTROLS = ("data.encrypted", "data.exposed", "data.personal", "data.custody")
ORDER = [Status.PASS, Status.UNKNOWN, Status.FAIL]
Fact = Exposure | Reach | PersonalData | Posture

MOSTLY = [True, True, True, False]
LOOKED_AT = st.sampled_from([T0, T0, T0 - HOUR, T0 - 7 * DAY, T0 - 9 * DAY, T0 + 9 * DAY])
NAMES = st.sampled_from(["exports", "exports", "exports", "archive", "other"])
WAITS = st.sampled_from([timedelta(), SECOND, HOUR, DAY, 8 * DAY, 92 * DAY, 1000 * DAY])
COUNTS = st.lists(
    st.builds(
        files,
        st.sampled_from([0, 1, 9]),
        st.sampled_from([Encryption.ENCRYPTED, Encryption.ENCRYPTED, *Encryption]),
    ),
    max_size=3,
)
LOOKS = {
    "name": NAMES,
    "complete": st.sampled_from(MOSTLY),
    "reason": st.sampled_from([Reason.NONE, Reason.PATH_MISSING]),
}
PAIRS = st.lists(st.tuples(st.sampled_from(["card", "email", "odd"]), st.just(1)), max_size=1)
STANDINGS = st.sampled_from([Standing.SAFE] * 9 + list(Standing))
SUBJECTS = {
    "volume": ("exports", ("volume-encrypted", "swap-encrypted", "share-encrypted")),
    "database": ("exports", ("at-rest-encrypted", "tls-enabled", "hba-trust")),
    "bucket": (
        "archive",
        (
            *("default-encryption", "newest-objects-encrypted", "public-access-block"),
            *("public-by-policy", "public-by-acl", "tls-only", "cross-account", "anonymous-list"),
            "anonymous-read",
        ),
    ),
}


@st.composite
def exposures(draw: st.DrawFn) -> Exposure:
    given = {name: draw(strategy) for name, strategy in LOOKS.items()}
    turned = draw(st.sampled_from([0, 0, 0, 0, 1]))
    oldest = draw(st.none() | LOOKED_AT)
    given |= {"scanned_at": draw(LOOKED_AT), "oldest_look_at": oldest, "turned_files": turned}
    return exposure(*draw(COUNTS), **given)


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    given = {name: draw(strategy) for name, strategy in LOOKS.items()}
    return reach(*draw(PAIRS), looked_at=draw(LOOKED_AT), **given)


@st.composite
def searches(draw: st.DrawFn) -> PersonalData:
    given = {name: draw(strategy) for name, strategy in LOOKS.items()}
    return personal(*draw(PAIRS), looked_at=draw(LOOKED_AT), **given)


@st.composite
def postures(draw: st.DrawFn) -> Posture:
    subject = draw(st.sampled_from(sorted(SUBJECTS)))
    name, known = SUBJECTS[subject]
    settings = [setting(each, draw(STANDINGS)) for each in known if draw(st.sampled_from(MOSTLY))]
    return posture(*settings, subject=subject, name=name, looked_at=draw(LOOKED_AT))


HEALTHY = (
    exposure(files(3)),
    reach(),
    personal(),
    *(
        posture(*(setting(each) for each in known), subject=subject, name=name)
        for subject, (name, known) in SUBJECTS.items()
    ),
)
STATED = exposures() | reaches() | searches() | postures()
FACTS = st.lists(STATED, max_size=2).map(lambda later: [*HEALTHY, *later])
"""Mostly healthy, so that what should spoil it is what spoils it."""
PLACES = st.sets(st.integers(0, len(HEALTHY) + 1), max_size=2)
PLANS = st.sampled_from(
    [
        PLAN,
        PLAN,
        replace(PLAN, exposures=()),
        replace(PLAN, volumes=("exports",)),
        replace(PLAN, exposures=(), databases=("exports",)),
        replace(PLAN, exposures=(), buckets=("archive",)),
        replace(PLAN, custody_of="globex", gone_by=date(2026, 11, 25)),
        replace(PLAN, offboarded=date(2026, 11, 1)),
    ]
)
SETTINGS = {
    "data.encrypted": [{}, {"storage_is_enough": True}, {"tolerated": ()}],
    "data.exposed": [{}, {"required": (Slug("versioning"),)}, {"tolerated": (Slug("odd"),)}],
    "data.personal": [{}, {"most_values": 1}],
    "data.custody": [{}, {"empty_is_gone": True}, {"backed_up": False}],
}
ASKED = st.sampled_from(
    [(control, settings) for control in CONTROLS for settings in SETTINGS[control]]
)
Asked = tuple[str, dict[str, object]]


def ask(
    asked: Asked, facts: Sequence[Fact], plan: ServerPlan, wait: timedelta = timedelta()
) -> Verdict:
    control, settings = asked
    return judged(control, told(*facts), T0 + wait, plan=plan, **settings)


def rank(verdict: Verdict) -> int:
    return ORDER.index(verdict.status)


@given(FACTS, PLANS, ASKED, WAITS, WAITS)
def test_verdicts_hold_until_they_say_and_nothing_gets_better_by_age(
    facts: list[Fact], plan: ServerPlan, asked: Asked, wait: timedelta, longer: timedelta
) -> None:
    early = ask(asked, facts, plan, wait)
    late = ask(asked, facts, plan, wait + longer)
    assert early.reason
    assert early.since is None or early.since <= T0 + wait
    assert early.holds_until is None or early.holds_until >= T0 + wait
    assert rank(late) >= rank(early) or late.status is not Status.PASS
    if early.status is Status.FAIL:
        assert late.status is Status.FAIL
    if early.holds_until is None or T0 + wait + longer <= early.holds_until:
        assert late.status is early.status


def worse(fact: Fact) -> Fact:
    """Return the same look with more that others can read."""
    match fact:
        case Exposure():
            more = files(1, Encryption.PLAINTEXT, "csv")
            return replace(fact, counts=(*fact.counts, more))
        case Reach():
            return replace(fact, counts=(*fact.counts, *reach(("world-readable", 1)).counts))
        case PersonalData():
            return replace(fact, counts=(*fact.counts, *personal(("card", 9)).counts))
        case Posture():
            unsafe = [replace(each, standing=Standing.UNSAFE) for each in fact.settings]
            return replace(fact, settings=tuple(unsafe))


@given(FACTS, PLANS, ASKED, WAITS, PLACES)
def test_more_that_others_can_read_never_makes_it_better(
    facts: list[Fact], plan: ServerPlan, asked: Asked, wait: timedelta, places: set[int]
) -> None:
    exposed = [worse(fact) if n in places else fact for n, fact in enumerate(facts)]
    before = ask(asked, facts, plan, wait)
    # A file where there was none shows that the place is mounted.
    was_empty = any(isinstance(fact, Exposure) and not _found(fact.counts) for fact in facts)
    if not was_empty:
        assert rank(ask(asked, exposed, plan, wait)) >= rank(before)


def _found(counts: Sequence[KindCount]) -> bool:
    return any(each.files for each in counts)


def darker(fact: Fact) -> Fact:
    """Return the same look that saw less."""
    if not isinstance(fact, Posture):
        return replace(fact, complete=False)
    unseen: dict[Standing, Standing] = {Standing.SAFE: Standing.DENIED}
    dark: list[Setting] = [
        replace(each, standing=unseen.get(each.standing, each.standing)) for each in fact.settings
    ]
    return replace(fact, settings=tuple(dark))


@given(FACTS, PLANS, ASKED, WAITS, PLACES)
def test_seeing_less_never_passes(
    facts: list[Fact], plan: ServerPlan, asked: Asked, wait: timedelta, places: set[int]
) -> None:
    dark = [darker(fact) if n in places else fact for n, fact in enumerate(facts)]
    before = ask(asked, facts, plan, wait)
    if before.status is not Status.PASS:
        assert ask(asked, dark, plan, wait).status is not Status.PASS
    assert ask(asked, [darker(fact) for fact in facts], plan, wait).status is not Status.PASS


@given(FACTS, st.sampled_from(["volumes", "databases", "buckets"]), WAITS)
def test_settings_that_nobody_may_ask_for_never_pass(
    facts: list[Fact], agreed: str, wait: timedelta
) -> None:
    name = ("archive",) if agreed == "buckets" else ("exports",)
    plan = replace(PLAN, exposures=(), **{agreed: name})
    dark = [darker(fact) if isinstance(fact, Posture) else fact for fact in facts]
    assert ask(("data.encrypted", {}), dark, plan, wait).status is not Status.PASS
    assert ask(("data.exposed", {}), dark, plan, wait).status is not Status.PASS


@given(FACTS, PLANS, ASKED)
def test_what_was_never_looked_at_never_passes(
    facts: list[Fact], plan: ServerPlan, asked: Asked
) -> None:
    agreed = {*plan.exposures, *plan.volumes, *plan.databases, *plan.buckets}
    left = [fact for fact in facts if fact.name not in agreed]
    assert ask(asked, left, plan).status is not Status.PASS
