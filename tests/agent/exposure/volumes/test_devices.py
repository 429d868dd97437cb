"""Devices that are built on others, and what only looks as if it encrypted."""

from __future__ import annotations

import errno
from itertools import pairwise

import pytest
from guardian_agent.exposure.volumes.lies_on import Ground
from guardian_agent.exposure.volumes.mounts import Mounts

from tests.agent.exposure.volumes.machines import below, empty, look, tables, told

MOUNT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
DISK = """
/sys/dev/block/8:0 -> /sys/devices/sda
/sys/devices/sda/dev = 8:0
/sys/devices/sda/slaves/
/sys/dev/block/8:1 -> /sys/devices/sda/sda1
/sys/devices/sda/sda1/dev = 8:1
/sys/devices/sda/sda1/partition = 1
/dev/sda1 =
/sys/class/block/sda1 -> /sys/devices/sda/sda1
"""
DATA = "2 1 254:0 / /data rw - ext4 /dev/mapper/data rw\n"


def system_with(listing: str, mounts: str = DATA):
    system = empty()
    below(system, DISK + listing)
    system.files.put("/proc/self/mountinfo", (MOUNT + mounts).encode())
    system.files.make_directory("/data")
    return system


def mapped(uuid: str, slaves: str = "sda1", name: str = "data") -> str:
    node = "/sys/devices/virtual/block/dm-0"
    lines = [
        f"/sys/dev/block/254:0 -> {node}",
        f"/sys/class/block/dm-0 -> {node}",
        f"{node}/dev = 254:0",
        f"{node}/dm/uuid = {uuid}".rstrip(),
        f"{node}/dm/name = {name}",
        f"{node}/slaves/",
    ]
    lines += [f"{node}/slaves/{each} -> /sys/devices/sda/{each}" for each in slaves.split()]
    return "\n".join(lines) + "\n"


def volume(system) -> list[tuple[str, str, int]]:
    return told(look(system, "/data"), "volume-encrypted")


@pytest.mark.parametrize(
    ("uuid", "expected"),
    [
        ("CRYPT-LUKS1-00-data", ("safe", "dm-crypt", 1)),
        ("CRYPT-LUKS2-00-data", ("safe", "dm-crypt", 1)),
        ("CRYPT-PLAIN-data", ("safe", "dm-crypt", 1)),
        ("CRYPT-TCRYPT-data", ("safe", "dm-crypt", 1)),
        ("CRYPT-BITLK-00-data", ("safe", "dm-crypt", 1)),
        ("CRYPT-VERITY-00-data", ("unsafe", "plain-disk", 1)),
        ("CRYPT-INTEGRITY-data", ("unsafe", "plain-disk", 1)),
        ("CRYPT-SUBDEV-00-data", ("unsafe", "plain-disk", 1)),
        ("CRYPT-LUKS2-OPAL-00-data", ("unsupported", "drive-encrypts", 1)),
        ("LVM-abc", ("unsafe", "plain-disk", 1)),
        ("mpath-abc", ("unsafe", "plain-disk", 1)),
        ("", ("unsafe", "plain-disk", 1)),
    ],
)
def test_what_a_mapped_device_says_it_is(uuid, expected):
    assert volume(system_with(mapped(uuid))) == [expected]


def test_veracrypts_devices_have_no_uuid():
    system = system_with(mapped(""))
    tables(system, "254:0 0 100 crypt aes-xts-plain64 00 256 7:0 256\n")
    assert volume(system) == [("safe", "dm-crypt", 1)]
    tables(system, "254:0 0 100 linear 8:1 0\n")
    assert volume(system) == [("unsafe", "plain-disk", 1)]


def test_a_device_mapped_to_nothing_is_not_known():
    assert volume(system_with(mapped("LVM-x", ""))) == [("unsupported", "mapped-to-nothing", 1)]


def test_a_device_that_sysfs_does_not_show_is_not_known():
    assert volume(system_with("")) == [("unsupported", "device-unknown", 1)]


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ("loop/backing_file = /srv/image (deleted)", ("unsupported", "file-gone", 1)),
        ("loop/backing_file = /srv/image", ("unsafe", "plain-disk", 1)),
        ("loop/backing_file = /dev/sda1", ("unsafe", "plain-disk", 1)),
        ("loop/backing_file = ", ("unsupported", "file-gone", 1)),
    ],
)
def test_loop_devices_lie_on_their_files(listing, expected):
    node = "/sys/devices/virtual/block/loop0"
    shown = f"/sys/dev/block/7:0 -> {node}\n{node}/{listing}\n"
    assert volume(system_with(shown, DATA.replace("254:0", "7:0"))) == [expected]


def test_a_loop_device_that_lies_on_itself_ends():
    node = "/sys/devices/virtual/block/loop0"
    shown = f"/sys/dev/block/7:0 -> {node}\n{node}/loop/backing_file = /data/image\n"
    assert volume(system_with(shown, DATA.replace("254:0", "7:0"))) == [
        ("unsupported", "lies-on-itself", 1)
    ]


