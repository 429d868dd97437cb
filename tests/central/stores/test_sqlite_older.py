"""What an older Guardian wrote is read, judged as it was, and never keeps central from starting.

`tests/fixtures/guardian-store/evidence-NNNN.json` holds rows as they were written under schema
NNNN. Who gives evidence another shape adds a step, and a recording of the shape before it.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.names import Hash, ShortHash, Slug
from guardian_agent.wire.observations import Outcome, RestoreTest
from guardian_agent.wire.statement import Statement

from guardian.domain.evidence import CopyEvidence, PartRead, ServerEvidence
from guardian.errors import StoreFailure
from guardian.stores.sqlite import SqliteStore, older
from guardian.stores.sqlite.connection import connect, one
from guardian.stores.sqlite.evidence import evidence_columns
from guardian.stores.sqlite.schema import migrate, steps
from tests.central.domain.making import HOUR, MINUTE, T0

RECORDED = Path(__file__).parents[2] / "fixtures" / "guardian-store"
VERSIONS = sorted(RECORDED.glob("evidence-*.json"))


def written(folder: Path, recording: Path, *, damage: str = "") -> None:
    """Make the database that was recorded, under the schema of its time."""
    path = folder / "guardian.db"
    opened = connect(path)
    migrate(opened, path, steps()[: int(recording.stem[-4:])])
    for number, row in enumerate(json.loads(recording.read_text(encoding="utf-8")), 1):
        body = row["body"].replace(damage, damage.upper()) if damage else row["body"]
        packed = bytes.fromhex(row["checkpoints"])
        opened.execute(
            "INSERT INTO evidence (client, server, revision, body, checkpoints, digest) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (row["client"], row["server"], number, body, packed, row["digest"]),
        )
    opened.close()


def read(folder: Path) -> dict[str, ServerEvidence]:
    store = SqliteStore(folder, central=True)
    try:
        return {known.server: known for known in store.all_evidence()}
    finally:
        store.close()


@pytest.mark.parametrize("recording", VERSIONS, ids=lambda path: path.stem)
def test_every_schema_that_ever_was_is_read(tmp_path: Path, recording: Path) -> None:
    written(tmp_path, recording)
    recorded = json.loads(recording.read_text(encoding="utf-8"))
    assert set(read(tmp_path)) == {row["server"] for row in recorded}
    opened = connect(tmp_path / "guardian.db")
    assert one(opened, "PRAGMA user_version") == len(steps())
    opened.close()


class TestTestsByKind:
    @pytest.fixture
    def copies(self, tmp_path: Path) -> dict[str, CopyEvidence]:
        written(tmp_path, VERSIONS[0])
        return {name: copy for name, known in read(tmp_path).items() for copy in known.copies}

    def test_what_central_verified_stays_verified(self, copies: dict[str, CopyEvidence]) -> None:
        good = copies["web2"].last_good_restore
        assert good is not None
        assert (good.verified, good.matched, good.test) == (True, 12, "sample")
        assert copies["web2"].standing_failed_restore is None
        assert [known.kind for known in copies["web2"].tests] == ["sample"]

    def test_each_of_the_three_tests_has_its_place(self, copies: dict[str, CopyEvidence]) -> None:
        (sample,) = copies["web1"].tests
        assert sample.newest.outcome is Outcome.NOT_PERFORMED
        assert sample.standing_failed is not None
        assert sample.standing_failed.outcome is Outcome.FAILED
        assert sample.last_good is not None
        assert sample.last_good.matched == 3

    def test_a_failed_check_stands_and_nothing_counts_as_read(
        self, copies: dict[str, CopyEvidence]
    ) -> None:
        copy = copies["web1"]
        assert copy.standing_failed_integrity == copy.failed_checks[0]
        assert copy.read_since_failure == 0.25
        assert copy.parts_read == ()

    def test_a_check_that_read_everything_is_the_one_part(
        self, copies: dict[str, CopyEvidence]
    ) -> None:
        assert copies["web2"].parts_read == (PartRead(part=1, parts=1, at=T0 - HOUR + MINUTE),)
        assert copies["web2"].failed_checks == ()

    def test_a_share_is_no_part(self) -> None:
        fact = {"data_read": 0.5, "started_at": "2026-11-21T12:00:00Z", "duration_seconds": 1.0}
        good = {"fact": fact, "received_at": "2026-11-21T12:00:00Z"}
        for integrity in ({"last_good_integrity": good}, {}):
            moved = json.loads(older.tests_by_kind(json.dumps({"copies": [integrity]})))
            assert moved == {
                "copies": [{**integrity, "tests": [], "failed_checks": [], "parts_read": []}]
            }

    def test_kinds_are_told_apart(self) -> None:
        copy = {
            "restore": {"test": "sample", "outcome": "failed"},
            "last_good_restore": {"test": "full", "outcome": "passed"},
            "standing_failed_restore": {"test": "sample", "outcome": "failed"},
        }
        moved = json.loads(older.tests_by_kind(json.dumps({"copies": [copy]})))
        full, sample = moved["copies"][0]["tests"]
        assert full["kind"] == "full"
        assert full["newest"] == full["last_good"] == copy["last_good_restore"]
        assert sample["newest"] == sample["standing_failed"] == copy["restore"]

    def test_what_is_no_evidence_is_left_alone(self) -> None:
        assert older.tests_by_kind("{}") == "{}"

    def test_damage_stays_visible(self, tmp_path: Path) -> None:
        written(tmp_path, VERSIONS[0], damage="restic-format")
        with pytest.raises(StoreFailure, match="digest differs"):
            read(tmp_path)

    def test_a_step_that_breaks_leaves_everything_as_it_was(self, tmp_path: Path) -> None:
        written(tmp_path, VERSIONS[0])
        path = tmp_path / "guardian.db"
        opened = connect(path)
        before = opened.execute("SELECT * FROM evidence").fetchall()
        with pytest.raises(Exception, match="nowhere"):
            migrate(opened, path, [*steps()[:2], "DELETE FROM nowhere;\n"])
        assert opened.execute("SELECT * FROM evidence").fetchall() == before
        assert one(opened, "PRAGMA user_version") == 1
        opened.close()

    def test_what_comes_after_is_written_as_ever(self, tmp_path: Path) -> None:
        written(tmp_path, VERSIONS[0])
        store = SqliteStore(tmp_path)
        with store.unit() as unit:
            known = unit.evidence("acme", "web1")
            assert known is not None
            unit.put_evidence(replace(known, enrolled_at=T0))
        assert store.changed_evidence(3)[1] == [replace(known, enrolled_at=T0)]
        store.close()


def test_every_key_that_is_written_today_is_recorded() -> None:
    """So a key that is taken away tomorrow without a step shows above.

    New keys are recorded by running this with GUARDIAN_UPDATE_DOCS=1.
    """
    newest = VERSIONS[-1]
    rows = json.loads(newest.read_text(encoding="utf-8"))
    recorded = set[str]().union(*(_keys(json.loads(row["body"])) for row in rows))
    body, packed, digest = evidence_columns(_complete(ServerEvidence, f"web{len(rows)}"))
    if not _keys(json.loads(body)) <= recorded and os.environ.get("GUARDIAN_UPDATE_DOCS"):
        place = {"client": f"web{len(rows)}", "server": f"web{len(rows)}"}
        row = {**place, "body": body, "checkpoints": packed.hex(), "digest": digest}
        newest.write_text(json.dumps([*rows, row], indent=1) + "\n", encoding="utf-8")
    else:
        assert _keys(json.loads(body)) <= recorded


def _keys(data: object, path: str = "") -> set[str]:
    if isinstance(data, list):
        return set[str]().union(*(_keys(item, path) for item in data))
    if not isinstance(data, dict):
        return {path}
    return {path}.union(*(_keys(value, f"{path}.{key}") for key, value in data.items()))


def _complete(kind: Any, name: str) -> Any:
    """Return a value of a kind with nothing left out: one item in each list, no None."""
    if get_origin(kind) is tuple:
        return (_complete(get_args(kind)[0], name),)
    if get_origin(kind) in (UnionType, Union):
        return _complete(next(each for each in get_args(kind) if each is not NoneType), name)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: _complete(hints[field.name], name) for field in fields(kind)})
    if issubclass(kind, Enum):
        return next(iter(kind))
    simple = {Hash: "a" * 64, ShortHash: "b" * 32, datetime: T0, int: 1, float: 1.5, bool: True}
    return kind(simple.get(kind, name)) if issubclass(kind, str) else simple[kind]


def test_a_statement_with_a_proof_in_each_draw_is_still_read() -> None:
    text = (RECORDED / "statement-0001.json").read_bytes()
    assert b'"proof":' in text
    statement = build(Statement, read_json(text), lenient=True)
    tests = [fact for fact in statement.observations if isinstance(fact, RestoreTest)]
    assert [len(test.draws) for test in tests] == [3, 1]
    assert all(test.proof == () for test in tests)
    assert tests[0].test == Slug("sample")
    assert isinstance(tests[0].started_at, datetime)
