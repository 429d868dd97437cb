"""What one fact changes in what is known of a backup set, whatever copy."""

from __future__ import annotations

from dataclasses import replace

from guardian_agent.wire.observations import JobRun, Manifest

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import SetEvidence, SignedManifest

MAX_MANIFESTS = 16


def committed(known: SetEvidence, fact: Manifest, at: Arrival) -> SetEvidence:
    """Take a commitment to the live data; one stated before keeps the statement that signed it."""
    new = SignedManifest(
        epoch=at.epoch,
        number=at.number,
        root=fact.root,
        files=fact.files,
        received_at=at.received_at,
    )
    same = [old for old in known.manifests if (old.root, old.files) == (new.root, new.files)]
    others = [old for old in known.manifests if (old.root, old.files) != (new.root, new.files)]
    manifests = (*(same or [new]), *others)[:MAX_MANIFESTS]
    return replace(known, manifests=manifests, newest_manifest=fact)


def ran(known: SetEvidence, fact: JobRun, at: Arrival) -> SetEvidence:
    """Take how the newest run of the set's backup job ended."""
    return replace(known, job=fact, job_received_at=at.received_at)
