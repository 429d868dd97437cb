"""The search for leaks finds every one."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from tests.e2e.planted import WINDOW, forms, leaks, planted

VALUES = planted()


def test_there_is_enough_to_leak():
    assert len(VALUES) >= 50
    assert len({each.value for each in VALUES.values()}) == len(VALUES)


@pytest.mark.parametrize("value", VALUES.values(), ids=lambda each: each.name)
def test_every_form_of_every_value_would_be_found(value):
    for form in forms(value.value):
        assert leaks([value], b"other text " + form + b" and more") == {value.name}, form
        part = form[: WINDOW + len(form) // 4][-WINDOW:]
        assert leaks([value], b"{" + part + b"}") == {value.name}, part


def test_a_value_is_found_in_what_is_packed_into_something_else():
    (value,) = [each for each in VALUES.values() if each.name == "mail"]
    packed = base64.b64encode(zlib.compress(value.line.encode() * 3)).decode()
    assert leaks([value], json.dumps({"signed": [{"payload": packed}]}).encode()) == {"mail"}


def test_other_text_is_no_leak():
    assert leaks(VALUES.values(), b"an e-mail and a password, 1234567890 of them" * 9) == set()
