"""Policies: what was agreed at each level, and which level decides.

Levels from weak to strong: the check's defaults, the client, the server, the backup set. Each key
is decided by the strongest level that names it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from guardian.config.calendars import check_expression
from guardian.config.schema import PolicyTables
from guardian.config.settings import Decision
from guardian.config.toml import shaped
from guardian.domain.asset import Agreement, Exemption, Severity, Subject
from guardian.domain.check import AnyCheck
from guardian.errors import ConfigError

LONGEST = timedelta(days=3660)
"""Ten years: a longer limit is a slip of the pen, and sums with it leave the calendar."""

MOST = 1000
"""Of anything counted, as intervals of silence: beyond it, a limit is none."""

MOST_NAMES = 100
"""In one list of names."""

Checks = Mapping[str, AnyCheck]
"""control -> check"""
Layer = Mapping[str, tuple[Decision, ...]]
"""control -> what one level decides"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a level's policy tables stand."""

    file: str
    table: str
    """The table's name in TOML ("server.policy")."""
    whose: str = ""
    """Which of several such tables (" of web1/files")."""
    path: tuple[str | int, ...] = ()
    """Keys and positions that lead to the tables."""
    subjects: frozenset[Subject] = frozenset(Subject)
    """What the level's controls may be about."""

    def of(self, control: str) -> str:
        """Return the place of one control's table, as a person finds it."""
        return f'{self.file}: [{self.table}."{control}"]{self.whose}'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loudness:
    severity: Severity


def defaults(checks: Iterable[AnyCheck]) -> Layer:
    """Return the weakest level: what the checks themselves ask for."""
    return {check.control: tuple(_defaults(check)) for check in checks}


def read_layer(tables: PolicyTables, place: Place, checks: Checks) -> Layer:
    """Return what one level decides.

    Raises:
        ConfigError: a control or a key that does not exist, or a value without its form.
    """
    return {
        control: _decisions(known(control, checks, place), table, place)
        for control, table in tables.items()
    }


def known(control: str, checks: Checks, place: Place) -> AnyCheck:
    """Return the check of a control.

    Raises:
        ConfigError: no such control, or one that is about something else than this level.
    """
    check = checks.get(control)
    if check is None:
        close = difflib.get_close_matches(control, list(checks), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(sorted(checks))}"
        raise ConfigError(f"{place.of(control)}: no control of this name; {hint}")
    if check.applies_to not in place.subjects:
        raise ConfigError(
            f"{place.of(control)}: this control is about a {check.applies_to}; write it at the "
            "server or the client"
        )
    return check


def resolve(check: AnyCheck, layers: Sequence[Layer]) -> tuple[Decision, ...]:
    """Return the decision in force for each key; later layers are stronger.

    Where a key sets another one aside (`Settings.SETS_ASIDE`), what weaker layers say of that one
    is in force no more, unless the same layer or a stronger one names it.
    """
    found: dict[str, Decision] = {}
    aside: Mapping[str, str] = getattr(check.settings, "SETS_ASIDE", {})
    for layer in layers:
        decided = layer.get(check.control, ())
        for decision in decided:
            if decision.key in aside and decision.value:
                other = aside[decision.key]
                found[other] = replace(decision, key=other, value=None)
        found |= {decision.key: decision for decision in decided}
    return tuple(found.values())


def agreement(
    check: AnyCheck, decisions: Sequence[Decision], exemption: Exemption | None
) -> Agreement:
    """Return what applies, out of one decision for each key."""
    values = {decision.key: decision.value for decision in decisions}
    severity = values.pop("severity")
    origins = dict.fromkeys(each.origin for each in decisions if each.path)
    return Agreement(
        settings=check.settings(**values),
        severity=severity,
        exemption=exemption,
        origin=", ".join(origins) or "default",
    )


def _defaults(check: AnyCheck) -> Iterable[Decision]:
    settings = check.settings()
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    for key, value in {**values, "severity": check.severity}.items():
        yield Decision(control=check.control, key=key, value=value, origin="default")


def _decisions(check: AnyCheck, table: Mapping[str, object], place: Place) -> tuple[Decision, ...]:
    origin = place.of(check.control)
    limits = {key: _listed(check, key, table[key]) for key in table if key != "severity"}
    settings = shaped(check.settings, limits, origin)
    fault = getattr(settings, "fault", lambda: None)()
    if fault is not None:
        raise ConfigError(f"{origin}: {fault}")
    values = {key: _bounded(getattr(settings, key), key, origin) for key in limits}
    if "severity" in table:
        loudness = {"severity": table["severity"]}
        values["severity"] = shaped(_Loudness, loudness, origin).severity
    return tuple(
        Decision(
            control=check.control,
            key=key,
            value=value,
            origin=origin,
            file=place.file,
            path=(*place.path, check.control, key),
        )
        for key, value in values.items()
    )


def _listed(check: AnyCheck, key: str, value: object) -> object:
    """Return one text as a list of one where the setting takes several."""
    takes_several = isinstance(getattr(check.settings(), key, None), tuple)
    return [value] if takes_several and isinstance(value, str) else value


def _bounded(value: object, key: str, origin: str) -> object:
    if isinstance(value, timedelta) and value > LONGEST:
        raise ConfigError(f"{origin}: at $.{key}: longer than ten years")
    if isinstance(value, int) and value > MOST:
        raise ConfigError(f"{origin}: at $.{key}: {value}; at most {MOST} are allowed")
    if isinstance(value, float) and value >= 1:
        raise ConfigError(f"{origin}: at $.{key}: {value:g}; expected a share below 1 (0.01: 1 %)")
    if isinstance(value, tuple) and len(value) > MOST_NAMES:
        raise ConfigError(f"{origin}: at $.{key}: more than {MOST_NAMES} names")
    if key == "schedule" and isinstance(value, tuple):
        for expression in value:
            check_expression(expression, f"{origin}: at $.{key}")
    return value
