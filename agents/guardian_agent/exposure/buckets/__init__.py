"""How a bucket is set up, who can read it, and what its newest objects are."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.config import Bucket
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Exposure, Posture


def observe(bucket: Bucket, system: System) -> Iterator[Posture | Exposure]:
    """Yield the bucket's posture and, where its objects may be read, what they are.

    Raises:
        ProbeError: TOOL_MISSING without boto3; what was yielded before stands.
    """
    raise NotImplementedError
