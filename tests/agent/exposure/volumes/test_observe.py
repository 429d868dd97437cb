"""The posture of a volume: ciphers, keys, views, shares, memory, and what Windows exports."""

from __future__ import annotations

import errno
import json
from datetime import timedelta

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.mounts import Mounts
from guardian_agent.exposure.volumes.shares import on_its_way
from guardian_agent.exposure.volumes.views import views
from guardian_agent.wire import postures
from guardian_agent.wire.facts.words import Reason
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.exposure.volumes.machines import empty, look, machine, tables, told

EXPORT = "/srv/import/dc1.json"


def debian(*paths: str):
    system = machine("debian-12")
    for path in paths or ("/srv",):
        system.files.make_directory(path)
    return system


def test_every_setting_has_a_known_name():
    system = machine("rhel-9")
    system.files.make_directory("/srv")
    names = {each.setting for each in look(system, "/srv").settings}
    assert names <= postures.ENCRYPTION | postures.EXPOSURE
    assert not postures.ENCRYPTION & postures.EXPOSURE


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("0 10 crypt aes-xts-plain64 00 0 8:5 0", ("safe", "aes-xts-plain64", 1)),
        ("0 10 crypt capi:xts(aes)-plain64 00 0 8:5 0", ("safe", "dm-table", 1)),
        ("0 10 crypt cipher_null-ecb - 0 8:5 0", ("unsafe", "null-cipher", 1)),
        ("0 10 crypt capi:ecb(cipher_null)-plain - 0 8:5 0", ("unsafe", "null-cipher", 1)),
        ("0 10 linear 8:5 0", ("unsupported", "not-all-encrypted", 1)),
        ("", ("failed", "no-table", 1)),
        ("nonsense", ("unsupported", "not-all-encrypted", 1)),
    ],
)
def test_which_cipher_a_device_has(table, expected):
    system = debian()
    system.processes.answer("dmsetup", "254", "0", stdout=table.encode())
    assert told(look(system, "/srv"), "volume-cipher") == [expected]


def test_a_device_that_is_in_part_plain():
    """`cryptsetup reencrypt --encrypt` at work: the rest is still mapped as it was."""
    system = debian()
    half = "254:0 0 10 crypt aes-xts-plain64 00 0 8:5 0\n254:0 10 90 linear 8:5 10\n"
    tables(system, half)
    assert told(look(system, "/srv"), "volume-cipher") == [("unsupported", "not-all-encrypted", 1)]


def test_the_cipher_is_asked_of_the_other_tool_or_not_known():
    system = debian()
    system.processes.answer("dmsetup", status=1)
    assert told(look(system, "/srv"), "volume-cipher") == [("failed", "tool-failed", 1)]
    system.files.user = 1000
    (cipher,) = [each for each in look(system, "/srv").settings if each.setting == "volume-cipher"]
    assert (cipher.standing.value, cipher.permission) == ("denied", "cap_sys_admin")
    said = b"/dev/mapper/sda5_crypt is active and is in use.\n  type:    LUKS2\n  cipher:  %s\n"
    system.processes.answer("cryptsetup", "status", stdout=said % b"cipher_null-ecb")
    assert told(look(system, "/srv"), "volume-cipher") == [("unsafe", "null-cipher", 1)]
    system.processes.answer("cryptsetup", "status", stdout=said % b"aes-xts-plain64")
    assert told(look(system, "/srv"), "volume-cipher") == [("safe", "aes-xts-plain64", 1)]


