from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.central.cli.central import Central, central


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Central:
    """A central that `guardian init` made, once."""
    return central(tmp_path_factory.mktemp("template") / "guardian")


@pytest.fixture
def guardian(template: Central, tmp_path: Path) -> Central:
    """A copy of it: keys and folders cost more than the tests do."""
    own = Central(tmp_path / "guardian")
    shutil.copytree(template.folder, own.folder)
    own.config.write_text(own.config.read_text().replace(str(template.folder), str(own.folder)))
    return own
