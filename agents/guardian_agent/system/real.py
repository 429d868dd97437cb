"""This machine."""

from __future__ import annotations

import os

from guardian_agent.system.clock import RealClock
from guardian_agent.system.files import RealFiles
from guardian_agent.system.network import RealNetwork
from guardian_agent.system.ports import System
from guardian_agent.system.processes import RealProcesses
from guardian_agent.system.randomness import RealRandomness
from guardian_agent.system.twins import RealTwins
from guardian_agent.system.volumes import RealVolumes


def real_system() -> System:
    """Return the ports of the machine that this process runs on."""
    return System(
        clock=RealClock(),
        files=RealFiles(),
        processes=RealProcesses(),
        volumes=RealVolumes(),
        network=RealNetwork(),
        randomness=RealRandomness(),
        environment=dict(os.environ),
        twins=RealTwins(),
    )
