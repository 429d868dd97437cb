"""What mariadb-backup keeps of a server's configuration: `backup-my.cnf`."""

from __future__ import annotations

import re

CONFIGURATION = "backup-my.cnf"

_OPTIONS = {
    "innodb_checksum_algorithm": re.compile(r"[a-z0-9_]{1,20}", re.ASCII),
    "innodb_compression_level": re.compile(r"[0-9]", re.ASCII),
    "innodb_data_file_path": re.compile(r"[A-Za-z0-9_]+:[0-9]+[KMG]?(:autoextend)?", re.ASCII),
    "innodb_log_file_size": re.compile(r"[0-9]{1,15}", re.ASCII),
    "innodb_page_size": re.compile(r"[0-9]{4,5}", re.ASCII),
    "innodb_undo_directory": re.compile(r"\./"),
    "innodb_undo_tablespaces": re.compile(r"[0-9]{1,3}", re.ASCII),
    "lower_case_table_names": re.compile(r"[012]", re.ASCII),
}


def options_of(text: str) -> dict[str, str]:
    """Return what the data cannot be read without, out of a backup's `backup-my.cnf`.

    A backup may be anybody's, and the file can name libraries to load and other files to read: what
    is not of a known form is left out.
    """
    pairs = (line.partition("=")[::2] for line in text.splitlines())
    known = {key.strip(): value.strip() for key, value in pairs}
    return {
        name: known[name]
        for name, form in _OPTIONS.items()
        if form.fullmatch(known.get(name, "")) is not None
    }


def loads_plugins(text: str) -> bool:
    """Say whether the server that was backed up had a plugin without which its data are unreadable.

    That is one that keeps keys: the server encrypts its own files.
    """
    return any(line.strip().startswith("plugin") for line in text.splitlines())
