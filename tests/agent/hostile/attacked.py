"""A server whose backups are hostile, and everything around it that must not change."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from guardian_agent.restore.sandbox import KEPT_FREE_BYTES
from guardian_agent.system.volumes import MOUNT_POINT
from guardian_agent.wire.observations import Outcome, Reason

from tests.agent.run.server import Server
from tests.world import toml

MEGABYTE = 1024 * 1024
LIMIT = 64 * MEGABYTE
"""Bytes that a restore test may write."""
MEMORY = 512 * MEGABYTE
"""Bytes that its tools may take."""
AGENT_MEMORY = 640 * MEGABYTE
"""Bytes that the agent itself, or any one tool, is seen to take at most."""
TEMPTING = (Path("/root/.guardian-evil"), Path("/tmp/guardian-evil"), Path("/guardian-evil"))
SECONDS = 240
"""A test that takes longer hangs."""

RUN = """
import resource, sys
from guardian_agent.cli import main
from guardian_agent.system.real import real_system
from tests.agent.hostile.attacked import machine
status = main(sys.argv[2:], machine(real_system(), sys.argv[1]))
sys.stdout.flush()
# Its own ru_maxrss begins with what the caller had when it started this.
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
taken = int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("memory", max(taken) * 1024, file=sys.stderr)
sys.exit(status)
"""


def machine(system, way: str):
    """Return the machine, without namespaces where `guarded`."""
    return replace(system, volumes=_Refused(system.volumes)) if way == "guarded" else system


class _Refused:
    """Volumes of a machine that allows no namespaces."""

    def __init__(self, volumes) -> None:
        self._volumes = volumes

    def __getattr__(self, name: str) -> object:
        return getattr(self._volumes, name)

    def apart(self, act):
        from guardian_agent.system.apart import ended_in_order

        with ended_in_order():
            return act()


@dataclass(frozen=True)
class Result:
    """What one call of `guardian-agent restore-test` gave."""

    status: int
    facts: list[dict[str, object]]
    errors: str
    memory: int
    most_bytes: int
    """That were ever seen in the sandbox folder."""

    def outcome(self, kind: str) -> tuple[str, str]:
        """Return outcome and reason of one kind of test."""
        (fact,) = [fact for fact in self.facts if fact.get("test") == kind]
        return str(fact["outcome"]), str(fact["reason"])


class Attacked:
    """The server with one copy, and its surroundings."""

    def __init__(self, way: str = "mounted") -> None:
        self.way = way
        self.folder = Path(tempfile.mkdtemp(prefix="guardian-hostile-"))
        self.folder.chmod(0o755)
        self.server = Server(self.folder)
        self.around = self.folder / "around"
        self.around.mkdir()
        self.victim = self.around / "victim"
        self.victim.write_text("untouched")
        (self.around / "program").write_text("#!/bin/sh\n")
        (self.around / "program").chmod(0o755)
        (self.around / "open").mkdir()
        (self.around / "open").chmod(0o1777)
        (self.around / "folder").mkdir()

    def configure(self, name: str, settings: dict[str, object], kinds: tuple[str, ...]) -> None:
        """Write agent.toml with one copy, tests of these kinds, and small limits."""
        self.server.copies[name] = settings
        text = toml.dumps(
            {
                "central": {"url": self.server.central.url},
                "state": {"dir": str(self.folder / "state")},
                "limits": {"restore_bytes": LIMIT, "restore_seconds": 120},
                "restore_tests": {"memory_bytes": MEMORY, "processes": 64},
                "backup_set": [
                    {
                        "name": "files",
                        "paths": [str(self.server.files)],
                        "copy": [{"name": name, **settings}],
                        "test": [{"kind": kind} for kind in kinds],
                    }
                ],
            }
        )
        (self.folder / "agent.toml").write_text(text)

    def test(self, *words: str) -> Result:
        """Make restore tests in a process of its own, and watch what it takes."""
        command = [sys.executable, "-c", RUN, self.way]
        command += ["--config", str(self.folder / "agent.toml"), "restore-test", "files"]
        watch = _Watch(self.server.sandbox)
        with watch:
            done = subprocess.run(
                [*command, *words, "--json"],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
                cwd=Path(__file__).parents[3],
            )
        *errors, memory = done.stderr.splitlines()
        return Result(
            status=done.returncode,
            facts=[json.loads(line) for line in done.stdout.splitlines()],
            errors="\n".join(errors),
            memory=int(memory.removeprefix("memory ")),
            most_bytes=watch.most,
        )

    def remove(self) -> None:
        subprocess.run(
            ["chattr", "-R", "-i", "-a", str(self.folder)], check=False, capture_output=True
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    # What must hold afterwards.

    def surroundings(self) -> dict[str, str]:
        """Return what stands around, with everything that a write would change."""
        found = {}
        for top in (self.around, self.server.files, Path("/etc"), Path(MOUNT_POINT)):
            for path in (top, *top.rglob("*")):
                found[str(path)] = _seen(path, contents=top == self.around)
        found |= {str(path): _seen(path, contents=False) for path in TEMPTING}
        return found | dict.fromkeys(leftovers(self.server.sandbox), "left")

    def assert_harmless(self, result: Result, before: dict[str, str]) -> None:
        """Whatever the backup was: a typed result, nothing changed, nothing left, limits kept."""
        assert "Traceback" not in result.errors, result.errors
        assert result.status in {0, 1, 3}, result.errors
        assert result.facts, result.errors
        for fact in result.facts:
            assert fact["outcome"] in set(Outcome)
            assert fact["reason"] in set(Reason)
            assert fact["reason"] != Reason.INTERNAL, fact
        after = self.surroundings()
        changed = {path: seen for path, seen in after.items() if before.get(path) != seen}
        assert not changed, str(changed)[:2000]
        assert before.keys() <= after.keys()
        assert result.memory <= AGENT_MEMORY
        # Nothing of a mounted room lies in the folder; a guard comes late by a moment, for which
        # so much stays free on the disk.
        assert result.most_bytes <= (0 if self.way == "mounted" else LIMIT + KEPT_FREE_BYTES)


def leftovers(sandbox: Path) -> list[str]:
    """Return processes of a room, mounts, loop devices and files that were left."""
    found = [f"file {path}" for path in sandbox.rglob("*")]
    found += [f"mount {line}" for line in _lines("/proc/self/mounts") if MOUNT_POINT in line]
    for device in Path("/sys/block").glob("loop*/loop/backing_file"):
        with suppress(OSError):
            backing = device.read_text()
            if str(sandbox) in backing:
                found.append(f"loop device over {backing}")
    return found + [f"process {line}" for line in _processes_of(str(sandbox))]


def _processes_of(sandbox: str) -> list[str]:
    homes = (f"HOME={sandbox}".encode(), f"GUARDIAN_HOSTILE={sandbox}".encode())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "environ").read_bytes().split(b"\0")
            if any(word.startswith(homes) for word in words):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def _seen(path: Path, *, contents: bool) -> str:
    try:
        found = path.lstat()
    except OSError:
        return "gone"
    digest = ""
    if contents and stat.S_ISREG(found.st_mode):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    when = found.st_mtime_ns, found.st_ctime_ns
    return f"{found.st_mode:o} {found.st_uid}:{found.st_gid} {found.st_size} {when} {digest}"


class _Watch:
    """Looks at how much lies in a folder, again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = 0

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, _used(self._folder))


def _used(folder: Path) -> int:
    used = 0
    for top, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                used += os.lstat(os.path.join(top, name)).st_blocks * 512  # noqa: PTH118
    return used
