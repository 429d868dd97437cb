from __future__ import annotations

import errno
import json
from datetime import timedelta

import pytest
from guardian_agent.delivery import stream
from guardian_agent.delivery.drain import deliver
from guardian_agent.delivery.identity import load_identity

from tests.agent.delivery.central import NOW, STATE, URL, config


@pytest.fixture
def look(call):
    """Return the exit status and the checks that are not ok, by name."""

    def look():
        status, out, err = call("doctor", "--json")
        assert err == ""
        checks = json.loads(out)["checks"]
        assert all(("mend" in line) == (line["status"] != "ok") for line in checks)
        return status, {
            (line["check"], line["status"]): line["found"]
            for line in checks
            if line["status"] != "ok"
        }

    return look


@pytest.fixture
def spoken(system, enrolled):
    """An agent whose first statement was received."""
    identity = load_identity(config(), system)
    stream.append(config(), system, identity, [], [])
    deliver(config(), system, identity)
    system.clock.wall = NOW + timedelta(minutes=5)
    return enrolled


def test_all_is_well(look, spoken):
    assert look() == (0, {})


def test_for_people(call, spoken):
    status, out, _ = call("doctor")
    assert status == 0
    assert "OK    key: enrolled as acme/web1, epoch 1" in out
    assert f"OK    central: {URL} answers, and its key is the pinned one" in out
    assert "OK    set files: /srv/files can be read" in out


def test_mending_is_told(call, system, spoken):
    system.files.remove_tree("/srv/files")
    status, out, _ = call("doctor")
    assert status == 1
    assert "FAIL  set files: /srv/files is not there\n      -> mount it" in out


def test_looking_leaves_no_trace(look, system, spoken):
    before = system.files.tree("/")
    look()
    assert system.files.tree("/") == before


def test_broken_configuration(look, system):
    system.files.put("/etc/guardian/agent.toml", b"[")
    status, found = look()
    assert status == 1
    assert [check for check, _ in found] == ["configuration"]


def test_not_enrolled(look):
    status, found = look()
    assert status == 1
    assert "not enrolled" in found["key", "fail"]
    assert ("state", "fail") in found


def test_an_identity_that_cannot_be_read_is_not_thrown_away(call, system, spoken):
    system.files.fail("read", f"{STATE}/identity.json")
    status, out, _ = call("doctor")
    assert status == 1
    assert f"FAIL  key: {STATE}/identity.json: Permission denied" in out
    assert "-> look as the agent's own user" in out


@pytest.mark.parametrize("name", ["key", "secret", "identity.json"])
def test_private_file_open_to_others(look, system, spoken, name):
    system.files.put(f"{STATE}/{name}", system.files.read(f"{STATE}/{name}", 999), mode=0o640)
    assert look() == (1, {("key", "fail"): f"{STATE}/{name} can be read by others"})


def test_state_open_to_others(look, system, spoken):
    system.files._nodes[STATE].mode = 0o755
    assert look() == (0, {("state", "warn"): f"{STATE} is open to others (0755)"})


def test_state_that_cannot_be_written(look, system, spoken):
    system.files.fail("write", f"{STATE}/.doctor", OSError(30, "Read-only file system"))
    said = f"{STATE} cannot be written: Read-only file system"
    assert look() == (1, {("state", "fail"): said})


def test_central_away(look, system, spoken):
    system.network.down()
    status, found = look()
    assert status == 1
    assert "connection refused" in found["central", "fail"]


def test_central_with_another_key(look, system, spoken):
    system.network.pin = "22" * 32
    assert "not the pinned one" in look()[1]["central", "fail"]


def test_clock_behind(look, system, spoken):
    system.clock.wall = NOW - timedelta(days=1)
    status, found = look()
    assert status == 1
    assert "central's last receipt is of 2026-11-21 12:00:00 UTC" in found["clock", "fail"]


def test_nothing_to_compare_the_clock_with(look, enrolled):
    status, found = look()
    assert (status, list(found)) == (0, [("clock", "warn")])


def test_damaged_checkpoint(look, system, spoken):
    system.files.put(f"{STATE}/checkpoint", b"{")
    assert "damaged" in look()[1]["clock", "fail"]


def test_waiting_and_refused_statements(look, system, spoken):
    identity = load_identity(config(), system)
    stream.append(config(), system, identity, [], [])
    spoken.refuse = "malformed"
    deliver(config(), system, identity)
    stream.append(config(), system, identity, [], [])
    status, found = look()
    assert status == 0
    assert "malformed" in found["spool", "warn"]


def test_unreadable_spool(look, system, spoken):
    system.files.fail("scan", f"{STATE}/spool")
    assert "Permission denied" in look()[1]["spool", "fail"]


@pytest.mark.parametrize(("free", "status"), [(0, "fail"), (100 << 20, "warn")])
def test_little_space(look, system, spoken, free, status):
    system.files.free = free
    assert ("space", status) in look()[1]


