"""Whether volumes, databases, buckets and jobs can be asked, and what to do where they cannot."""

from __future__ import annotations

import sys

import pytest
from guardian_agent.cli._doctor.settings import about_settings, told
from guardian_agent.config import parse_config
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug

from tests.agent.exposure.volumes.machines import empty, machine

BASE = '[central]\nurl = "https://central.example:8443"\n'
VOLUME = '[[volume]]\nname = "data"\npaths = ["/srv"]\n'
DATABASE = '[[database]]\nname = "shop"\nengine = "postgresql"\n'
BUCKET = '[[bucket]]\nname = "dumps"\nbucket = "acme-dumps"\n'
JOBS = "[jobs]\n"


def look(system, text):
    lines = about_settings(parse_config(BASE + text), system)
    return [(line.check, line.status.value, line.found, line.mend or "") for line in lines]


@pytest.fixture
def debian():
    system = machine("debian-12")
    system.files.make_directory("/srv")
    return system


def setting(name, standing, rule="rule", permission=None):
    missing = None if permission is None else Slug(permission)
    return Setting(setting=Slug(name), standing=standing, rule=Slug(rule), permission=missing)


def rows(*settings):
    return [(line.status.value, line.found, line.mend) for line in told("x", settings)]


def test_what_can_be_asked_is_not_judged_here():
    answers = (Standing.SAFE, Standing.UNSAFE, Standing.NOT_SET, Standing.UNSUPPORTED)
    assert rows(*(setting("tls-only", each) for each in answers)) == [
        ("ok", "it can be asked: 4 answers", None)
    ]


def test_a_missing_permission_is_named_once_with_all_that_it_hides():
    found = rows(
        setting("tls-only", Standing.DENIED, "permission-missing", "s3.getbucketpolicy"),
        setting("cross-account", Standing.DENIED, "permission-missing", "s3.getbucketpolicy"),
        setting("versioning", Standing.SAFE),
    )
    ((status, said, mend),) = found
    assert status == "warn"
    assert said == ("not known: tls-only, cross-account: permission s3:getbucketpolicy is missing")
    assert mend == "allow s3:getbucketpolicy to the agent's credentials; see deploy/s3"


@pytest.mark.parametrize(
    ("dark", "said", "mend"),
    [
        (setting("a", Standing.DENIED, "denied", "root"), "permission root is missing", "as root"),
        (
            setting("a", Standing.DENIED, "denied", "pg_read_all_settings"),
            "permission pg_read_all_settings is missing",
            "give pg_read_all_settings",
        ),
        (
            setting("a", Standing.DENIED, "no-credentials", "s3.listbucket"),
            "no credentials",
            "`credentials_file`",
        ),
        (setting("a", Standing.FAILED, "no-answer"), "no answer", "`endpoint`"),
        (setting("a", Standing.FAILED, "bucket-elsewhere"), "bucket elsewhere", "`region`"),
        (setting("a", Standing.FAILED, "odd"), "odd", "guardian-agent show"),
        (setting("a", Standing.UNSUPPORTED, "tool-missing"), "tool missing", "install the tool"),
    ],
)
def test_each_cause_has_its_mend(dark, said, mend):
    ((status, found, how),) = rows(dark)
    assert status == "warn"
    assert said in found
    assert mend in (how or "")


def test_a_volume_that_can_be_asked(debian):
    ((check, status, said, _),) = look(debian, VOLUME)
    assert (check, status) == ("volume data", "ok")
    assert said.startswith("it can be asked: ")


def test_a_volume_whose_ciphers_only_root_may_see(debian):
    debian.files.user = 1000
    debian.processes.answer("dmsetup", status=1)
    ((check, status, said, mend),) = look(debian, VOLUME)
    assert (check, status) == ("volume data", "warn")
    assert "volume-cipher" in said
    assert "root" in mend


def test_a_volume_that_is_not_mounted(debian):
    found = look(debian, VOLUME.replace("/srv", "/srv/gone"))
    assert any("path missing" in said and "mount it" in mend for _, _, said, mend in found)


def test_a_machine_whose_tables_cannot_be_read():
    ((check, status, _, mend),) = look(empty(), VOLUME)
    assert (check, status) == ("volume data", "fail")
    assert mend


def test_a_database_that_nothing_can_ask(debian):
    found = look(debian, DATABASE)
    assert {check for check, _, _, _ in found} == {"database shop"}
    assert {status for _, status, _, _ in found} <= {"warn", "fail"}
    assert all(mend for _, _, _, mend in found)


def test_an_engine_that_nobody_knows(debian):
    ((check, status, said, mend),) = look(debian, DATABASE.replace("postgresql", "postgre"))
    assert (check, status, mend) == ("database shop", "fail", "correct agent.toml")
    assert "postgresql" in said


def test_a_bucket_without_the_extra(debian, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "guardian_agent.exposure.buckets.client", raising=False)
    ((check, status, said, mend),) = look(debian, BUCKET)
    assert (check, status) == ("bucket dumps", "fail")
    assert "boto3 is not installed" in said
    assert "guardian-agent[s3]" in mend


def test_a_bucket_whose_credentials_are_not_there(debian):
    ((check, status, said, _),) = look(debian, BUCKET + 'credentials_file = "/etc/s3"\n')
    assert (check, status) == ("bucket dumps", "fail")
    assert "/etc/s3" in said


def test_jobs_that_can_be_looked_at(debian):
    debian.files.put("/proc/1/cmdline", b"init\0")
    debian.files.put("/proc/1/environ", b"")
    assert look(debian, JOBS) == [("jobs", "ok", "job files and processes can be looked at", "")]
    ((_, _, said, _),) = look(debian, JOBS + "processes = false\n")
    assert said == "job files can be looked at"


def test_processes_of_others_that_are_hidden(debian):
    ((check, status, said, mend),) = look(debian, JOBS)
    assert (check, status) == ("jobs", "warn")
    assert "may not be read" in said
    assert "hidepid" in mend


@pytest.mark.tools
def test_a_bucket_that_was_given_no_keys():
    from guardian_agent.system.real import real_system
    from moto.server import ThreadedMotoServer

    from tests.world.ports import reserve_one

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=reserve_one(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        found = look(real_system(), BUCKET + f'endpoint = "http://{host}:{port}"\n')
    finally:
        server.stop()
    assert {check for check, _, _, _ in found} == {"bucket dumps"}
    assert any(
        "no credentials" in said and "credentials_file" in mend for _, _, said, mend in found
    )
