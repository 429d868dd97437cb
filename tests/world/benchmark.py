"""The trap benchmark: each fault must be caught, each healthy twin must raise nothing.

`python -m tests.world.benchmark [--only T05] [--folder DIR]` prints a line a trap and writes
build/traps.json. It exits 1 when a trap is missed or a twin raises a false alarm.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.world.guardian import Guardian
from tests.world.monitor import ConfigRefused, Finding
from tests.world.trap import HERE, load
from tests.world.world import World

RESULTS = Path("build/traps.json")
WORKERS = 2
ORDER = ("refused", "fail", "unknown", "exempt", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one trap went."""

    id: str
    title: str
    caught: bool
    false_alarm: bool
    control: str
    status: str
    twin_status: str
    seconds: float
    notes: tuple[str, ...] = ()


def run_one(folder: Path, trap_id: str) -> Result:
    """Run one trap and its twin, each in a world of its own."""
    loaded = next(each for each in load(folder) if each.trap.id == trap_id)
    started = time.monotonic()
    control = loaded.trap.control
    found, broken = _live(loaded.fault)
    twin, twin_broken = _live(loaded.twin)
    status, twin_status = _status(found, control), _status(twin, control)
    alarms = [
        f"twin: {each.control} {each.status}: {each.reason}"
        for each in twin
        if each.status == "fail" or (each.control == control and each.status != "pass")
    ]
    reasons = [f"fault: {each.reason}" for each in found if each.control == control]
    return Result(
        id=loaded.trap.id,
        title=loaded.trap.title,
        caught=status in loaded.trap.says and not broken,
        false_alarm=twin_status != "pass" or bool(alarms) or bool(twin_broken),
        control=control,
        status=status,
        twin_status=twin_status,
        seconds=round(time.monotonic() - started, 1),
        notes=(*reasons, *broken, *alarms, *twin_broken),
    )


def _live(story: Callable[[World], None]) -> tuple[list[Finding], list[str]]:
    folder = Path(tempfile.mkdtemp(prefix="guardian-trap-"))
    try:
        world = World(folder, Guardian(folder / "central").create())
        try:
            story(world)
            return world.findings(), world.broken_promises
        except ConfigRefused as refused:
            return [_refused(str(refused))], world.broken_promises
    except Exception:  # noqa: BLE001 - a trap that breaks is a trap not caught
        return [], [traceback.format_exc(limit=-4)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refused(why: str) -> Finding:
    """Say a refused configuration as a finding, so that a trap can expect it."""
    nothing = {"client": "", "server": "", "backup_set": None, "copy": None}
    return Finding(**nothing, control="config", status="refused", reason=why)


def _status(findings: list[Finding], control: str) -> str:
    """Return the worst status of a control; "absent" when nothing is said of it."""
    said = {each.status for each in findings if each.control == control}
    if control == "config" and "refused" not in said:
        return "pass"
    return next((s for s in ORDER if s in said), "absent")


def run(folder: Path = HERE, only: str | None = None) -> list[Result]:
    """Run the traps of a folder and print each as it ends."""
    chosen = [each for each in load(folder) if only is None or each.trap.id == only]
    if not chosen:
        raise SystemExit(f"no trap {only or ''} in {folder}")
    width = max(len(each.trap.title) for each in chosen)
    with ProcessPoolExecutor(WORKERS) as pool:
        running = [pool.submit(run_one, folder, each.trap.id) for each in chosen]
        results = [_told(done.result(), width) for done in as_completed(running)]
    return sorted(results, key=lambda result: result.id)


def _told(result: Result, width: int) -> Result:
    said = "caught" if result.caught else "MISSED"
    alarm = "FALSE ALARM" if result.false_alarm else "twin quiet"
    line = f"{result.id}  {result.title:<{width}}  {said:<6}  {alarm:<11}"
    print(
        f"{line}  {result.control} {result.status}, twin {result.twin_status}  {result.seconds} s"
    )
    if not result.caught or result.false_alarm:
        print("".join(f"      {note}\n" for note in result.notes), end="", file=sys.stderr)
    sys.stdout.flush()
    return result


def summary(results: list[Result]) -> dict[str, object]:
    """Return build/traps.json as plain data."""
    caught = sum(result.caught for result in results)
    return {
        "traps": [asdict(result) for result in results],
        "caught": caught,
        "missed": len(results) - caught,
        "false_alarms": sum(result.false_alarm for result in results),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", help="one trap's id")
    options.add_argument("--folder", type=Path, default=HERE, help="traps kept elsewhere")
    given = options.parse_args()
    total = summary(run(given.folder.resolve(), given.only))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(total, indent=1) + "\n")
    print(
        f"{total['caught']} caught, {total['missed']} missed, "
        f"{total['false_alarms']} false alarms  ({RESULTS})"
    )
    return 1 if total["missed"] or total["false_alarms"] else 0


if __name__ == "__main__":
    sys.exit(main())
