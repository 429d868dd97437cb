"""PDFs that qpdf encrypted: with a user's password, and with the owner's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.magic.asking import look

MADE = Path(__file__).parents[2] / "fixtures" / "qpdf-11.3.0"
STATES = {
    "rc4-40.pdf": "weak",
    "rc4-128.pdf": "weak",
    "aes-128.pdf": "encrypted",
    "aes-256.pdf": "encrypted",
}


@pytest.mark.parametrize("name", sorted(path.name for path in MADE.iterdir()))
def test_who_can_open_it(name: str) -> None:
    answer = look((MADE / name).read_bytes())
    assert answer.state == STATES.get(name, "plaintext")
    assert (answer.rule == "pdf-opens-without-password") == name.endswith("owner-only.pdf")


@pytest.mark.parametrize("name", sorted(STATES))
@pytest.mark.parametrize(
    ("mark", "other"),
    [(b"/Standard", b"/Strangers"), (b"/R ", b"/Q "), (b"/U <", b"/V <"), (b" obj", b" obx")],
    ids=["handler", "revision", "user", "object"],
)
def test_what_cannot_be_tried_is_not_known(name: str, mark: bytes, other: bytes) -> None:
    data = (MADE / name).read_bytes()
    assert look(data.replace(mark, other)).state in {"unknown", STATES[name]}
    assert look(data.replace(b"/Encrypt ", b"/Encrypt 9")).state == "unknown"


@pytest.mark.parametrize("name", sorted(STATES))
def test_a_broken_string_is_no_crash(name: str) -> None:
    data = (MADE / name).read_bytes()
    for broken in (b"/U(\\", b"/U(\\101\\n(()", b"/U <", b"/U (\\\r\n", b"/O()/U()/P -4/R 3"):
        assert look(data.replace(b"/U <", broken + b"<")).state in {"unknown", STATES[name]}
