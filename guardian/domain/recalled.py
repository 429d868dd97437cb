"""What evidence has forgotten, and the client's log still knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guardian_agent.wire.names import Name

from guardian.domain.evidence import IssuedCheckpoint, ServerEvidence, SignedManifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Links of proofs that a statement names: believed while it is judged, and not kept."""

    checkpoints: tuple[IssuedCheckpoint, ...] = ()
    """That receipts gave to this very server."""
    manifests: tuple[tuple[Name, SignedManifest], ...] = ()
    """By backup set, that this very server signed."""

    def beside(self, evidence: ServerEvidence) -> ServerEvidence:
        """Return the evidence with what was recalled beside what it knows."""
        agent = evidence.agent and replace(
            evidence.agent, checkpoints=(*evidence.agent.checkpoints, *self.checkpoints)
        )
        sets = tuple(
            replace(known, manifests=(*known.manifests, *self._of(known.backup_set)))
            for known in evidence.sets
        )
        return replace(evidence, agent=agent, sets=sets)

    def _of(self, backup_set: Name) -> tuple[SignedManifest, ...]:
        return tuple(manifest for name, manifest in self.manifests if name == backup_set)


NOTHING = Recalled()
