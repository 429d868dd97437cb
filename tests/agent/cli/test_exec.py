from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from guardian_agent.cli import main
from guardian_agent.delivery import pending
from guardian_agent.wire.observations import JobRun

from tests.agent.delivery.central import STATE, config
from tests.agent.fakes import START


@pytest.mark.parametrize("status", [0, 7, 137])
def test_job_is_run_and_recorded(call, system, status):
    system.processes.exit_status = status
    assert call("exec", "files", "--", "restic", "-v", "backup", "--", "/srv") == (status, "", "")
    assert system.processes.passed_through == [("restic", "-v", "backup", "--", "/srv")]
    ((_, fact),) = pending.waiting(config(), system)
    assert fact == JobRun(
        backup_set="files",
        started_at=START,
        finished_at=START + timedelta(seconds=1),
        exit_status=status,
    )


@pytest.mark.parametrize(
    ("status", "said"), [(126, "cannot be executed"), (127, "no such command")]
)
def test_job_that_does_not_start_is_told(call, system, status, said):
    system.processes.exit_status = status
    got, out, err = call("exec", "files", "--", "resitc", "backup")
    assert (got, out) == (status, "")
    assert err.startswith(f"guardian-agent: resitc: exit status {status}: ")
    assert said in err


@pytest.mark.parametrize("words", [("files",), ("files", "--")])
def test_no_command_is_wrong_usage(call, system, words):
    status, _, err = call("exec", *words)
    assert status == 2
    assert "exec SET -- COMMAND" in err
    assert system.processes.passed_through == []


def test_clock_set_back_in_between(call, system):
    original = system.processes.pass_through

    def backwards(arguments):
        system.clock.advance(hours=-5)
        return original(arguments)

    system.processes.pass_through = backwards
    assert call("exec", "files", "--", "job")[0] == 0
    ((_, fact),) = pending.waiting(config(), system)
    assert fact.finished_at == fact.started_at == START


@pytest.mark.parametrize("status", [0, 5])
def test_backup_runs_whatever_our_configuration_says(call, system, status):
    system.files.put("/etc/guardian/agent.toml", b"[")
    system.processes.exit_status = status
    got, out, err = call("exec", "files", "--", "job")
    assert (got, out) == (status, "")
    assert f"the job ended with {status}, but is not recorded" in err
    assert system.processes.passed_through == [("job",)]


def test_unknown_set_is_said_after_the_job(call, system):
    status, _, err = call("exec", "filse", "--", "job")
    assert status == 0
    assert "no backup set 'filse' in agent.toml; there are: files" in err


def test_full_disk_is_said(call, system):
    system.files.fail("make_directory", f"{STATE}/pending")
    status, _, err = call("exec", "files", "--", "job")
    assert status == 0
    assert "not recorded" in err


@pytest.mark.tools
def test_real_job_keeps_its_streams(tmp_path, capfd, monkeypatch):
    text = f'[central]\nurl = "file://{tmp_path}"\n[state]\ndir = "{tmp_path}/state"\n'
    (tmp_path / "agent.toml").write_text(text + '[[backup_set]]\nname = "files"\n')
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    arguments = ["--config", f"{tmp_path}/agent.toml", "exec", "files", "--", sys.executable]
    assert main([*arguments, "-c", script]) == 3
    assert capfd.readouterr() == ("out\n", "err\n")
    (fact,) = (tmp_path / "state" / "pending").iterdir()
    assert b'"exit_status":3' in fact.read_bytes()
    assert b"out" not in fact.read_bytes()