@pytest.mark.parametrize(
    ("line", "present", "expected"),
    [
        ("sda5_crypt UUID=x none luks", (), ("safe", "no-key-file", 1)),
        ("sda5_crypt UUID=x /dev/urandom", (), ("safe", "no-key-file", 1)),
        ("sda5_crypt UUID=x", (), ("safe", "no-key-file", 1)),
        ("# sda5_crypt UUID=x /boot/key", ("/boot/key",), ("safe", "no-key-file", 1)),
        ("other UUID=x /boot/key", ("/boot/key",), ("safe", "no-key-file", 1)),
        ("sda5_crypt UUID=x /boot/key", ("/boot/key",), ("unsafe", "key-beside-data", 1)),
        ("sda5_crypt UUID=x /boot/key", (), ("unsupported", "key-not-here", 1)),
        ("sda5_crypt UUID=x /key:LABEL=STICK", (), ("unsupported", "key-not-here", 1)),
        ("sda5_crypt UUID=x /etc/key", ("/etc/key",), ("safe", "key-on-encrypted-volume", 1)),
        (
            "sda5_crypt UUID=x none",
            ("/etc/cryptsetup-keys.d/sda5_crypt.key",),
            ("safe", "key-on-encrypted-volume", 1),
        ),
    ],
)
def test_where_the_key_lies(line, present, expected):
    system = debian()
    system.files.put("/etc/crypttab", f"{line}\n".encode())
    for path in present:
        system.files.put(path)
    assert told(look(system, "/srv"), "key-on-plain-volume") == [expected]


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        (b'KEYFILE_PATTERN="/etc/*.key"\n', ("unsafe", "key-in-initramfs", 1)),
        (b"#KEYFILE_PATTERN=\n", ("safe", "key-on-encrypted-volume", 1)),
        (b'KEYFILE_PATTERN=""\n', ("safe", "key-on-encrypted-volume", 1)),
    ],
)
def test_a_key_that_is_copied_to_a_plain_boot_partition(hook, expected):
    system = debian()
    system.files.put("/etc/crypttab", b"sda5_crypt UUID=x /etc/my.key luks\n")
    system.files.put("/etc/my.key")
    system.files.put("/etc/cryptsetup-initramfs/conf-hook", hook)
    assert told(look(system, "/srv"), "key-on-plain-volume") == [expected]


def test_a_table_of_keys_that_may_not_be_read():
    system = debian()
    system.files.fail("read", "/etc/crypttab")
    assert told(look(system, "/srv"), "key-on-plain-volume") == [("denied", "denied", 1)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("rw,allow_other", ("unsafe", "view-of-all")),
        ("rw,allow_other,default_permissions", ("safe", "view-by-modes")),
        ("rw,user_id=1000", ("safe", "view-of-owner")),
    ],
)
@pytest.mark.parametrize("path", ["/srv", "/srv/view/deep", "/vault", "/vault/x"])
def test_views(options, expected, path):
    line = f"2 1 0:9 / /srv/view rw - fuse.cryfs cryfs@/vault {options}\n"
    (found,) = views(Mounts(line).all, [path])
    assert (found.standing.value, found.rule) == expected


def test_a_view_of_other_folders_is_no_concern():
    line = "2 1 0:9 / /home/view rw - fuse.gocryptfs /home/.x rw,allow_other\n"
    (found,) = views(Mounts(line).all, ["/srv"])
    assert found.rule == "no-view"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nfs4 h:/x rw,sec=sys,addr=192.0.2.1", ("unsafe", "nfs-plain")),
        ("nfs h:/x rw,sec=krb5,addr=192.0.2.1", ("unsafe", "nfs-plain")),
        ("nfs4 h:/x rw,sec=krb5i,addr=192.0.2.1", ("unsafe", "nfs-plain")),
        ("nfs4 h:/x rw,sec=krb5p,addr=192.0.2.1", ("safe", "nfs-krb5p")),
        ("nfs4 h:/x rw,sec=sys,xprtsec=mtls,addr=192.0.2.1", ("safe", "nfs-tls")),
        ("nfs4 h:/x rw,sec=sys,xprtsec=none,addr=192.0.2.1", ("unsafe", "nfs-plain")),
        ("nfs4 h:/x rw,sec=sys,addr=127.0.0.1", ("safe", "loopback")),
        ("nfs4 h:/x rw,sec=sys,addr=127.0.0.1.example", ("unsafe", "nfs-plain")),
        ("cifs //h/x rw,addr=192.0.2.1", ("failed", "smb-not-told")),
        ("smb3 //h/x rw,seal,addr=192.0.2.1", ("safe", "smb-seal")),
        ("fuse.sshfs h:/x rw", ("safe", "ssh")),
        ("fuse.curlftpfs curlftpfs#ftp://h/ rw", ("unsafe", "ftp")),
        ("fuse.rclone remote: rw", ("unsupported", "network-mount")),
        ("ceph 192.0.2.1:/ rw", ("unsupported", "network-mount")),
    ],
)
def test_how_shares_travel(line, expected):
    (mount,) = Mounts(f"2 1 0:9 / /x rw - {line}\n").all
    found = on_its_way(mount, empty().files)
    assert (found.standing.value, found.rule) == expected


