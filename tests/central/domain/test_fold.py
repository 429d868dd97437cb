from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import (
    CanaryPlanted,
    JobRun,
    Manifest,
    Outcome,
    Reason,
    Unrecognised,
)
from guardian_agent.wire.statement import ProbeFailure

from guardian.domain.agents import MAX_CHECKPOINTS
from guardian.domain.copies import MAX_EARLIER
from guardian.domain.evidence import CopyEvidence, ServerEvidence, ended_at
from guardian.domain.fold import (
    MAX_COPIES,
    MAX_FAILURES,
    MAX_SETS,
    enrolled,
    fold,
    issued,
    trouble,
)
from guardian.domain.looked import MAX_EXPOSURES, MAX_POSTURES, MAX_REACHES
from guardian.domain.sets import MAX_MANIFESTS
from tests.central.domain.making import (
    CLIENT,
    COPY,
    DAY,
    HOUR,
    SECOND,
    SERVER,
    SET,
    T0,
    contents,
    digest,
    encryption,
    exposure,
    failure,
    files,
    healthy,
    integrity,
    personal,
    point,
    points,
    posture,
    reach,
    setting,
    statement,
    told,
    unspoken,
)


def copy_of(evidence: ServerEvidence) -> CopyEvidence:
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    return copy


def job(exit_status: int, finished_at: datetime = T0, backup_set: Name = SET) -> JobRun:
    return JobRun(
        backup_set=backup_set, started_at=T0, finished_at=finished_at, exit_status=exit_status
    )


def manifest(name: str | int, files: int = 9) -> Manifest:
    return Manifest(
        backup_set=SET, root=digest(name), files=files, bytes=0, files_not_hashed=0, taken_at=T0
    )


class TestAgent:
    def test_a_statement_tells_of_its_agent(self) -> None:
        agent = told(skew=-2.5, dropped=3).agent
        assert agent is not None
        assert agent.last_received_at == T0
        assert (agent.epoch, agent.number, agent.dropped) == (1, 1, 3)
        assert agent.clock_skew_seconds == -2.5
        assert (agent.missing, agent.gap_at) == (0, None)

    def test_what_the_receiver_does_not_say_is_in_order(self) -> None:
        agent = fold(unspoken(), statement(), received_at=T0).agent
        assert agent is not None
        assert (agent.clock_skew_seconds, agent.missing) == (0.0, 0)

    def test_a_gap_counts_what_is_missing(self) -> None:
        agent = told(number=4, gap=True).agent
        assert agent is not None
        assert (agent.missing, agent.gap_at, agent.last_gap_at) == (3, T0, T0)

    def test_a_gap_that_the_numbers_do_not_show_is_one_statement(self) -> None:
        agent = told(after=told(), gap=True).agent
        assert agent is not None
        assert agent.missing == 1

    def test_a_new_epoch_begins_a_new_chain(self) -> None:
        agent = told(after=told(number=4, gap=True), epoch=2, number=1).agent
        assert agent is not None
        assert (agent.missing, agent.gap_at, agent.last_gap_at) == (0, None, None)

    def test_checkpoints_are_kept_newest_first_each_once_and_bounded(self) -> None:
        evidence = told()
        for size in range(MAX_CHECKPOINTS + 2):
            for _ in range(2):
                evidence = issued(evidence, size, digest(size), T0 + size * SECOND)
        agent = told(after=evidence).agent
        assert agent is not None
        sizes = [checkpoint.tree_size for checkpoint in agent.checkpoints]
        assert sizes == list(range(MAX_CHECKPOINTS + 1, 1, -1))
        assert agent.checkpoints[0].issued_at == T0 + (MAX_CHECKPOINTS + 1) * SECOND

    def test_nobody_was_given_a_checkpoint_before_the_first_statement(self) -> None:
        assert issued(unspoken(), 1, digest(1), T0) == unspoken()


