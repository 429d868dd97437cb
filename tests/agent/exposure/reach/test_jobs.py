from __future__ import annotations

import pytest
from guardian_agent.config import Jobs
from guardian_agent.exposure.reach.jobs import observe
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.words import Reason

from tests.agent.fakes import FakeSystem

JOBS = Jobs(paths=("/etc/cron.d", "/etc/environment"), processes=True)


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    system.files.put("/etc/cron.d/plain", b"0 2 * * * root restic backup /srv\n")
    system.files.put("/proc/1/cmdline", b"/sbin/init\0splash\0")
    system.files.put("/proc/1/environ", b"PATH=/bin\0")
    system.files.put("/proc/uptime", b"1 1\n")
    return system


def told(system: FakeSystem, jobs: Jobs = JOBS) -> dict[str, int]:
    fact = observe(jobs, system)
    assert b"hunter2" not in to_json(fact)
    return {each.way: each.items for each in fact.counts}


BAD_JOBS = [
    b"0 2 * * * root RESTIC_PASSWORD=hunter2 restic backup /srv\n",
    b"Environment=BORG_PASSPHRASE=hunter2\n",
    b'Environment="BORG_PASSPHRASE=hunter2"\n',
    b"0 2 * * * root mysqldump --all-databases -u root -phunter2 > /srv/dump\n",
    b"0 2 * * * root mariadb-dump --password=hunter2 shop\n",
    b"0 2 * * * root sshpass -p hunter2 rsync -a /srv b:\n",
    b"0 2 * * * root curl -u backup:hunter2 -T dump https://example.org\n",
    b"0 2 * * * root restic -r rest:http://backup:hunter2@nas/web1 backup /srv\n",
    b"0 2 * * * root openssl enc -aes-256-cbc -pass hunter2\n",
]
GOOD_JOBS = [
    b"0 2 * * * root RESTIC_PASSWORD_FILE=/etc/restic.password restic backup /srv\n",
    b"0 2 * * * root RESTIC_PASSWORD=$(cat /etc/restic.password) restic backup /srv\n",
    b"0 2 * * * root mysqldump --defaults-extra-file=/etc/my.cnf -p shop\n",
    b"0 2 * * * root openssl enc -pass file:/etc/key\n",
    b"0 2 * * * root borg create --progress ssh://backup@nas:22/./web1::{now} /srv\n",
    b"Environment=PGPASSFILE=/etc/pgpass\n",
]


@pytest.mark.parametrize("job", BAD_JOBS)
def test_a_password_in_a_job(system, job):
    system.files.put("/etc/cron.d/backup", job)
    system.files.change_mode("/etc/cron.d/backup", 0o600)
    assert told(system) == {"password-in-job": 1}
    system.files.change_mode("/etc/cron.d/backup", 0o644)
    assert told(system) == {"password-in-open-job": 1}


@pytest.mark.parametrize("job", GOOD_JOBS)
def test_a_job_without_one(system, job):
    system.files.put("/etc/cron.d/backup", job)
    assert told(system) == {}


def test_a_password_in_a_process(system):
    system.files.put("/proc/7/cmdline", b"mysqldump\0-u\0root\0-phunter2\0shop\0")
    system.files.put("/proc/7/environ", b"PATH=/bin\0RESTIC_PASSWORD=hunter2\0")
    both = {"password-on-command-line": 1, "password-in-environment": 1}
    assert told(system) == both
    assert told(system, Jobs(paths=(), processes=False)) == {}


def test_environments_that_are_not_ours_to_see_are_not_known(system):
    system.files.fail("read", "/proc/1/environ")
    fact = observe(JOBS, system)
    assert (fact.complete, fact.reason) == (False, Reason.PERMISSION_DENIED)


def test_a_process_that_has_ended_has_nothing(system):
    system.files.fail("read", "/proc/1/environ", ProcessLookupError())
    system.files.fail("read", "/proc/1/cmdline", FileNotFoundError())
    assert observe(JOBS, system).complete


def test_hidden_processes_are_not_known(system):
    system.files.remove_tree("/proc/1")
    fact = observe(JOBS, system)
    assert (fact.complete, fact.reason) == (False, Reason.PERMISSION_DENIED)
    assert observe(Jobs(paths=(), processes=False), system).complete


def test_what_could_not_be_read_is_told(system):
    system.files.fail("read", "/etc/cron.d/plain")
    fact = observe(JOBS, system)
    assert (fact.complete, fact.reason) == (False, Reason.PERMISSION_DENIED)


def test_a_folder_that_could_not_be_read_is_told(system):
    system.files.fail("scan", "/etc/cron.d")
    assert observe(JOBS, system).reason is Reason.PERMISSION_DENIED


def test_what_is_not_there_has_no_jobs(system):
    assert observe(Jobs(paths=("/nowhere",), processes=False), system).complete
