"""What an agent may state: facts as counts, sizes, times and kinds, never contents or opinions.

Each class is one kind of fact; `KIND` is its tag on the wire. Adding a field with a default keeps
older agents readable; an unknown kind is kept as `Unrecognised` and stays visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from guardian_agent.wire.facts.copies import (
    CopyEncryption,
    CopySetting,
    CopySettings,
    Integrity,
    PointContents,
    RestorePoint,
    RestorePoints,
)
from guardian_agent.wire.facts.exposures import (
    Exposure,
    KindCount,
    PersonalCount,
    PersonalData,
    Posture,
    Reach,
    ReachCount,
    Setting,
    Standing,
)
from guardian_agent.wire.facts.jobs import JobRun
from guardian_agent.wire.facts.livedata import CanaryPlanted, LiveArea, LiveAreas, Manifest
from guardian_agent.wire.facts.restores import (
    Answer,
    CanaryReturn,
    Compared,
    Comparison,
    Coverage,
    DatabaseContents,
    Draw,
    DrawResult,
    RestoreTest,
)
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Slug

__all__ = [
    "Answer",
    "CanaryPlanted",
    "CanaryReturn",
    "Compared",
    "Comparison",
    "CopyEncryption",
    "CopySetting",
    "CopySettings",
    "Coverage",
    "DatabaseContents",
    "Draw",
    "DrawResult",
    "Encryption",
    "Exposure",
    "Integrity",
    "JobRun",
    "KindCount",
    "LiveArea",
    "LiveAreas",
    "Manifest",
    "Observation",
    "Outcome",
    "PersonalCount",
    "PersonalData",
    "PointContents",
    "Posture",
    "Reach",
    "ReachCount",
    "Reason",
    "RestorePoint",
    "RestorePoints",
    "RestoreTest",
    "Setting",
    "Standing",
    "Unrecognised",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """A fact of a kind that this version does not know: kept visible, never dropped."""

    KIND: ClassVar[str] = "unrecognised"

    kind: Slug


Observation = (
    RestorePoints
    | PointContents
    | CopyEncryption
    | CopySettings
    | Integrity
    | Manifest
    | RestoreTest
    | CanaryPlanted
    | JobRun
    | Exposure
    | Reach
    | PersonalData
    | Posture
    | LiveAreas
    | Unrecognised
)