class TestEnrolment:
    def test_it_begins_the_evidence(self) -> None:
        assert enrolled(CLIENT, SERVER, T0, None) == ServerEvidence(
            client=CLIENT, server=SERVER, enrolled_at=T0
        )

    def test_again_it_clears_the_key_and_keeps_what_is_known(self) -> None:
        gapped = told(after=healthy(), number=9, gap=True, dropped=4)
        before = issued(gapped, 9, digest(9), T0)
        before = trouble(before, Slug("equivocation"), T0)
        after = enrolled(CLIENT, SERVER, T0 + DAY, before)
        assert after.key_trouble is None
        assert after.enrolled_at == T0 + DAY
        assert after.copies == before.copies
        assert after.agent is not None
        assert before.agent is not None
        assert (after.agent.gap_at, after.agent.missing, after.agent.dropped) == (None, 0, 0)
        assert after.agent.checkpoints == before.agent.checkpoints


def test_trouble_keeps_its_beginning_and_says_the_newest() -> None:
    evidence = trouble(told(), Slug("fast_forward"), T0)
    evidence = trouble(evidence, Slug("equivocation"), T0 + DAY)
    assert evidence.key_trouble is not None
    assert (evidence.key_trouble.at, evidence.key_trouble.reason) == (T0, "equivocation")


class TestCopy:
    def test_contents_keep_the_sizes_of_the_points_before(self) -> None:
        evidence = unspoken()
        for n in range(MAX_EARLIER + 3):
            for _ in range(2):
                evidence = told(contents(n, files=n, bytes=n * 2), after=evidence)
        seen = copy_of(evidence).contents
        assert seen is not None
        assert seen.earlier_files == tuple(range(MAX_EARLIER + 1, 1, -1))
        assert seen.earlier_bytes == tuple(2 * n for n in range(MAX_EARLIER + 1, 1, -1))

    def test_a_second_look_into_a_point_replaces_the_first(self) -> None:
        evidence = told(contents(1, files=5), after=told(contents(1, files=4)), at=T0 + HOUR)
        seen = copy_of(evidence).contents
        assert seen is not None
        assert (seen.fact.files, seen.received_at, seen.earlier_files) == (5, T0 + HOUR, ())

    def test_a_point_that_lacks_something_is_marked_for_ever(self) -> None:
        evidence = told(contents(1, paths_missing=1), points(point(1, T0), point(2, T0 - DAY)))
        evidence = told(points(point(1, T0), point(2, T0 - DAY)), contents(2), after=evidence)
        listing = copy_of(evidence).listing
        assert listing is not None
        assert [known.incomplete for known in listing.points] == [True, False]
        assert listing.newest_complete_at == T0 - DAY

    def test_a_point_held_against_the_right_paths_is_complete_after_all(self) -> None:
        evidence = told(points(point(1, T0)), contents(1, paths_missing=1))
        listing = copy_of(told(contents(1), after=evidence)).listing
        assert listing is not None
        assert not listing.points[0].incomplete

    def test_undated_facts_count_from_their_statement(self) -> None:
        late = copy_of(told(encryption(), points(), wall_time=T0 - 9 * DAY))
        ahead = copy_of(told(encryption(), points(), wall_time=T0 + 9 * DAY))
        assert late.encryption is not None
        assert late.listing is not None
        assert late.encryption.dated == late.listing.dated == T0 - 9 * DAY
        assert late.listing.received_at == T0
        assert ahead.encryption is not None
        assert ahead.listing is not None
        assert ahead.encryption.dated == ahead.listing.dated == T0

    def test_a_failure_stands_until_a_list_comes(self) -> None:
        failed = told(failures=(failure(Reason.LOCKED),), after=told(points()))
        assert copy_of(failed).failed_listing is not None
        assert copy_of(told(encryption(), after=failed)).failed_listing is not None
        assert copy_of(told(points(), after=failed)).failure is None

    def test_a_failure_beside_a_list_is_of_what_follows_it(self) -> None:
        both = copy_of(told(points(), failures=(failure(),)))
        assert both.failure is not None
        assert both.failed_listing is None

    def test_the_list_of_another_copy_is_no_answer(self) -> None:
        other = Name("cloud")
        evidence = told(points(copy=other), failures=(failure(),))
        assert copy_of(evidence).failed_listing is not None

    def test_a_check_that_reads_nothing_is_only_the_newest(self) -> None:
        evidence = told(integrity(read=0.0), after=told(integrity()))
        copy = copy_of(evidence)
        assert copy.integrity is not None
        assert copy.last_good_integrity is not None
        assert copy.integrity.fact.data_read == 0.0
        assert copy.last_good_integrity.fact.data_read == 1.0


