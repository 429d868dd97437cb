"""Where memory goes when the machine writes it to disk: swap and hibernation.

Sources: proc(5) (`/proc/swaps`), the kernel's `Documentation/power/swsusp` (`/sys/power/resume`).
"""

from __future__ import annotations

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.found import Found, denied, failed, safe
from guardian_agent.exposure.volumes.lies_on import Ground
from guardian_agent.exposure.volumes.mounts import unescaped
from guardian_agent.exposure.volumes.tables import text_of
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

_SWAPS = "/proc/swaps"
_RESUME = "/sys/power/resume"
_STATES = "/sys/power/state"


def swap(ground: Ground, system: System) -> list[Found]:
    """Look at each area that is in use."""
    table = text_of(system.files, _SWAPS)
    if table is None:
        return [failed("no-swap-table")]
    areas = [line.split() for line in table.splitlines()[1:] if line.strip()]
    return [_area(unescaped(area[0]), area[1:], ground, system) for area in areas] or [
        safe("no-swap")
    ]


def _area(path: str, rest: list[str], ground: Ground, system: System) -> Found:
    try:
        if rest[:1] == ["partition"]:
            return ground.of_device(path)
        return ground.of_path(system.files.real(path))
    except ProbeError as error:
        return unread(error)


def hibernation(ground: Ground, system: System) -> Found:
    """Look at the device that the machine would wake up from."""
    try:
        states = text_of(system.files, _STATES)
        number = (text_of(system.files, _RESUME) or "0:0").strip()
        if states is not None and "disk" not in states.split():
            return safe("no-hibernation")
        return safe("no-hibernation") if number == "0:0" else ground.of_number(number)
    except ProbeError as error:
        return unread(error)


def unread(error: ProbeError) -> Found:
    """Return what is known where one of the kernel's tables could not be read."""
    if error.reason is Reason.PERMISSION_DENIED:
        return denied("cap_dac_read_search")
    return failed("unreadable-table")
