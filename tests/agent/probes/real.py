"""One copy on the real machine, asked by its probe as a pass and a restore test ask it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path

from guardian_agent.config import BackupSet
from guardian_agent.probe import WHOLE, Answers, AnyProbe, Point, Subject, Turn, verifier
from guardian_agent.system.real import real_system
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Integrity, Observation, RestorePoints

from tests.agent.probes.subjects import fact


class Asked:
    """A probe with the settings of one copy; `folder` is for scratch and sandboxes."""

    def __init__(
        self,
        probe: AnyProbe,
        folder: Path,
        settings: dict[str, object],
        paths: Sequence[Path] = (),
    ) -> None:
        known = {name: value for name, value in settings.items() if name != "tool"}
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        self.scratch = scratch
        self.probe = probe
        self.system = real_system()
        self.folder = folder
        self.numbers = itertools.count()
        self.subject = Subject(
            backup_set=BackupSet(name=Name("files"), paths=tuple(map(str, paths))),
            copy="local",
            settings=build(probe.settings, known),
            key=b"k" * 32,
            scratch=str(scratch),
        )

    def gather(self) -> Answers:
        return self.probe.gather(self.subject, self.system)

    def facts(self) -> tuple[Observation, ...]:
        return tuple(self.probe.parse(self.subject, self.gather(), self.system.clock.now()))

    def points(self) -> RestorePoints:
        return fact(self.facts(), RestorePoints)

    def newest(self) -> Point | None:
        assert self.probe.restorer is not None
        return self.probe.restorer.newest(self.subject, self.gather())

    def contents(self) -> dict[str, tuple[int, bool]]:
        """Return size and "is a file" of everything in the newest point."""
        point = self.newest()
        assert point is not None
        assert self.probe.restorer is not None
        listed = self.probe.restorer.contents(self.subject, self.system, point)
        return {item.path: (item.size, item.is_file) for item in listed}

    def restored(self, *paths: Path | str, limit: int = 1 << 20) -> dict[str, str]:
        """Restore out of the newest point; return SHA-256 by live path."""
        point = self.newest()
        assert point is not None
        assert self.probe.restorer is not None
        target = self.folder / f"sandbox-{next(self.numbers)}"
        target.mkdir(mode=0o700)
        wanted = [str(path) for path in paths]
        found = self.probe.restorer.restore(
            self.subject, self.system, point, wanted, str(target), limit
        )
        return {path: sha256(Path(place)) for path, place in found.items()}

    def restored_all(self, limit: int = 1 << 20) -> dict[str, str]:
        """Restore all of the newest point; return SHA-256 by live path of each file that is there.

        Restoring the same files by name must bring each to the same place.
        """
        point = self.newest()
        assert point is not None
        restorer = self.probe.restorer
        assert restorer is not None
        target = self.folder / f"sandbox-{next(self.numbers)}"
        target.mkdir(mode=0o700)
        restorer.restore_all(self.subject, self.system, point, str(target), limit)
        found = {}
        for item in restorer.contents(self.subject, self.system, point):
            place = restorer.place(self.subject, str(target), item.path)
            if item.is_file and place is not None and Path(place).is_file():
                found[item.path] = sha256(Path(place))
        files = [path for path in target.rglob("*") if path.is_file() and not path.is_symlink()]
        assert len(files) == len(found)
        again = self.folder / f"sandbox-{next(self.numbers)}"
        again.mkdir(mode=0o700)
        places = restorer.restore(self.subject, self.system, point, list(found), str(again), limit)
        agreed = {path: restorer.place(self.subject, str(again), path) for path in found}
        assert places == agreed
        return found

    def verify(self, turn: Turn = WHOLE) -> Integrity:
        verify = verifier(self.probe)
        assert verify is not None
        return verify(self.subject, self.system, turn)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_data(folder: Path) -> Path:
    """Make live data with names that trip pattern matchers, a hard link and a link."""
    (folder / "live" / "deep").mkdir(parents=True)
    live = folder / "live"
    (live / "deep" / "two").write_bytes(b"2" * 5000)
    (live / "x [1]*?\\y {now}.txt").write_bytes(b"odd name")
    (live / "new\nline").write_bytes(b"newline")
    (live / "ümlaut").write_bytes(b"utf-8")
    (live / "hard").hardlink_to(live / "deep" / "two")
    (live / "soft").symlink_to("deep/two")
    return live


def files_of(live: Path) -> dict[str, str]:
    """Return SHA-256 of every regular file of the live data."""
    found = (path for path in live.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path): sha256(path) for path in found}
