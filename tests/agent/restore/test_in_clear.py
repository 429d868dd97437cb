from __future__ import annotations

import pytest
from guardian_agent.restore.in_clear import BLOCK_BYTES, in_clear

from tests.agent.fakes import FakeSystem

MARKER = "5f" * 32


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\x9c" * 5000, None, id="without"),
        pytest.param(b"head " + MARKER.encode() + b" tail", True, id="with"),
        pytest.param(b"x" * (BLOCK_BYTES - 9) + MARKER.encode(), True, id="across two blocks"),
        pytest.param(MARKER[:-1].encode(), None, id="cut short"),
    ],
)
def test_only_the_whole_marker_counts(content, found):
    system = FakeSystem()
    system.files.put("/copy", content)
    assert in_clear(MARKER, ["/copy"], system) is found


def test_a_file_that_vanished_does_not_hide_the_next():
    system = FakeSystem()
    system.files.put("/copy", MARKER.encode())
    assert in_clear(MARKER, ["/gone", "/copy"], system) is True
