"""What a server must be told of a physical backup, and which servers can be compared.

Source: mariadb-backup's `backup-my.cnf`, which names what the data cannot be read without.
"""

from __future__ import annotations

import re

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

_FILE = "backup-my.cnf"
_BYTES = 64 * 1024
_OPTIONS = {
    "innodb_page_size": re.compile(r"[0-9]{4,5}", re.ASCII),
    "innodb_undo_tablespaces": re.compile(r"[0-9]{1,3}", re.ASCII),
    "innodb_data_file_path": re.compile(r"[A-Za-z0-9_]+:[0-9]+[KMG]?(:autoextend)?", re.ASCII),
    "lower_case_table_names": re.compile(r"[012]", re.ASCII),
}
"""Which are passed on, and in which form: a backup may be anybody's."""
_VERSION = re.compile(r"(?:5\.5\.5-)?([0-9]{1,3})\.([0-9]{1,3})")


def options_of(files: Files, folder: str) -> tuple[str, ...]:
    """Return the server's options out of a backup.

    Raises:
        ProbeError: DAMAGED when the backup does not say.
    """
    try:
        text = files.read(f"{folder}/{_FILE}", _BYTES).decode("utf-8", "replace")
    except (OSError, StateError) as error:
        raise ProbeError(Reason.DAMAGED, f"{folder}/{_FILE}: cannot be read: {error}") from error
    pairs = [line.partition("=")[::2] for line in text.splitlines()]
    known = {name.strip(): value.strip() for name, value in pairs}
    return tuple(
        f"--{name.replace('_', '-')}={known[name]}"
        for name, form in _OPTIONS.items()
        if form.fullmatch(known.get(name, "")) is not None
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
