"""A small corpus of what real tools make; `make bench ONLY=classifier` takes a large one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from guardian_agent.magic.layouts import judge

from tests.bench.classifier import classified, on_disk
from tests.world.corpus import Sample, Truth, build

pytestmark = pytest.mark.tools

LEFT_OPEN = {"zstd", "zstd-of-encrypted"}
"""Kinds whose contents may stay unknown where they are too short to tell."""


def answer(sample: Sample) -> str:
    path: Path = sample.path
    found = judge(on_disk(path)) if path.is_dir() else classified(path)
    return "no-answer" if found is None else found.state.value


def test_nothing_is_called_what_it_is_not(tmp_path: Path) -> None:
    samples = build(tmp_path, each=2, big=False)
    possible = {truth: {truth.value} for truth in Truth}
    possible[Truth.UNTELLABLE] = {"unknown", "plaintext"}
    wrong = [
        (sample.kind, sample.path.name, sample.truth, found)
        for sample in samples
        if (found := answer(sample)) not in possible[sample.truth]
        and not (sample.kind in LEFT_OPEN and found == "unknown")
    ]
    is_as_wide_as_it_says(samples)
    shutil.rmtree(tmp_path)
    assert wrong == []


def is_as_wide_as_it_says(samples: Sequence[Sample]) -> None:
    assert len({sample.kind for sample in samples}) >= 150
    assert {sample.truth for sample in samples} == set(Truth)
    assert not [sample.path for sample in samples if not sample.path.exists()]
