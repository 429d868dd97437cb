"""Run the benchmarks; exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path

import tests.bench
from tests.bench._result import Result

RESULTS = Path("build/bench.json")


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--only", help="one benchmark's name")
    given = options.parse_args()
    names = [each.name for each in pkgutil.iter_modules(tests.bench.__path__)]
    chosen = [n for n in names if not n.startswith("_") and given.only in (None, n)]
    if not chosen:
        options.error(f"no benchmark {given.only}")
    results = [result for name in chosen for result in _measured(name)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"results": [asdict(each) for each in results]}, indent=1) + "\n")
    return 0 if all(result.holds for result in results) else 1


def _measured(name: str) -> list[Result]:
    results = list(importlib.import_module(f"tests.bench.{name}").measure())
    for result in results:
        print(result)
    return results


if __name__ == "__main__":
    sys.exit(main())