def test_slaves_in_a_circle_end():
    node = "/sys/devices/virtual/block/md0"
    shown = f"/sys/dev/block/254:0 -> {node}\n{node}/slaves/md0 -> {node}\n"
    assert volume(system_with(shown)) == [("unsupported", "lies-on-itself", 1)]


def test_a_very_long_chain_ends():
    nodes = [f"/sys/devices/virtual/block/md{number}" for number in range(40)]
    chain = pairwise(nodes)
    listing = "".join(f"{one}/slaves/x -> {next_one}\n" for one, next_one in chain)
    listing += f"/sys/dev/block/254:0 -> {nodes[0]}\n{nodes[-1]}/slaves/\n"
    assert volume(system_with(listing)) == [("unsupported", "too-deep", 1)]


def test_many_ways_down_are_each_gone_once():
    """Twenty layers of two devices each would be a million ways."""
    listing = "/sys/dev/block/254:0 -> /sys/devices/virtual/block/a0\n"
    for number in range(20):
        for side in "ab":
            for below_it in "ab":
                listing += (
                    f"/sys/devices/virtual/block/{side}{number}/slaves/{below_it} -> "
                    f"/sys/devices/virtual/block/{below_it}{number + 1}\n"
                )
    listing += "".join(f"/sys/devices/virtual/block/{side}20/slaves/\n" for side in "ab")
    assert volume(system_with(listing)) == [("unsafe", "plain-disk", 1)]


def test_a_containers_root_lies_on_what_it_cannot_see():
    """Its overlay names folders of the host: inside they seem to lie on the overlay itself."""
    system = empty()
    layers = ":".join(f"/var/lib/docker/overlay2/l/{number}" for number in range(30))
    line = f"1 0 0:50 / / rw - overlay overlay rw,lowerdir={layers},upperdir=/u,workdir=/w\n"
    system.files.put("/proc/self/mountinfo", line.encode())
    system.files.make_directory("/data")
    assert volume(system) == [("unsupported", "lies-on-itself", 1)]


def test_a_partition_of_a_device_that_lies_on_encryption():
    crypt = mapped("CRYPT-LUKS2-00-data")
    md = "/sys/devices/virtual/block/md0"
    shown = f"""
/sys/dev/block/259:0 -> {md}/md0p1
{md}/md0p1/partition = 1
{md}/slaves/dm-0 -> /sys/devices/virtual/block/dm-0
"""
    system = system_with(crypt + shown, DATA.replace("254:0", "259:0"))
    assert volume(system) == [("safe", "dm-crypt", 1)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nbd0", ("unsupported", "network-disk", 1)),
        ("rbd1", ("unsupported", "network-disk", 1)),
        ("zd0", ("unsupported", "zfs-volume", 1)),
        ("ram0", ("safe", "in-memory", 1)),
        ("zram0", ("safe", "zram", 1)),
        ("nvme0n1", ("unsafe", "plain-disk", 1)),
    ],
)
def test_what_a_disk_is(name, expected):
    node = f"/sys/devices/virtual/block/{name}"
    system = system_with(f"/sys/dev/block/254:0 -> {node}\n{node}/slaves/\n")
    assert volume(system) == [expected]


def test_compressed_memory_that_is_written_to_a_disk():
    node = "/sys/devices/virtual/block/zram0"
    listing = f"/sys/dev/block/254:0 -> {node}\n{node}/backing_dev = /dev/sda1\n"
    assert volume(system_with(listing)) == [("unsafe", "plain-disk", 1)]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError(errno.EACCES, "no"), ("denied", "denied", 1)),
        (OSError(errno.EIO, "no"), ("failed", "unreadable-table", 1)),
    ],
)
def test_who_may_not_ask_does_not_know(error, expected):
    system = system_with(mapped("LVM-x"))
    system.files.fail("scan", "/sys/devices/virtual/block/dm-0/slaves", error)
    assert volume(system) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tmpfs tmpfs rw", ("safe", "in-memory", 1)),
        ("ecryptfs /srv/.x rw,ecryptfs_sig=1", ("safe", "ecryptfs", 1)),
        ("ecryptfs /srv/.x rw,ecryptfs_passthrough", ("unsupported", "ecryptfs-passthrough", 1)),
        ("fuse.cryfs cryfs@/srv/.x rw", ("safe", "cryfs", 1)),
        ("fuse.encfs encfs rw", ("safe", "encfs", 1)),
        ("fuse.gocryptfs-reverse /srv rw", ("unsafe", "plain-disk", 1)),
        ("fuse.sshfs host:/x rw", ("unsupported", "network-mount", 1)),
        ("fuse.mergerfs a:b rw", ("unsupported", "fuse", 1)),
        ("virtiofs share rw", ("unsupported", "host-share", 1)),
        ("9p share rw", ("unsupported", "host-share", 1)),
        ("bcachefs /dev/sda:/dev/sdb rw", ("unsupported", "no-single-device", 1)),
        ("overlay overlay rw,lowerdir=/srv,upperdir=/srv", ("unsafe", "plain-disk", 1)),
        ("overlay overlay rw,lowerdir=l/ABC:l/DEF", ("unsupported", "overlay", 1)),
        ("overlay overlay rw", ("unsupported", "overlay", 1)),
        ("btrfs /dev/sda1 rw", ("unsupported", "device-unknown", 1)),
        ("ceph 192.0.2.1:/ rw", ("unsupported", "network-mount", 1)),
    ],
)
def test_what_other_file_systems_lie_on(line, expected):
    assert volume(system_with("", f"2 1 0:50 / /data rw - {line}\n")) == [expected]


