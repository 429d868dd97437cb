from __future__ import annotations

import pytest

from guardian.reports.html.tongue import tongue


@pytest.mark.parametrize("text", ["x: " * 600, "a fails: b: " * 160, "x: " * 41 + "y"])
def test_a_text_as_deep_as_no_sentence_of_ours_is_left_as_it_is(text):
    assert tongue("ru").say(text) is None


def test_a_sentence_within_a_sentence_is_said_anew():
    said = tongue("ru").say("exports: 3 files in exports can be read (3 text)")
    assert said is not None
    assert said.startswith("exports: ")
