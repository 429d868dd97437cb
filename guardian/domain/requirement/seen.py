"""What was agreed and looked at: the settings of volumes, databases, buckets and transports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.wire.observations import Posture

from guardian.domain.asset import ServerPlan
from guardian.domain.requirement.kinds import Case
from guardian.domain.snapshot import ServerFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server: what was agreed for it, beside what is known of it."""

    plan: ServerPlan
    figures: ServerFigures

    def looked_at(self) -> Iterator[Posture]:
        """Yield the settings of what was agreed; what the agent chose itself proves nothing."""
        agreed = set(_agreed(self.plan))
        for seen in self.figures.postures:
            fact = seen.fact
            if (fact.subject, fact.backup_set, fact.name) in agreed:
                yield fact


def servers(case: Case) -> Iterator[Server]:
    """Yield the client's servers of which anything can be known."""
    plans = {plan.server: plan for plan in case.plans}
    for figures in case.servers:
        if figures.server in plans:
            yield Server(plan=plans[figures.server], figures=figures)


def named(server: Server, fact: Posture) -> str:
    """Say what a posture is about ("web1 volume exports")."""
    name = fact.name if fact.backup_set is None else f"{fact.backup_set}/{fact.name}"
    return f"{server.plan.server} {fact.subject} {name}"


def _agreed(plan: ServerPlan) -> Iterator[tuple[str, str | None, str | None]]:
    of = {"volume": plan.volumes, "database": plan.databases, "bucket": plan.buckets}
    yield from ((subject, None, name) for subject, names in of.items() for name in names)
    for each in plan.obligations:
        yield "transport", each.asset.backup_set, each.asset.copy
