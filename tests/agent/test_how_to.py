"""What pages tell operators to write for the agent can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from guardian_agent.config import parse_config
from guardian_agent.restore import kinds
from guardian_agent.run.copies import INSTALLED, known_copies
from guardian_agent.run.planned import chores

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "restore-tests.md"
PAGES = (ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-database.md", HOW_TO)
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"^```toml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    if "[central]" in block
]


@pytest.mark.parametrize("text", BLOCKS)
def test_every_configuration_can_be_used(text):
    config = parse_config(text)
    assert chores(config, known_copies(config, b"k" * 32, INSTALLED))


def test_every_kind_is_described():
    told = set(re.findall(r"^\| `([a-z]+)` \|", HOW_TO.read_text(), re.MULTILINE))
    assert set(kinds.names()) <= told
