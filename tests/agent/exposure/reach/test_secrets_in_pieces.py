"""A secret is found wherever it stands, however the bytes arrive."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.reach.secrets import BLOCK, Secrets, secrets_in
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.exposure.reach.test_ways import HARMLESS, SECRETS

FILLING = b"order 4711: twelve boxes of paper\n"


def fed(text: bytes, size: int) -> set[str]:
    secrets = Secrets()
    for place in range(0, len(text), size):
        secrets.feed(text[place : place + size])
    secrets.end()
    return secrets.kinds


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("behind", [0, 100, BLOCK - 40, BLOCK - 1, BLOCK + 1, 3 * BLOCK - 3])
def test_across_every_seam(name: str, behind: int) -> None:
    text, kind = SECRETS[name]
    whole = (FILLING * (behind // len(FILLING) + 1))[-behind or len(FILLING) :] + b"\n" + text
    assert fed(whole + b"\n" + FILLING * 9000, 4096) == {kind}
    assert fed(whole, 100_000) == {kind}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_alike_is_none_across_a_seam(name: str) -> None:
    for cut in range(0, 1200, 97):
        text = FILLING * 9000
        whole = text[: BLOCK - cut] + b"\n" + HARMLESS[name] + b"\n" + text
        assert fed(whole, BLOCK + 1024) == set()


@given(st.binary(max_size=400), st.integers(1, 90), st.sampled_from(sorted(SECRETS)))
@settings(max_examples=60)
def test_pieces_make_no_difference(around: bytes, size: int, name: str) -> None:
    text = around + SECRETS[name][0] + around
    assert fed(text, size) == secrets_in(text)


def test_nothing_of_a_secret_is_said() -> None:
    secrets = Secrets()
    secrets.feed(SECRETS["assigned"][0])
    assert "hunter2" not in repr(secrets)


def test_texts_do_not_touch_each_other() -> None:
    secrets = Secrets()
    secrets.feed(b"password = hun")
    secrets.end()
    secrets.feed(b"ter2hunter2\n")
    secrets.end()
    assert secrets.kinds == set()
