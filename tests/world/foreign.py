"""Answers of systems that cannot be run here, as their documentation has them, with dates of now.

The recorded ones are beside the tests of the probes; here their dates are moved.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[1] / "fixtures"


def documented(tool: str, name: str) -> Any:
    """Return a documented answer."""
    return json.loads((FIXTURES / f"{tool}-documented" / name).read_text())


def ago(**words: float) -> datetime:
    """Return a time so long ago."""
    return datetime.now(UTC) - timedelta(**words)  # noqa: TID251 - a world has a clock of its own


def kopia_snapshot(path: Path, *, host: str, hours: float) -> dict[str, Any]:
    """Return a whole snapshot of a host that ended so long ago."""
    made = dict(documented("kopia", "snapshot-list.json")[1])
    made["source"] = {"host": host, "userName": "root", "path": str(path)}
    made["startTime"] = ago(hours=hours, minutes=3).isoformat()
    made["endTime"] = ago(hours=hours).isoformat()
    return made


def pbs_snapshot(*, hours: float, verified: bool) -> dict[str, Any]:
    """Return an encrypted snapshot of `host/web1`, verified an hour later or never."""
    made = dict(documented("proxmox_backup", "snapshot-list.json")[1])
    begun = int(ago(hours=hours).timestamp())
    made.update({"backup-type": "host", "backup-id": "web1", "backup-time": begun})
    upid = f"UPID:pbs1:000003A1:00000B22:00000012:{begun + 3600:08X}:verificationjob:s:root@pam:"
    del made["verification"]
    return {**made, "verification": {"state": "ok", "upid": upid}} if verified else made
