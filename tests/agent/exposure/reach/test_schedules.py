from __future__ import annotations

import pytest
from guardian_agent.config import Jobs
from guardian_agent.exposure.reach.schedules import read

from tests.agent.fakes import FakeSystem

JOBS = Jobs(paths=("/etc/crontab", "/etc/cron.d", "/etc/systemd/system"))
NIGHTLY = "0 2 * * * root restic -r /backup backup /srv"


def of(tool="restic", backup_set="files", **files):
    system = FakeSystem()
    system.files.make_directory("/etc/systemd/system")
    for name, text in files.items():
        folder = "systemd/system" if "_" in name else "cron.d"
        system.files.put(f"/etc/{folder}/{name.replace('_', '.')}", text.encode())
    found = read(JOBS, system)
    assert found is not None
    jobs = found.of(tool, backup_set)
    return jobs.lines, jobs.keeps


def test_lines_that_start_the_tool_and_what_is_kept():
    text = f"MAILTO=root\n{NIGHTLY}\n5 3 * * 0 root restic forget --keep-daily 7 --keep-weekly=4\n"
    lines, keeps = of(backup=text, other="* * * * * root true --keep-daily 99\n")
    assert lines == (NIGHTLY, "5 3 * * 0 root restic forget --keep-daily --keep-weekly")
    assert keeps == {"keep-daily": 7, "keep-weekly": 4}


def test_a_job_that_is_a_comment_is_none():
    assert of(backup=f"#{NIGHTLY}\n  ; {NIGHTLY}\n") == ((), {})


def test_a_service_has_the_timer_of_its_name():
    found, _ = of(
        backup_service="[Service]\nExecStart=/usr/bin/restic backup /srv\n",
        backup_timer="[Timer]\nOnCalendar=daily\nOnBootSec = 5m\nPersistent=true\n",
        other_timer="[Timer]\nOnCalendar=hourly\n",
    )
    assert found == (
        "ExecStart=/usr/bin/restic backup /srv", "OnCalendar=daily", "OnBootSec = 5m",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("borgmatic --verbosity 1", False),
        ("/usr/local/bin/resticprofile backup", True),
        ("cd /opt/restic-tools && make", False),
        ("guardian-agent exec files -- /usr/local/bin/nightly", True),
        ("guardian-agent --config /etc/a.toml exec files -- nightly", True),
        ("guardian-agent exec files-old -- nightly", False),
    ],
)
def test_what_runs_the_tool(line, is_one):
    assert bool(of(backup=f"0 2 * * * root {line}\n")[0]) is is_one


def test_numbers_in_the_forms_of_configurations():
    text = 'borgmatic\nkeep_daily: 7\n"keep-monthly" = 6\nkeep-within 30d\nkeep_daily: 3\n'
    _, keeps = of("borg", backup=text)
    assert keeps == {"keep-daily": 7, "keep-monthly": 6, "keep-within": 30}


def test_where_not_all_can_be_seen_nothing_is_known():
    system = FakeSystem()
    system.files.put("/etc/cron.d/backup", NIGHTLY.encode())
    assert read(Jobs(paths=("/etc/nowhere",)), system) is not None
    system.files.fail("read", "/etc/cron.d/backup")
    assert read(JOBS, system) is None


def test_a_tool_that_makes_its_own_backups():
    assert of("kopia", backup="0 2 * * * root kopia snapshot create /srv\n")[0]
