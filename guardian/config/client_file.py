"""clients.d/*.toml: text to one client with what was agreed for each of its assets; pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from guardian_agent.errors import DecodeError
from guardian_agent.wire.names import Name, Slug, restricted

from guardian.config.calendars import ZoneCalendar
from guardian.config.declared import read_attested, read_means, read_standards
from guardian.config.exemptions import (
    Accepted,
    in_force,
    read_exemptions,
    read_uncovered,
)
from guardian.config.in_use import read_aside, read_silence
from guardian.config.pauses import beside, check_named, read_pauses
from guardian.config.policy import (
    Checks,
    Layer,
    Place,
    agreement,
    defaults,
    read_layer,
    resolve,
)
from guardian.config.schema import ClientFile, CopyTable, ServerTable, SetTable
from guardian.config.settings import BackupSet, Client, Decision, Server, WitnessTable
from guardian.config.toml import decode
from guardian.config.words import display_name
from guardian.domain.asset import Agreement, Asset, CopyPlan, Obligation, ServerPlan, Subject
from guardian.errors import ConfigError

SHORTEST_INTERVAL = timedelta(minutes=1)
LONGEST_INTERVAL = timedelta(days=31)

Decisions = dict[Asset, tuple[Decision, ...]]


def parse_client(text: str, where: str, checks: Checks) -> tuple[Client, Decisions]:
    """Decode one client's file.

    Args:
        text: the file.
        where: its name, for messages and origins.
        checks: every control there is.

    Returns:
        The client, and for each of its assets the values in force with their origins.

    Raises:
        ConfigError: with the file, the place in it, and what was expected.
    """
    return _Reader(decode(ClientFile, text, where), where, checks).client()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """What is in force for the assets below one table."""

    layers: tuple[Layer, ...]
    """From weak to strong."""
    exemptions: tuple[tuple[Accepted, ...], ...] = ()
    """From strong to weak."""


class _Reader:
    """Walks one client's file, keeping what each asset's values are and where they stand."""

    def __init__(self, file: ClientFile, where: str, checks: Checks) -> None:
        self._file = file
        self._where = where
        self._checks = checks
        self._decisions: Decisions = {}

    def client(self) -> tuple[Client, Decisions]:
        table = self._file.client
        if not self._file.server and table.offboarded is None:
            raise ConfigError(
                f"{self._where}: client {table.id!r} has no [[server]]; a client without servers "
                "would always look compliant; one that left says `offboarded`"
            )
        self._distinct((server.id for server in self._file.server), "server")
        check_named(self._file, self._where)
        policy = Place(file=self._where, table="policy", path=("policy",))
        layer = read_layer(self._file.policy, policy, self._checks)
        level = _Level(layers=(defaults(self._checks.values()), layer))
        client = Client(
            id=table.id,
            name=display_name(table.name, f"{self._where}: at $.client.name"),
            timezone=_zone(table.timezone, f"{self._where}: at $.client.timezone"),
            language=table.language,
            servers=tuple(self._servers(level)),
            file=self._where,
            offboarded=table.offboarded,
            standards=read_standards(table.standards, self._where),
            certified_means=read_means(self._file, self._where),
            insurance=table.insurance,
            attested=read_attested(self._file.attested, self._where),
        )
        return client, self._decisions

    def _servers(self, above: _Level) -> Iterator[Server]:
        for number, table in enumerate(self._file.server):
            path = ("server", number)
            _check_interval(table.interval, f"{self._where}: at $.server[{number}].interval")
            self._check_names(table)
            level = self._server_level(table, path, above)
            yield Server(
                id=table.id,
                interval=table.interval,
                backup_sets=tuple(
                    BackupSet(name=each.name, copies=each.copies) for each in table.backup_set
                ),
                exposures=table.exposures,
                plan=self._plan(table, path, level),
                custody_of=table.custody_of,
                witnesses=tuple(self._witnesses(table)),
            )

    def _witnesses(self, table: ServerTable) -> Iterator[WitnessTable]:
        for each in table.backup_set:
            for copy, told in each.copy.items():
                if told.witness is not None:
                    yield WitnessTable(
                        asset=Asset(
                            client=self._file.client.id,
                            server=table.id,
                            backup_set=each.name,
                            copy=copy,
                        ),
                        kind=_kind(told.witness, self._witness_place(table, each, copy)),
                        table={key: told.witness[key] for key in told.witness if key != "kind"},
                        where=self._witness_place(table, each, copy),
                    )

    def _witness_place(self, server: ServerTable, backup_set: SetTable, copy: Name) -> str:
        table = f"server.backup_set.copy.{copy}.witness"
        return f"{self._where}: [{table}] of {server.id}/{backup_set.name}"

    def _server_level(
        self, table: ServerTable, path: tuple[str | int, ...], above: _Level
    ) -> _Level:
        whose = f" of {table.id}"
        policy = Place(file=self._where, table="server.policy", whose=whose, path=(*path, "policy"))
        exempt = Place(file=self._where, table="server.exempt", whose=whose, path=(*path, "exempt"))
        return _Level(
            layers=(*above.layers, read_layer(table.policy, policy, self._checks)),
            exemptions=(read_exemptions(table.exempt, exempt, self._checks),),
        )

    def _plan(self, table: ServerTable, path: tuple[str | int, ...], level: _Level) -> ServerPlan:
        bare = self._bare_plan(table)
        asset = Asset(client=bare.client, server=table.id)
        obligations = [self._obligation(asset, level, bare)]
        for number, each in enumerate(table.backup_set):
            below = self._set_level(table.id, each, (*path, "backup_set", number), level)
            whole = replace(asset, backup_set=each.name)
            kept = (replace(whole, copy=copy) for copy in each.copies)
            of_set = self._obligation(whole, below, bare)
            obligations += [of_set] if of_set.agreements else []
            obligations += [self._obligation(copy, below, bare) for copy in kept]
        return replace(bare, obligations=tuple(obligations))

    def _bare_plan(self, table: ServerTable) -> ServerPlan:
        client = self._file.client
        if table.gone_by is not None and table.custody_of is None:
            raise ConfigError(
                f"{self._where}: {table.id}: `gone_by` is about data of another client; "
                "name it as `custody_of`"
            )
        where = f"{self._where}: {table.id}"
        zone = _zone(table.timezone or client.timezone, f"{where}: timezone")
        aside = read_aside(table, zone, where)
        return ServerPlan(
            client=client.id,
            server=table.id,
            interval=table.interval,
            exposures=table.exposures,
            volumes=table.volumes,
            databases=table.databases,
            buckets=table.buckets,
            custody_of=table.custody_of,
            gone_by=table.gone_by,
            offboarded=client.offboarded,
            copies=tuple(_copy_plans(table)),
            calendar=ZoneCalendar(zone=zone),
            pauses=beside(read_pauses(self._file, table, zone, self._where), aside),
            aside=aside,
            longest_silence=read_silence(table, where),
            uncovered=read_uncovered(table.uncovered, where),
        )

    def _set_level(
        self, server: Name, table: SetTable, path: tuple[str | int, ...], above: _Level
    ) -> _Level:
        whose = f"{server}/{table.name}"
        if not table.copies:
            raise ConfigError(
                f"{self._where}: backup set {whose} has no copies; it would always look compliant"
            )
        self._distinct(table.copies, f"{whose}: copy")
        _check_told(table, f"{self._where}: [server.backup_set.copy] of {whose}")
        copies = frozenset({Subject.SET, Subject.COPY})
        policy = Place(
            file=self._where,
            table="server.backup_set.policy",
            whose=f" of {whose}",
            path=(*path, "policy"),
            subjects=copies,
        )
        exempt = Place(
            file=self._where,
            table="server.backup_set.exempt",
            whose=f" of {whose}",
            path=(*path, "exempt"),
            subjects=copies,
        )
        exemptions = read_exemptions(table.exempt, exempt, self._checks)
        _check_copies(exemptions, table.copies, self._checks)
        return _Level(
            layers=(*above.layers, read_layer(table.policy, policy, self._checks)),
            exemptions=(exemptions, *above.exemptions),
        )

    def _obligation(self, asset: Asset, level: _Level, plan: ServerPlan) -> Obligation:
        agreements: dict[str, Agreement] = {}
        shown: list[Decision] = []
        for control, check in self._checks.items():
            if check.applies_to is not asset.subject or not check.is_about(plan):
                continue
            if not check.concerns(plan, asset):
                continue
            decisions = resolve(check, level.layers)
            accepted = in_force(control, asset.copy, level.exemptions)
            exemption = None if accepted is None else accepted.exemption
            shown += (*decisions, *(() if accepted is None else (accepted.decision(),)))
            agreed = agreement(check, decisions, exemption)
            if check.is_agreed(agreed.settings):
                agreements[control] = agreed
        self._decisions[asset] = tuple(shown)
        return Obligation(asset=asset, agreements=agreements)

    def _check_names(self, table: ServerTable) -> None:
        """Refuse a name that stands twice; of buckets and places the objects are told alike."""
        self._distinct((each.name for each in table.backup_set), f"{table.id}: backup set")
        self._distinct((*table.exposures, *table.buckets), f"{table.id}: exposure or bucket")
        self._distinct(table.volumes, f"{table.id}: volume")
        self._distinct(table.databases, f"{table.id}: database")

    def _distinct(self, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise ConfigError(f"{self._where}: {what} {name!r} stands twice")
            seen.add(name)


def _copy_plans(table: ServerTable) -> Iterator[CopyPlan]:
    for each in table.backup_set:
        for copy in each.copies:
            told = each.copy.get(copy, CopyTable())
            yield CopyPlan(
                backup_set=each.name,
                copy=copy,
                place=told.place,
                media=told.media,
                offsite=told.offsite,
                witness=None if told.witness is None else str(told.witness.get("kind", "")),
            )


def _kind(table: Mapping[str, object], where: str) -> Slug:
    try:
        return restricted(Slug, table.get("kind"), "$.kind")
    except DecodeError as error:
        raise ConfigError(f'{where}: {error}, such as "s3"') from None


def _check_told(table: SetTable, where: str) -> None:
    """Refuse a table of a copy that the backup set does not have."""
    for name in table.copy:
        if name not in table.copies:
            close = difflib.get_close_matches(name, table.copies, n=1)
            there = f"there are: {', '.join(table.copies)}"
            hint = f"did you mean {close[0]!r}?" if close else there
            raise ConfigError(f"{where}: no copy {name!r}; {hint}")


def _check_copies(exemptions: Sequence[Accepted], copies: Sequence[Name], checks: Checks) -> None:
    for each in exemptions:
        if each.copy is not None and checks[each.control].applies_to is Subject.SET:
            raise ConfigError(
                f"{each.origin}: {each.control} is about all copies; leave out `copy`"
            )
        if each.copy is not None and each.copy not in copies:
            raise ConfigError(
                f"{each.origin}: no copy {each.copy!r}; there are: {', '.join(copies)}"
            )


def _check_interval(interval: timedelta, where: str) -> None:
    if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        raise ConfigError(f'{where}: expected a duration from "1m" to "31d"')


def _zone(name: str, where: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # KeyError is how zoneinfo says that there is none
        raise ConfigError(
            f'{where}: {name!r} is no time zone; expected one such as "Europe/Berlin"'
        ) from None
