from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from guardian_agent.wire.observations import Coverage
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from guardian.domain.looks import PersonalDataSeen
from guardian.domain.readers import Readable
from guardian.domain.snapshot import Snapshot
from guardian.metrics import Exposition, render, render_client, service_discovery
from guardian.metrics.exposures import MOST_KINDS
from guardian.metrics.families import COPY, FAMILIES, SELF
from tests.central.domain.making import personal
from tests.central.metrics.snapshots import NOW, RESTORES, SNAPSHOT, figures, finding, server

GOLDEN = Path(__file__).with_name("golden.txt")
COUNTERS = {"accepted": 40, "bad_signature": 2}
LABELS = {*COPY, "control", "severity", "status", "kind", "version", "result"} | {
    "subject",
    "standing",
    "state",
}

hostile = st.text(st.characters(), max_size=300)


def samples(body: bytes) -> Iterator[Sample]:
    for family in text_string_to_metric_families(body.decode("utf-8")):
        yield from family.samples


def without(body: bytes, name: str) -> list[str]:
    return [line for line in body.decode().splitlines() if name not in line]


def test_the_whole_exposition():
    body = without(render(SNAPSHOT, COUNTERS), "guardian_build_info")
    if os.environ.get("GUARDIAN_UPDATE_DOCS"):
        GOLDEN.write_text("\n".join(body) + "\n")

    assert body == GOLDEN.read_text().splitlines()


def test_a_second_rendering_is_the_same():
    assert render(SNAPSHOT, COUNTERS) == render(SNAPSHOT, COUNTERS)


def test_nothing_of_a_removed_client_stays():
    exposition = Exposition()
    exposition.render(SNAPSHOT, {})
    left = replace(
        SNAPSHOT,
        findings=SNAPSHOT.findings[:3],
        copies=SNAPSHOT.copies[:1],
        servers=SNAPSHOT.servers[:2],
    )

    assert b"globex" not in exposition.render(left, {})


def test_one_status_for_each_asset_and_control():
    found = [each for each in samples(render(SNAPSHOT, {})) if each.name == "guardian_finding"]

    assert len(found) == len(SNAPSHOT.findings)
    assert {each.value for each in found} == {1}


def test_labels_are_a_closed_list():
    assert {label for family in (*FAMILIES, *SELF) for label in family.labels} <= LABELS
    assert {
        label for each in samples(render(SNAPSHOT, COUNTERS)) for label in each.labels
    } <= LABELS


def test_times_are_moments_and_never_ages():
    ages = {family.name for family in FAMILIES if "_age_" in family.name}

    assert all(name.endswith("_max_age_seconds") for name in ages)


@pytest.mark.parametrize("name", ["\ud800", "a\nb", "a\x00", "\x1b]0;x\x07", "\r", "x" * 100_000])
def test_a_hostile_name_takes_only_its_own_samples_along(name):
    bad = replace(
        SNAPSHOT,
        findings=(*SNAPSHOT.findings, finding(client=name)),
        copies=(*SNAPSHOT.copies, figures(client=name)),
        servers=(*SNAPSHOT.servers, server(client=name)),
    )

    gone = "guardian_exposition_errors_total"
    assert without(render(bad, COUNTERS), gone) == without(render(SNAPSHOT, COUNTERS), gone)


def test_what_was_left_out_is_counted_on_and_on():
    exposition = Exposition()
    bad = replace(SNAPSHOT, findings=(finding(client="\ud800"),))

    first, second = (exposition.render(bad, {}) for _ in range(2))

    assert b"guardian_exposition_errors_total 5.0" in first
    assert b"guardian_exposition_errors_total 10.0" in second


def test_a_number_that_is_none_is_left_out():
    odd = replace(SNAPSHOT, copies=(figures(restore_duration_seconds=float("nan")),))

    assert b"guardian_exposition_errors_total 1.0" in render(odd, {})
    assert b"nan" not in render(odd, {}).lower()


