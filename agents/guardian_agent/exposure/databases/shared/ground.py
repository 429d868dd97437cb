"""What a database's folders lie on, for engines that do not encrypt their files themselves."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.volumes.found import Found, failed
from guardian_agent.exposure.volumes.keys import key_at
from guardian_agent.exposure.volumes.lies_on import Ground
from guardian_agent.exposure.volumes.memory import unread
from guardian_agent.exposure.volumes.tables import known_mounts
from guardian_agent.system import System


def lie_on(folders: Sequence[str], system: System) -> list[Found]:
    """Return what each folder's volume is: encrypted, plain, or not to be seen from here."""
    try:
        ground = Ground(known_mounts(system), system)
        real = dict.fromkeys(system.files.real(folder) for folder in folders)
        return [
            ground.of_path(path) if system.files.exists(path) else failed("path-missing")
            for path in real
        ]
    except ProbeError as error:
        return [unread(error)]


def key_file(path: str, system: System) -> Found:
    """Say whether a file of keys lies on a plain disk."""
    try:
        return key_at(path, Ground(known_mounts(system), system), system)
    except ProbeError as error:
        return unread(error)