class TestSet:
    def test_a_commitment_stated_again_keeps_the_statement_that_signed_it(self) -> None:
        evidence = told(manifest(1))
        evidence = told(manifest(2), after=evidence)
        evidence = told(manifest(1), after=evidence)
        known = evidence.set(SET)
        assert known is not None
        assert [(signed.root, signed.number) for signed in known.manifests] == [
            (digest(1), 1),
            (digest(2), 2),
        ]

    def test_the_same_root_over_another_count_is_another_commitment(self) -> None:
        known = told(manifest(1, files=8), after=told(manifest(1, files=9))).set(SET)
        assert known is not None
        assert [signed.files for signed in known.manifests] == [8, 9]

    def test_commitments_are_bounded(self) -> None:
        evidence = unspoken()
        for n in range(MAX_MANIFESTS + 2):
            evidence = told(manifest(n), after=evidence)
        known = evidence.set(SET)
        assert known is not None
        assert len(known.manifests) == MAX_MANIFESTS
        assert known.manifests[0].root == digest(MAX_MANIFESTS + 1)
        assert known.newest_manifest == manifest(MAX_MANIFESTS + 1)

    def test_of_several_jobs_in_a_statement_the_last_to_end_counts(self) -> None:
        known = told(job(3, T0 - HOUR), job(0, T0), job(2, T0 - 2 * HOUR)).set(SET)
        assert known is not None
        assert known.job is not None
        assert known.job.exit_status == 0

    def test_a_later_statement_counts_whatever_its_dates_say(self) -> None:
        known = told(job(1, T0), after=told(job(0, T0 + 999 * DAY))).set(SET)
        assert known is not None
        assert known.job is not None
        assert known.job.exit_status == 1


