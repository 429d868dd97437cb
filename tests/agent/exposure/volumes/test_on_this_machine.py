"""What the kernel of this machine says, held against what its own tools say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools

LOOK = """
import json, sys
from guardian_agent.config import Volume
from guardian_agent.exposure.volumes import observe
from guardian_agent.system.real import real_system
from guardian_agent.wire.names import Name
found = observe(Volume(name=Name("data"), paths=tuple(sys.argv[1:])), real_system())
print(json.dumps([(each.setting, each.standing.value, each.rule) for each in found.settings]))
"""


def look(*paths, before="true", after="true") -> list[tuple[str, str, str]]:
    """Look from a namespace of mounts of its own, after a shell command was run in it."""
    inside = f'{before} && "$@"; status=$?; {after}; exit $status'
    enter = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    command = [*enter, "sh", "-c", inside, "sh", sys.executable, "-c", LOOK, *map(str, paths)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode and "guardian_agent" not in done.stderr:
        pytest.skip("this machine gives no namespace of mounts, or no such file system in it")
    assert done.returncode == 0, done.stderr
    return [tuple(each) for each in json.loads(done.stdout)]


def told(found, setting):
    return [each[1:] for each in found if each[0] == setting]


def types_below(path) -> set[str]:
    """Return the kinds of the devices under a path, as `lsblk` knows them."""
    source = subprocess.run(
        ["findmnt", "-nvo", "SOURCE", "-T", path], check=False, capture_output=True, text=True
    ).stdout.strip()
    listed = subprocess.run(
        ["lsblk", "-nsro", "TYPE", source], check=False, capture_output=True, text=True
    )
    return set(listed.stdout.split()) if not listed.returncode else set()


def test_the_disk_that_this_folder_lies_on(tmp_path):
    types = types_below(tmp_path)
    if not types & {"disk", "part", "crypt", "lvm"}:
        pytest.skip("this folder lies on no disk that lsblk knows")
    expected = "safe" if "crypt" in types else "unsafe"
    assert [standing for standing, _ in told(look(tmp_path), "volume-encrypted")] == [expected]


def test_memory_and_a_loop_device(tmp_path):
    memory, image, loop = tmp_path / "memory", tmp_path / "image", tmp_path / "loop"
    memory.mkdir()
    loop.mkdir()
    (on_disk,) = told(look(tmp_path), "volume-encrypted")
    found = look(memory, before=f"mount -t tmpfs -o size=1m tmpfs {memory}")
    assert told(found, "volume-encrypted") == [("safe", "in-memory")]
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("no mkfs.ext4")
    subprocess.run(["truncate", "-s", "4M", image], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", image], check=True)
    found = look(loop, before=f"mount -o loop {image} {loop}", after=f"umount {loop}")
    assert told(found, "volume-encrypted") == [on_disk]


def test_a_decoy_changes_nothing(tmp_path):
    """An encrypted container on a loop device protects nothing else."""
    if shutil.which("cryptsetup") is None:
        pytest.skip("no cryptsetup")
    before = told(look(tmp_path), "volume-encrypted")
    image = tmp_path / "vault.img"
    subprocess.run(["truncate", "-s", "20M", image], check=True)
    cheap = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
    words = ["cryptsetup", "-q", "luksFormat", *cheap, image, "-"]
    subprocess.run(words, input=b"a passphrase", check=True)
    attach = f"loop=$(losetup -f --show {image})"
    found = look(tmp_path, before=attach, after="losetup -d $loop")
    assert told(found, "volume-encrypted") == before


def test_a_view_of_an_encrypted_folder(tmp_path):
    if shutil.which("gocryptfs") is None or not Path("/dev/fuse").exists():
        pytest.skip("no gocryptfs, or no /dev/fuse")
    cipher, view, secret = tmp_path / "cipher", tmp_path / "view", tmp_path / "secret"
    cipher.mkdir()
    view.mkdir()
    secret.write_text("a passphrase\n")
    words = ["gocryptfs", "-q", "-passfile", secret]
    subprocess.run([*words, "-init", "-scryptn", "10", cipher], check=True, capture_output=True)
    mount = f"gocryptfs -q -passfile {secret} {cipher} {view} >/dev/null"
    found = look(view, before=mount, after=f"umount {view}")
    assert told(found, "volume-encrypted") == [("safe", "gocryptfs")]
    assert told(found, "plain-view") == [("safe", "view-of-owner")]
    opened = mount.replace("-q", "-q -allow_other", 1)
    found = look(view, before=opened, after=f"umount {view}")
    assert told(found, "plain-view") == [("safe", "view-by-modes")]


def test_swap(tmp_path):
    shown = subprocess.run(
        ["cat", "/proc/swaps"], check=True, capture_output=True, text=True
    ).stdout.splitlines()[1:]
    rules = told(look(tmp_path), "swap-encrypted")
    assert (rules == [("safe", "no-swap")]) == (not shown)
