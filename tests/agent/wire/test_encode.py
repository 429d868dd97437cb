"""What is stated comes back as it was, in one form for equal values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import moment, plain, to_json
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Outcome, Unrecognised
from guardian_agent.wire.statement import Statement
from hypothesis import given

from tests.agent.wire.examples import STATEMENT, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    max_age: timedelta
    parts: dict[Name, Outcome]
    note: str | None = None


@given(statements())
def test_every_statement_comes_back_as_it_was_and_in_the_same_bytes(statement):
    text = to_json(statement)
    read = build(Statement, read_json(text), lenient=True)
    assert read == statement
    assert to_json(read) == text


def test_settings_come_back_too():
    settings = Settings(max_age=timedelta(days=92), parts={Name("a"): Outcome.PASSED})
    assert build(Settings, read_json(to_json(settings))) == settings
    assert plain(settings)["max_age"] == "92d"


def test_a_date_is_written_as_toml_writes_it():
    assert plain(date(2026, 12, 31)) == "2026-12-31"


def test_none_is_left_out_and_text_is_kept_as_it_is():
    settings = Settings(max_age=timedelta(hours=1), parts={})
    assert to_json(settings) == b'{"max_age":"1h","parts":{}}'
    settings = Settings(max_age=timedelta(hours=1), parts={}, note="Käse")
    assert to_json(settings) == '{"max_age":"1h","parts":{},"note":"Käse"}'.encode()


def test_a_fact_says_its_kind():
    body = json.loads(to_json(STATEMENT))
    assert body["observations"][0]["kind"] == "job_run"
    assert plain(Unrecognised(kind="star")) == {"kind": "unrecognised", "kind_name": "star"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21T12:00:00Z"),
        (datetime(2026, 11, 21, 12, microsecond=5, tzinfo=UTC), "2026-11-21T12:00:00.000005Z"),
        (
            datetime(2026, 11, 21, 1, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-20T23:00:00Z",
        ),
    ],
)
def test_moments_are_utc(value, text):
    assert moment(value) == text


def test_what_json_has_no_word_for_is_not_written():
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json([float("nan")])
