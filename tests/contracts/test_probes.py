"""What every probe must do, whichever tool it asks."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
from functools import cache

import pytest
from guardian_agent import probes
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnyProbe, Probe
from guardian_agent.probing.answers import ASKED_AT, when_asked
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Slug, restricted
from guardian_agent.wire.observations import Observation
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.probes.mutation import violations
from tests.agent.probes.recording import Recording, recordings

SPOILT = 300
"""Spoilt answers of each probe; `make hard` has ten thousand."""
ALL = pytest.mark.parametrize("tool", probes.names())


def the(tool: str) -> AnyProbe:
    found = probes.find(tool)
    assert found is not None
    return found


@cache
def gathered(tool: str) -> list[tuple[Recording, Answers]]:
    return [(recording, recording.gather()) for recording in recordings(tool)]


KEYS = st.sampled_from(
    ["id", "time", "paths", "summary", "archives", "name", "start", "encryption", "mode", "state",
     "has_passphrase", "size", "modified_ns", "verdict", "valid", "rule", "files"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.just("2026-11-22T12:00:00Z")
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
def test_has_at_most_one_way_to_read_its_data(tool):
    probe = the(tool)
    assert probe.restorer is None or probe.verify is None


@ALL
def test_divides_its_data_into_no_more_parts_than_central_counts(tool):
    probe = the(tool)
    if probe.parts is not None:
        assert 1 <= probe.parts(recordings(tool)[0].subject.settings) <= 100


@ALL
def test_reads_what_was_recorded(tool):
    for recording in recordings(tool):
        assert recording.probe is the(tool)
        facts = recording.look()
        assert facts
        for stated in facts:
            travels(stated)


@ALL
@settings(max_examples=40)
@given(st.data())
def test_whatever_a_tool_writes_parse_answers_or_raises_a_probe_error(tool, data):
    recording, sound = data.draw(st.sampled_from(gathered(tool)))
    probe, subject, answers = the(tool), recording.subject, dict(sound)
    question = data.draw(st.sampled_from(sorted(answers)))
    text = data.draw(st.none() | st.text() | JSON_TEXTS | st.sampled_from(sorted(answers.values())))
    now = when_asked(answers)
    answers[question] = text or ""
    if text is None:
        del answers[question]
    with contextlib.suppress(ProbeError):
        for stated in probe.parse(subject, answers, now):
            travels(stated)
    if probe.restorer is not None:
        with contextlib.suppress(ProbeError):
            probe.restorer.newest(subject, answers)


@ALL
@settings(max_examples=40)
@given(st.data())
def test_an_answer_cut_short_never_reads_as_another(tool, data):
    recording, sound = gathered(tool)[0]
    probe, subject, answers = the(tool), recording.subject, dict(sound)
    telling = sorted(answers.keys() - {"version", "about", ASKED_AT})
    question = data.draw(st.sampled_from(telling))
    cut = data.draw(st.integers(0, len(answers[question]) - 1))
    now = when_asked(answers)
    whole = list(probe.parse(subject, answers, now))
    with contextlib.suppress(ProbeError):
        given_less = {**answers, question: answers[question][:cut]}
        assert list(probe.parse(subject, given_less, now)) == whole


@ALL
def test_spoilt_answers_tell_no_more_than_sound_ones_and_no_secret(tool):
    for recording in recordings(tool):
        share = range(SPOILT // len(recordings(tool)))
        assert not list(violations(recording, share))


def travels(stated: Observation) -> None:
    """Prove that a fact comes back the same."""
    body = read_json(to_json(stated))
    assert isinstance(body, dict)
    body.pop("kind", None)
    assert build(type(stated), body) == stated
