"""What a server must be told of a physical backup, and which servers can be compared.

Source: mariadb-backup's `backup-my.cnf`, which names what the data cannot be read without.
"""

from __future__ import annotations

import re

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probing.mariadb_configuration import CONFIGURATION
from guardian_agent.probing.mariadb_configuration import options_of as backup_options
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

_BYTES = 64 * 1024
_PASSED_ON = (
    "innodb_page_size",
    "innodb_undo_tablespaces",
    "innodb_data_file_path",
    "lower_case_table_names",
)
_VERSION = re.compile(r"(?:5\.5\.5-)?([0-9]{1,3})\.([0-9]{1,3})")


def options_of(files: Files, folder: str) -> tuple[str, ...]:
    """Return the server's options out of a backup.

    Raises:
        ProbeError: DAMAGED when the backup does not say.
    """
    path = f"{folder}/{CONFIGURATION}"
    try:
        text = files.read(path, _BYTES).decode("utf-8", "replace")
    except (OSError, StateError) as error:
        raise ProbeError(Reason.DAMAGED, f"{path}: cannot be read: {error}") from error
    known = backup_options(text)
    return tuple(
        f"--{name.replace('_', '-')}={known[name]}" for name in _PASSED_ON if name in known
    )


def is_foreign(dumped_from: str, server: str) -> bool:
    """Say whether a server is of another kind than the dumped one, or an older one.

    Its errors then say nothing of the dump. One that does not say what it is, is taken for our own.
    """
    theirs, ours = _VERSION.match(dumped_from), _VERSION.match(server)
    if theirs is None or ours is None:
        return False
    if ("MariaDB" in dumped_from) != ("MariaDB" in server):
        return True
    return (int(theirs[1]), int(theirs[2])) > (int(ours[1]), int(ours[2]))