def test_an_overlay_is_as_open_as_its_worst_layer():
    mounts = DATA + "3 2 0:9 / /data/o rw - overlay o rw,lowerdir=/data:/lower,upperdir=/data/u\n"
    system = system_with(mapped("CRYPT-LUKS2-00-data"), mounts)
    assert told(look(system, "/data"), "volume-encrypted") == [
        ("safe", "dm-crypt", 1),
        ("unsafe", "plain-disk", 1),
    ]


def test_an_overlay_is_as_open_as_what_is_written_to():
    mounts = DATA + "3 2 0:9 / /data/o rw - overlay o rw,lowerdir=/data,upperdir=/upper\n"
    system = system_with(mapped("CRYPT-LUKS2-00-data"), mounts)
    assert ("unsafe", "plain-disk", 1) in told(look(system, "/data"), "volume-encrypted")


def test_parts_of_xfs_that_lie_elsewhere():
    mounts = "2 1 254:0 / /data rw - xfs /dev/mapper/data rw,rtdev=/dev/sda1\n"
    system = system_with(mapped("CRYPT-LUKS2-00-data"), mounts)
    assert volume(system) == [("unsafe", "plain-disk", 1)]


def test_a_folder_that_fscrypt_encrypts():
    system = system_with(mapped("LVM-x"))
    system.processes.answer("lsattr", "/data", stdout=b"----------I---e----E-- /data\n")
    assert volume(system) == [("safe", "fscrypt", 1)]
    system.processes.answer("lsattr", "/data", stdout=b"--------------e------- /data E\n")
    assert volume(system) == [("unsafe", "plain-disk", 1)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"encryption\taes-256-gcm\nkeylocation\tprompt\n", ("safe", "zfs-encryption", 1)),
        (b"", ("failed", "zfs-answer", 1)),
        (b"nonsense", ("failed", "zfs-answer", 1)),
    ],
)
def test_what_zfs_says(answer, expected):
    system = system_with("", "2 1 0:50 / /data rw - zfs tank/data rw\n")
    system.processes.answer("zfs", "tank/data", stdout=answer)
    assert volume(system) == [expected]


def test_a_plain_dataset_of_a_pool_on_encrypted_devices():
    crypt = mapped("CRYPT-LUKS2-00-data") + "/dev/mapper/data -> /dev/dm-0\n/dev/dm-0 =\n"
    system = system_with(crypt, "2 1 0:50 / /data rw - zfs tank/data rw\n")
    system.processes.answer("zfs", "tank/data", stdout=b"encryption\toff\nkeylocation\tnone\n")
    pool = b"tank\t1G\n\tmirror-0\t1G\n\t  /dev/mapper/data\t1G\n"
    system.processes.answer("zpool", "tank", stdout=pool)
    assert volume(system) == [("safe", "dm-crypt", 1)]
    assert told(look(system, "/data"), "key-on-plain-volume") == [("safe", "no-key-file", 1)]
    system.processes.answer("zpool", "tank", stdout=pool + b"\t  /dev/sda1\t1G\n")
    assert volume(system) == [("unsafe", "zfs-plain", 1)]
    system.processes.answer("zpool", "tank", status=1)
    assert volume(system) == [("failed", "tool-failed", 1)]


def test_zfs_keeps_its_key_in_a_file_on_a_plain_disk():
    system = system_with("", "2 1 0:50 / /data rw - zfs tank/data rw\n")
    answer = b"encryption\taes-256-gcm\nkeylocation\tfile:///etc/keys/key\n"
    system.processes.answer("zfs", "tank/data", stdout=answer)
    system.files.put("/etc/keys/key")
    assert told(look(system, "/data"), "key-on-plain-volume") == [("unsafe", "key-beside-data", 1)]


def test_a_tool_that_does_not_answer():
    system = system_with("", "2 1 0:50 / /data rw - zfs tank/data rw\n")
    assert volume(system) == [("unsupported", "tool-missing", 1)]
    system.processes.answer("zfs", "tank/data", seconds=3600)
    assert volume(system) == [("failed", "tool-stopped", 1)]
    system.processes.answer("zfs", "tank/data", status=1)
    system.files.user = 1000
    assert volume(system) == [("denied", "denied", 1)]


def test_without_mounts_nothing_is_known():
    system = empty()
    assert Ground(Mounts(""), system).of_path("/srv").rule == "no-mount"
