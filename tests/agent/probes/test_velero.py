from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.velero import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

FOLDER = "velero-documented"


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, paths=(), **{"schedule": "nightly", **settings})


def told(name: str = "backups") -> dict:
    return json.loads(recorded(FOLDER, f"{name}.json"))


def server(backups: object = None, places: object = None, **how: object) -> FakeSystem:
    system = at_noon()
    backups = told() if backups is None else backups
    places = told("locations") if places is None else places
    kinds = {"backups.velero.io": backups, "backupstoragelocations.velero.io": places}
    for kind, answer in kinds.items():
        stdout = json.dumps(answer).encode()
        system.processes.answer("kubectl", kind, stdout=stdout, **how)  # type: ignore[arg-type]
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


class TestListing:
    def test_backups_that_ended(self):
        stated = fact(look(server()), RestorePoints)
        assert stated.total == 2
        newest = stated.points[0]
        assert newest.started_at == datetime(2026, 11, 22, 2, 0, 1, tzinfo=UTC)
        assert newest.finished_at == datetime(2026, 11, 22, 2, 4, 7, tzinfo=UTC)
        assert newest.files == 415

    def test_the_schedule_is_chosen_by_its_label(self):
        system = server()
        look(system, copy(namespace="backup", kubeconfig="/etc/kube.config"))
        first = system.processes.calls[0].arguments
        assert "velero.io/schedule-name=nightly" in first
        assert {"backup", "/etc/kube.config"} < set(first)

    @pytest.mark.parametrize("phase", ["Unavailable", None, "who knows"])
    def test_backups_whose_storage_is_gone_are_none(self, phase):
        places = told("locations")
        places["items"][0]["status"]["phase"] = phase
        with refused(Reason.NO_REPOSITORY):
            look(server(places=places))

    def test_no_backups(self):
        (stated,) = look(server({"items": []}))
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"Error from server (Forbidden): backups.velero.io", Reason.PERMISSION_DENIED),
            (b"error: the server doesn't have a resource type", Reason.NO_REPOSITORY),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, stderr, reason):
        with refused(reason):
            look(server(status=1, stderr=stderr))


class TestContents:
    def test_its_own_word_proves_no_completeness(self):
        assert fact(look(server()), PointContents).valid is None

    @pytest.mark.parametrize("change", [{"phase": "PartiallyFailed"}, {"errors": 3}])
    def test_a_backup_that_failed_in_part(self, change):
        backups = told()
        backups["items"][1]["status"].update(change)
        found = fact(look(server(backups)), PointContents)
        assert (found.valid, found.reason) == (False, Reason.INCOMPLETE)

    def test_a_bucket_that_was_not_seen_is_not_known_to_be_encrypted(self):
        assert fact(look(server()), CopyEncryption).state is Encryption.UNKNOWN
