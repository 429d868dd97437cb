from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta

from guardian.app import open_app
from tests.central.cli.central import COPY
from tests.central.domain.making import point, points, told

AGREED = '[server.backup_set.policy."backup.fresh"]\nschedule = "{schedule}"\n'
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def backed_up(guardian, days):
    """Let web1 have a backup a day, each at 02:30 in its zone; return the newest."""
    with closing(open_app(guardian.config)) as app:
        now = app.clock.now()
        newest = now.replace(hour=2, minute=30, second=0, microsecond=0)
        newest -= DAY if newest > now else timedelta()
        listed = points(*(point(number, newest - number * DAY) for number in range(days)))
        with app.store.unit() as unit:
            unit.put_evidence(told(listed, at=now))
    return newest


def copies(guardian, *words):
    done = guardian("schedule", *words, "--output", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)["copies"], done.stderr


def test_a_history_proposes_what_is_not_agreed(guardian):
    guardian.client(COPY)
    newest = backed_up(guardian, 12)

    ((copy,), told_people) = copies(guardian)

    assert copy["asked"] == "26h"
    assert copy["next_expected"] is None
    assert copy["alarm_at"] == f"{newest + 26 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    assert (copy["gone_at"], copy["days_to_act"]) == (None, None)
    assert copy["proposed"] == 'schedule = "30 2 * * *", grace = "1h"'
    assert "To agree on a proposal" in told_people


def test_what_is_agreed_is_not_proposed(guardian):
    guardian.client(COPY + AGREED.format(schedule="30 2 * * *"))
    newest = backed_up(guardian, 12)

    ((copy,), told_people) = copies(guardian, "acme")

    assert (copy["asked"], copy["proposed"]) == ("30 2 * * *", None)
    assert copy["next_expected"] == f"{newest + DAY:%Y-%m-%dT%H:%M:%SZ}"
    assert told_people == ""


def test_before_the_first_backup_there_is_nothing_to_propose(guardian):
    guardian.client(COPY)

    ((copy,), _) = copies(guardian)

    assert (copy["alarm_at"], copy["proposed"]) == (None, None)


def test_a_client_that_is_not_there(guardian):
    guardian.client(COPY)

    assert guardian("schedule", "acne").exit_code == 2


def test_status_says_where_little_time_is_left(guardian):
    retention = '[server.backup_set.policy."backup.retention"]\ndelete_after = "3d"\n'
    guardian.client(COPY + retention)
    backed_up(guardian, 2)

    done = guardian("status")

    assert "IF IT BROKE NOW" in done.stdout
    assert "1 d to act" in done.stdout
    (copy,) = json.loads(guardian("status", "--output", "json").stdout)["time_to_act"]
    assert (copy["copy"], copy["days_to_act"]) == ("local", 1)
