from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug

from guardian.domain.storage import Layout, LockMode, NoLook, Witnessed
from guardian.metrics.witnesses import WITNESSES
from tests.central.domain.looking import lock, look, stored
from tests.central.metrics.snapshots import NOW, SNAPSHOT, figures

POINT = stored(1, NOW - timedelta(hours=2))
UNTIL = (POINT.stored_at + timedelta(days=30)).timestamp()


def values(witness: Witnessed | None) -> dict[str, float]:
    snapshot = replace(SNAPSHOT, copies=(figures(witness=witness),))
    return {
        family.name.removeprefix("guardian_witness_"): value
        for family in WITNESSES
        for _, value in family.samples(snapshot)
    }


def test_what_was_seen():
    found = values(Witnessed(look=look(POINT)))
    assert found == {
        "success": 1,
        "look_timestamp_seconds": NOW.timestamp(),
        "newest_timestamp_seconds": POINT.stored_at.timestamp(),
        "restore_points": 1,
        "data_bytes": 1000,
        "locked_until_timestamp_seconds": UNTIL,
    }


def test_where_nobody_looks_nothing_is_shown():
    assert values(None) == {}


def test_a_look_that_saw_nothing():
    failure = NoLook(looked_at=NOW, reason=Slug("no-answer"))
    assert values(Witnessed(failure=failure)) == {"success": 0}


def test_where_points_do_not_show():
    written = look(layout=Layout.BORG, total=None, newest_at=NOW, data=None)
    found = values(Witnessed(look=written))
    assert found["newest_timestamp_seconds"] == NOW.timestamp()
    assert {"restore_points", "data_bytes", "locked_until_timestamp_seconds"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("locks", "until"),
    [
        ((lock(POINT), lock(POINT, lasts=timedelta(days=31))), UNTIL),
        ((lock(POINT), lock(POINT, LockMode.GOVERNANCE)), 0),
        ((lock(POINT), lock(POINT, LockMode.NONE, None)), 0),
        ((lock(POINT), lock(POINT, LockMode.UNKNOWN, None)), None),
    ],
)
def test_only_what_nobody_can_delete_is_locked(locks, until):
    found = values(Witnessed(look=look(POINT, locks=locks)))
    assert found.get("locked_until_timestamp_seconds") == until
