"""How a database server is set up; one file for each engine."""

from __future__ import annotations

from guardian_agent.config import Database
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Posture


def observe(database: Database, system: System) -> Posture:
    """Look at one configured database server.

    Raises:
        ProbeError: it cannot be asked, or its configuration not be read.
    """
    raise NotImplementedError
