"""LUKS, plain, swap, memory and network mounts told apart on machines of five distributions."""

from __future__ import annotations

import pytest

from tests.agent.exposure.volumes.machines import brief, look, machine, told

CIPHER = ("safe", "aes-xts-plain64", 1)
PLAIN = ("unsafe", "plain-disk", 1)
CRYPT = ("safe", "dm-crypt", 1)
MEMORY = ("safe", "in-memory", 1)
REMOTE = ("unsupported", "network-mount", 1)

CASES = [
    ("debian-12", "/srv", [CRYPT]),
    ("debian-12", "/home/export", [CRYPT]),
    ("debian-12", "/boot", [PLAIN]),
    ("debian-12", "/tmp", [MEMORY]),
    ("debian-12", "/media/usb", [CRYPT]),
    ("ubuntu-24.04", "/srv/files", [PLAIN]),
    ("ubuntu-24.04", "/mnt/vault", [CRYPT]),
    ("ubuntu-24.04", "/mnt", [PLAIN, CRYPT]),
    ("ubuntu-24.04", "/srv/share", [REMOTE]),
    ("ubuntu-24.04", "/snap", [("unsafe", "plain-disk", 2)]),
    ("rhel-9", "/srv/files", [CRYPT]),
    ("rhel-9", "/srv/data", [PLAIN]),
    ("rhel-9", "/srv/team", [REMOTE]),
    ("rhel-9", "/srv", [CRYPT, PLAIN, ("unsupported", "network-mount", 2)]),
    ("opensuse-15.6", "/home", [CRYPT]),
    ("opensuse-15.6", "/srv", [PLAIN]),
    ("opensuse-15.6", "/boot/efi", [PLAIN]),
    ("alpine-3.20", "/srv", [PLAIN, ("safe", "gocryptfs", 1)]),
    ("alpine-3.20", "/tank/clients", [("safe", "zfs-encryption", 1)]),
    ("alpine-3.20", "/tank", [("unsafe", "zfs-plain", 1), ("safe", "zfs-encryption", 1)]),
]

SWAP = {
    "debian-12": [CRYPT],
    "ubuntu-24.04": [PLAIN],
    "rhel-9": [CRYPT],
    "opensuse-15.6": [CRYPT],
    "alpine-3.20": [PLAIN, ("safe", "zram", 1)],
}

HIBERNATION = {
    "debian-12": [CRYPT],
    "ubuntu-24.04": [("safe", "no-hibernation", 1)],
    "rhel-9": [CRYPT],
    "opensuse-15.6": [PLAIN],  # it resumes from the partition below the encrypted swap
    "alpine-3.20": [("safe", "no-hibernation", 1)],
}

TEMPORARY = {
    "debian-12": [MEMORY],
    "ubuntu-24.04": [("unsafe", "plain-disk", 2)],
    "rhel-9": [("safe", "dm-crypt", 2)],
    "opensuse-15.6": [MEMORY, CRYPT],
    "alpine-3.20": [MEMORY],
}
_BOTH = ("ubuntu-24.04", "rhel-9", "opensuse-15.6")
"""Machines that have a folder `/var/tmp`, too."""


def prepared(name, path):
    system = machine(name)
    system.files.make_directory(path)
    system.files.make_directory("/tmp")
    if name in _BOTH:
        system.files.make_directory("/var/tmp")
    system.files.put("/swap.img")
    zfs = b"encryption\t%s\nkeylocation\t%s\n"
    answer = system.processes.answer
    answer("zfs", "tank", stdout=zfs % (b"off", b"none"))
    answer("zfs", "tank/clients", stdout=zfs % (b"aes-256-gcm", b"prompt"))
    pool = b"tank\t99.5G\t1.2G\t98.3G\t-\t-\t0%\t1%\t1.00x\tONLINE\t-\n\t/dev/vdb1\t100G\n"
    answer("zpool", "list", stdout=pool)
    return system


@pytest.mark.parametrize(("name", "path", "expected"), CASES)
def test_what_each_mount_lies_on(name, path, expected):
    assert told(look(prepared(name, path), path), "volume-encrypted") == expected


@pytest.mark.parametrize("name", SWAP)
def test_where_memory_goes(name):
    posture = look(prepared(name, "/srv"), "/srv")
    assert told(posture, "swap-encrypted") == SWAP[name]
    assert told(posture, "hibernation-encrypted") == HIBERNATION[name]
    assert told(posture, "temporary-encrypted") == TEMPORARY[name]


def test_a_decoy_does_not_make_the_host_pass():
    """The encrypted loop device of this host protects nothing but itself."""
    posture = look(prepared("ubuntu-24.04", "/srv/files"), "/srv/files")
    assert told(posture, "volume-encrypted") == [PLAIN]
    assert told(posture, "volume-cipher") == []


def test_a_null_cipher_is_told_apart():
    system = prepared("debian-12", "/media/usb")
    assert told(look(system, "/media/usb"), "volume-cipher") == [("unsafe", "null-cipher", 1)]
    assert told(look(system, "/srv"), "volume-cipher") == []  # there is no such folder
    system.files.make_directory("/srv")
    assert told(look(system, "/srv"), "volume-cipher") == [CIPHER]


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("ubuntu-24.04", "/srv/share", [("unsafe", "nfs-plain", 1)]),
        ("ubuntu-24.04", "/srv/sealed share", [("safe", "nfs-krb5p", 1)]),
        ("rhel-9", "/srv/team", [("unsafe", "smb-plain", 1)]),
        ("rhel-9", "/srv/legal", [("safe", "smb-seal", 1)]),
        ("rhel-9", "/", [("unsafe", "smb-plain", 1), ("safe", "smb-seal", 1)]),
        ("debian-12", "/srv", []),
    ],
)
def test_how_shares_travel(name, path, expected):
    assert told(look(prepared(name, path), path), "share-encrypted") == expected


def test_a_key_file_on_a_plain_disk():
    system = prepared("rhel-9", "/srv/data")
    system.files.put("/etc/keys/data.key")
    assert told(look(system, "/srv/data"), "key-on-plain-volume") == [
        ("safe", "key-on-encrypted-volume", 1)
    ]
    system.files.put(
        "/etc/crypttab", b"luks-aa1e0d9c-8b7a-4655-b443-3221100ffeed UUID=x /boot/data.key\n"
    )
    system.files.put("/boot/data.key")
    assert told(look(system, "/srv/data"), "key-on-plain-volume") == [
        ("unsafe", "key-beside-data", 1)
    ]


def test_a_view_that_all_users_read():
    posture = look(prepared("alpine-3.20", "/srv/open"), "/srv/open")
    assert told(posture, "plain-view") == [("unsafe", "view-of-all", 1)]
    posture = look(prepared("alpine-3.20", "/tank"), "/tank")
    assert told(posture, "plain-view") == [("safe", "no-view", 1)]


def test_nothing_of_the_machine_is_named():
    """Rules are our own words: no path, device, host or name of a user leaves with them."""
    for name in SWAP:
        posture = look(prepared(name, "/"), "/")
        words = {word for each in posture.settings for word in brief(each)[:2]}
        assert not words & {"tank", "vault", "rhel-root", "svc", "files.example"}
