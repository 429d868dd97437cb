from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from guardian.config.words import spelt
from guardian.domain.asset import Agreement, Asset, Severity, Subject
from guardian.errors import ConfigError
from tests.central.config.samples import ACME, load

WEB = Asset(client="acme", server="web1")
LOCAL = Asset(client="acme", server="web1", backup_set="files", copy="local")
OFFSITE = Asset(client="acme", server="web1", backup_set="files", copy="offsite")
ORDERS = Asset(client="acme", server="web1", backup_set="orders", copy="local")


def agreed(folder: Path, asset: Asset, control: str, text: str = ACME) -> Agreement:
    (plan,) = load(folder, acme=text).plans
    return next(each for each in plan.obligations if each.asset == asset).agreements[control]


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, acme=text)
    return str(caught.value)


def test_the_strongest_level_decides(tmp_path):
    assert agreed(tmp_path, LOCAL, "backup.fresh").settings.max_age == timedelta(hours=2)
    assert agreed(tmp_path, ORDERS, "backup.fresh").settings.max_age == timedelta(hours=12)


def test_each_key_is_decided_by_itself(tmp_path):
    found = agreed(tmp_path, LOCAL, "backup.fresh")

    assert found.severity is Severity.WARNING
    assert found.origin == (
        'clients.d/acme.toml: [server.backup_set.policy."backup.fresh"] of web1/files, '
        'clients.d/acme.toml: [policy."backup.fresh"]'
    )


def test_what_nobody_decided_is_the_checks_own(tmp_path):
    found = agreed(tmp_path, LOCAL, "restore.tested")

    assert found.settings.max_age == timedelta(days=92)
    assert found.origin == "default"


def test_controls_apply_to_what_they_are_about(tmp_path):
    (plan,) = load(tmp_path, acme=ACME).plans
    controls = {each.asset: set(each.agreements) for each in plan.obligations}

    assert "agent.reporting" in controls[WEB]
    assert "backup.fresh" not in controls[WEB]
    assert "backup.fresh" in controls[LOCAL]
    assert "agent.reporting" not in controls[LOCAL]
    assert all(controls.values())


def test_every_value_tells_where_it_comes_from(tmp_path):
    decided = load(tmp_path, acme=ACME).decisions[LOCAL]
    fresh = {each.key: each for each in decided if each.control == "backup.fresh"}

    assert fresh["max_age"].value == timedelta(hours=2)
    assert fresh["max_age"].path == (
        "server", 0, "backup_set", 0, "policy", "backup.fresh", "max_age"
    )  # fmt: skip
    assert fresh["severity"].path == ("policy", "backup.fresh", "severity")


MANY = ["full"] * 101


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '[policy."backup.fresh"]\nmax_age = "26h"',
            '[policy."backup.fresh"]\nmax_aged = "26h"',
            "[policy.\"backup.fresh\"]: at $: unknown key 'max_aged'; did you mean 'max_age'?",
        ),
        (
            'server.policy."backup.fresh"',
            'server.policy."backup.fersh"',
            "of web1: no control of this name; did you mean 'backup.fresh'?",
        ),
        ('server.policy."backup.fresh"', 'server.policy."x"', "there are: agent.clock, "),
        (
            'server.backup_set.policy."backup.fresh"',
            'server.backup_set.policy."agent.clock"',
            "this control is about a server; write it at the server or the client",
        ),
        ('severity = "warning"', 'severity = "loud"', "expected one of critical, warning, info"),
        ('max_age = "26h"', "max_age = 26", "expected a duration in words"),
        ('max_age = "26h"', 'max_age = "600w"', "at $.max_age: longer than ten years"),
        (
            'server.policy."backup.fresh"]',
            'server.policy."agent.reporting"]\nintervals = 1001\n[server.policy."backup.fresh"]',
            "at $.intervals: 1001; at most 1000 are allowed",
        ),
        (
            'server.policy."backup.fresh"]',
            'server.policy."restore.tested"]\nbad_share = 1\n[server.policy."backup.fresh"]',
            "at $.bad_share: 1; expected a share below 1 (0.01: 1 %)",
        ),
        (
            'server.policy."backup.fresh"]',
            f'server.policy."restore.tested"]\nkinds = {MANY}\n[server.policy."backup.fresh"]',
            "at $.kinds: more than 100 names",
        ),
        ("agent.clock", "agent.clack", "did you mean 'agent.clock'?"),
        ("backup.encrypted", "agent.clock", "this control is about a server"),
        ('copy = "local"', 'copy = "loca"', "no copy 'loca'; there are: local, offsite"),
        ("expires = 2026-12-31", "", "key 'expires' is missing"),
        ("expires = 2026-12-31", "expires = 2026-12-31T00:00:00Z", "expected a date"),
        ('owner = "Eve"', 'owner = " "', "number 1 of web1/files: owner: empty"),
        ('reason = "Disk is encrypted"', f'reason = "{"x" * 501}"', "reason: 501 characters"),
        ('reason = "Disk is encrypted"\n', "", "key 'reason' is missing"),
    ],
)
def test_slips_of_the_pen(tmp_path, old, new, said):
    assert ACME.count(old) >= 1
    assert said in refusal(tmp_path, ACME.replace(old, new, 1))


