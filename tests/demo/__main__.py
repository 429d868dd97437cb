"""`make demo`: tell the cases, print what Guardian says of them, and where to look next."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.demo.cases import CASES, CLINIC
from tests.demo.outcome import Outcome, outcomes
from tests.demo.story import tell
from tests.world.guardian import Guardian
from tests.world.serving import serving

RESULTS = Path("build/demo")


def main() -> int:
    """Run the demo; exit 1 when Guardian did not tell a case."""
    options = argparse.ArgumentParser(prog="make demo", description=__doc__)
    options.add_argument("--serve", action="store_true", help="leave central running at the end")
    given = options.parse_args()
    folder = _fresh_folder()
    started = time.monotonic()
    central = tell(folder, lambda line: _say(f"{time.monotonic() - started:4.0f} s  {line}"))
    found = outcomes(CASES, central.findings())
    _leave_results(central)
    print(central("status").output)
    _print_outcomes(found)
    _print_next(central, folder, time.monotonic() - started)
    if given.serve:
        _serve(central)
    return 0 if all(outcome.told for outcome in found) else 1


def _fresh_folder() -> Path:
    """Return an empty folder that ordinary users may enter; the last demo's is removed."""
    last = RESULTS / "world"
    if last.is_symlink():
        shutil.rmtree(last.resolve(), ignore_errors=True)
        last.unlink()
    RESULTS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="guardian-demo-"))
    folder.chmod(0o755)
    last.symlink_to(folder)
    return folder


def _leave_results(central: Guardian) -> None:
    (RESULTS / "findings.json").write_text(central("check", "--output", "json").output)
    reports = (RESULTS / "reports").resolve()
    month = f"{datetime.now(UTC):%Y-%m}"  # noqa: TID251 - the demo happens now
    formats = [word for each in ("html", "pdf", "json", "csv") for word in ("--format", each)]
    for client in sorted({case.client for case in CASES}):
        words = ("report", "build", client, "--month", month, *formats, "--out", str(reports))
        central(*words).checked()
    in_russian = ("--format", "pdf", "--language", "ru", "--out", str(reports / "ru"))
    central("report", "build", CLINIC, "--month", month, *in_russian).checked()


def _print_outcomes(found: list[Outcome]) -> None:
    print("What the demo planted, and what Guardian said of it:\n")
    for outcome in found:
        mark = "ok    " if outcome.told else "WRONG "
        print(f"  {mark}{outcome.case.client}/{outcome.case.server}: {outcome.case.story}")
        print(f"        -> {outcome.said}")
    told = sum(outcome.told for outcome in found)
    print(f"\n{told} of {len(found)} cases told as they are.")


def _print_next(central: Guardian, folder: Path, seconds: float) -> None:
    print(f"""
Took {seconds:.0f} s. Look next:
  {f"{RESULTS}/reports/":<29}a monthly report for each client (open {CLINIC}-*.pdf; ru/ in Russian)
  {f"{RESULTS}/findings.json":<29}what `guardian check --output json` says
  {folder!s:<29}the provider, its clients' disks and repositories; safe to delete
  README.md                    how to protect a first real server in ten minutes

Ask it yourself:
  .venv/bin/guardian --config {central.config} status {CLINIC}
  .venv/bin/guardian --config {central.config} check
  .venv/bin/guardian --config {central.config} audit verify""")


def _serve(central: Guardian) -> None:
    with serving(central):
        _say(
            f"central listens on https://{central.listen}, metrics on http://{central.operator}/metrics"
        )
        _say("stop it with Ctrl-C")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            _say("stopped")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
