"""From a block device down to the disks: does every way cross something that encrypts?

Sources: the kernel's `Documentation/ABI` of `/sys/block` (`dm/uuid`, `slaves`, `partition`,
`loop/backing_file`, `zram` `backing_dev`); libcryptsetup's prefixes of device-mapper uuids, of
which `CRYPT-VERITY`, `CRYPT-INTEGRITY` and `CRYPT-SUBDEV` say nothing of encryption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.found import Found, safe, unsafe, unsupported, worst
from guardian_agent.exposure.volumes.tables import names_in, text_of
from guardian_agent.system import Files

_ENCRYPTING = frozenset({"LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2"})
_BY_THE_DRIVE = "CRYPT-LUKS2-OPAL"
_REMOTE = ("nbd", "rbd", "drbd")
_DEEPEST = 24
_GONE = " (deleted)"

OfFile = Callable[[str, int], Found]
"""What a file (a loop device's) lies on, at a depth."""


class Devices:
    """Walks block devices; `of_file` says what a loop device's file lies on."""

    def __init__(self, files: Files, of_file: OfFile, encrypts: Callable[[str], bool]) -> None:
        """Keep what is asked meanwhile.

        Args:
            files: the machine's.
            of_file: what a loop device's file lies on.
            encrypts: whether a mapped device of no known maker encrypts, by its folder in `/sys`.
        """
        self._files = files
        self._of_file = of_file
        self._encrypts = encrypts
        self._known: dict[str, Found] = {}

    def numbered(self, number: str, depth: int = 0) -> Found:
        """Look at the device with a number ("8:1")."""
        return self._at(f"/sys/dev/block/{number}", depth)

    def named(self, path: str, depth: int = 0) -> Found:
        """Look at the device with a path (`/dev/mapper/data`)."""
        name = self._files.real(path).removeprefix("/dev/").replace("/", "!")
        return self._at(f"/sys/class/block/{name}", depth)

    def _at(self, link: str, depth: int) -> Found:
        if not self._files.exists(link):
            return unsupported("device-unknown")
        return self._look(self._files.real(link), depth)

    def _look(self, node: str, depth: int) -> Found:
        """Look at a device once, however many others lie on it."""
        if depth > _DEEPEST:
            return unsupported("too-deep")
        if node not in self._known:
            self._known[node] = unsupported("lies-on-itself")
            try:
                self._known[node] = self._look_at(node, depth)
            except ProbeError:
                del self._known[node]
                raise
        return self._known[node]

    def _look_at(self, node: str, depth: int) -> Found:
        mapped = text_of(self._files, f"{node}/dm/uuid")
        if mapped is not None and mapped.startswith(_BY_THE_DRIVE):
            return unsupported("drive-encrypts")
        if mapped is not None and self._is_crypt(node, mapped.strip()):
            return replace(safe("dm-crypt"), crossed=frozenset({node}))
        if self._files.exists(f"{node}/partition"):
            return self._look(node.rpartition("/")[0], depth + 1)
        backing = text_of(self._files, f"{node}/loop/backing_file")
        if backing is not None:
            return self._backing(backing.removesuffix("\n"), depth)
        below = [
            self._look(self._files.real(f"{node}/slaves/{name}"), depth + 1)
            for name in names_in(self._files, f"{node}/slaves")
        ]
        return worst(below, none=self._leaf(node, mapped, depth))

    def _is_crypt(self, node: str, uuid: str) -> bool:
        prefix, _, rest = uuid.partition("-")
        if prefix != "CRYPT":
            return not uuid and self._encrypts(node)
        return rest.partition("-")[0] in _ENCRYPTING

    def _backing(self, path: str, depth: int) -> Found:
        if path.endswith(_GONE) or not path.startswith("/"):
            return unsupported("file-gone")
        if path.startswith("/dev/"):
            return self.named(path, depth + 1)
        return self._of_file(self._files.real(path), depth + 1)

    def _leaf(self, node: str, mapped: str | None, depth: int) -> Found:
        name = node.rpartition("/")[2]
        if name.startswith("zram"):
            return self._zram(node, depth)
        if name.startswith("ram"):
            return safe("in-memory")
        if name.startswith(_REMOTE):
            return unsupported("network-disk")
        if name.startswith("zd"):  # which dataset it is, only ZFS knows
            return unsupported("zfs-volume")
        return unsafe("plain-disk") if mapped is None else unsupported("mapped-to-nothing")

    def _zram(self, node: str, depth: int) -> Found:
        """Compressed memory, unless it was told a device to write idle pages to."""
        backing = (text_of(self._files, f"{node}/backing_dev") or "none").strip()
        return safe("zram") if backing == "none" else self._backing(backing, depth)
