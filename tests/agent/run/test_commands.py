from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.cli import main
from guardian_agent.cli._words import failure_row, row, size, table
from guardian_agent.delivery.enrolment import enroll
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    CanaryPlanted,
    CopyEncryption,
    Encryption,
    Exposure,
    JobRun,
    KindCount,
    Manifest,
    Outcome,
    PointContents,
    Posture,
    Reason,
    RestorePoint,
    RestorePoints,
    Setting,
    Standing,
    Unrecognised,
)
from guardian_agent.wire.statement import ProbeFailure

from tests.agent.delivery.central import STATE, FakeCentral, config
from tests.agent.fakes import FakeSystem

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SET, COPY = Name("files"), Name("local")
OF = {"backup_set": SET, "copy": COPY}
TOML = f"""
[central]
url = "https://central.example:8443"
[state]
dir = "{STATE}"
[coverage]
enabled = false
[[backup_set]]
name = "files"
paths = ["/srv"]
"""


def a_server(text: str = TOML) -> tuple[FakeSystem, FakeCentral]:
    system, central = FakeSystem(), FakeCentral()
    system.files.put("/etc/guardian/agent.toml", text.encode())
    system.files.put("/srv/a", b"1234")
    system.network.handler = central.handle
    enroll(config(), system, central.token())
    return system, central


def setting(name: str, standing: Standing, rule: str, items: int = 1, **words) -> Setting:
    return Setting(setting=Slug(name), standing=standing, rule=Slug(rule), items=items, **words)


def points(*moments: datetime) -> RestorePoints:
    known = tuple(RestorePoint(id=ShortHash("ab" * 16), started_at=moment) for moment in moments)
    return RestorePoints(
        **OF, tool=Slug("restic"), tool_version=Slug("0.14.0"), total=len(known), points=known
    )


def contents(**words) -> PointContents:
    known = {
        "point": ShortHash("ab" * 16),
        "files": 10,
        "bytes": 2048,
        "paths_expected": 2,
        "paths_missing": 0,
        "files_compared": 9,
        "files_missing": 0,
    }
    return PointContents(**OF, **{**known, **words})


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (points(), "restic 0.14.0: 0 restore points"),
        (
            points(NOW - timedelta(hours=3)),
            "restic 0.14.0: 1 restore point, newest of 2026-11-21 09:00 UTC (3 h ago)",
        ),
        (
            points(NOW + timedelta(days=1)),
            "restic 0.14.0: 1 restore point, newest of 2026-11-22 12:00 UTC (IN THE FUTURE)",
        ),
        (contents(), "10 files, 2.0 KiB"),
        (
            contents(paths_missing=1, files_missing=3, valid=False, reason=Reason.DAMAGED),
            (
                "10 files, 2.0 KiB; 1 of 2 paths MISSING; 3 of 9 live files MISSING; "
                "NOT VALID (damaged)"
            ),
        ),
        (contents(valid=True), "10 files, 2.0 KiB; well-formed"),
        (
            contents(reason=Reason.PERMISSION_DENIED),
            "10 files, 2.0 KiB; NOT ALL SEEN (permission denied)",
        ),
        (
            CopyEncryption(
                **OF, state=Encryption.PLAINTEXT, rule=Slug("tar"), canary_in_clear=True
            ),
            "plaintext (tar); CANARY FOUND IN CLEAR",
        ),
        (
            Manifest(
                backup_set=SET,
                root=Hash("ab" * 32),
                files=1,
                bytes=1,
                files_not_hashed=1,
                taken_at=NOW,
            ),
            "1 file, 1 B; 1 not hashed",
        ),
        (CanaryPlanted(backup_set=SET, outcome=Outcome.PASSED), "passed"),
        (
            JobRun(backup_set=SET, started_at=NOW, finished_at=NOW, exit_status=3),
            "exit status 3",
        ),
        (
            Exposure(
                name=Name("exports"),
                scanned_at=NOW,
                complete=False,
                reason=Reason.BUDGET_SPENT,
                counts=(KindCount(kind=Slug("csv"), state=Encryption.PLAINTEXT, files=3, bytes=9),),
            ),
            "3 csv plaintext; NOT COMPLETE: budget spent",
        ),
        (
            Exposure(
                name=Name("exports"), scanned_at=NOW, complete=True, reason=Reason.NONE, counts=()
            ),
            "no files",
        ),
        (
            Posture(
                subject=Slug("database"),
                name=Name("orders"),
                looked_at=NOW,
                settings=(
                    setting("tls-enabled", Standing.SAFE, "ssl-on"),
                    setting("hba-trust", Standing.UNSAFE, "trust", 2),
                    setting("hba-anyone", Standing.DENIED, "denied", permission=Slug("process")),
                ),
            ),
            "tls-enabled safe, hba-trust unsafe (trust, 2 times), hba-anyone denied (process)",
        ),
        (Unrecognised(kind=Slug("novel")), "novel"),
    ],
)
def test_every_fact_is_said_in_words(fact, said):
    assert row(fact, NOW)[2] == said


