from __future__ import annotations

import pytest

from guardian.config.lines import line_of

TEXT = '''a = 1
b = """
[a]
two
"""
[[list]]
x = 1
[[list]]
x = [
  2,
]
[policy]
"backup.fresh" = { max_age = "2h" }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b",), 5),
        (("list", 0, "x"), 7),
        (("list", 1), 8),
        (("list", 1, "x"), 11),
        (("policy", "backup.fresh", "max_age"), 13),
    ],
)
def test_a_value_stands_on_the_line_that_ends_it(path, line):
    assert line_of(TEXT, path) == line


@pytest.mark.parametrize("path", [("c",), ("list", 2), ("a", "b"), ("a", 0), ("list", "x")])
def test_what_is_not_there_has_no_line(path):
    assert line_of(TEXT, path) is None


def test_what_is_no_toml_has_no_line():
    assert line_of("=", ("a",)) is None
