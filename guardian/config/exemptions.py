"""Exemptions: risks that somebody accepted, with a reason, an owner and an end (or not at all)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guardian_agent.wire.names import Name

from guardian.config.policy import Checks, Place, known
from guardian.config.schema import ServerExemption, SetExemption, UncoveredTable
from guardian.config.settings import Decision
from guardian.config.words import note
from guardian.domain.asset import Exemption, Uncovered
from guardian.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One exemption and what it covers."""

    control: str
    copy: Name | None
    """None: every copy of the level."""
    exemption: Exemption
    origin: str
    file: str
    path: tuple[str | int, ...]

    def decision(self) -> Decision:
        """Return it as `config explain` shows it."""
        end = f"until {self.exemption.expires} by {self.exemption.owner}: {self.exemption.reason}"
        return Decision(
            control=self.control,
            key="exempt",
            value=end,
            origin=self.origin,
            file=self.file,
            path=self.path,
        )


def read_exemptions(
    tables: Sequence[ServerExemption | SetExemption], place: Place, checks: Checks
) -> tuple[Accepted, ...]:
    """Return one level's exemptions.

    Raises:
        ConfigError: an unknown control, an empty reason or owner, or two for the same thing.
    """
    found = tuple(_accepted(table, number, place, checks) for number, table in enumerate(tables))
    seen: set[tuple[str, str | None]] = set()
    for each in found:
        if (each.control, each.copy) in seen:
            raise ConfigError(f"{each.origin}: exempts {each.control} twice; keep one")
        seen.add((each.control, each.copy))
    return found


def read_uncovered(tables: Sequence[UncoveredTable], where: str) -> tuple[Uncovered, ...]:
    """Return what live data need not be in a backup.

    Raises:
        ConfigError: an empty reason or owner, or an area that stands twice.
    """
    names = [table.area for table in tables]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{where}: [[server.uncovered]]: area {name!r} stands twice")
    return tuple(
        Uncovered(area=table.area, exemption=_uncovered(table, f"{where}: [[server.uncovered]]"))
        for table in tables
    )


def _uncovered(table: UncoveredTable, place: str) -> Exemption:
    return Exemption(
        reason=note(table.reason, f"{place}: reason"),
        owner=note(table.owner, f"{place}: owner"),
        expires=table.expires,
    )


def in_force(
    control: str, copy: str | None, levels: Sequence[tuple[Accepted, ...]]
) -> Accepted | None:
    """Return the exemption that covers a control: the strongest level's, one naming the copy first.

    Args:
        control: what is judged.
        copy: on which copy; None for a server.
        levels: from strong to weak.
    """
    for level in levels:
        covering = [e for e in level if e.control == control and e.copy in (None, copy)]
        if covering:
            return max(covering, key=lambda each: each.copy is not None)
    return None


def _accepted(
    table: ServerExemption | SetExemption, number: int, place: Place, checks: Checks
) -> Accepted:
    origin = f"{place.file}: [[{place.table}]] number {number + 1}{place.whose}"
    where = Place(file=place.file, table=place.table, whose=place.whose, subjects=place.subjects)
    known(table.control, checks, where)
    return Accepted(
        control=table.control,
        copy=table.copy if isinstance(table, SetExemption) else None,
        exemption=Exemption(
            reason=note(table.reason, f"{origin}: reason"),
            owner=note(table.owner, f"{origin}: owner"),
            expires=table.expires,
        ),
        origin=origin,
        file=place.file,
        path=(*place.path, number),
    )
