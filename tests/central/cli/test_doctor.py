from __future__ import annotations

import json
import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest

from guardian.app.certificate import make_certificate
from guardian.app.clock import SystemClock
from guardian.cli.examine import Health, examine
from guardian.config import load_config
from tests.central.cli.central import Central

NOW = SystemClock().now()


def examined(guardian, now=None):
    found = examine(load_config(guardian.config), now or SystemClock().now())
    return [each for each in found if each.health is not Health.OK]


def test_nothing_is_wrong_with_a_new_central(guardian):
    guardian.client()
    guardian.heard()

    done = guardian("doctor")

    assert done.exit_code == 0, done.stdout
    assert "fail" not in done.stdout


def test_it_can_be_read_by_programs(guardian):
    found = json.loads(guardian("doctor", "--output", "json").stdout)["examinations"]

    assert {each["subject"] for each in found} == {
        "configuration", "permissions", "certificate", "store", "clock", "disk", "drop folder"
    }  # fmt: skip


def test_no_client_is_a_warning(guardian):
    (one,) = examined(guardian)

    assert (one.subject, one.health) == ("configuration", Health.WARNING)
    assert guardian("doctor").exit_code == 0


def test_others_may_not_read_keys(guardian):
    guardian.client()
    (guardian.folder / "store" / "signing.key").chmod(0o644)

    (one,) = examined(guardian)

    assert one.found.endswith("signing.key: others may use it (644)")
    assert one.mend.startswith("chmod 600")
    assert guardian("doctor").exit_code == 1


def test_what_init_makes_is_missed(guardian):
    guardian.client()
    (guardian.folder / "store" / "tls.crt").unlink()
    (guardian.folder / "store" / "tls.key").unlink()

    assert {each.subject for each in examined(guardian)} == {"permissions", "certificate"}
    shutil.rmtree(guardian.folder / "store")
    (one,) = examined(guardian)
    assert (one.subject, one.mend) == ("store", "run `guardian init`")


def test_a_certificate_near_its_end(guardian):
    guardian.client()
    near, over = NOW + timedelta(days=3640), NOW + timedelta(days=4000)

    (warned,) = examined(guardian, near)
    (failed,) = examined(guardian, over)

    assert (warned.subject, warned.health) == ("certificate", Health.WARNING)
    assert (failed.subject, failed.health) == ("certificate", Health.FAIL)


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
def test_a_certificate_that_cannot_be_served(guardian, name):
    guardian.client()
    (guardian.folder / "store" / name).write_text("nonsense")

    (one,) = examined(guardian)

    assert (one.subject, one.health) == ("certificate", Health.FAIL)
    assert one.found.endswith("tls.crt and tls.key cannot be used together")
    assert one.mend.startswith("restore both from a backup, or remove ")


def test_a_certificate_that_has_not_begun(guardian):
    guardian.client()
    certificate, private = make_certificate("https://x", NOW + timedelta(days=9))
    (guardian.folder / "store" / "tls.crt").write_bytes(certificate)
    (guardian.folder / "store" / "tls.key").write_bytes(private)

    (one,) = examined(guardian)

    assert (one.subject, one.health) == ("clock", Health.FAIL)


def test_a_clock_that_went_back(guardian):
    guardian.client()
    guardian.heard()

    (one,) = examined(guardian, SystemClock().now() - timedelta(hours=2))

    assert (one.subject, one.health) == ("clock", Health.FAIL)
    assert "a statement was received" in one.found


def test_a_damaged_store(guardian):
    guardian.client()
    database = guardian.folder / "store" / "guardian.db"
    database.write_bytes(b"nonsense" * 1000)

    (one,) = [each for each in examined(guardian) if each.subject == "store"]
    assert one.health is Health.FAIL

    database.unlink()
    (one,) = [each for each in examined(guardian) if each.subject == "store"]
    assert one.found.endswith("missing")


def test_a_damaged_page(guardian):
    guardian.client()
    guardian("check")
    database = guardian.folder / "store" / "guardian.db"
    for left in database.parent.glob("guardian.db-*"):
        left.unlink()
    data = bytearray(database.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    database.write_bytes(data)

    found = [each for each in examined(guardian) if each.subject == "store"]

    assert [each.health for each in found] == [Health.FAIL]


@pytest.mark.parametrize(("free", "health"), [(10, Health.FAIL), (200 * 2**20, Health.WARNING)])
def test_little_room(guardian, monkeypatch, free, health):
    guardian.client()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    (one,) = examined(guardian)

    assert (one.subject, one.health) == ("disk", health)


def test_a_drop_folder_for_everybody(guardian):
    guardian.client()
    (guardian.folder / "drop").chmod(0o777)
    (one,) = examined(guardian)
    assert (one.subject, one.health) == ("drop folder", Health.WARNING)

    (guardian.folder / "drop").rmdir()
    (one,) = examined(guardian)
    assert (one.subject, one.health) == ("drop folder", Health.FAIL)


def test_a_drop_folder_without_rights(guardian, monkeypatch):
    guardian.client()
    monkeypatch.setattr("os.access", lambda *_: False)

    (one,) = examined(guardian)

    assert one.found.endswith("central cannot write here")


def test_an_exemption_that_ended(guardian):
    guardian.client(exempt=("agent.clock",), expires="2020-01-01")

    (one,) = examined(guardian)

    assert one.found == "acme/web1 agent.clock: ended on 2020-01-01"
    assert one.mend == "remove it, or ask Eve again"


def test_agents_over_https_need_no_folder(tmp_path):
    guardian = Central(tmp_path)
    guardian("init")

    assert "drop folder" not in guardian("doctor").stdout