class TestServer:
    def test_the_newest_scan_of_a_place_counts(self) -> None:
        evidence = told(exposure(files(2)), after=told(exposure(files(1)), at=T0 - HOUR))
        (scan,) = evidence.exposures
        assert (scan.fact.counts[0].files, scan.received_at) == (2, T0)

    def test_the_newest_look_of_each_kind_counts(self) -> None:
        before = told(reach(("odd", 1)), personal(("card", 1)), posture(setting("tls-only")))
        evidence = told(reach(), personal(), posture(), after=before, at=T0 + HOUR)
        for (look,) in (evidence.reaches, evidence.personal, evidence.postures):
            assert look.received_at == T0 + HOUR
        assert evidence.reaches[0].fact.counts == evidence.personal[0].fact.counts == ()
        assert evidence.postures[0].fact.settings == ()

    def test_a_posture_is_known_by_what_it_is_of(self) -> None:
        facts = (
            posture(subject="bucket"),
            posture(subject="volume"),
            posture(name="other"),
            posture(subject="transport", name=COPY, backup_set=SET),
            posture(subject="transport", name=COPY, backup_set=Name("db")),
        )
        assert [each.fact for each in told(*facts).postures] == list(facts)

    @pytest.mark.parametrize("ahead", [DAY, -DAY])
    def test_a_look_is_never_younger_than_its_receipt(self, ahead: timedelta) -> None:
        at = T0 + ahead
        evidence = told(
            exposure(scanned_at=at),
            reach(looked_at=at),
            personal(looked_at=at),
            posture(looked_at=at),
        )
        looks = (evidence.exposures, evidence.reaches, evidence.personal, evidence.postures)
        assert [look.dated for (look,) in looks] == [min(at, T0)] * 4

    def test_a_scan_knows_since_when_each_file_was_read(self) -> None:
        def read_since(**fields: object) -> datetime:
            return told(exposure(files(1), scanned_at=T0 - HOUR, **fields)).exposures[0].read_since

        assert read_since() == T0 - HOUR
        assert read_since(oldest_look_at=T0 - DAY) == T0 - DAY
        assert read_since(oldest_look_at=T0 + DAY) == T0 - HOUR

    def test_failures_of_no_copy_are_those_of_the_newest_statement(self) -> None:
        nowhere = ProbeFailure(probe=Slug("exposure"), reason=Reason.TIMEOUT)
        half = ProbeFailure(probe=Slug("odd"), reason=Reason.TIMEOUT, copy=COPY)
        evidence = told(failures=(nowhere, failure(copy=None), failure(), half))
        assert [kept.probe for kept in evidence.failures] == ["exposure", "restic", "odd"]
        assert [copy.copy for copy in evidence.copies] == [COPY]
        assert told(after=evidence).failures == ()

    @pytest.mark.parametrize(
        "fact",
        [
            CanaryPlanted(backup_set=SET, outcome=Outcome.PASSED),
            Unrecognised(kind=Slug("from-the-future")),
        ],
    )
    def test_what_no_control_uses_changes_nothing(self, fact: CanaryPlanted | Unrecognised) -> None:
        assert told(fact) == told()

    def test_what_an_agent_can_make_central_remember_is_bounded(self) -> None:
        names = [Name(f"n{n}") for n in range(MAX_COPIES + 5)]
        nowhere = ProbeFailure(probe=Slug("exposure"), reason=Reason.TIMEOUT)
        evidence = told(
            *(points(copy=name) for name in names),
            *(job(0, backup_set=name) for name in names),
            *(exposure(files(1), name=name) for name in names),
            *(reach(name=name) for name in names),
            *(personal(name=name) for name in names),
            *(posture(name=f"n{n}") for n in range(MAX_POSTURES + 5)),
            failures=(nowhere,) * (MAX_FAILURES + 5),
        )
        assert [copy.copy for copy in evidence.copies] == names[-MAX_COPIES:]
        assert [known.backup_set for known in evidence.sets] == names[-MAX_SETS:]
        assert [scan.fact.name for scan in evidence.exposures] == names[-MAX_EXPOSURES:]
        assert [look.fact.name for look in evidence.reaches] == names[-MAX_REACHES:]
        assert [look.fact.name for look in evidence.personal] == names[-MAX_EXPOSURES:]
        assert len(evidence.postures) == MAX_POSTURES
        assert evidence.postures[-1].fact.name == f"n{MAX_POSTURES + 4}"
        assert len(evidence.failures) == MAX_FAILURES

    def test_what_was_spoken_of_last_is_kept_longest(self) -> None:
        evidence = told(points(copy=Name("a")), points(copy=Name("b")), points(copy=Name("a")))
        assert [copy.copy for copy in evidence.copies] == ["b", "a"]


@pytest.mark.parametrize(
    ("started_at", "seconds", "expected"),
    [
        (T0 - HOUR, 60.0, T0 - HOUR + 60 * SECOND),
        (T0 - HOUR, 3600.0, T0),
        (T0 - HOUR, 1e18, T0),
        (T0 + DAY, 0.0, T0),
        (datetime(1, 1, 1, tzinfo=UTC), 5.0, datetime(1, 1, 1, 0, 0, 5, tzinfo=UTC)),
    ],
)
def test_nothing_ends_after_central_heard_of_it(
    started_at: datetime, seconds: float, expected: datetime
) -> None:
    assert ended_at(started_at, seconds, T0) == expected
