"""Folders that are held open: in which order they tell their names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from guardian_agent.system.folders import RealFolder


@pytest.mark.parametrize("names", [["b", "B", "a.b", "a"], ["\ue000", "\udcff", "\u00e9", "a"]])
def test_names_are_in_the_order_of_their_bytes(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
        (tmp_path / f"d-{name}").mkdir()
    with RealFolder(str(tmp_path)) as folder:
        files, folders = folder.names()
    assert files == sorted(names, key=os.fsencode)
    assert folders == sorted((f"d-{name}" for name in names), key=os.fsencode)
