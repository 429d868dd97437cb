"""`guardian-agent scan`: is what lies there encrypted?"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from guardian_agent.cli._amounts import count, plain, size
from guardian_agent.cli._frame import Load, complain, say
from guardian_agent.errors import ConfigError, ProbeError
from guardian_agent.wire.facts.words import Encryption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from guardian_agent.cli._progress import Progress
    from guardian_agent.exposure.repository_ways import ScannedRepository
    from guardian_agent.exposure.scan import ScannedFile
    from guardian_agent.magic import Classified
    from guardian_agent.system import Clock, System

HELP = "say of every file in a place whether it is encrypted"

EXIT_READABLE = 1
EXIT_UNKNOWN = 3
SECONDS = 7 * 24 * 3600
BYTES = 1 << 60
"""Somebody waits for the answer and can end it: no budget but a week."""
COUNTING_SECONDS = 5
KEY_BYTES = 32
PROGRESS_EVERY = 50

WORST_FIRST = (
    Encryption.PLAINTEXT,
    Encryption.WEAK,
    Encryption.UNKNOWN,
    Encryption.ENCRYPTED,
    Encryption.EMPTY,
)

NEXT = {
    Encryption.PLAINTEXT: (
        "plaintext: whoever gets these files reads them. Encrypt or remove them, or keep them on "
        "an encrypted volume that is named in [[volume]]; [[exposure]] in agent.toml watches on."
    ),
    Encryption.WEAK: (
        "weak: encrypted in a way that does not hold. Encrypt them anew: age, gpg, 7z with AES."
    ),
    Encryption.UNKNOWN: (
        "unknown: nothing proves that they are encrypted. Use a format that tells (age, gpg, "
        "restic, 7z with AES), or run this as a user who may read them."
    ),
}
"""What to do about each state that is not good."""

CLOSE = {
    "world-readable": "world-readable: every user of this machine reads these; chmod o-r.",
    "world-writable": "world-writable: every user of this machine changes these; chmod o-w.",
    "wrong-owner": "wrong-owner: they belong to another user than those named with --owner.",
    "key-beside-data": (
        "key-beside-data: whoever takes the folder takes the key along; keep it elsewhere."
    ),
}
"""What to do about each way in that is not in the files' contents."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--owner",
        metavar="USER",
        action="append",
        default=[],
        help="a user that files may belong to; all others' are told (may be repeated)",
    )
    parser.epilog = (
        "Exit status: 0 when nothing can be read without a key, 1 when something can, 3 when that "
        "is not known of everything, or there was nothing to look at."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Scan and return 0 (nothing readable), 1 (something is), 3 (something is unknown)."""
    from guardian_agent.cli._progress import Progress

    del load  # a folder can be scanned on a server that is not set up yet
    _require(options.paths, system)
    owners = _numbers(options.owner, system)
    progress = Progress(system.clock, verbose=False)
    report = _Report(system.clock, progress)
    shared = sys.stdout is not None and sys.stdout.isatty()
    with system.files.giving_way(), progress.ticking():
        if progress.is_shown:
            report.expect(options.paths, system)
        for found in report.all_of(options.paths, owners, system):
            if shared:  # rows and progress are on one screen
                progress.wipe()
            say(_json(found) if options.json else _row(found))
        for whole in report.repositories(system):
            if shared:
                progress.wipe()
            say(_json_of_repository(whole) if options.json else _row_of_repository(whole))
    if not options.json:
        for line in report.summary():
            say(line)
    return report.status()


def _require(paths: list[str], system: System) -> None:
    for path in paths:
        if not system.files.exists(path):
            raise ConfigError(f"{path}: no such file or folder")


def _numbers(owners: list[str], system: System) -> frozenset[int]:
    numbers = {name: system.volumes.number(name) for name in owners}
    for name, number in numbers.items():
        if number is None:
            raise ConfigError(f"--owner {name}: no such user on this machine")
    return frozenset(number for number in numbers.values() if number is not None)


def _json(found: ScannedFile) -> str:
    answer = found.classified
    body: dict[str, object] = {
        "path": found.path,
        "state": answer.state.value,
        "kind": answer.kind,
        "confidence": answer.confidence,
        "evidence": [answer.rule] if found.searched else [answer.rule, "searched-in-part"],
        "personal_data": dict(found.personal),
        "readable_by": found.readable_by,
        "ways_in": list(found.ways),
    }
    return json.dumps(body)


def _json_of_repository(whole: ScannedRepository) -> str:
    answer = whole.classified
    body: dict[str, object] = {
        "path": whole.path,
        "state": answer.state.value,
        "kind": answer.kind,
        "confidence": answer.confidence,
        "evidence": [answer.rule],
        "personal_data": {},
        "readable_by": whole.readable_by,
        "ways_in": list(whole.ways),
        "doors_tried": whole.tried.doors,
    }
    return json.dumps(body)


def _row(found: ScannedFile) -> str:
    answer = found.classified
    row = f"{answer.state.value:<10} {answer.kind:<14} {size(found.size):>9}  {found.path}"
    told = [_values(found.personal)] if found.personal else []
    told += [", ".join(found.ways)] if found.ways else []
    return f"{row}  ({'; '.join(told)})" if told else row


def _row_of_repository(whole: ScannedRepository) -> str:
    """Say of a repository who can fetch its bytes, and what opened it or did not."""
    answer, tried = whole.classified, whole.tried
    doors = "no door could be tried"
    if tried.opened is not None:
        doors = f"OPENS: {plain(tried.opened)}"
    elif tried.doors:
        doors = f"{count(tried.doors, 'door')} tried, none opened"
    by = "nobody knows who" if whole.readable_by is None else whole.readable_by
    told = [doors, f"its bytes can be fetched by {by}"]
    told += ["a key lies beside it"] if "key-beside-data" in whole.ways else []
    row = f"{answer.state.value:<10} {answer.kind:<14} repository  {whole.path}"
    return f"{row}  ({'; '.join(told)})"


def _values(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))


class _Report:
    """What was found so far."""

    def __init__(self, clock: Clock, progress: Progress) -> None:
        self._clock = clock
        self._progress = progress
        self._began = clock.monotonic()
        self._expected: int | None = None
        self._states: Counter[Encryption] = Counter()
        self._personal: Counter[str] = Counter()
        self._ways: Counter[str] = Counter()
        self._met: list[tuple[str, Classified]] = []
        self._complete = True
        self._opened = 0
        self._begun = 0

    def expect(self, paths: list[str], system: System) -> None:
        """Count ahead, so that the progress has a share, unless that alone would take long."""
        from guardian_agent.exposure.scan import count_files

        self._progress.tell("counting files", None)
        self._expected = count_files(paths, system, COUNTING_SECONDS)
        self._began = self._clock.monotonic()

    def all_of(
        self, paths: list[str], owners: frozenset[int], system: System
    ) -> Iterator[ScannedFile]:
        """Yield every file, counted; complain at the end where not all could be looked at."""
        from guardian_agent.config import Limits
        from guardian_agent.exposure.scan import Aims, scan_paths

        limits = Limits(scan_seconds=SECONDS, scan_bytes=BYTES)
        aims = Aims(owners=owners, key=system.randomness.bytes(KEY_BYTES))
        try:
            for found in scan_paths(paths, limits, system, aims, self._step, self._meet):
                self._states[found.classified.state] += 1
                self._personal.update(found.personal)
                self._ways.update(found.ways)
                yield found
        except ProbeError as error:
            self._progress.wipe()
            complain(f"guardian-agent: not everything was looked at: {error}")
            self._complete = False

    def _meet(self, folder: str, whole: Classified) -> None:
        self._met.append((folder, whole))

    def repositories(self, system: System) -> Iterator[ScannedRepository]:
        """Yield the repositories that were met, each with the ways to its bytes."""
        from guardian_agent.exposure.repository_ways import repository_ways

        for folder, whole in self._met:
            self._progress.tell(f"trying the doors of {folder}", None)
            found = repository_ways(folder, whole, system)
            if found.tried.opened is not None:
                self._opened += 1
            self._ways.update(found.ways)
            yield found

    def _step(self, _: str) -> None:
        if self._begun % PROGRESS_EVERY == 0:
            self._progress.tell(self._so_far(), self._share())
        self._begun += 1

    def _so_far(self) -> str:
        spent = self._clock.monotonic() - self._began
        speed = f", {self._begun / spent:.0f}/s" if spent > 0 else ""
        return f"{count(self._begun, 'file')}{speed}: {self._counts() or 'nothing yet'}"

    def _share(self) -> float | None:
        return min(1.0, self._begun / self._expected) if self._expected else None

    def _counts(self) -> str:
        states = [state for state in WORST_FIRST if self._states[state]]
        return ", ".join(f"{self._states[state]} {state.value}" for state in states)

    def summary(self) -> Iterator[str]:
        """Yield what was found in all, and what to do next."""
        words = count(sum(self._states.values()), "file")
        cut = "" if self._complete else " (and some that could not be looked at)"
        yield f"{words}{cut}: {self._counts()}" if self._states else f"{words}{cut}"
        if self._personal:
            yield f"personal data that anybody can read: {_values(self._personal)}"
        if self._ways:
            yield f"ways in: {_values(self._ways)}"
        for state, advice in NEXT.items():
            if self._states[state]:
                yield advice
        for way, advice in CLOSE.items():
            if self._ways[way]:
                yield advice
        if self._complete and not self._states:
            yield "nothing was found, which proves nothing: is it mounted?"

    def status(self) -> int:
        """Return the exit status."""
        if self._opened or self._states[Encryption.PLAINTEXT] or self._states[Encryption.WEAK]:
            return EXIT_READABLE
        is_known = self._complete and self._states and not self._states[Encryption.UNKNOWN]
        return 0 if is_known else EXIT_UNKNOWN