def test_a_coverage_of_nothing_is_no_share():
    nothing = Coverage(files=0, bytes=0, files_tested=0, bytes_tested=0)
    odd = replace(SNAPSHOT, copies=(figures(restores=replace(RESTORES, coverage=nothing)),))

    assert b"coverage_ratio{" not in render(odd, {})
    assert b"coverage_bytes_ratio{" not in render(odd, {})


def test_more_tested_than_there_is_is_all():
    stale = Coverage(files=4, bytes=4, files_tested=9, bytes_tested=9)
    odd = replace(SNAPSHOT, copies=(figures(restores=replace(RESTORES, coverage=stale)),))
    found = {each.name: each.value for each in samples(render(odd, {}))}

    assert found["guardian_restore_coverage_ratio"] == 1
    assert found["guardian_restore_coverage_bytes_ratio"] == 1


def test_readable_copies_are_0_and_unknown_ones_absent():
    copies = (figures(encrypted=Readable.REFUTED), figures(server="db1"))
    found = samples(render(replace(SNAPSHOT, copies=copies), {}))
    told = {each.labels["server"]: each.value for each in found if "copy_enc" in each.name}

    assert told == {"web1": 0}


def test_kinds_of_several_places_are_one_series():
    both = tuple(PersonalDataSeen(received_at=NOW, fact=personal(("card", n))) for n in (1, 2))
    odd = replace(SNAPSHOT, servers=(server(personal=both),))

    assert b'personal_data_values{client="acme",kind="card",server="web1"} 3.0' in render(odd, {})


def test_a_series_stands_once():
    twice = replace(SNAPSHOT, findings=(finding(), finding()))

    assert render(twice, {}).count(b"guardian_finding{") == 1


def test_an_agent_cannot_flood_the_metrics():
    kinds = tuple((f"kind{number}", number) for number in range(1000))
    flooded = replace(SNAPSHOT, servers=(server(exposed=kinds),))

    found = [each for each in samples(render(flooded, {})) if each.name == "guardian_exposed_items"]

    assert len(found) == MOST_KINDS + 1
    assert sum(each.value for each in found) == sum(range(1000))


@given(hostile, hostile, hostile)
def test_no_text_breaks_the_exposition(client, name, kind):
    snapshot = Snapshot(
        judged_at=NOW,
        findings=(finding(client=client, server=name, control=kind), finding()),
        copies=(figures(client=client, server=name),),
        servers=(server(client=client, name=name, agent_version=kind, exposed=((kind, 1),)),),
    )

    found = list(samples(render(snapshot, {kind: 1})))

    healthy = {"client": "acme", "server": "web1", "control": "backup.fresh"}
    assert any(healthy.items() <= each.labels.items() for each in found)


def test_a_clients_own_metrics():
    found = list(samples(render_client(SNAPSHOT, "globex")))

    assert {each.labels["client"] for each in found} == {"globex"}
    assert {each.name for each in found} > {"guardian_finding", "guardian_evidence_rung"}
    assert list(samples(render_client(SNAPSHOT, "nobody"))) == []


def test_service_discovery():
    assert json.loads(service_discovery(["globex", "acme"], "127.0.0.1:9464")) == [
        {
            "targets": ["127.0.0.1:9464"],
            "labels": {"__metrics_path__": f"/metrics/clients/{client}", "client": client},
        }
        for client in ("acme", "globex")
    ]
    assert service_discovery([], "127.0.0.1:9464") == b"[]"


@pytest.mark.tools
@pytest.mark.parametrize("body", [render(SNAPSHOT, COUNTERS), render_client(SNAPSHOT, "acme")])
def test_promtool_finds_nothing(body):
    promtool = shutil.which("promtool")
    assert promtool is not None

    done = subprocess.run(
        [promtool, "check", "metrics"], input=body, capture_output=True, timeout=30, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
