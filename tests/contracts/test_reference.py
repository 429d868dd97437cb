"""The reference pages say what the code says; GUARDIAN_UPDATE_DOCS=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.central.cli import reference as cli
from tests.central.config import reference as configuration
from tests.central.domain import standards_reference as standards
from tests.central.metrics import reference as metrics

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("cli.md", cli.page),
        ("configuration.md", configuration.page),
        ("metrics.md", metrics.page),
        ("standards.md", standards.page),
    ],
)
def test_a_reference_page_is_current(name, page):
    file = PAGES / name
    if os.environ.get("GUARDIAN_UPDATE_DOCS"):
        file.write_text(page(), encoding="utf-8")

    assert file.read_text(encoding="utf-8") == page()