def test_unreadable_live_data(look, system, spoken):
    system.files.fail("scan", "/srv/files")
    status, found = look()
    assert status == 1
    assert "Permission denied" in found["set files", "fail"]


def test_watched_file_is_opened_and_not_read(look, system, spoken):
    toml = system.files.read("/etc/guardian/agent.toml", 9999)
    toml += b'[[exposure]]\nname = "image"\npaths = ["/srv/disk.img"]\n'
    system.files.put("/etc/guardian/agent.toml", toml)
    system.files.put("/srv/disk.img", b"more than is ever held in memory")

    def read(path, limit):
        assert path != "/srv/disk.img"
        return original(path, limit)

    original, system.files.read = system.files.read, read
    assert look() == (0, {})


def test_canary_cannot_be_written(look, system, spoken):
    fault = OSError(errno.EROFS, "Read-only file system")
    system.files.fail("write", "/srv/files/.guardian-canary.doctor", fault)
    status, found = look()
    assert status == 0
    assert "Read-only file system" in found["set files", "warn"]


def test_set_of_files_alone_holds_no_canary(look, system, spoken):
    toml = system.files.read("/etc/guardian/agent.toml", 9999)
    system.files.put("/etc/guardian/agent.toml", toml.replace(b"/srv/files", b"/srv/files/a"))
    assert "could hold a canary" in look()[1]["set files", "warn"]


def test_watched_place(look, system, spoken):
    toml = system.files.read("/etc/guardian/agent.toml", 9999)
    toml += b'[[exposure]]\nname = "exports"\npaths = ["/srv/exports"]\n'
    system.files.put("/etc/guardian/agent.toml", toml)
    assert look() == (1, {("exposure exports", "fail"): "/srv/exports is not there"})


class TestCopies:
    @pytest.fixture(autouse=True)
    def copy(self, system, spoken):
        toml = system.files.read("/etc/guardian/agent.toml", 9999)
        toml += (
            b'[[backup_set.copy]]\nname = "local"\ntool = "restic"\n'
            b'repository = "/backup/restic"\npassword_file = "/etc/guardian/restic.password"\n'
        )
        system.files.put("/etc/guardian/agent.toml", toml)
        system.files.put("/etc/guardian/restic.password", b"word", mode=0o600)

    def test_tool_missing(self, look):
        status, found = look()
        assert status == 1
        assert "tool_missing" in found["copy files/local", "fail"]

    def test_unknown_tool(self, look, system):
        toml = system.files.read("/etc/guardian/agent.toml", 9999)
        system.files.put("/etc/guardian/agent.toml", toml.replace(b'"restic"', b'"rsetic"'))
        assert "restic" in look()[1]["copies", "fail"]

    def test_tool_answers(self, look, system):
        system.processes.answer("restic", stdout=b"{}")
        system.processes.answer("restic", "snapshots", stdout=b"[]")
        system.processes.answer("restic", "version", stdout=b"restic 0.14.0 compiled")
        assert ("copy files/local", "fail") not in look()[1]


def test_drop_folder(look, call, system, spoken):
    toml = system.files.read("/etc/guardian/agent.toml", 9999)
    system.files.put("/etc/guardian/agent.toml", toml.replace(URL.encode(), b"file:///srv/drop"))
    assert "drop folder /srv/drop" in look()[1]["central", "fail"]
    system.files.make_directory("/srv/drop")
    assert look() == (0, {})


COPY = """
  [[backup_set.copy]]
  name = "local"
  tool = "restic"
  repository = "/backup"
  password_file = "/etc/guardian/password"
"""


def plan(system, more=""):
    text = system.files.read("/etc/guardian/agent.toml", 10**6).decode()
    system.files.put("/etc/guardian/agent.toml", (text + COPY + more).encode())


def test_what_is_planned_is_told(call, system, spoken):
    plan(system)
    _, out, _ = call("doctor")
    assert "OK    restore tests: 2 tests planned, the next is due in " in out


def test_a_plan_that_cannot_be_kept_is_wrong(look, system, spoken):
    plan(system, '  [[backup_set.test]]\n  kind = "sampel"\n')
    status, lines = look()
    assert status == 1
    assert "did you mean 'sample'" in lines["restore tests", "fail"]


def test_a_copy_that_cannot_be_read_is_told_once(look, system, spoken):
    plan(system, "  colour = 3\n")
    _, lines = look()
    assert ("copies", "fail") in lines
    assert ("restore tests", "fail") not in lines


def test_tests_that_nobody_makes_are_told(look, call, system, spoken):
    plan(system)
    call("restore-test")
    system.clock.advance(days=20)
    _, lines = look()
    assert "integrity: due for" in lines["restore tests", "warn"]
    call("restore-test", "--all")
    _, lines = look()
    assert "could not be performed 1 x" in lines["restore tests", "warn"]
