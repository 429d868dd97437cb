"""Machines whose tables of mounts and devices stand in `tests/fixtures/mounts-*`."""

from __future__ import annotations

from pathlib import Path

from guardian_agent.config import Volume
from guardian_agent.exposure.volumes import observe
from guardian_agent.wire.facts.exposures import Posture, Setting
from guardian_agent.wire.names import Name

from tests.agent.fakes import FakeSystem

FIXTURES = Path(__file__).parents[3] / "fixtures"
_FILES = {
    "mountinfo": "/proc/self/mountinfo",
    "swaps": "/proc/swaps",
    "crypttab": "/etc/crypttab",
    "cifs-debug-data": "/proc/fs/cifs/DebugData",
}


def machine(name: str) -> FakeSystem:
    """Return the machine that a folder of fixtures describes, run by root."""
    folder = FIXTURES / f"mounts-{name}"
    system = empty()
    for file, path in _FILES.items():
        if (folder / file).exists():
            system.files.put(path, (folder / file).read_bytes())
    below(system, (folder / "sys").read_text())
    if (folder / "dmsetup").exists():
        tables(system, (folder / "dmsetup").read_text())
    return system


def empty() -> FakeSystem:
    """Return a machine without mounts, devices or tools."""
    system = FakeSystem()
    system.files.user = 0
    system.files.put("/proc/swaps", b"Filename\tType\tSize\tUsed\tPriority\n")
    return system


def below(system: FakeSystem, listing: str) -> None:
    """Place what a listing says: `path = text`, `path -> target`, `path/`."""
    for line in filter(None, listing.splitlines()):
        path, link, target = line.partition(" -> ")
        if link:
            system.files.link(path, target)
            continue
        path, equals, text = line.partition(" =")
        if equals:
            system.files.put(path, f"{text.strip()}\n".encode() if text else b"")
        else:
            system.files.make_directory(path.rstrip("/"))


def tables(system: FakeSystem, listing: str) -> None:
    """Let `dmsetup` know mapped devices: the number of each, and its table."""
    said: dict[str, list[str]] = {}
    for line in filter(None, listing.splitlines()):
        number, _, table = line.partition(" ")
        said.setdefault(number, []).append(table)
    for number, table in said.items():
        major, minor = number.split(":")
        answer = "".join(f"{line}\n" for line in table).encode()
        system.processes.answer("dmsetup", "-j", major, "-m", minor, stdout=answer)


def look(system: FakeSystem, *paths: str, **given: str) -> Posture:
    """Look at some paths."""
    return observe(Volume(name=Name("data"), paths=paths, **given), system)


def told(posture: Posture, setting: str) -> list[tuple[str, str, int]]:
    """Return what a posture says of one setting: standing, rule, items."""
    return [brief(each) for each in posture.settings if each.setting == setting]


def brief(setting: Setting) -> tuple[str, str, int]:
    """Return a setting's standing, rule and items."""
    return (setting.standing.value, setting.rule, setting.items)