def test_an_exemption_names_reason_owner_and_end(tmp_path):
    found = agreed(tmp_path, LOCAL, "backup.encrypted").exemption

    assert found is not None
    assert (found.reason, found.owner) == ("Disk is encrypted", "Eve")
    assert found.expires == date(2027, 1, 31)
    assert agreed(tmp_path, OFFSITE, "backup.encrypted").exemption is None
    assert agreed(tmp_path, WEB, "agent.clock").exemption is not None


def exempt(table: str, control: str, more: str = "") -> str:
    return (
        f'[[{table}]]\ncontrol = "{control}"\nreason = "r"\nowner = "{more or table}"\n'
        "expires = 2027-01-01\n"
    )


def test_a_servers_exemption_covers_its_copies(tmp_path):
    found = agreed(tmp_path, ORDERS, "restore.tested", ACME + exempt(
        "server.exempt", "restore.tested"
    ))  # fmt: skip

    assert found.exemption is not None


def test_the_narrower_exemption_decides(tmp_path):
    text = ACME.replace(
        '[[server.backup_set]]\n  name = "orders"',
        exempt("server.backup_set.exempt", "backup.encrypted")
        + exempt("server.exempt", "backup.encrypted")
        + '[[server.backup_set]]\nname = "orders"',
    )

    assert agreed(tmp_path, LOCAL, "backup.encrypted", text).exemption.owner == "Eve"
    wide = agreed(tmp_path, OFFSITE, "backup.encrypted", text).exemption
    assert wide.owner == "server.backup_set.exempt"
    assert agreed(tmp_path, ORDERS, "backup.encrypted", text).exemption.owner == "server.exempt"


def test_two_exemptions_for_one_thing_are_refused(tmp_path):
    text = ACME + exempt("server.exempt", "agent.clock")

    assert "exempts agent.clock twice; keep one" in refusal(tmp_path, text)


def test_an_exemption_is_among_what_is_explained(tmp_path):
    decided = load(tmp_path, acme=ACME).decisions[LOCAL]
    (shown,) = [each for each in decided if each.key == "exempt"]

    assert shown.value == "until 2027-01-31 by Eve: Disk is encrypted"
    assert (
        shown.origin == "clients.d/acme.toml: [[server.backup_set.exempt]] number 1 of web1/files"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21T12:00:00Z"),
        (timedelta(hours=26), "26h"),
        (timedelta(days=1), "1d"),
        (timedelta(days=8, hours=1), "8d1h"),
        (timedelta(minutes=90), "1h30m"),
        (0.5, "0.5"),
        (Severity.INFO, "info"),
    ],
)
def test_values_are_spelt_as_the_files_spell_them(value, shown):
    assert spelt(value) == shown


COPIES = """
    [server.backup_set.policy."backup.copies"]
    copies = 2
    [[server.backup_set.exempt]]
    control = "backup.copies"
    reason = "The second disk comes in May"
    owner = "Eve"
    expires = 2027-01-31
"""


class TestABackupSet:
    def test_what_was_agreed_about_it_is_about_all_of_its_copies(self, tmp_path):
        whole = Asset(client="acme", server="web1", backup_set="orders")
        found = agreed(tmp_path, whole, "backup.copies", ACME + COPIES)

        assert found.settings.copies == 2
        assert found.exemption.owner == "Eve"

    def test_its_exemption_names_no_copy(self, tmp_path):
        named = COPIES.replace("reason", 'copy = "local"\n    reason', 1)

        assert "backup.copies is about all copies; leave out `copy`" in refusal(
            tmp_path, ACME + named
        )

    def test_what_nobody_agreed_on_is_explained_and_not_judged(self, tmp_path):
        settings = load(tmp_path, acme=ACME)
        (plan,) = settings.plans

        assert all(each.asset.subject is not Subject.SET for each in plan.obligations)
        judged = {control for each in plan.obligations for control in each.agreements}
        assert not judged & {"backup.copies", "backup.retention", "backup.size"}
        assert "backup.drift" in judged
        explained = {each.control for each in settings.decisions[LOCAL]}
        assert explained > {"backup.retention", "backup.size"}
