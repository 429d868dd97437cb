"""What every probe must do, whichever tool it asks."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import re
from datetime import UTC, datetime

import pytest
from guardian_agent import probes
from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnyProbe, AnySubject, Probe, Subject
from guardian_agent.probing.answers import ASKED_AT
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Name, Slug, restricted
from guardian_agent.wire.observations import Observation
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "c4n4ry-s3cr3t"
QUESTIONS = ("version", "snapshots", "list", "seen", "files", "backups", "newest", "about", "info")
ALL = pytest.mark.parametrize("tool", probes.names())

SNAPSHOT = {"id": SECRET, "time": "2026-11-22T03:00:00Z", "paths": ["/srv/" + SECRET]}
VERDICT = {"point": "ab" * 16, "valid": False, "reason": "damaged", "files": 1}
BACKUP = {
    "name": SECRET,
    "size": 1,
    "modified_ns": 10**18,
    "files": 1,
    "seconds": 1,
    "version": SECRET,
}
TELLING = {
    "version": f"tool {SECRET}",
    "snapshots": json.dumps([{**SNAPSHOT, "hostname": SECRET, "tags": [SECRET]}]),
    "list": json.dumps(
        {
            "archives": [{"id": SECRET, "name": SECRET, "start": "2026-11-22T03:00:00"}],
            "encryption": {"mode": SECRET},
            "repository": {"location": f"ssh://u:{SECRET}@h/"},
        }
    ),
    "seen": json.dumps({"state": None, "has_passphrase": True}),
    "files": json.dumps([{"name": SECRET, "size": 1, "modified_ns": 10**18}]),
    "backups": json.dumps([BACKUP]),
    "newest": json.dumps({"state": "encrypted", "rule": "age", "size": 1, "verdict": VERDICT}),
    "info": json.dumps(
        [
            {
                "name": f"/{SECRET}",
                "status": {"code": 0, "message": SECRET},
                "cipher": SECRET,
                "backup": [
                    {
                        "label": "20261122-030000F",
                        "timestamp": {"start": 1795316400, "stop": 1795316401},
                        "info": {"size": 1},
                        "database": {"id": 1},
                        "archive": {"start": SECRET, "stop": None},
                        "annotation": {SECRET: SECRET},
                    }
                ],
            }
        ]
    ),
    "about": f"-- Dumped by pg_dump version {SECRET}\n; dbname: {SECRET}",
    ASKED_AT: NOW.isoformat(),
}
"""Answers that every probe can read, with a secret wherever a tool may put one."""


def subject(probe: AnyProbe) -> AnySubject:
    """Return a subject whose settings are a text wherever the probe insists on one."""
    needed = {
        field.name: f"/{SECRET}"
        for field in dataclasses.fields(probe.settings)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    settings = build(probe.settings, needed)
    backup_set = BackupSet(name=Name("files"), paths=("/srv",))
    return Subject(backup_set=backup_set, copy="local", settings=settings, key=b"k" * 32)


def the(tool: str) -> AnyProbe:
    found = probes.find(tool)
    assert found is not None
    return found


KEYS = st.sampled_from(
    ["id", "time", "paths", "summary", "archives", "name", "start", "encryption", "mode", "state",
     "has_passphrase", "size", "modified_ns", "verdict", "valid", "rule", "files"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.just(NOW.isoformat())
JSON_TEXTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
).map(json.dumps)
"""Texts that are JSON, with the keys that probes look for."""


@ALL
def test_is_found_by_the_name_of_its_module(tool):
    module = importlib.import_module(f"guardian_agent.probes.{tool}")
    assert isinstance(module.PROBE, Probe)
    assert module.PROBE.tool == tool == restricted(Slug, tool)
    assert probes.load()[tool] is module.PROBE is probes.find(tool)


def test_an_unknown_tool_has_none():
    assert probes.find("no-such-tool") is None
    assert probes.find("__init__") is None


@ALL
def test_its_settings_are_its_own_frozen_dataclass(tool):
    settings = the(tool).settings
    assert dataclasses.is_dataclass(settings)
    assert settings.__dataclass_params__.frozen
    assert settings.__module__ == f"guardian_agent.probes.{tool}"
    assert "__slots__" in vars(settings)


@ALL
def test_can_have_its_data_verified(tool):
    probe = the(tool)
    assert (probe.restorer is None) != (probe.verify is None)


@ALL
def test_divides_its_data_into_no_more_parts_than_central_counts(tool):
    probe = the(tool)
    if probe.parts is not None:
        assert 1 <= probe.parts(subject(probe).settings) <= 100


@ALL
@given(st.data())
def test_whatever_a_tool_writes_parse_answers_or_raises_a_probe_error(tool, data):
    probe = the(tool)
    question = data.draw(st.sampled_from((*QUESTIONS, ASKED_AT)))
    text = data.draw(st.none() | st.text() | JSON_TEXTS | st.sampled_from(list(TELLING.values())))
    answers = {**TELLING, question: text or ""}
    if text is None:
        del answers[question]
    with contextlib.suppress(ProbeError):
        for stated in probe.parse(subject(probe), answers, NOW):
            travels(stated)
    if probe.restorer is not None:
        with contextlib.suppress(ProbeError):
            probe.restorer.newest(subject(probe), answers)


@ALL
@given(st.data())
def test_an_answer_cut_short_never_reads_as_another(tool, data):
    probe = the(tool)
    question = data.draw(st.sampled_from([q for q in QUESTIONS if q not in {"version", "about"}]))
    cut = data.draw(st.integers(0, len(TELLING[question]) - 1))
    whole = list(probe.parse(subject(probe), TELLING, NOW))
    with contextlib.suppress(ProbeError):
        given_less = {**TELLING, question: TELLING[question][:cut]}
        assert list(probe.parse(subject(probe), given_less, NOW)) == whole


@ALL
def test_no_planted_secret_comes_out(tool):
    probe = the(tool)
    facts = probe.parse(subject(probe), TELLING, NOW)
    assert len(facts) >= 2
    for stated in facts:
        text = travels(stated).decode("ascii")
        assert re.search(re.escape(SECRET), text, re.IGNORECASE) is None, text


def travels(stated: Observation) -> bytes:
    """Return a fact as it travels, after it has come back the same."""
    text = to_json(stated)
    body = read_json(text)
    assert isinstance(body, dict)
    body.pop("kind", None)
    assert build(type(stated), body) == stated
    return text