def test_a_server_that_asks_for_encryption_of_its_own():
    system = machine("rhel-9")
    system.files.make_directory("/srv/team")
    debug = system.files.tree("/proc")["/proc/fs/cifs/DebugData"]
    sealed = debug.replace(b"SessionId: 0x3a0000000041", b"SessionId: 0x3a0000000041 encrypted")
    system.files.put("/proc/fs/cifs/DebugData", sealed)
    assert told(look(system, "/srv/team"), "share-encrypted") == [("safe", "smb-encrypted", 1)]
    system.files.put("/proc/fs/cifs/DebugData", debug.replace(b"team Mounts", b"team encrypted "))
    assert told(look(system, "/srv/team"), "share-encrypted") == [("safe", "smb-encrypted", 1)]
    both = sealed + debug[debug.index(b"\t1) Address") :]
    system.files.put("/proc/fs/cifs/DebugData", both)
    assert told(look(system, "/srv/team"), "share-encrypted") == [("unsafe", "smb-plain", 1)]
    system.files.fail("read", "/proc/fs/cifs/DebugData")
    assert told(look(system, "/srv/team"), "share-encrypted") == [("failed", "smb-not-told", 1)]


def test_memory_that_cannot_be_asked_about():
    system = debian()
    system.files.remove("/proc/swaps")
    assert told(look(system, "/srv"), "swap-encrypted") == [("failed", "no-swap-table", 1)]
    system.files.put("/proc/swaps")
    system.files.fail("read", "/proc/swaps")
    system.files.fail("read", "/sys/power/resume", OSError(errno.EIO, "no"))
    posture = look(system, "/srv")
    assert told(posture, "swap-encrypted") == [("denied", "denied", 1)]
    assert told(posture, "hibernation-encrypted") == [("failed", "unreadable-table", 1)]


def test_a_path_that_is_not_there():
    system = debian()
    assert told(look(system, "/none"), "volume-encrypted") == [("failed", "path-missing", 1)]


def test_without_the_kernels_table_nothing_can_be_told():
    with pytest.raises(ProbeError) as caught:
        look(empty(), "/srv")
    assert caught.value.reason is Reason.UNSUPPORTED


LINES = st.sampled_from(
    [
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
        "2 1 0:9 / /srv rw - overlay o rw,lowerdir=/a:/b,upperdir=/c",
        "2 1 0:9 / /srv rw - btrfs /dev/sda1 rw",
        "2 1 0:9 / /srv rw - zfs tank rw",
        "2 1 0:9 / /srv rw - cifs //h/x rw",
        "/dev/sda1 partition 1 2 3",
        "/swap.img file 1 2 3",
        "sda5_crypt UUID=x /key",
        "sda5_crypt",
        "\t1) Address: 192.0.2.1",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=8), st.text(max_size=200))
def test_any_tables_are_answered(lines, export):
    system = debian()
    text = "\n".join(["", *lines]).encode("utf-8", "surrogatepass")
    before = system.files.read("/proc/self/mountinfo", 1 << 20)
    for path in ("/proc/self/mountinfo", "/proc/swaps", "/etc/crypttab", "/proc/fs/cifs/DebugData"):
        system.files.put(path, text)
    system.files.put("/proc/self/mountinfo", before + text)
    system.files.put(EXPORT, export.encode("utf-8", "surrogatepass"))
    posture = look(system, "/srv", bitlocker_file=EXPORT)
    assert {each.setting for each in posture.settings} <= postures.ENCRYPTION | postures.EXPOSURE


