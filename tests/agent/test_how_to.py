"""What the how-to pages tell operators to write can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from guardian_agent.config import parse_config
from guardian_agent.restore import kinds
from guardian_agent.run.copies import INSTALLED, known_copies
from guardian_agent.run.planned import chores

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "restore-tests.md"
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS)
def test_every_configuration_can_be_used(text):
    config = parse_config(text)
    assert chores(config, known_copies(config, b"k" * 32, INSTALLED))


def test_every_kind_is_described():
    told = set(re.findall(r"^\| `([a-z]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert set(kinds.names()) <= told
