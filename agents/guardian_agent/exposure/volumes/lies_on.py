"""What a mount lies on, whatever its file system: encrypted, readable, or not to be seen from here.

Sources: the kernel's documentation of each file system's mount options and of `/sys/fs/btrfs`;
gocryptfs(1), cryfs(1) and encfs(1) for the kinds of their views; lsattr(1) for fscrypt.
"""

from __future__ import annotations

from functools import partial

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.asking import ask
from guardian_agent.exposure.volumes.cipher import encrypts
from guardian_agent.exposure.volumes.devices import Devices
from guardian_agent.exposure.volumes.found import Found, failed, safe, unsupported, worst
from guardian_agent.exposure.volumes.mounts import Mount, Mounts
from guardian_agent.exposure.volumes.shares import is_share
from guardian_agent.exposure.volumes.tables import names_in
from guardian_agent.exposure.volumes.zfs import zfs
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Standing

VIEWS = {
    "fuse.gocryptfs": "gocryptfs",
    "fuse.cryfs": "cryfs",
    "fuse.encfs": "encfs",
    "fuse.securefs": "securefs",
    "fuse.cryptomator": "cryptomator",
    "fuse.ecryptfs": "ecryptfs",
}
"""File systems that show an encrypted folder decrypted, and the rule that names them."""

_MEMORY = frozenset({"tmpfs", "ramfs", "rootfs"})
_FSCRYPT = frozenset({"ext4", "f2fs", "ubifs", "ceph"})
_HOSTS = frozenset({"9p", "virtiofs", "vboxsf", "fuse.vmhgfs-fuse", "prl_fs"})
_REVERSED = "fuse.gocryptfs-reverse"
_DEEPEST = 24


class Ground:
    """Finds what mounts and paths lie on, each asked once."""

    def __init__(self, mounts: Mounts, system: System) -> None:
        self._mounts = mounts
        self._system = system
        self._known: dict[str, Found] = {}
        self._devices = Devices(system.files, self._of_file, partial(encrypts, system=system))

    def of_path(self, path: str) -> Found:
        """Say what a path without links lies on, fscrypt's folders included."""
        mount = self._mounts.at(path)
        if mount is None:
            return failed("no-mount")
        found = self.of_mount(mount)
        if found.standing is Standing.UNSAFE and mount.kind in _FSCRYPT:
            return self._fscrypt(path) or found
        return found

    def of_mount(self, mount: Mount, depth: int = 0) -> Found:
        """Say what one mount lies on."""
        if mount.id not in self._known:
            # A container's overlay names folders of its host, which are not to be seen from inside:
            # there they seem to lie on the overlay itself.
            self._known[mount.id] = unsupported("lies-on-itself")
            try:
                self._known[mount.id] = self._look(mount, depth)
            except ProbeError:
                del self._known[mount.id]
                raise
        return self._known[mount.id]

    def of_device(self, path: str) -> Found:
        """Say what a block device lies on, by its path below `/dev`."""
        return self._devices.named(path)

    def of_number(self, number: str) -> Found:
        """Say what a block device lies on, by its "major:minor"."""
        return self._devices.numbered(number)

    def _of_file(self, path: str, depth: int) -> Found:
        mount = self._mounts.at(path)
        if mount is None or depth > _DEEPEST:
            return failed("no-mount")
        return self.of_mount(mount, depth + 1)

    def _look(self, mount: Mount, depth: int) -> Found:
        kind = mount.kind
        if kind in _MEMORY:
            return safe("in-memory")
        if kind in VIEWS:
            return safe(VIEWS[kind])
        if kind == "ecryptfs":
            plain_too = "ecryptfs_passthrough" in mount.options
            return unsupported("ecryptfs-passthrough") if plain_too else safe("ecryptfs")
        if is_share(mount):
            return unsupported("network-mount")
        if kind in _HOSTS:
            return unsupported("host-share")
        if kind == "zfs":
            return zfs(mount.source, self._system, self.of_device)
        if kind == "overlay":
            return self._overlay(mount, depth)
        if kind == _REVERSED:
            return self._of_file(mount.source, depth)
        return self._stored(mount, depth)

    def _stored(self, mount: Mount, depth: int) -> Found:
        if mount.kind == "btrfs":
            return self._btrfs(mount, depth)
        if not mount.number.startswith("0:"):
            own = self._devices.numbered(mount.number, depth)
            return worst([own, *self._beside(mount, depth)], none=own)
        return unsupported("fuse" if mount.kind.startswith("fuse") else "no-single-device")

    def _beside(self, mount: Mount, depth: int) -> list[Found]:
        """Look at what XFS keeps apart: its log and its files of another kind."""
        given = (mount.options.get(name) for name in ("logdev", "rtdev"))
        return [self._devices.named(path, depth) for path in given if path]

    def _btrfs(self, mount: Mount, depth: int) -> Found:
        """Look at all devices of the file system, of which the table names one."""
        files = self._system.files
        name = files.real(mount.source).rpartition("/")[2]
        for folder in names_in(files, "/sys/fs/btrfs"):
            devices = names_in(files, f"/sys/fs/btrfs/{folder}/devices")
            if name in devices:
                return worst(
                    (self._devices.named(f"/dev/{each}", depth) for each in devices),
                    none=unsupported("device-unknown"),
                )
        return unsupported("device-unknown")

    def _overlay(self, mount: Mount, depth: int) -> Found:
        """Look at the folders that it lays over one another; a container's are not to be seen."""
        lower = mount.options.get("lowerdir", "").split(":")
        folders = [each for each in (*lower, mount.options.get("upperdir", "")) if each]
        if not folders or not all(each.startswith("/") for each in folders):
            return unsupported("overlay")
        real = self._system.files.real
        return worst((self._of_file(real(each), depth) for each in folders), failed("no-mount"))

    def _fscrypt(self, path: str) -> Found | None:
        """Ask for the attribute of a folder of which all below it is encrypted."""
        told = ask(self._system, "lsattr", "-d", "--", path)
        flags = told.split(" ", 1)[0] if isinstance(told, str) else ""
        return safe("fscrypt") if "E" in flags else None
