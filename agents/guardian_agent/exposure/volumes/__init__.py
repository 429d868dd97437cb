"""What every mount with client data lies on, down to the disk: encrypted or not."""

from __future__ import annotations

from guardian_agent.config import Volume
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Posture


def observe(volume: Volume, system: System) -> Posture:
    """Look at the mounts of one configured place, and at swap and hibernation.

    Raises:
        ProbeError: the machine's own tables cannot be read.
    """
    raise NotImplementedError
