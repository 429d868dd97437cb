from __future__ import annotations

from datetime import date

import pytest

from guardian.checks import load
from guardian.config.client_file import parse_client
from guardian.domain.asset import Exemption, Uncovered
from guardian.errors import ConfigError

CHECKS = {check.control: check for check in load()}
AREA = "20aacc62d2ad895a0224f8dc0d145dd9"
ACME = f"""
[client]
id = "acme"
name = "ACME GmbH"
[[server]]
id = "web1"
[[server.uncovered]]
area = "{AREA}"
reason = "build cache"
owner = "Eve"
expires = 2027-06-30
"""


def test_live_data_may_be_accepted_to_be_in_no_backup():
    (server,) = parse_client(ACME, "acme.toml", CHECKS)[0].servers
    said = Exemption(reason="build cache", owner="Eve", expires=date(2027, 6, 30))
    assert server.plan.uncovered == (Uncovered(area=AREA, exemption=said),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (AREA, "/srv/x", "32 lower-case hexadecimal digits"),
        ("expires = 2027-06-30", "", "expires"),
        ('"build cache"', '""', "[[server.uncovered]]: reason"),
        ('"Eve"', '" "', "[[server.uncovered]]: owner"),
    ],
)
def test_without_reason_owner_and_end_it_is_refused(old: str, new: str, said: str):
    with pytest.raises(ConfigError) as caught:
        parse_client(ACME.replace(old, new), "acme.toml", CHECKS)
    assert said in str(caught.value)


def test_an_area_stands_once():
    twice = ACME + ACME[ACME.index("[[server.uncovered]]") :]
    with pytest.raises(ConfigError, match="stands twice"):
        parse_client(twice, "acme.toml", CHECKS)