VOLUME = {"MountPoint": "C:", "ProtectionStatus": 1, "VolumeStatus": 1, "EncryptionMethod": 7}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("safe", "bitlocker", 1)),
        ({"ProtectionStatus": "On", "VolumeStatus": "FullyEncrypted"}, ("safe", "bitlocker", 1)),
        ({"ProtectionStatus": 0}, ("unsafe", "bitlocker-suspended", 1)),
        ({"ProtectionStatus": "Off"}, ("unsafe", "bitlocker-suspended", 1)),
        ({"ProtectionStatus": 0, "VolumeStatus": 0}, ("unsafe", "bitlocker-off", 1)),
        ({"VolumeStatus": "FullyDecrypted"}, ("unsafe", "bitlocker-off", 1)),
        ({"VolumeStatus": 2}, ("unsafe", "bitlocker-partly", 1)),
        ({"ProtectionStatus": 2}, ("unsupported", "bitlocker-locked", 1)),
        ({"ProtectionStatus": None}, ("unsupported", "bitlocker-locked", 1)),
        ({"ProtectionStatus": True}, ("unsupported", "bitlocker-locked", 1)),
        ({"VolumeStatus": None}, ("unsupported", "bitlocker-locked", 1)),
        ({"VolumeStatus": None, "ConversionStatus": 1}, ("safe", "bitlocker", 1)),
    ],
)
def test_what_windows_exports(change, expected):
    system = empty()
    system.files.put(EXPORT, json.dumps(VOLUME | change).encode())
    assert told(look(system, bitlocker_file=EXPORT), "volume-encrypted") == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (json.dumps([VOLUME, VOLUME]).encode(), ("safe", "bitlocker", 2)),
        (b"\xef\xbb\xbf" + json.dumps(VOLUME).encode(), ("safe", "bitlocker", 1)),
        (b"\xff\xfe" + json.dumps(VOLUME).encode("utf-16-le"), ("safe", "bitlocker", 1)),
        (b"\xff\xfe\x00\xd8x", ("failed", "export-unreadable", 1)),
        (b"[]", ("failed", "export-empty", 1)),
        (b"[1]", ("failed", "export-unreadable", 1)),
        (b"Volume C: [System]", ("failed", "export-unreadable", 1)),
        (b"\xff", ("failed", "export-unreadable", 1)),
    ],
)
def test_the_forms_that_powershell_writes(data, expected):
    system = empty()
    system.files.put(EXPORT, data)
    assert told(look(system, bitlocker_file=EXPORT), "volume-encrypted") == [expected]


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ([VOLUME | {"VolumeType": 0}, VOLUME | {"VolumeType": 1}], ("safe", "bitlocker", 1)),
        ([VOLUME | {"VolumeType": "OperatingSystem"}], ("safe", "bitlocker", 1)),
        (
            [VOLUME | {"VolumeType": 0}, VOLUME | {"VolumeType": 1, "ProtectionStatus": 0}],
            ("unsafe", "bitlocker-suspended", 1),
        ),
        ([VOLUME | {"VolumeType": 1}], ("unsupported", "no-system-volume", 1)),
        ([VOLUME | {"VolumeType": False}], ("unsupported", "no-system-volume", 1)),
        ([7], ("unsupported", "no-system-volume", 1)),
    ],
)
def test_where_windows_keeps_its_page_files(volumes, expected):
    system = empty()
    system.files.put(EXPORT, json.dumps(volumes).encode())
    assert told(look(system, bitlocker_file=EXPORT), "swap-encrypted") == [expected]


def test_an_export_is_as_old_as_its_file():
    system = empty()
    system.files.put(EXPORT, json.dumps(VOLUME).encode())
    exported = system.clock.now()
    system.clock.advance(days=9)
    assert abs(look(system, bitlocker_file=EXPORT).looked_at - exported) < timedelta(seconds=1)


def test_an_export_from_the_future_is_of_now():
    system = empty()
    system.clock.advance(days=9)
    system.files.put(EXPORT, json.dumps(VOLUME).encode())
    system.clock.advance(days=-9)
    assert look(system, bitlocker_file=EXPORT).looked_at == system.clock.now()


def test_an_export_that_is_not_there_or_not_ours():
    system = empty()
    assert told(look(system, bitlocker_file=EXPORT), "volume-encrypted") == [
        ("failed", "export-missing", 1)
    ]
    system.files.put(EXPORT)
    system.files.fail("read", EXPORT)
    assert told(look(system, bitlocker_file=EXPORT), "volume-encrypted") == [
        ("denied", "denied", 1)
    ]
