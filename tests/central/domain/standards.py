"""One client as standards are answered for it: what a test does not name is in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Exposure, Posture, Setting, Standing

from guardian.domain.asset import Agreement, Asset, Obligation, ServerPlan, Severity
from guardian.domain.evidence import EncryptionSeen
from guardian.domain.ladder import Rung
from guardian.domain.looks import ExposureSeen, PostureSeen
from guardian.domain.readers import Readable
from guardian.domain.requirement.declared import Attested, CertifiedMeans, Protects
from guardian.domain.requirement.kinds import Case
from guardian.domain.snapshot import CopyFigures, ServerFigures
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import (
    CHECKS,
    COPY_ASSET,
    DAY,
    HOUR,
    SERVER_ASSET,
    T0,
    encryption,
    posture,
    setting,
)

LAST_MONTH = T0.date() - timedelta(days=30)


def finding(
    control: str, status: Status = Status.PASS, *, asset: Asset | None = None, **fields: object
) -> Finding:
    about = COPY_ASSET if control.startswith(("backup", "restore")) else SERVER_ASSET
    given = {
        "severity": Severity.CRITICAL,
        "reason": "as it is",
        "since": T0,
        "holds_until": T0 + DAY,
        "evidence": Rung.OBSERVED,
        "remedy": "",
        "judged_status": status,
        **fields,
    }
    return Finding(asset=asset or about, control=control, status=status, **given)


def copy(**fields: object) -> CopyFigures:
    given = {
        "rung": Rung.OBSERVED,
        "last_complete_at": T0,
        "max_age": 26 * HOUR,
        "size_bytes": 100,
        "restore_last_success_at": T0 - DAY,
        "restore_duration_seconds": 60.0,
        "restore_max_age": 92 * DAY,
        "probe_succeeded": True,
        "encrypted": Readable.PROVEN,
        "encryption": EncryptionSeen(received_at=T0, fact=encryption()),
        **fields,
    }
    return CopyFigures(asset=COPY_ASSET, **given)


def plan(server: str = "web1", **fields: object) -> ServerPlan:
    own = Asset(client="acme", server=server)
    assets = (own, replace(own, backup_set="files", copy="local"))
    obligations = tuple(Obligation(asset=asset, agreements={}) for asset in assets)
    given = {"interval": HOUR, "obligations": obligations, **fields}
    return ServerPlan(client="acme", server=server, **given)


def agreed(control: str, **settings: object) -> ServerPlan:
    """Return a plan in which one control has these settings."""
    made = replace(CHECKS[control].settings(), **settings)
    agreement = Agreement(settings=made, severity=Severity.CRITICAL)
    return plan(obligations=(Obligation(asset=COPY_ASSET, agreements={control: agreement}),))


def figures(*facts: Posture | Exposure, server: str = "web1") -> ServerFigures:
    return ServerFigures(
        client="acme",
        server=server,
        last_statement_at=T0,
        clock_skew_seconds=0.0,
        agent_version="0.1.0",
        exposures=tuple(
            ExposureSeen(received_at=T0, fact=fact) for fact in facts if isinstance(fact, Exposure)
        ),
        postures=tuple(
            PostureSeen(received_at=T0, fact=fact) for fact in facts if isinstance(fact, Posture)
        ),
    )


def case(*findings: Finding, **fields: object) -> Case:
    given = {
        "plans": (plan(),),
        "copies": (copy(),),
        "servers": (figures(),),
        "means": (),
        "installed": frozenset(CHECKS),
        "now": T0,
        **fields,
    }
    return Case(findings=findings, **given)


def means(**fields: object) -> CertifiedMeans:
    given = {
        "name": "Example",
        "certificate": "000/000-0000",
        "valid_until": date(2027, 1, 31),
        "owner": "Eve",
        "protects": tuple(Protects),
        **fields,
    }
    return CertifiedMeans(**given)


def attested(question: str = "mfa", said_on: date = LAST_MONTH) -> Attested:
    return Attested(question=question, statement="It is so", owner="Eve", said_on=said_on)


def lies(
    name: str, rule: str, *, on: str = "volume", standing: Standing = Standing.SAFE
) -> Posture:
    """Return how a volume or a database is encrypted."""
    what = "volume-encrypted" if on == "volume" else "at-rest-encrypted"
    return posture(_setting(what, rule, standing), subject=on, name=name)


def _setting(name: str, rule: str, standing: Standing) -> Setting:
    return setting(name, standing, rule=Slug(rule))
