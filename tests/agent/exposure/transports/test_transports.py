from __future__ import annotations

import pytest
from guardian_agent.config import BackupSet, Copy
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.transports import observe
from guardian_agent.exposure.transports.places import place_of
from guardian_agent.exposure.travelling import may_travel
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem

MOUNTS = b"""\
1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 0:40 / /mnt/nas rw - nfs4 nas:/backup rw,sec=sys,addr=192.0.2.1
3 1 0:41 / /mnt/sealed rw - cifs //nas/backup rw,seal,addr=192.0.2.1
4 1 0:42 / /mnt/remote rw - fuse.rclone remote: rw
"""
SET = BackupSet(name=Name("files"))


def posture(tool: str, system: FakeSystem | None = None, **settings: object):
    system = system or FakeSystem()
    if not system.files.exists("/proc/self/mountinfo"):
        system.files.put("/proc/self/mountinfo", MOUNTS)
    copy = Copy(name=Name("offsite"), tool=Slug(tool), settings=settings)
    found = observe(SET, copy, system, system.clock.now())
    assert found is None or may_travel(copy, system.files)
    return found


LOCAL = b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /mnt/a\\040-\\040nfs rw - tmpfs none rw\n"


@pytest.mark.parametrize(
    ("tool", "settings", "table", "expected"),
    [
        ("restic", {"repository": "/backup/restic"}, LOCAL, False),
        ("restic", {"repository": "/backup/restic"}, MOUNTS, True),
        ("restic", {"repository": "rest:http://backup.example/"}, LOCAL, True),
        ("restic", {"repository": 7}, LOCAL, True),
        ("file_drop", {"path": "/backup"}, LOCAL, False),
        ("veeam", {"restore_points": "/var/export"}, LOCAL, True),
        ("zfs", {"dataset": "tank/data"}, MOUNTS, False),
        ("pgbackrest", {}, LOCAL, True),
    ],
)
def test_what_stays_here_takes_no_closer_look(tool, settings, table, expected):
    system = FakeSystem()
    system.files.put("/proc/self/mountinfo", table)
    copy = Copy(name=Name("offsite"), tool=Slug(tool), settings=settings)
    assert may_travel(copy, system.files) is expected


def test_mounts_that_cannot_be_seen_take_one():
    system = FakeSystem()
    copy = Copy(name=Name("offsite"), tool=Slug("restic"), settings={"repository": "/backup"})
    assert not may_travel(copy, system.files)
    system.files.put("/proc/self/mountinfo", LOCAL)
    system.files.fail("read", "/proc/self/mountinfo")
    assert may_travel(copy, system.files)


def told(found) -> tuple[str, str] | None:
    if found is None:
        return None
    (setting,) = found.settings
    assert (found.subject, found.name, found.backup_set) == ("transport", "offsite", "files")
    assert setting.setting == "transport-encrypted"
    return (setting.standing.value, setting.rule)


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("/backup/restic", None),
        ("local:/backup/restic", None),
        ("rest:http://backup.example:8000/a", ("unsafe", "http")),
        ("rest:http://user:pass@backup.example:8000/a", ("unsafe", "http")),
        ("rest:HTTP://backup.example/", ("unsafe", "http")),
        ("rest:https://backup.example:8000/a", ("safe", "https")),
        ("rest:http://localhost:8000/a", ("safe", "loopback")),
        ("rest:http://[::1]:8000/a", ("safe", "loopback")),
        ("rest:http://127.0.0.1.example/a", ("unsafe", "http")),
        ("rest:http://localhost@backup.example/", ("unsafe", "http")),
        ("rest:http://localhost:pass@backup.example/", ("unsafe", "http")),
        ("rest:http://user@localhost:pass@backup.example/", ("unsafe", "http")),
        ("rest:http://user:pass@localhost:8000/", ("safe", "loopback")),
        ("rest:nonsense", ("unsupported", "unknown-place")),
        ("s3:http://minio.example:9000/b", ("unsafe", "http")),
        ("s3:https://s3.example/b", ("safe", "https")),
        ("s3:s3.amazonaws.com/b", ("safe", "https")),
        ("sftp:user@host:/srv", ("safe", "ssh")),
        ("sftp://user@host:2222//srv", ("safe", "ssh")),
        ("rclone:remote:path", ("unsupported", "rclone-remote")),
        ("b2:bucket:path", ("safe", "https")),
        ("azure:container:/", ("safe", "https")),
        ("gs:bucket:/", ("safe", "https")),
        ("swift:container:/", ("unsupported", "unknown-place")),
        ("host:path", ("unsupported", "unknown-place")),
        ("relative/path", ("unsupported", "unknown-place")),
        ("/mnt/nas/restic", ("unsafe", "nfs-plain")),
        ("local:/mnt/nas", ("unsafe", "nfs-plain")),
        ("/mnt/sealed", ("safe", "smb-seal")),
        ("/mnt/remote/x", ("unsupported", "network-mount")),
    ],
)
def test_restic(repository, expected):
    assert told(posture("restic", repository=repository)) == expected


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("ssh://borg@host:22/./repo", ("safe", "ssh")),
        ("borg@host:repo", ("safe", "ssh")),
        ("host:repo", ("safe", "ssh")),
        ("file:///backup/borg", None),
        ("file:///mnt/nas/borg", ("unsafe", "nfs-plain")),
        ("file://host/borg", None),
        ("ftp://host/borg", ("unsafe", "ftp")),
        ("rsync://host/module", ("unsafe", "rsync-daemon")),
        ("smb://host/share", ("unsafe", "smb-plain")),
        ("socket:///x", ("unsupported", "unknown-place")),
    ],
)
def test_borg(repository, expected):
    assert told(posture("borg", repository=repository)) == expected


