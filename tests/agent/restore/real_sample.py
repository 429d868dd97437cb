"""A sample test on the real machine: live files, their signed manifest, a real tool's copy."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from guardian_agent import probes
from guardian_agent.config import BackupSet
from guardian_agent.probe import AnyProbe, AnySubject, Point, Subject
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.sample import Settings, sample_test
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.population import read_excerpt, read_population
from guardian_agent.restore.room import Plot
from guardian_agent.system.real import real_system
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import DrawResult, RestoreTest

from tests.agent.restore.fake_tool import KEY
from tests.world import live


class RealSample:
    """Live files below `folder`; the tool's copy is told by its settings."""

    def __init__(self, folder: Path, settings: Mapping[str, object]) -> None:
        self.folder = folder
        self.files = folder / "srv"
        self.files.mkdir(exist_ok=True)
        self.system = real_system()
        self.backup_set = BackupSet(name=Name("files"), paths=(str(self.files),))
        self.where = manifest_file(str(folder / "state"), "files")
        self._settings = dict(settings)

    def write(self, files: Mapping[str | bytes, bytes]) -> None:
        """Write files that were last touched an hour ago."""
        for name, content in files.items():
            path = os.path.join(os.fsencode(self.files), os.fsencode(name))  # noqa: PTH118
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            with open(path, "wb") as file:  # noqa: PTH123 - names that are no text
                file.write(content)
        live.settle(self.files)

    def rewrite(self, name: str, content: bytes) -> None:
        """Write a file under the time that it had."""
        path = self.files / name
        before = path.stat()
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def sign(self) -> None:
        take_manifest(self.backup_set, KEY, self.system, Budget(10**9), self.where)
        self.where.keep(self.system.files)

    def settle(self) -> None:
        """Let so much time pass that a backup begun now began after what was done before.

        Of a file that a job dropped, a second before its end is the latest known.
        """
        time.sleep(1.2)

    def test(
        self, checkpoint: tuple[int, Hash] = (1, Hash("ab" * 32)), settings: Settings | None = None
    ) -> RestoreTest:
        probe, subject = self.probe()
        (self.folder / "scratch").mkdir(exist_ok=True)
        plot = Plot(
            folder=str(self.folder / "box"),
            limit=10**8,
            user="nobody",
            memory_bytes=2**31,
            processes=64,
            writable=(subject.scratch,),
        )
        ground = Ground(
            checkpoint=checkpoint,
            manifest=self.where.signed,
            ledger=str(self.folder / "state" / "ledger"),
            marker=None,
            plot=plot,
        )
        return sample_test(
            Task(
                probe=probe,
                subject=subject,
                settings=settings or Settings(),
                ground=ground,
                system=self.system,
                progress=lambda text, share: None,
            )
        )

    def results(self, test: RestoreTest) -> dict[str, DrawResult]:
        """Return what became of each file drawn, by its name below the live folder."""
        population = read_population(self.system.files, self.where.signed)
        assert population is not None
        places = [each.index for each in test.draws]
        records = read_excerpt(self.system.files, population, KEY, places).records
        prefix = f"{self.files}/"
        return {records[each.index].path.removeprefix(prefix): each.result for each in test.draws}

    def probe(self) -> tuple[AnyProbe, AnySubject]:
        known = dict(self._settings)
        probe = probes.find(str(known.pop("tool")))
        assert probe is not None
        subject = Subject(
            backup_set=self.backup_set,
            copy="local",
            settings=build(probe.settings, known),
            key=KEY,
            scratch=str(self.folder / "scratch"),
        )
        return probe, subject

    def point(self) -> Point:
        probe, subject = self.probe()
        assert probe.restorer is not None
        found = probe.restorer.newest(subject, probe.gather(subject, self.system))
        assert found is not None
        return found