def test_a_failure_is_said_in_words():
    failure = ProbeFailure(probe=Slug("borg"), reason=Reason.WRONG_PASSWORD, backup_set=SET)
    assert failure_row(failure) == ("NO ANSWER", "files", "borg: wrong password")


def test_columns_are_aligned():
    assert table([("a", "long", "x"), ("bcd", "", "y")]) == ["a    long  x", "bcd        y"]
    assert table([]) == []


def test_sizes_are_said_in_binary_units():
    assert [size(number) for number in (0, 1023, 1024, 5 * 1024**3, 2 * 1024**4)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "5.0 GiB",
        "2.0 TiB",
    ]


def test_run_says_what_it_did(capsys):
    system, central = a_server()
    assert main(["run"], system) == 0
    said = "2 facts, 0 without an answer; 1 statement acknowledged, 0 waiting\n"
    assert capsys.readouterr().out == said
    assert len(central.statements) == 1


def test_run_tells_that_central_was_not_there(capsys):
    system, _ = a_server()
    system.network.down()
    assert main(["run"], system) == 1
    shown = capsys.readouterr()
    assert shown.out.endswith("0 statements acknowledged, 1 waiting\n")
    assert "connection refused" in shown.err


def test_run_tells_what_went_wrong_with_control_characters_made_visible(capsys):
    system, _ = a_server()
    main(["run"], system)
    system.files.fail("write", "/srv/.guardian-canary", OSError(5, "\x1b]0;owned\x07"))
    assert main(["run"], system) == 0
    shown = capsys.readouterr().err
    assert "\\x1b]0;owned\\x07" in shown
    assert "\x1b" not in shown


def test_show_needs_no_enrolment_and_states_nothing(capsys):
    system = FakeSystem()
    system.files.put("/etc/guardian/agent.toml", TOML.encode())
    system.files.put("/srv/a", b"1234")
    assert main(["show"], system) == 0
    assert capsys.readouterr().out.splitlines() == [
        "live data  files  1 file, 4 B; 1 not hashed",
        "canary     files  not performed: no checkpoint",
    ]
    assert list(system.files.tree(STATE)) == [f"{STATE}/secret"]


def test_show_says_where_live_data_lies_that_no_backup_has(capsys):
    text = TOML.replace("enabled = false", 'roots = ["/image"]')
    system, _ = a_server(text)
    system.files.put("/proc/self/mountinfo", b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n")
    system.files.put("/image/home/ada/a", b"12345678")
    system.files.put("/srv/a", b"")
    assert main(["show"], system) == 0
    shown = capsys.readouterr().out.splitlines()
    assert any(line.endswith("2 places with live data; 8 B in no restore point") for line in shown)
    assert shown[-1].split()[1:] == ["home", "8", "B", "of", "8", "B", "/image/home/ada"]


def test_show_has_json_for_programs(capsys):
    system, _ = a_server()
    assert main(["show", "--json"], system) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [fact["kind"] for fact in shown["observations"]] == ["manifest", "canary_planted"]
    assert shown["failures"] == []


def test_show_says_when_nothing_is_configured(capsys):
    system, _ = a_server(TOML.partition("[[")[0])
    assert main(["show"], system) == 0
    assert capsys.readouterr().out == "nothing is configured to look at\n"


RESTIC = """
  [[backup_set.copy]]
  name = "local"
  tool = "restic"
  repository = "/backup"
  password_file = "/etc/guardian/password"
"""


def test_show_puts_what_has_no_answer_first(capsys):
    system, _ = a_server(TOML + RESTIC)
    assert main(["show"], system) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == "NO ANSWER  files/local  restic: tool missing"
    assert "guardian-agent: restic of files/local: tool_missing: " in shown.err


def test_settings_that_the_probe_does_not_know_are_refused(capsys):
    system, _ = a_server(TOML + RESTIC.replace("password_file", "pasword_file"))
    assert main(["show"], system) == 2
    assert "copy files/local (restic): at $: unknown key 'pasword_file'" in capsys.readouterr().err
