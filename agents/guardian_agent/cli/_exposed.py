"""What lies open to whom, in words for people on this server."""

from __future__ import annotations

from guardian_agent.cli._amounts import count, plain
from guardian_agent.wire.observations import (
    Exposure,
    PersonalData,
    Posture,
    Reach,
    Setting,
    Standing,
)


def exposed_row(fact: Exposure | Reach | PersonalData | Posture) -> tuple[str, str, str]:
    """Say what it is about, where, and what is the case."""
    match fact:
        case Exposure():
            return "exposure", fact.name, _exposure(fact)
        case Reach():
            return "reach", fact.name, _reach(fact)
        case PersonalData():
            return "personal data", fact.name, _personal_data(fact)
        case Posture():
            return fact.subject, _whose(fact), _posture(fact)


def _exposure(fact: Exposure) -> str:
    counts = [f"{each.files} {each.kind} {each.state.value}" for each in fact.counts]
    if fact.turned_files:
        counts.append(f"{count(fact.turned_files, 'file')} TURNED INTO CIPHERTEXT")
    return _as_far(fact, ", ".join(counts) or "no files")


def _reach(fact: Reach) -> str:
    ways = [f"{each.items} {each.way}" for each in fact.counts]
    return _as_far(fact, ", ".join(ways) or "no way in found")


def _personal_data(fact: PersonalData) -> str:
    kinds = [f"{each.values} {each.kind}" for each in fact.counts]
    return _as_far(fact, ", ".join(kinds) or f"none in {count(fact.files, 'readable file')}")


def _as_far(fact: Exposure | Reach | PersonalData, said: str) -> str:
    return said if fact.complete else f"{said}; NOT COMPLETE: {plain(fact.reason)}"


def _whose(fact: Posture) -> str:
    return fact.name if fact.backup_set is None else f"{fact.backup_set}/{fact.name}"


def _posture(fact: Posture) -> str:
    return ", ".join(map(_setting, fact.settings)) or "nothing could be asked"


def _setting(setting: Setting) -> str:
    """Say how it stands; what is not safe also says by which rule, or what was not allowed."""
    said = f"{setting.setting} {plain(setting.standing)}"
    if setting.standing is Standing.SAFE:
        return said
    times = f", {setting.items} times" if setting.items > 1 else ""
    return f"{said} ({setting.permission or setting.rule}{times})"