def test_folders_that_a_share_is_mounted_over():
    assert told(posture("file_drop", path="/srv/dumps", pattern="*")) is None
    assert told(posture("file_drop", path="/mnt/nas/dumps", pattern="*")) == ("unsafe", "nfs-plain")
    both = posture("pg_basebackup", path="/srv/base", archive="/mnt/nas/wal")
    assert told(both) == ("unsafe", "nfs-plain")


def test_a_link_is_followed():
    system = FakeSystem()
    system.files.make_directory("/mnt/nas/backup")
    system.files.link("/srv/backup", "/mnt/nas/backup")
    assert told(posture("file_drop", system, path="/srv/backup")) == ("unsafe", "nfs-plain")


def test_a_tool_that_names_no_place():
    """Else nobody would know that how its copies travel is not known."""
    assert told(posture("veeam", job="daily")) == ("unsupported", "unknown-place")
    assert told(posture("zfs", dataset="tank/data")) is None


@pytest.mark.parametrize(
    ("tool", "settings", "expected"),
    [
        ("rclone", {"remote": "nas:backup"}, ("unsupported", "unknown-place")),
        ("rclone", {"remote": "/mnt/nas/backup"}, ("unsafe", "nfs-plain")),
        ("duplicity", {"url": "file:///backup"}, None),
        ("duplicity", {"url": "ftp://backup.example/a"}, ("unsafe", "ftp")),
        ("duplicity", {"url": "rsync://backup.example//srv/a"}, ("safe", "ssh")),
        ("duplicity", {"url": "rsync://backup.example::module/a"}, ("unsafe", "rsync-daemon")),
        ("borgmatic", {"repository": "borg@host:repo"}, ("safe", "ssh")),
        ("proxmox_backup", {"repository": "root@pam@host:store"}, ("unsupported", "unknown-place")),
    ],
)
def test_other_tools(tool, settings, expected):
    assert told(posture(tool, **settings)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", None),
        ("repo1-path=/backup", None),
        ("repo1-path=/mnt/nas/pg", ("unsafe", "nfs-plain")),
        ("repo1-type=cifs\nrepo1-path=/mnt/sealed", ("safe", "smb-seal")),
        ("repo1-host=backup.example", ("safe", "ssh")),
        ("repo1-host=backup.example\nrepo1-host-type=tls", ("safe", "tls")),
        ("repo1-type=s3\nrepo1-s3-bucket=b", ("safe", "https")),
        ("repo1-type=s3\nrepo1-storage-verify-tls=n", ("unsafe", "tls-not-verified")),
        ("repo1-type=sftp", ("safe", "ssh")),
        ("repo1-type=new", ("unsupported", "unknown-place")),
        ("repo1-type=s3\nrepo2-path=/mnt/nas/pg", ("unsafe", "nfs-plain")),
        ("# repo1-path=/mnt/nas\nrepo1-path=/backup", None),
        ("[other]\nrepo1-path=/mnt/nas", None),
        ("[main]\nrepo1-path=/mnt/nas/pg", ("unsafe", "nfs-plain")),
    ],
)
def test_pgbackrest(options, expected):
    system = FakeSystem()
    system.files.put("/etc/pgbackrest.conf", f"[global]\n{options}\n".encode())
    assert told(posture("pgbackrest", system, stanza="main")) == expected


def test_one_repository_of_pgbackrest():
    system = FakeSystem()
    text = b"[global]\nrepo1-type=s3\nrepo2-path=/mnt/nas/pg\n"
    system.files.put("/etc/own.conf", text)
    given = {"stanza": "main", "config": "/etc/own.conf"}
    assert told(posture("pgbackrest", system, **given, repo=1)) == ("safe", "https")
    assert told(posture("pgbackrest", system, **given, repo=2)) == ("unsafe", "nfs-plain")
    assert told(posture("pgbackrest", system, **given, repo=3)) is None


def test_pgbackrest_without_its_configuration():
    with pytest.raises(ProbeError) as caught:
        posture("pgbackrest", stanza="main", config="/etc/none.conf")
    assert caught.value.reason is Reason.PATH_MISSING


def test_pgbackrests_defaults():
    assert told(posture("pgbackrest", stanza="main")) is None


def test_a_machine_without_a_table_of_mounts_says_nothing_of_paths():
    system = FakeSystem()
    system.files.put("/proc/self/mountinfo", b"")
    assert told(posture("restic", system, repository="/mnt/nas/restic")) is None
    assert told(posture("restic", system, repository="rest:http://h/")) == ("unsafe", "http")
    system.files.fail("read", "/proc/self/mountinfo")
    with pytest.raises(ProbeError) as caught:
        posture("restic", system, repository="/mnt/nas/restic")
    assert caught.value.reason is Reason.PERMISSION_DENIED


def test_without_a_root_among_the_mounts_it_is_not_known():
    system = FakeSystem()
    system.files.put("/proc/self/mountinfo", b"2 1 8:1 / /srv rw - ext4 /dev/sda1 rw\n")
    assert told(posture("restic", system, repository="/backup")) == ("failed", "no-mount")


@given(st.text(), st.booleans())
def test_any_text_is_answered(text, by_ssh):
    place = place_of(text, by_ssh=by_ssh)
    assert (place.found is None) != (place.path is None)
