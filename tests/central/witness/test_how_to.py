from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from guardian.app.witnessing import places
from guardian.domain.storage import Layout
from guardian.witness.s3 import asking
from guardian.witness.ssh import remote_command
from tests.central.config.samples import load

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "witness.md").read_text(encoding="utf-8")
CONFIGURATIONS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
POLICY = json.loads((ROOT / "deploy" / "s3" / "witness.json").read_text())
CALLS = [each for each in vars(asking).values() if isinstance(each, asking.Call)]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_what_is_shown_can_be_used(tmp_path, text):
    settings = load(tmp_path, acme=text)
    assert len(places(settings)) == 1


def test_there_is_one_for_each_kind():
    shown = re.findall(r'kind = "(\w+)"', PAGE)
    assert sorted(shown) == ["folder", "s3", "ssh"]


def test_the_key_of_another_machine_may_run_what_is_asked_there_and_nothing_else():
    (path,) = re.findall(r'path = "(/srv/.*?)"', PAGE)
    assert f'restrict,command="{remote_command(path)}" ssh-ed25519 ' in PAGE


def allowed() -> set[str]:
    found: set[str] = set()
    for statement in POLICY["Statement"]:
        actions = statement["Action"]
        found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def test_the_policy_allows_what_is_asked_and_nothing_else():
    assert allowed() == {call.permission for call in CALLS}


def test_each_permission_stands_in_the_table():
    assert all(f"`{permission}`" in PAGE for permission in allowed())


def test_each_layout_is_named():
    assert all(f'"{layout}"' in PAGE for layout in Layout)
