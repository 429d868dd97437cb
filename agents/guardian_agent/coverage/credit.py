"""Which databases on a server a backup keeps: proven, perhaps, or not at all. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from guardian_agent.coverage.area import Area
from guardian_agent.coverage.clusters import ENGINES, MARIADB
from guardian_agent.restore.livedata import is_below, name_of

if TYPE_CHECKING:
    from guardian_agent.coverage.dumps import Dump


class Credit(Enum):
    """How far backups of databases keep what lies in an area."""

    NONE = 0
    PERHAPS = 1
    """There are backups, and they do not tell of which database."""
    KEPT = 2


Backup = tuple[str, "Dump"]
"""A backup set's name, and what one of its copies keeps."""
Clusters = Mapping[str, Sequence[str]]
"""Cluster -> its databases, the largest first."""


def credited(
    areas: Sequence[Area],
    backups: Sequence[Backup],
    told: Mapping[str, Sequence[str]],
    sizes: Mapping[str, int],
) -> dict[str, Credit]:
    """Return the credit of every database and cluster, by its path.

    Args:
        areas: all areas; a cluster's databases lie in it.
        backups: backups of database servers that have a good restore point.
        told: data directory -> the backup sets that keep its databases, by the operator's word.
        sizes: how large each database is, about: of those that nobody tells apart the larger ones
            are taken for kept, so that what is left over is certainly in no backup.
    """
    named = {path.rstrip("/"): frozenset(sets) for path, sets in told.items()}
    spoken_for = frozenset().union(*named.values())
    found: dict[str, Credit] = {}
    for engine in ENGINES:
        clusters = _clusters(areas, engine, sizes)
        own = [each for each in backups if each[1].engine == engine]
        for cluster in clusters.keys() & named.keys():
            is_kept = bool(named[cluster]) and named[cluster] <= {name for name, _ in own}
            credit = Credit.KEPT if is_kept else Credit.NONE
            found |= dict.fromkeys((cluster, *clusters[cluster]), credit)
        rest = {path: inside for path, inside in clusters.items() if path not in named}
        free = [each for each in own if each[0] not in spoken_for]
        found |= _by_themselves(rest, free, engine)
    return found


def _clusters(areas: Sequence[Area], engine: str, sizes: Mapping[str, int]) -> Clusters:
    own = [area.path for area in areas if area.kind == engine]
    tops = [path for path in own if not any(path != o and is_below(path, o) for o in own)]
    inside = {top: [path for path in own if path != top and is_below(path, top)] for top in tops}
    for databases in inside.values():
        databases.sort(key=lambda path: (-sizes.get(path, 0), path))
    ranked = sorted(inside, key=lambda top: (-sum(sizes.get(e, 0) for e in inside[top]), top))
    return {top: inside[top] for top in ranked}


def _by_themselves(clusters: Clusters, backups: Sequence[Backup], engine: str) -> dict[str, Credit]:
    """Credit clusters that nobody said anything of; of several only their number tells."""
    if len(clusters) == 1:
        ((cluster, databases),) = clusters.items()
        return _alone(cluster, databases, [dump for _, dump in backups], engine)
    sets = len({name for name, _ in backups})
    found: dict[str, Credit] = {}
    for number, (cluster, databases) in enumerate(clusters.items()):
        credit = Credit.PERHAPS if number < sets else Credit.NONE
        found |= dict.fromkeys((cluster, *databases), credit)
    return found


def _alone(
    cluster: str, databases: Sequence[str], dumps: Sequence[Dump], engine: str
) -> dict[str, Credit]:
    if not dumps:
        return dict.fromkeys((cluster, *databases), Credit.NONE)
    found = {cluster: Credit.KEPT}
    if any(dump.whole for dump in dumps):
        return found | dict.fromkeys(databases, Credit.KEPT)
    if engine == MARIADB:
        return found | {path: _by_name(name_of(path), dumps) for path in databases}
    if len(databases) == 1:
        return found | dict.fromkeys(databases, Credit.KEPT)
    known = sum(dump.series for dump in dumps)
    return found | {
        path: Credit.PERHAPS if number < known else Credit.NONE
        for number, path in enumerate(databases)
    }


def _by_name(name: str, dumps: Sequence[Dump]) -> Credit:
    if any(name in dump.names for dump in dumps):
        return Credit.KEPT
    return Credit.NONE if all(dump.is_named for dump in dumps) else Credit.PERHAPS
