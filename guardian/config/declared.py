"""What a client's file says of standards: which are shown, and what only a person can say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from guardian_agent.wire.scalars import suggestion

from guardian.config.schema import AttestedTable, CertifiedMeansTable, ClientFile
from guardian.config.words import note
from guardian.domain.requirement.declared import Attested, CertifiedMeans
from guardian.domain.requirement.insurance import QUESTIONS
from guardian.domain.standards import load
from guardian.errors import ConfigError


def read_standards(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the standards that are named.

    Raises:
        ConfigError: one is not known, or stands twice.
    """
    place = f"{where}: at $.client.standards"
    _each_known(names, [each.name for each in load()], "standard", place)
    _each_once(names, "standard", place)
    return tuple(names)


def read_means(file: ClientFile, where: str) -> tuple[CertifiedMeans, ...]:
    """Return the certified means that are named.

    Raises:
        ConfigError: an empty text, nothing that it protects, or a server that is not there.
    """
    servers = [server.id for server in file.server]
    return tuple(
        _means(table, servers, f"{where}: [[certified_means]] number {number}")
        for number, table in enumerate(file.certified_means, 1)
    )


def read_attested(tables: Sequence[AttestedTable], where: str) -> tuple[Attested, ...]:
    """Return what insurers are told by somebody's word.

    Raises:
        ConfigError: an empty text, a question that nobody asks, or one that is answered twice.
    """
    _each_once([table.question for table in tables], "question", f"{where}: [[attested]]")
    return tuple(
        _attested(table, f"{where}: [[attested]] number {number}")
        for number, table in enumerate(tables, 1)
    )


def _means(table: CertifiedMeansTable, servers: Collection[str], place: str) -> CertifiedMeans:
    if not table.protects:
        raise ConfigError(f'{place}: protects: expected "at-rest", "in-transit" or both')
    _each_known(table.servers, servers, "server", f"{place}: servers")
    return CertifiedMeans(
        name=note(table.name, f"{place}: name"),
        certificate=note(table.certificate, f"{place}: certificate"),
        valid_until=table.valid_until,
        owner=note(table.owner, f"{place}: owner"),
        protects=table.protects,
        servers=tuple(table.servers),
    )


def _attested(table: AttestedTable, place: str) -> Attested:
    asked = [each.requirement.id for each in QUESTIONS]
    _each_known([table.question], asked, "question", f"{place}: question")
    return Attested(
        question=table.question,
        statement=note(table.statement, f"{place}: statement"),
        owner=note(table.owner, f"{place}: owner"),
        said_on=table.said_on,
    )


def _each_known(names: Iterable[str], known: Collection[str], what: str, place: str) -> None:
    for name in names:
        if name not in known:
            hint = suggestion(name, known) or f"; there are: {', '.join(known)}"
            raise ConfigError(f"{place}: no {what} {name!r}{hint}")


def _each_once(names: Sequence[str], what: str, place: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{place}: {what} {name!r} stands twice")
