"""What pages tell operators to write for the agent can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from guardian_agent.config import parse_config
from guardian_agent.exposure.databases import prove_known
from guardian_agent.restore import kinds
from guardian_agent.run.copies import INSTALLED, known_copies
from guardian_agent.run.planned import chores

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "restore-tests.md"
TOOLS = ROOT / "docs" / "how-to" / "backup-tools.md"
PAGES = (ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-database.md", HOW_TO, TOOLS)
WATCHING = tuple(ROOT / "docs" / "how-to" / name for name in ("who-can-read.md", "buckets.md"))


def blocks(pages: tuple[Path, ...]) -> list[str]:
    """Return the whole configurations in pages."""
    form = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    found = [block for page in pages for block in form.findall(page.read_text())]
    return [block for block in found if "[central]" in block]


@pytest.mark.parametrize("text", blocks(PAGES))
def test_every_configuration_can_be_used(text):
    config = parse_config(text)
    assert chores(config, known_copies(config, b"k" * 32, INSTALLED))


@pytest.mark.parametrize("text", blocks(WATCHING))
def test_every_place_can_be_watched(text):
    config = parse_config(text)
    prove_known(config.databases)
    assert config.exposures or config.databases or config.buckets


def test_every_kind_is_described():
    told = set(re.findall(r"^\| `([a-z]+)` \|", HOW_TO.read_text(), re.MULTILINE))
    assert set(kinds.names()) <= told


def test_every_probe_is_described():
    table = [line for line in TOOLS.read_text().splitlines() if line.startswith("| ")]
    told = {name for line in table for name in re.findall(r"`([a-z_]+)`", line.split("|")[2])}
    assert set(INSTALLED.names()) == told - {"tool"}
