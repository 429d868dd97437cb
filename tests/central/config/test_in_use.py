"""Parked and retired servers, laptops, zones, holidays and maintenance, as clients' files say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guardian.domain.lifecycle import State
from guardian.errors import ConfigError
from tests.central.config.samples import load

FILE = """
[client]
id = "acme"
name = "ACME"
timezone = "Europe/Berlin"
{client}
[[server]]
id = "web1"
{server}
  [[server.backup_set]]
  name = "files"
  copies = ["local"]
"""
WHO = 'reason = "sold"\nowner = "Ada"\n'


def plan(tmp_path, server="", client=""):
    settings = load(tmp_path, acme=FILE.format(server=server, client=client))
    return settings.plans[0]


def fresh(plan):
    return plan.obligations[-1].agreements["backup.fresh"].settings


def test_a_schedule_is_one_expression_or_several(tmp_path):
    one = plan(tmp_path, '[server.policy."backup.fresh"]\nschedule = "0 2 * * *"\ngrace = "3h"')
    assert (fresh(one).schedule, fresh(one).grace) == (("0 2 * * *",), timedelta(hours=3))
    two = plan(tmp_path, '[server.policy."backup.fresh"]\nschedule = ["0 2 * * *", "Sun 12:00"]')
    assert fresh(two).schedule == ("0 2 * * *", "Sun 12:00")


def test_a_schedule_sets_wider_ages_aside_and_narrower_ones_count(tmp_path):
    wide = '[policy."backup.fresh"]\nmax_age = "9h"\n'
    asked = '[server.policy."backup.fresh"]\nschedule = "0 2 * * SUN"\n'
    assert fresh(plan(tmp_path, client=wide)).max_age == timedelta(hours=9)
    assert fresh(plan(tmp_path, asked)).max_age is None
    assert fresh(plan(tmp_path, asked, wide)).max_age is None
    assert fresh(plan(tmp_path, asked + 'max_age = "8d"', wide)).max_age == timedelta(days=8)
    narrow = '  [server.backup_set.policy."backup.fresh"]\n  max_age = "2h"\n'
    file = FILE.format(server=asked, client=wide) + narrow
    settings = fresh(load(tmp_path, acme=file).plans[0])
    assert (settings.max_age, settings.schedule) == (timedelta(hours=2), ("0 2 * * SUN",))


@pytest.mark.parametrize(
    ("setting", "because"),
    [
        ('schedule = "often"', r"at \$\.schedule: 'often' is no schedule"),
        ("schedule = 5", "expected a list"),
        ('grace = "59m"', "grace: below 1h"),
        ('early = "0m"', "longer than nothing"),
    ],
)
def test_what_nobody_may_agree_on(tmp_path, setting, because):
    with pytest.raises(ConfigError, match=because):
        plan(tmp_path, f'[server.policy."backup.fresh"]\n{setting}')


def test_a_server_has_a_zone_of_its_own_or_the_clients(tmp_path):
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    here = plan(tmp_path).calendar.after("0 2 * * *", noon)
    there = plan(tmp_path, 'timezone = "Asia/Tokyo"').calendar.after("0 2 * * *", noon)
    assert (here.hour, there.hour) == (1, 17)
    with pytest.raises(ConfigError, match=r"web1: timezone: 'Mars' is no time zone"):
        plan(tmp_path, 'timezone = "Mars"')


def test_a_parked_server(tmp_path):
    aside = plan(tmp_path, f'state = "parked"\nsince = 2026-11-01\nuntil = 2027-03-01\n{WHO}').aside
    assert aside.state is State.PARKED
    assert aside.since == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert aside.until == datetime(2027, 2, 28, 23, tzinfo=UTC)
    assert (aside.reason, aside.owner) == ("sold", "Ada")


def test_the_time_in_which_it_is_parked_is_a_pause(tmp_path):
    holidays = HOLIDAY + HOLIDAY.replace("12-24", "12-04").replace("12-26", "12-06")
    parked = f'state = "parked"\nsince = 2026-12-06\nuntil = 2026-12-25\n{WHO}'
    found = plan(tmp_path, parked, holidays).pauses
    assert [(f"{each.starts:%m-%d}", f"{each.ends:%m-%d}", each.words) for each in found] == [
        ("12-03", "12-05", "no runs"),
        ("12-05", "12-24", "parked"),
        ("12-24", "12-26", "no runs"),
    ]


def test_a_retired_server(tmp_path):
    aside = plan(tmp_path, f'state = "retired"\nsince = 2026-11-01\n{WHO}').aside
    assert (aside.state, aside.until) == (State.RETIRED, None)


def test_a_server_in_use(tmp_path):
    assert plan(tmp_path, 'state = "active"').aside is None
    assert plan(tmp_path).longest_silence is None


@pytest.mark.parametrize(
    ("server", "because"),
    [
        ("since = 2026-11-01", "`since` goes with `state`"),
        ('owner = "Ada"', "`owner` goes with `state`"),
        ('state = "retired"', "a retired server needs `since`, `reason` and `owner`"),
        (f'state = "parked"\nsince = 2026-11-01\n{WHO}', "a parked server needs `until`"),
        (
            f'state = "parked"\nsince = 2026-11-01\nuntil = 2026-11-01\n{WHO}',
            "a parked server needs `until`",
        ),
        (
            f'state = "parked"\nsince = 2026-11-01\nuntil = 2028-11-01\n{WHO}',
            "parked for more than a year",
        ),
        (
            f'state = "retired"\nsince = 2026-11-01\nuntil = 2027-11-01\n{WHO}',
            "does not come back",
        ),
        ('state = "retired"\nsince = 2026-11-01\nreason = " "\nowner = "Ada"', "reason: empty"),
        ('state = "asleep"', "expected one of active, parked, retired"),
        ('longest_silence = "9d"', "goes with `usually_on = false`"),
        ('usually_on = false\nlongest_silence = "93d"', "at most 92d"),
        ('usually_on = false\ninterval = "3h"', "needs an interval up to 2h"),
    ],
)
def test_what_is_refused_of_a_server(tmp_path, server, because):
    with pytest.raises(ConfigError, match=because):
        plan(tmp_path, server)


def test_a_laptop(tmp_path):
    assert plan(tmp_path, "usually_on = false").longest_silence == timedelta(days=14)
    told = plan(tmp_path, 'usually_on = false\nlongest_silence = "30d"')
    assert told.longest_silence == timedelta(days=30)


HOLIDAY = '[[holiday]]\nfirst = 2026-12-24\nlast = 2026-12-26\nreason = "closed"\nowner = "Ada"\n'
WORK = (
    "[[maintenance]]\nstarts = 2026-11-28T20:00:00+01:00\nends = 2026-11-29T04:00:00+01:00\n"
    'reason = "new disks"\nowner = "Eve"\n'
)


def test_holidays_begin_and_end_in_the_servers_zone(tmp_path):
    (pause,) = plan(tmp_path, client=HOLIDAY).pauses
    assert pause.starts == datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert pause.ends == datetime(2026, 12, 26, 23, tzinfo=UTC)
    assert (pause.reason, pause.owner, pause.holds_alarms) == ("closed", "Ada", False)
    (day,) = plan(tmp_path, client=HOLIDAY.replace("last = 2026-12-26\n", "")).pauses
    assert day.ends - day.starts == timedelta(days=1)


def test_maintenance_holds_alarms(tmp_path):
    holiday, work = reversed(plan(tmp_path, client=HOLIDAY + WORK).pauses)
    assert work.starts == datetime(2026, 11, 28, 19, tzinfo=UTC)
    assert (work.holds_alarms, holiday.holds_alarms) == (True, False)


def test_a_pause_may_be_about_some_servers_only(tmp_path):
    assert plan(tmp_path, client=HOLIDAY + 'servers = ["web1"]\n').pauses
    other = HOLIDAY + 'servers = ["web2"]\n'
    file = FILE.format(server="", client=other) + '[[server]]\nid = "web2"\n'
    first, second = load(tmp_path, acme=file).plans
    assert (len(first.pauses), len(second.pauses)) == (0, 1)


@pytest.mark.parametrize(
    ("client", "because"),
    [
        (HOLIDAY.replace("12-26", "12-23"), r"\$\.holiday\[0\]: ends before it begins"),
        (HOLIDAY.replace("2026-12-26", "2027-02-26"), "longer than 31 days; park the server"),
        (HOLIDAY.replace("2026-12-26", "9999-12-31"), "out of the calendar"),
        (HOLIDAY.replace("closed", ""), "reason: empty"),
        (HOLIDAY.replace('owner = "Ada"\n', ""), "key 'owner' is missing"),
        (HOLIDAY + HOLIDAY, "two pauses of web1 overlap"),
        (WORK.replace("T20:00:00+01:00", "T20:00:00"), "no zone"),
        (WORK.replace("2026-11-29", "2026-11-27"), r"\$\.maintenance\[0\]: ends before"),
        (WORK + 'servers = ["web9"]\n', "a pause names no server 'web9'; there are: web1"),
    ],
)
def test_what_is_refused_of_a_pause(tmp_path, client, because):
    with pytest.raises(ConfigError, match=because):
        plan(tmp_path, client=client)


def test_the_first_day_of_all_is_a_day(tmp_path):
    first = datetime.min.replace(tzinfo=UTC)
    gone = plan(tmp_path, 'state = "retired"\nsince = 0001-01-01\n' + WHO)
    assert gone.aside.since == first
    closed = plan(tmp_path, client="[[holiday]]\nfirst = 0001-01-01\nlast = 0001-01-02\n" + WHO)
    assert closed.pauses[0].starts == first


def test_pauses_one_behind_the_other_are_one(tmp_path):
    month = "[[holiday]]\nfirst = {}-01\nlast = {}\n" + WHO
    months = [month.format("2026-12", "2026-12-31"), month.format("2027-01", "2027-01-31")]
    with pytest.raises(ConfigError, match="one behind the other: longer than 31 days"):
        plan(tmp_path, client="".join(months))
    apart = [months[0], month.format("2027-02", "2027-02-28")]
    assert len(plan(tmp_path, client="".join(apart)).pauses) == 2
