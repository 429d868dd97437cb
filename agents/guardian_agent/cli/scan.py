"""`guardian-agent scan`: is what lies there encrypted?"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from guardian_agent.cli._amounts import count, size
from guardian_agent.cli._frame import Load, complain, say
from guardian_agent.errors import ConfigError, ProbeError
from guardian_agent.wire.facts.words import Encryption

if TYPE_CHECKING:
    from guardian_agent.exposure.scan import ScannedFile
    from guardian_agent.system import System

HELP = "say of every file in a place whether it is encrypted"

EXIT_READABLE = 1
EXIT_UNKNOWN = 3
SECONDS = 7 * 24 * 3600
"""Somebody waits for the answer and can end it: no budget but a week."""
PROGRESS_EVERY = 50

WORST_FIRST = (
    Encryption.PLAINTEXT,
    Encryption.WEAK,
    Encryption.UNKNOWN,
    Encryption.ENCRYPTED,
    Encryption.EMPTY,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.epilog = (
        "Exit status: 0 when nothing can be read without a key, 1 when something can, 3 when that "
        "is not known of everything."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Scan and return 0 (nothing readable), 1 (something is), 3 (something is unknown)."""
    from guardian_agent.config import Limits
    from guardian_agent.exposure.scan import scan_paths

    del load  # a folder can be scanned on a server that is not set up yet
    _require(options.paths, system)
    counts: Counter[Encryption] = Counter()
    progress = _Progress()
    complete = True
    try:
        for found in scan_paths(options.paths, Limits(scan_seconds=SECONDS), system, progress.step):
            counts[found.classified.state] += 1
            progress.clear()
            say(_json(found) if options.json else _row(found))
    except ProbeError as error:
        complain(f"guardian-agent: not everything was looked at: {error}")
        complete = False
    finally:
        progress.clear()
    if not options.json:
        say(_summary(counts, complete=complete))
    return _status(counts, complete=complete)


def _require(paths: list[str], system: System) -> None:
    for path in paths:
        if not system.files.exists(path):
            raise ConfigError(f"{path}: no such file or folder")


def _json(found: ScannedFile) -> str:
    answer = found.classified
    body: dict[str, object] = {
        "path": found.path,
        "state": answer.state.value,
        "kind": answer.kind,
        "confidence": answer.confidence,
        "evidence": [answer.rule],
        "personal_data": {},
    }
    return json.dumps(body)


def _row(found: ScannedFile) -> str:
    answer = found.classified
    return f"{answer.state.value:<10} {answer.kind:<14} {size(found.size):>9}  {found.path}"


def _summary(counts: Counter[Encryption], *, complete: bool) -> str:
    total = sum(counts.values())
    parts = [f"{counts[state]} {state.value}" for state in WORST_FIRST if counts[state]]
    words = count(total, "file")
    cut = "" if complete else " (and some that could not be looked at)"
    return f"{words}{cut}: {', '.join(parts)}" if parts else f"{words}{cut}"


def _status(counts: Counter[Encryption], *, complete: bool) -> int:
    if counts[Encryption.PLAINTEXT] or counts[Encryption.WEAK]:
        return EXIT_READABLE
    if counts[Encryption.UNKNOWN] or not complete:
        return EXIT_UNKNOWN
    return 0


class _Progress:
    """A counter on stderr, for people only: it is wiped before anything else is written."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._count = 0

    def step(self, _: str) -> None:
        self._count += 1
        if self._shown and self._count % PROGRESS_EVERY == 0:
            sys.stderr.write(f"\r{self._count} files looked at ...")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
