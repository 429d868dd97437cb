"""Where database servers keep their data: by the usual folders, their sockets and configuration.

Each database is an area in its cluster's. PostgreSQL names a database's folder by its number, and
numbers what people made from 16384 on (`FirstNormalObjectId`); MariaDB names it like the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guardian_agent.coverage.area import Finder
from guardian_agent.restore.livedata import name_of
from guardian_agent.wire.facts.words import Reason

POSTGRESQL, MARIADB = "postgresql", "mariadb"
ENGINES = (POSTGRESQL, MARIADB)

_FIRST_OWN = 16384
_SERVERS_SCHEMAS = frozenset({"mysql", "performance_schema", "sys", "information_schema"})
_LOCK = re.compile(r"\.s\.PGSQL\.[0-9]{1,5}\.lock")
_DATADIR = re.compile(r"^[ \t]*datadir[ \t]*=[ \t]*[\"']?(/[^\s\"'#]+)", re.MULTILINE)
_SOCKETS = ("var/run/postgresql", "run/postgresql", "tmp")
_CONFIGURED = ("etc/mysql/my.cnf", "etc/my.cnf")
_CONFIGURED_IN = ("etc/mysql/mariadb.conf.d", "etc/mysql/conf.d", "etc/my.cnf.d")
_MARIADB_SOCKETS = ("run/mysqld/mysqld.sock", "var/lib/mysql/mysql.sock")
_SMALL = 64 * 1024


def find(root: str, told: Iterable[str], finder: Finder) -> None:
    """Add the clusters below a root and their databases; `root` ends with a slash.

    Args:
        root: below which the usual places are looked for.
        told: data directories that the operator named.
        finder: takes them.
    """
    for path in dict.fromkeys((*told, *_postgresql(root, finder))):
        _cluster_of_postgresql(path.rstrip("/"), finder)
    mariadb = tuple(dict.fromkeys((*told, *_mariadb(root, finder))))
    found = [_cluster_of_mariadb(path.rstrip("/"), finder) for path in mariadb]
    if not any(found) and any(finder.files.exists(root + path) for path in _MARIADB_SOCKETS):
        finder.reason = Reason.PATH_MISSING  # it runs, and its data is not where it is looked for


def _postgresql(root: str, finder: Finder) -> Iterator[str]:
    for version in finder.folders(f"{root}var/lib/postgresql", POSTGRESQL):
        yield from (each.path for each in finder.folders(version.path, POSTGRESQL))
        yield version.path
    yield f"{root}var/lib/pgsql/data"
    for version in finder.folders(f"{root}var/lib/pgsql", POSTGRESQL):
        yield f"{version.path}/data"
    for folder in _SOCKETS:
        yield from _locked(root + folder, finder)


def _locked(folder: str, finder: Finder) -> Iterator[str]:
    """Yield the data directories that running servers name beside their sockets, in line two."""
    try:
        names = [entry.path for entry in finder.files.scan(folder) if entry.is_file]
    except OSError:
        return
    for path in names:
        if _LOCK.fullmatch(name_of(path)):
            lines = (finder.text(path, _SMALL) or "").splitlines()
            if len(lines) > 1 and lines[1].startswith("/"):
                yield lines[1]


def _mariadb(root: str, finder: Finder) -> Iterator[str]:
    yield f"{root}var/lib/mysql"
    files = [root + path for path in _CONFIGURED]
    for folder in _CONFIGURED_IN:
        try:
            files += [entry.path for entry in finder.files.scan(root + folder) if entry.is_file]
        except OSError:
            continue
    for path in files:
        yield from _DATADIR.findall(finder.text(path, _SMALL) or "")


def _cluster_of_postgresql(path: str, finder: Finder) -> None:
    if _add_if_closed(path, POSTGRESQL, finder) or not finder.files.exists(f"{path}/PG_VERSION"):
        return
    base = finder.folders(f"{path}/base", POSTGRESQL)
    _add(
        path, [each.path for each in base if _is_own_number(name_of(each.path))], POSTGRESQL, finder
    )


def _is_own_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and int(name) >= _FIRST_OWN


def _cluster_of_mariadb(path: str, finder: Finder) -> bool:
    marks = ("ibdata1", "aria_log_control")
    if _add_if_closed(path, MARIADB, finder):
        return True
    if not any(finder.files.exists(f"{path}/{mark}") for mark in marks):
        return False
    inside = finder.folders(path, MARIADB)
    _add(
        path, [each.path for each in inside if _is_own_schema(name_of(each.path))], MARIADB, finder
    )
    return True


def _is_own_schema(name: str) -> bool:
    return name not in _SERVERS_SCHEMAS and not name.startswith(("#", "."))


def _add(cluster: str, databases: list[str], kind: str, finder: Finder) -> None:
    """Add a cluster with its databases; one without any is as its package made it: no live data."""
    for path in (cluster, *databases) if databases else ():
        finder.add(path, kind)


def _add_if_closed(path: str, kind: str, finder: Finder) -> bool:
    """Add a folder that may not be entered: what it holds is not known."""
    if not finder.is_folder(path):
        return False
    try:
        next(iter(finder.files.scan(path)), None)
    except OSError:
        finder.add(path, kind)
        return True
    return False
