"""The agent's only door to the machine: clock, files, processes, network, randomness.

Everything else receives a `System` and touches nothing itself, so that a whole agent runs in a
simulation. `real.py` is the machine; tests bring their own ports.
"""

from guardian_agent.system.ports import (
    Background,
    Clock,
    Completed,
    Confinement,
    Entry,
    Files,
    Folder,
    Held,
    Network,
    Processes,
    Protections,
    Randomness,
    System,
    Twin,
    Twins,
    Volumes,
)

__all__ = [
    "Background",
    "Clock",
    "Completed",
    "Confinement",
    "Entry",
    "Files",
    "Folder",
    "Held",
    "Network",
    "Processes",
    "Protections",
    "Randomness",
    "System",
    "Twin",
    "Twins",
    "Volumes",
]
