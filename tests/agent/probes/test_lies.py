"""Where each tool's copies lie on this machine, and what opens them."""

from __future__ import annotations

import pytest
from guardian_agent import probes
from guardian_agent.config import BackupSet, Copy
from guardian_agent.probe import Lies, Subject
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name, Slug

from tests.agent.fakes import FakeSystem


def lies(tool, system=None, **settings):
    probe = probes.find(tool)
    copy = Copy(name=Name("local"), tool=Slug(tool), settings=settings)
    backup_set = BackupSet(name=Name("files"), paths=("/srv",), copies=(copy,))
    built = build(probe.settings, settings)
    subject = Subject(backup_set=backup_set, copy="local", settings=built, key=b"k")
    return probe.lies(subject, system or FakeSystem())


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("/b/r", "/b/r"),
        ("local:/b/r", "/b/r"),
        ("sftp:host:/b/r", None),
        ("s3:https://host/bucket", None),
        ("relative", None),
    ],
)
def test_restic(repository, path):
    found = lies("restic", repository=repository, password_file="/etc/password")
    assert found == Lies(path=path, keys=("/etc/password",))


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"repository": "/b/r"}, Lies(path="/b/r")),
        ({"repository": "file:///b/r"}, Lies(path="/b/r")),
        ({"repository": "ssh://host/b/r"}, Lies(path=None)),
        ({"repository": "/r", "passphrase_file": "/p"}, Lies(path="/r", keys=("/p",))),
        (
            {"repository": "/r", "passphrase_file": "/p", "key_file": "/k"},
            Lies(path="/r", keys=("/p", "/k")),
        ),
        ({"repository": "/r", "environment_file": "/e"}, Lies(path="/r", keys=("/e",))),
    ],
)
def test_borg(settings, found):
    assert lies("borg", **settings) == found


DROPPED = ("file_drop", "postgres_dump", "mariadb_dump", "sqlite_copy")


@pytest.mark.parametrize("tool", DROPPED)
def test_of_what_is_dropped_the_newest_counts(tool):
    system = FakeSystem()
    system.files.put("/drop/monday.dump", b"x", modified_ns=1_000)
    system.files.put("/drop/tuesday.dump", b"x", modified_ns=2_000)
    system.files.put("/drop/wednesday.log", b"x", modified_ns=3_000)
    system.files.link("/drop/newest.dump", "/elsewhere")
    assert lies(tool, system, path="/drop", pattern="*.dump") == Lies(path="/drop/tuesday.dump")


@pytest.mark.parametrize("tool", ["pg_basebackup", "mariadb_backup", "postgres_dump"])
def test_a_backup_may_be_a_folder(tool):
    system = FakeSystem()
    system.files.put("/drop/monday/PG_VERSION", b"15")
    assert lies(tool, system, path="/drop", pattern="*") == Lies(path="/drop/monday")


@pytest.mark.parametrize("tool", DROPPED)
def test_an_empty_folder_has_nothing(tool):
    system = FakeSystem()
    system.files.make_directory("/drop")
    assert lies(tool, system, path="/drop", pattern="*.dump") == Lies(path=None)


def test_every_tool_says_where_its_copies_lie():
    assert [tool for tool in probes.names() if probes.find(tool).lies is None] == []


@pytest.mark.parametrize(
    ("tool", "settings", "path", "keys"),
    [
        (
            "borgmatic",
            {"config": "/etc/b.yaml", "repository": "/backup/borg"},
            "/backup/borg",
            ("/etc/b.yaml",),
        ),
        ("borgmatic", {"config": "/etc/b.yaml", "repository": "u@h:b"}, None, ("/etc/b.yaml",)),
        ("btrfs", {"path": "/snapshots"}, "/snapshots", ()),
        ("rsync_tree", {"path": "/rotation"}, "/rotation", ()),
        ("duplicity", {"url": "file:///backup"}, "/backup", ()),
        ("duplicity", {"url": "sftp://h/b", "environment_file": "/etc/d"}, None, ("/etc/d",)),
        (
            "kopia",
            {"host": "web1", "config_file": "/etc/k", "password_file": "/etc/p"},
            None,
            ("/etc/k", "/etc/p"),
        ),
        (
            "proxmox_backup",
            {"repository": "s", "group": "vm/1", "environment_file": "/etc/e"},
            None,
            ("/etc/e",),
        ),
        ("rclone", {"remote": "/mnt/usb"}, "/mnt/usb", ()),
        ("rclone", {"remote": "sec:web1", "config": "/etc/r"}, None, ("/etc/r",)),
        ("velero", {"kubeconfig": "/etc/k"}, None, ("/etc/k",)),
        ("barman", {"server": "shop"}, None, ()),
        ("resticprofile", {"status_file": "/s"}, None, ()),
        ("veeam", {"restore_points": "/s", "machine": "web1"}, None, ()),
        ("windows_server_backup", {"versions": "/s"}, None, ()),
        ("zfs", {"dataset": "tank"}, None, ()),
    ],
)
def test_tools_that_clients_bring_along(tool, settings, path, keys):
    assert lies(tool, FakeSystem(), **settings) == Lies(path=path, keys=keys)
