"""The probes: their settings, what they can do, and the tool versions that they were tried with."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from textwrap import fill

from guardian_agent import probes
from guardian_agent.probe import AnyProbe, verifier

from tests.agent.reference.fields import prose, settings_table

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROGRAMS = {"postgres_dump": "postgresql", "mariadb_backup": "mariadb"}
"""Whose recorded answers a probe is tested with, where it is not named like its tool."""

HEAD = """\
## Probes

A copy's `tool` names its probe. A program is run only when its file and every folder above it
belong to root or the agent's user, and nobody else may write there. The versions named below are
those whose answers were recorded and are read in the tests; of others nothing is promised.
"""


def section() -> str:
    """Return every probe."""
    return "\n".join([HEAD, *(_probe(name, probe) for name, probe in probes.load().items())])


def tried_with(name: str) -> Sequence[str]:
    """Return the versions whose answers are recorded, oldest first."""
    program = PROGRAMS.get(name, name)
    found = [each.name.removeprefix(f"{program}-") for each in FIXTURES.glob(f"{program}-[0-9]*")]
    return sorted(found, key=lambda version: [int(part) for part in version.split(".")])


def _probe(name: str, probe: AnyProbe) -> str:
    module = importlib.import_module(f"guardian_agent.probes.{name}")
    parts = (
        f'### `tool = "{name}"`',
        prose(module),
        fill(f"{_versions(name, probe)} {_abilities(probe)}", 100),
        prose(probe.settings),
        settings_table(probe.settings),
    )
    return "\n\n".join(parts)


def _versions(name: str, probe: AnyProbe) -> str:
    versions = tried_with(name)
    if (FIXTURES / f"{name}-documented").is_dir():
        return "Never tried on the real thing: its answers are those of its documentation."
    runs_a_program = "binary" in {field.name for field in fields(probe.settings)}
    assert runs_a_program == bool(versions), f"{name}: where are its program's recorded answers?"
    if not versions:
        return "No setting names a program."
    program = PROGRAMS.get(name, name)
    return f"Tried with {program} {', '.join(versions)}; nothing else is promised."


def _abilities(probe: AnyProbe) -> str:
    comes = (
        "the files come back and are compared" if probe.restorer else "no single file comes back"
    )
    lives = "; the database comes to life and is asked" if probe.database else ""
    checks = "is" if verifier(probe) else "is not"
    searched = "are" if probe.raw else "are not"
    return (
        f"In restore tests, {comes}{lives}. The stored data {checks} read and checked. "
        f"A copy's raw bytes {searched} searched for the canary."
    )
