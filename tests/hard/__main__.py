"""`make hard`: kill what must survive being killed, a hundred times each, and leave the counts.

Before that, every probe reads ten thousand spoilt answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.hard.result import Result
from tests.hard.spoilt import spoilt_answers

RESULTS = Path("build/hard.json")
KILLS = 100
SEED = 1
DEADLINE = 3 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One test that is repeated at random moments."""

    name: str
    test: str


RUNS = (
    Run(name="kill -9 of a restore test of restic", test="tests/agent/run/test_kill_with_tools.py"),
    Run(
        name="kill -9 of restore tests in namespaces: restic, borg, PostgreSQL",
        test="tests/e2e/test_kill_restore.py",
    ),
)


def main() -> int:
    """Make every run, tell how it ended, and exit 1 when one did not hold."""
    results = [*spoilt_answers(), *map(_made, RUNS)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"results": [asdict(result) for result in results]}, indent=2))
    print(f"{RESULTS} holds these counts")
    return 0 if all(result.holds for result in results) else 1


def _made(run: Run) -> Result:
    began = time.monotonic()
    counts = {"GUARDIAN_KILL_ROUNDS": str(KILLS), "GUARDIAN_KILL_SEED": str(SEED)}
    words = (sys.executable, "-m", "pytest", "-q", "-n", "0", run.test)
    ended = subprocess.run(words, env=os.environ | counts, timeout=DEADLINE, check=False)
    holds = ended.returncode == 0
    seconds = time.monotonic() - began
    print(f"{'holds ' if holds else 'BROKEN'}  {run.name}: {KILLS} kills in {seconds:.0f} s")
    # A test stops at its first violation.
    return Result(
        name=run.name, runs=KILLS, violations=int(not holds), goal=0, seed=SEED, holds=holds
    )


if __name__ == "__main__":
    sys.exit(main())
